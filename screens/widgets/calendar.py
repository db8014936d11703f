"""A month to pick days from: the arrows move, Enter marks the first day and then the last."""

from __future__ import annotations

from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.strip import Strip

from backend_client.model.period import months_back
from backend_client.model.text import N_
from screens.language import month_name, weekday_short
from screens.message import FieldMessage
from screens.widgets.painted import Painted, Piece, fit
from screens.words import Role

_DAY = 4
"""Cells of a day: a mark, two digits, a mark."""
WIDTH = 7 * _DAY
HEIGHT = 8


class Calendar(Painted, can_focus=True):
    """One month, Monday first. The marked days are in brackets and coloured, the cursor is an arrow."""

    DEFAULT_CSS = f"""
    Calendar {{ width: {WIDTH}; height: {HEIGHT}; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", N_("Day before"), id="calendar.left", tooltip=N_("One day back"), show=False),
        Binding("right", "move(1)", N_("Next day"), id="calendar.right", tooltip=N_("One day on"), show=False),
        Binding("up", "move(-7)", N_("Week before"), id="calendar.up", tooltip=N_("One week back"), show=False),
        Binding("down", "move(7)", N_("Next week"), id="calendar.down", tooltip=N_("One week on"), show=False),
        Binding("pageup", "month(1)", N_("Month before"), id="calendar.month-before", tooltip=N_("One month back")),
        Binding("pagedown", "month(-1)", N_("Next month"), id="calendar.month-after", tooltip=N_("One month on")),
        Binding("home", "today", N_("Today"), id="calendar.today", tooltip=N_("To today"), show=False),
        Binding("enter,space", "mark", N_("Mark"), id="calendar.mark", tooltip=N_("First day, then last day")),
    ]  # fmt: skip

    class Marked(FieldMessage):
        """Days are marked; while `complete` is false the last one is still to come."""

        start: date
        end: date
        complete: bool

    def __init__(
        self, today: date, start: date | None = None, end: date | None = None, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.today = today
        self.start = start
        self.end = end
        self.cursor = end or start or today
        self._open = False

    def show(self, start: date | None, end: date | None) -> None:
        """Mark other days."""
        self.start, self.end, self._open = start, end, False
        self.cursor = end or start or self.cursor
        self.refresh()

    def action_move(self, days: int) -> None:
        """Move the cursor by days."""
        self._go(self.cursor + timedelta(days=days))

    def action_month(self, back: int) -> None:
        """Move the cursor by months."""
        self._go(months_back(self.cursor, back))

    def action_today(self) -> None:
        """Back to today."""
        self._go(self.today)

    def action_mark(self) -> None:
        """The first of two days begins a span, the second closes it, whichever is earlier."""
        if self._open and self.start is not None:
            self.start, self.end = sorted((self.start, self.cursor))
            self._open = False
        else:
            self.start = self.end = self.cursor
            self._open = True
        self.refresh()
        assert self.start is not None
        assert self.end is not None
        self.post_message(self.Marked(self.start, self.end, complete=not self._open))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: Click) -> None:
        weeks = self._weeks
        if 2 <= event.y < 2 + len(weeks) and event.x < WIDTH:
            self._go(weeks[event.y - 2][event.x // _DAY])
            self.action_mark()

    @property
    def _weeks(self) -> list[list[date]]:
        return Weeks().monthdatescalendar(self.cursor.year, self.cursor.month)

    def _go(self, day: date) -> None:
        if date(1970, 1, 2) <= day <= date(9998, 12, 31):
            self.cursor = day
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            title = f"{month_name(self.cursor.month)} {self.cursor.year}"
            return self.strip([(fit(title.center(WIDTH), WIDTH), Role.TITLE)], width)
        if y == 1:
            return self.strip(
                [(fit(weekday_short(n), _DAY - 1, right=True) + " ", Role.MUTED) for n in range(1, 8)], width
            )
        weeks = self._weeks
        if y - 2 >= len(weeks):
            return self.strip([], width)
        return self.strip([self._day(day) for day in weeks[y - 2]], width)

    def _day(self, day: date) -> Piece:
        start, end = self.start, self.end or self.start
        marked = start is not None and end is not None and start <= day <= end
        before = "►" if self.has_focus and day == self.cursor else "[" if marked else " "
        text = f"{before}{day.day:2}{']' if marked else ' '}"
        if marked:
            return text, Role.ACCENT
        if day.month != self.cursor.month:
            return text, Role.MUTED
        return text, Role.TITLE if day == self.today else Role.PLAIN
