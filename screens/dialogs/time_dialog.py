"""Which minute and second of a recording to go to."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input

from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.recordings.playing_time import playing_time, seconds_of


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
        hint = _("minutes:seconds, up to {end}").format(end=playing_time(self._longest))
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
