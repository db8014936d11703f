"""The missed calls that nobody spoke with since, by number: what the queue is made of, read once a change."""

from __future__ import annotations

import sqlite3
import sys
import threading
from bisect import insort
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from backend_client.derive.local_time import DAY, LocalTime
from backend_client.derive.rang_group import rang_group
from backend_client.model.call import Mark
from backend_client.model.dashboard_settings import DashboardSettings
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.body import read_facts
from backend_client.sqlite.codes import unpack_employees
from backend_client.sqlite.upkeep.ledger import TOKEN

_OPEN = (
    "SELECT c.number_id, c.start, c.id, c.marks, c.employees, c.queue_wait FROM call c INDEXED BY call_attention"
    f" WHERE (c.marks & {int(Mark.ATTENTION)}) <> 0 AND c.start >= ? AND c.start < ? AND c.settled_by IS NULL"
    " ORDER BY c.start, c.id"
)
"""Attention is a missed call of a shown number without a contact in the window; of these, those without any."""
_TOUCHED = "SELECT day FROM change_day WHERE number > ? AND day >= ?"
_ERASED = (TOKEN, TOKEN[:-1] + chr(ord(TOKEN[-1]) + 1))
"""Keys of erased numbers lie between these."""
_KEPT = 20_000
"""Calls of which it is remembered whether they rang a group."""


class MissedCall(Struct, frozen=True, gc=False):
    """One of the calls."""

    number_id: int
    start: int
    id: int
    marks: int
    employees: str
    queue_wait: int | None


class OpenNumber(Struct, frozen=True, gc=False):
    """A number and its calls, the first one first."""

    number_id: int
    calls: tuple[MissedCall, ...]

    @property
    def first(self) -> int:
        return self.calls[0].start

    @property
    def last(self) -> int:
        return self.calls[-1].start


Rows = list[MissedCall]
"""In order."""


class _Known(Struct):
    """What was read under a change number: calls by the UTC day of their start, and all of them by number."""

    change: int
    days: dict[int, Rows]
    numbers: dict[int, OpenNumber]
    since: int | None = None
    shown: dict[int, OpenNumber] = {}
    """Numbers with calls from `since` on, in order."""


class OpenMissed:
    """What was read of the queue last, shared by all sessions on a store. It knows no rights: `for_operator` does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._of_group: OrderedDict[tuple[int, str], bool] = OrderedDict()

    def read(self, db: sqlite3.Connection, since: int) -> dict[int, OpenNumber]:
        """Numbers with open missed calls that started from `since` on, in order of the first of them. `db` is in a
        transaction."""
        with self._lock:
            known = self._known = self._read(db, since)
            if known.since != since:
                shown = (one for number in known.numbers.values() if (one := _since(number, since)) is not None)
                known.since, known.shown = since, _in_order(shown)
            return known.shown

    def _read(self, db: sqlite3.Connection, since: int) -> _Known:
        """Only the days that changed since it was read last. What a newer snapshot saw is no worse than what this one
        would."""
        change = int(db.execute("SELECT number FROM change").fetchone()[0])
        first = since // DAY
        known = self._known
        if known is None or first not in known.days:
            last = db.execute("SELECT max(start) FROM call").fetchone()[0] or since
            known = _Known(0, {}, {})
            stale = set(range(first, max(first, last // DAY) + 1))
        elif change <= known.change:
            return known
        else:
            # A local day begins and ends less than a day from the UTC day of its number.
            touched = db.execute(_TOUCHED, (known.change, first - 1)).fetchall()
            stale = {day for (local,) in touched for day in (local - 1, local, local + 1)}
        if not stale:
            known.change = change
            return known
        days = {day: _rows(db, day, known.days.get(day, ())) for day in stale if day >= first}
        if not known.days or any(day < first for day in known.days):
            days = {day: rows for day, rows in known.days.items() if day >= first} | days
            return _Known(change, days, _by_number(row for day in sorted(days) for row in days[day]))
        _update(known, days)
        known.change = change
        return known

    def for_operator(
        self, db: sqlite3.Connection, numbers: Iterable[OpenNumber], scope: Scope, settings: DashboardSettings
    ) -> dict[int, OpenNumber]:
        """The part of it that an operator may see: own missed calls, and where the queue is shared those that rang
        the group or nobody."""
        asked: list[MissedCall] = []
        kept: list[tuple[OpenNumber, list[bool | None]]] = []
        for number in numbers:
            shown = [_shown(call, scope, settings) for call in number.calls]
            asked += [call for call, answer in zip(number.calls, shown, strict=True) if answer is None]
            kept.append((number, shown))
        groups = self._groups(db, asked)
        found: list[OpenNumber] = []
        for number, answers in kept:
            calls = tuple(
                call
                for call, answer in zip(number.calls, answers, strict=True)
                if (answer if answer is not None else groups[call.id])
            )
            if calls:
                found.append(OpenNumber(number.number_id, calls))
        return _in_order(found)

    def _groups(self, db: sqlite3.Connection, calls: Sequence[MissedCall]) -> dict[int, bool]:
        """Whether each of these calls rang a group: read off its records, 40 µs each, and remembered."""
        with self._lock:
            unknown = [call for call in calls if (call.id, call.employees) not in self._of_group]
            facts = read_facts(db, [call.id for call in unknown]) if unknown else {}
            for call in unknown:
                of_group = call.id in facts and rang_group(facts[call.id])
                self._of_group[call.id, call.employees] = of_group
            answers = {call.id: self._of_group[call.id, call.employees] for call in calls}
            while len(self._of_group) > _KEPT:
                self._of_group.popitem(last=False)
            return answers


@lru_cache(maxsize=8192)
def _people(employees: str) -> tuple[int, ...]:
    """Whom a call rang; most rang the same few."""
    return tuple(id for id, _, _ in unpack_employees(employees))


def _shown(call: MissedCall, scope: Scope, settings: DashboardSettings) -> bool | None:
    """Whether an operator sees it; None where its records must tell."""
    people = _people(call.employees)
    if scope.employee_id is not None and scope.employee_id in people:
        return True
    if not settings.shared_queue:
        return False
    return True if len(people) != 1 or call.queue_wait is not None else None


def _rows(db: sqlite3.Connection, day: int, before: Iterable[MissedCall]) -> Rows:
    """The calls of a UTC day, without those of erased numbers: nobody can call them. Those that are as they were
    `before` are the same objects: of thousands there is one copy."""
    erased = {id for (id,) in db.execute("SELECT id FROM number WHERE key >= ? AND key < ?", _ERASED).fetchall()}
    held = {call.id: call for call in before}
    rows = []
    for number, start, id, marks, employees, wait in db.execute(_OPEN, (day * DAY, (day + 1) * DAY)):
        if number in erased:
            continue
        # Most rang the same few.
        call = MissedCall(number, start, id, marks, sys.intern(employees), wait)
        known = held.get(id)
        rows.append(known if known == call and known is not None else call)
    return rows


def _by_number(rows: Iterable[MissedCall]) -> dict[int, OpenNumber]:
    numbers: dict[int, OpenNumber] = {}
    for call in rows:
        known = numbers.get(call.number_id)
        numbers[call.number_id] = OpenNumber(call.number_id, (*known.calls, call) if known else (call,))
    return numbers


def _update(known: _Known, days: dict[int, Rows]) -> None:
    """Other rows of some days: most changes are of calls that were answered, and change nothing here."""
    gone: set[MissedCall] = set()
    new: set[MissedCall] = set()
    for day, rows in days.items():
        before = known.days.get(day, [])
        if rows != before:
            gone |= set(before).difference(rows)
            new |= set(rows).difference(before)
            known.days[day] = rows
    touched = {call.number_id for call in gone | new}
    if not touched:
        return
    # Others may still read what was answered before.
    known.numbers = dict(known.numbers)
    in_order = [one for id, one in known.shown.items() if id not in touched]
    for id in touched:
        number = known.numbers.pop(id, None)
        calls = [call for call in (number.calls if number else ()) if call not in gone]
        calls += [call for call in new if call.number_id == id]
        if calls:
            known.numbers[id] = number = OpenNumber(id, tuple(sorted(calls, key=lambda call: (call.start, call.id))))
            if known.since is not None and (shown := _since(number, known.since)) is not None:
                insort(in_order, shown, key=_place)
    known.shown = {one.number_id: one for one in in_order}


def _place(number: OpenNumber) -> tuple[int, int]:
    return number.calls[0].start, number.calls[0].id


def _since(number: OpenNumber, since: int) -> OpenNumber | None:
    """The number with its calls from `since` on; None where it has none of them."""
    if number.calls[0].start >= since:
        return number
    calls = tuple(call for call in number.calls if call.start >= since)
    return OpenNumber(number.number_id, calls) if calls else None


def _in_order(numbers: Iterable[OpenNumber]) -> dict[int, OpenNumber]:
    """By number, the first missed one first."""
    return {number.number_id: number for number in sorted(numbers, key=_place)}


def queue_since(now: int, settings: DashboardSettings, local: LocalTime) -> int:
    """The first instant of the queue: midnight so many local days ago, today counted."""
    return local.midnight(local.day(now) - settings.queue_days + 1)
