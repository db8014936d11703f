"""Until when a line of the missed-call queue is left out."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from textual.widget import Widget
from textual.widgets import Input

from backend_client.model.missed_queue import LONGEST_SNOOZE
from screens.dialogs.dialog import Dialog
from screens.language import _, clock_time, moment, relative_date
from screens.widgets.choice_list import Choice, ChoiceList
from screens.widgets.text_field import text_field

MORNING = time(9)
"""When tomorrow begins."""
_OWN = "own"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


class SnoozeDialog(Dialog[int]):
    """Answers an instant, UTC epoch seconds: one of a few, or minutes or a time of day that is typed."""

    DEFAULT_CSS = """
    SnoozeDialog > #box { width: 52; }
    SnoozeDialog #own { display: none; }
    SnoozeDialog.-own #own { display: block; }
    """

    def __init__(self, now: int, zone: ZoneInfo) -> None:
        super().__init__(_("Leave out for a while"))
        self._now = now
        self._zone = zone
        here = moment(now, zone)
        tomorrow = datetime.combine(here.date() + timedelta(days=1), MORNING, zone)
        self._choices = [
            self._choice(now + 15 * 60, _("15 minutes")),
            self._choice(now + 3600, _("1 hour")),
            self._choice(int(tomorrow.timestamp()), _("tomorrow")),
            Choice(_OWN, _("another time …")),
        ]

    def _choice(self, until: int, word: str) -> Choice:
        then = moment(until, self._zone)
        return Choice(
            until, word, f"{relative_date(then.date(), moment(self._now, self._zone).date())} {clock_time(then)}"
        )

    def body(self) -> list[Widget]:
        return [
            ChoiceList(self._choices, typing=False),
            text_field("own", "", _("minutes, such as 90, or a time, 16:30")),
        ]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("take")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(ChoiceList).focus()

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        if message.line is None:
            return
        if isinstance(message.line.value, int):
            self.dismiss(message.line.value)
        else:
            self.add_class("-own")
            self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        until = instant_of(event.value, self._now, self._zone)
        if until is None:
            self.complain(_("Write minutes, such as 90, or a time, such as 16:30."))
        elif until > self._now + LONGEST_SNOOZE:
            self.complain(_("A week is the longest."))
        else:
            self.dismiss(until)


def instant_of(text: str, now: int, zone: ZoneInfo) -> int | None:
    """Minutes from now, or the next time that the clock shows so; None where the text is neither."""
    text = text.strip()
    if text.isascii() and text.isdigit() and int(text) > 0:
        return now + int(text) * 60
    if (clock := _CLOCK.fullmatch(text)) is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        return None
    here = moment(now, zone)
    then = datetime.combine(here.date(), time(int(clock[1]), int(clock[2])), zone)
    if then <= here:
        then = datetime.combine(here.date() + timedelta(days=1), then.time(), zone)
    return int(then.timestamp())
