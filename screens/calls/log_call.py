"""A call made outside the telephony (J11): with whom, when, how long, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from backend_client.contract.calls import LogCall
from backend_client.contract.changes import Clock
from backend_client.model.directory import CallResult
from backend_client.model.text import N_, clean, fold
from screens.dialogs.dialog import Dialog
from screens.language import _, moment
from screens.widgets.text_field import text_field

WRITTEN = "%Y-%m-%d %H:%M"
"""How the start is written in every language: it is typed, not only read."""


class DirectionField(Static, can_focus=True):
    """Incoming or outgoing; the arrows and Space change it."""

    DEFAULT_CSS = """
    DirectionField { height: 1; padding: 0 1; background: $surface; }
    DirectionField:focus { text-style: bold; color: $text-accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right,space", "change", N_("Change"), id="direction.change", tooltip=N_("Incoming or outgoing")),
    ]

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.outgoing = True

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        words = ((_("Outgoing"), self.outgoing), (_("Incoming"), not self.outgoing))
        self.update(Content("   ".join(f"({'•' if here else ' '}) {word}" for word, here in words)))

    def action_change(self) -> None:
        self.outgoing = not self.outgoing
        self._show()


class LogCallDialog(Dialog[LogCall]):
    """Answers what to write down."""

    DEFAULT_CSS = """
    LogCallDialog Horizontal { height: 1; }
    LogCallDialog Label { width: 14; color: $text-muted; }
    LogCallDialog Input, LogCallDialog DirectionField { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, numbers: Sequence[str], name: str, results: Sequence[CallResult], clock: Clock) -> None:
        super().__init__(_("Write down a call with {name}").format(name=name) if name else _("Write down a call"))
        self._zone = ZoneInfo(clock.zone)
        self._results = [result for result in results if result.active]
        started = moment(clock.now, self._zone).strftime(WRITTEN)
        self._number = text_field("number", numbers[0] if numbers else "", "", numbers)
        self._direction = DirectionField()
        self._start = text_field("start", started)
        self._talk = text_field("talk", "", _("minutes, or minutes:seconds; blank: nobody answered"))
        self._result = text_field("result", "", _("none"), [clean(one.name) for one in self._results])
        self._comment = text_field("comment")

    def body(self) -> list[Widget]:
        rows: list[tuple[str, Widget]] = [
            (_("Number"), self._number),
            (_("Direction"), self._direction),
            (_("Started"), self._start),
            (_("Talk"), self._talk),
            (_("Call result"), self._result),
            (_("Comment"), self._comment),
        ]
        return [Horizontal(Label(title, markup=False), field) for title, field in rows]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("write down")), ("Tab", _("next field")), ("Esc", _("leave"))]

    def on_mount(self) -> None:
        self._talk.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        start, talk = self._started(), _seconds(self._talk.value)
        result = self._chosen_result()
        if start is None:
            self.complain(_("The start is written like {example}.").format(example="2026-11-21 14:05"))
        elif talk is None:
            self.complain(_("The talk is written in minutes, or like {example}.").format(example="2:30"))
        elif result is None:
            self.complain(_("There is no such call result."))
        else:
            self.dismiss(
                LogCall(
                    number=clean(self._number.value), outgoing=self._direction.outgoing, start=start, talk=talk,
                    result_id=result or None, comment=clean(self._comment.value),
                )
            )  # fmt: skip

    def _started(self) -> int | None:
        try:
            at = datetime.strptime(self._start.value.strip(), WRITTEN).replace(tzinfo=self._zone)
            return int(at.timestamp())
        except (ValueError, OverflowError, OSError):
            return None

    def _chosen_result(self) -> int | None:
        """Id of the outcome; 0 for none; None for a text that is no outcome."""
        text = fold(self._result.value)
        if not text:
            return 0
        return next((one.id for one in self._results if fold(one.name) == text), None)


def _seconds(text: str) -> int | None:
    """A span typed as minutes or minutes:seconds; blank is nothing."""
    minutes, parted, seconds = text.strip().partition(":")
    if not minutes and not parted:
        return 0
    if not all(part.isascii() and part.isdigit() for part in ((minutes, seconds) if parted else (minutes,))):
        return None
    return int(minutes) * 60 + int(seconds or 0)
