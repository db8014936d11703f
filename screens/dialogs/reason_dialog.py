"""Why a task is postponed, refused or dropped, and to what day: a reason of the list, or one in own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input, Static

from backend_client.model.text import N_, clean, fold
from screens.dialogs.dialog import Dialog
from screens.language import _, long_date
from screens.widgets.calendar import Calendar
from screens.widgets.match_list import Match, MatchList
from screens.widgets.text_field import text_field

LONGEST = 200
"""Characters of a reason in own words."""


@dataclass(frozen=True)
class Why:
    """What was answered: a reason of the list by its id, words, or both; and the day, where one was asked for."""

    reason_id: int | None
    words: str
    day: date | None = None


class ReasonDialog(Dialog[Why]):
    """Nothing of the list is highlighted until ↓, so Enter takes what is typed; with `today` it asks for a day first.

    `reasons` are ids and names; `day` is the day shown at first; `answered` fills in an earlier answer.
    """

    DEFAULT_CSS = """
    ReasonDialog #day { height: 1; color: $text-accent; }
    ReasonDialog MatchList { height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d,plus", "later(1)", N_("A day later"), id="reason.day", tooltip=N_("To tomorrow")),
        Binding("w", "later(7)", N_("A week later"), id="reason.week", tooltip=N_("To this day in a week")),
    ]

    def __init__(
        self,
        title: str,
        reasons: Sequence[tuple[int, str]],
        *,
        today: date | None = None,
        day: date | None = None,
        answered: Why | None = None,
    ) -> None:
        super().__init__(title)
        self._reasons = reasons
        self._today = today
        self._day = answered.day if answered else day
        listed = next((name for id, name in reasons if answered and id == answered.reason_id), "")
        words = answered.words if answered else ""
        self._typed = text_field("reason", listed or words, _("reason: type it, or ↓ for the list"))
        self._typed.max_length = LONGEST
        self._matches = MatchList(id="matches")
        self._remark = text_field("remark", words if listed else "", _("remark, if there is more to say"))
        self._remark.max_length = LONGEST

    def body(self) -> list[Widget]:
        asked: list[Widget] = []
        if self._today is not None:
            asked = [Static(id="day", markup=False), Calendar(self._today, self._day, self._day)]
        return [*asked, self._typed, self._matches, self._remark]

    def hints(self) -> list[tuple[str, str]]:
        if self._on_day:
            return [
                ("d", _("+1 day")), ("w", _("+1 week")), ("Enter", _("this day")), ("PgUp PgDn", _("month")),
                ("Esc", _("leave")),
            ]  # fmt: skip
        back = [("Shift+Tab", _("another day"))] if self._today is not None else []
        return [("Enter", _("save")), ("↓", _("choose")), *back, ("Esc", _("leave"))]

    def on_mount(self) -> None:
        super().on_mount()
        self._search(self._typed.value)
        if self._today is not None:
            self._show_day()
        if self._today is None or self._typed.value:
            self.set_focus(self._typed)
        else:
            self.set_focus(self.query_one(Calendar))

    def on_descendant_focus(self) -> None:
        self.show_keys()

    # The day

    @property
    def _on_day(self) -> bool:
        """Whether the keys are the calendar's."""
        return self._today is not None and self.focused not in (self._typed, self._remark)

    def action_later(self, days: int) -> None:
        """Take the day that is so many days after today."""
        if self._today is not None and self._on_day:
            self._take_day(self._today + timedelta(days=days))

    def on_calendar_marked(self, message: Calendar.Marked) -> None:
        message.stop()
        self._take_day(self.query_one(Calendar).cursor)

    def _take_day(self, day: date) -> None:
        assert self._today is not None
        self.query_one(Calendar).show(day, day)
        if day < self._today:
            self.complain(_("This day is over."))
            return
        self._day = day
        self.complain()
        self._show_day()
        # At once: `focus()` waits for the queue, and keys typed meanwhile would be the calendar's.
        self.set_focus(self._typed)

    def _show_day(self) -> None:
        told = _("to {day}").format(day=long_date(self._day)) if self._day else _("to what day?")
        self.query_one("#day", Static).update(told)

    # The reason

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self._typed:
            self._search(event.value)
            self.complain()

    def _search(self, text: str) -> None:
        wanted = fold(text).split()
        found = [Match(id, clean(name)) for id, name in self._reasons if all(word in fold(name) for word in wanted)]
        self._matches.supply(found[:6])

    def on_key(self, event: Key) -> None:
        if event.key in ("down", "up") and self._typed.has_focus:
            self._matches.move(1 if event.key == "down" else -1)
            event.stop()
            event.prevent_default()

    def on_match_list_taken(self, event: MatchList.Taken) -> None:
        event.stop()
        self._typed.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        own, remark = clean(self._typed.value), clean(self._remark.value)
        chosen = self._matches.chosen
        listed = chosen.id if chosen else next((id for id, name in self._reasons if fold(name) == fold(own)), None)
        if listed is None and not own:
            self.complain(_("A reason is needed."))
            self._typed.focus()
        elif self._today is not None and self._day is None:
            self.complain(_("Choose the day first."))
            self.query_one(Calendar).focus()
        else:
            words = remark if listed is not None else "; ".join(filter(None, (own, remark)))
            self.dismiss(Why(listed, words, self._day))
