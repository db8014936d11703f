"""Numbers that wait to be called back, each with a timer to its goal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zlib import crc32
from zoneinfo import ZoneInfo

from msgspec import Struct, structs
from textual.geometry import Region

from backend_client.model.missed_queue import MissedLine, QueuePart
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean
from screens.language import _, age, clock_time, moment
from screens.pace import is_slow, running_time
from screens.supervision.now_words import LOST_LEAD, day_of_year, goal_sign, rough_age
from screens.widgets.columns import Cell, Column
from screens.widgets.page_cache import Key
from screens.widgets.row_table import HEADER, RowTable
from screens.words import Role

_NARROW = 60
"""Cells of the table below which the number stands first."""
_RUNS_FROM = 3600
"""Seconds to the goal from which on the timer runs by the second; more than that is told in words."""


class QueueLook(Struct, frozen=True):
    """What the cells of a line depend on beside the line. `me`: the session's employee."""

    zone: ZoneInfo
    today: date
    goal: int
    """Seconds."""
    part: QueuePart = QueuePart.OPEN
    me: int | None = None
    home: str = ""
    ascii: bool = False


def queue_key(line: MissedLine) -> Key:
    """Oldest first; the number tells apart what began in the same second."""
    return (line.first, crc32(line.number.encode()))


class QueueTable(RowTable[MissedLine]):
    """The lines of one part of the queue."""

    def __init__(self, look: QueueLook, *, id: str | None = None) -> None:
        super().__init__(queue_key, self._row_role, id=id)
        self.look = look
        self.now = 0
        """The backend's clock; `tick` moves it."""

    def _row_role(self, line: MissedLine) -> Role:
        return Role.MUTED if line.claimer_id is not None and line.claimer_id != self.look.me else Role.PLAIN

    def show_as(self, look: QueueLook, now: int) -> None:
        """Draw by another look, at another time."""
        changed, self.look = look != self.look, look
        if changed:
            self.now = now
            self.lay_out()
        else:
            self.tick(now)

    def tick(self, now: int) -> bool:
        """Another second: draw the lines whose timer shows something else. Whether any timer runs by the second."""
        before, self.now = self.now, now
        runs = False
        for line in range(self.page_rows):
            place = self._at_line(line)
            if place is None or place[1]:
                continue
            row = self.cache[place[0]]
            runs = runs or self._runs(row)
            if self._timer(row, before) != self._timer(row, now):
                for cursor in (False, True):
                    self._strips.discard((self.cache.key(row), cursor))
                self.refresh(Region(0, HEADER + line, self.size.width, 1))
        return runs

    def _runs(self, row: MissedLine) -> bool:
        return self.look.part is QueuePart.OPEN and 0 <= row.due - self.now < _RUNS_FROM

    def _timer(self, row: MissedLine, now: int) -> Cell:
        """How far the goal is: a sign, a word, and the time that is left or was overrun."""
        left = row.due - now
        sign = goal_sign(now - row.first, max(1, row.due - row.first))
        if left < 0:
            told = _("late {age}").format(age=rough_age(-left))
        elif left < _RUNS_FROM:
            told = _("{time} left").format(time=running_time(left, slow=is_slow(self)))
        else:
            told = _("{age} left").format(age=age(left))
        return [(f"{sign.mark(self.look.ascii)} {told}", sign.role)]

    def choose_columns(self) -> Sequence[Column[MissedLine]]:
        look = self.look
        known: tuple[Column[MissedLine], ...] = (
            Column("goal", N_("Goal"), lambda line: self._timer(line, self.now), 15, most=20, share=1),
            Column("until", N_("Until"), lambda line: self._when(line.snoozed_until), 11, most=16, share=1),
            Column("reason", N_("Reason"), self._reason, 16, share=4, most=60),
            Column("attempts", N_("Times"), self._attempts, 5, right=True),
            Column("client", N_("Client"), self._who, 16, share=4, most=44),
            Column("number", N_("Number"), lambda line: format_number(line.number, look.home), 14, share=1, most=20),
            Column("first", N_("First"), lambda line: self._when(line.first), 11, most=16, share=1),
            Column("last", N_("Last"), lambda line: self._when(line.last), 11, most=16, share=1),
            Column("claimer", N_("Claimed by"), self._claimer, 10, share=2, most=30),
            Column("rang", N_("Rang at"), _rang, 12, share=2),
        )
        state = {QueuePart.SNOOZED: "until", QueuePart.DONE: "reason"}.get(look.part, "goal")
        shown = [state, "attempts", "client", "number", "first"]
        if look.part is not QueuePart.DONE:
            shown += ["last", "claimer", "rang"] if self.size.width >= 100 else ["claimer"]
        columns = [column for column in known if column.id in shown]
        if self.size.width >= _NARROW:
            return columns
        # What does not fit is left out from the right: by the number one calls, by the goal in which order.
        order = ("number", state, "client")
        narrow = {"goal": 12, "number": 13}
        columns = [structs.replace(column, width=narrow.get(column.id, column.width)) for column in columns]
        return sorted(columns, key=lambda column: order.index(column.id) if column.id in order else len(order))

    def _who(self, line: MissedLine) -> Cell:
        name = clean(line.client)
        if not line.lost:
            return name or _("no client")
        return [(f"{LOST_LEAD.mark(self.look.ascii)} {name or LOST_LEAD.word}", LOST_LEAD.role)]

    def _attempts(self, line: MissedLine) -> Cell:
        sign = "x" if self.look.ascii else "×"
        return [(f"{line.attempts}{sign}", Role.BAD if line.attempts > 2 else Role.PLAIN)]

    def _when(self, at: int | None) -> str:
        if at is None:
            return ""
        then = moment(at, self.look.zone)
        if then.date() == self.look.today:
            return clock_time(then)
        return f"{day_of_year(then)} {clock_time(then)}"

    def _claimer(self, line: MissedLine) -> Cell:
        if line.claimer_id is None:
            return ""
        if line.claimer_id == self.look.me:
            return [(_("you"), Role.GOOD)]
        return [(clean(line.claimer), Role.ACCENT)]

    def _reason(self, line: MissedLine) -> str:
        return f"{clean(line.done_by)}: {clean(line.reason)}" if line.done_by else clean(line.reason)


def _rang(line: MissedLine) -> str:
    return ", ".join(clean(employee.name) for employee in line.employees)
