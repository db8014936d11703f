"""Which minute and second of a recording to go to."""

from __future__ import annotations

import re

from textual.widget import Widget
from textual.widgets import Input

from screens.dialog import Dialog
from screens.language import _, duration

_TIME = re.compile(r"^\s*(?:(?:(\d+)[:. ])?(\d{1,3})[:. ])?(\d{1,4})\s*$")


def seconds_of(text: str) -> int | None:
    """ "1:05", "1.05", "65" or "1:02:03" in seconds; None for anything else."""
    found = _TIME.match(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


class TimeDialog(Dialog[int]):
    """One field; Enter goes there."""

    DEFAULT_CSS = """
    TimeDialog > #box { width: 44; }
    """

    def __init__(self, second: int, longest: int) -> None:
        super().__init__(_("Go to a time"))
        self._second = second
        self._longest = longest

    def body(self) -> list[Widget]:
        hint = _("minutes:seconds, up to {end}").format(end=duration(self._longest))
        return [Input(placeholder=hint, id="time")]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("go")), ("Esc", _("cancel"))]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        second = seconds_of(event.value)
        if second is None:
            self.complain(_("Write it like 1:05."))
        else:
            self.dismiss(min(second, self._longest))
