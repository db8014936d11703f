"""Sums over calls, read in slices of days: cancellable, kept by slice, and resumed where time ran out."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from backend_client.contract.changes import Kind
from backend_client.derive.local_time import local_time
from backend_client.model.call_filter import CallFilter
from backend_client.sqlite.codes import KIND_STEP, unpack_employees
from backend_client.sqlite.filter_sql import Viewer, registered_numbers
from backend_client.sqlite.names import Names
from backend_client.sqlite.reports.axis import OWN_TALK, Axis
from backend_client.sqlite.reports.days import Days
from backend_client.sqlite.search import attempts
from backend_client.sqlite.statement import Plan, Span, Sql, conjunction

Sum = tuple[int, int, int, int]
"""Key, kind, local day (0 where days are added up), n."""
TARGET = 0.03
"""Seconds that a slice shall take: what Esc waits for, and a first picture."""
PATIENCE = 1.0
"""Seconds: with less, nothing is prepared that only pays over many days."""
MOST_DAYS = 92
"""Of a slice: after years without such calls the next one may be full of them."""
KEPT_QUESTIONS = 24
KEPT_SUMS = 200_000
"""Sums kept for one question; more are read again."""
EXTERNAL = Sql(f"c.kind < {2 * KIND_STEP}")


@dataclass(frozen=True)
class Question:
    """What is summed over calls. `weights` are SQL over `c`; "own" is an employee's own seconds of talk."""

    axis: Axis
    per_day: bool = False
    weights: tuple[str, ...] = ("1",)
    """Several: the key of a sum is key × their number + the place of its weight."""
    bits: str = ""
    """SQL of five more bits, put below the key: key × 32 + bits."""
    far: bool = False
    """A weight looks at other calls of the number."""


@dataclass
class Answer:
    """Sums of the days read so far."""

    sums: list[Sum]
    done: int
    total: int

    @property
    def complete(self) -> bool:
        return self.done >= self.total


@dataclass
class _Slice:
    first: int
    last: int
    change: int
    sums: list[Sum]


@dataclass
class _Kept:
    slices: list[_Slice] = field(default_factory=list)
    size: int = 0


class SliceCache:
    """Sums of slices of days by question, so that only touched days are read again. It
    belongs to a session: what a scope sees never leaves it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, _Kept] = OrderedDict()
        self.lock = threading.Lock()

    def of(self, question: object) -> _Kept:
        kept = self._kept.setdefault(question, _Kept())
        self._kept.move_to_end(question)
        while len(self._kept) > KEPT_QUESTIONS:
            self._kept.popitem(last=False)
        return kept


def sums_of_calls(
    db: sqlite3.Connection,
    question: Question,
    wanted: CallFilter,
    viewer: Viewer,
    names: Names,
    days: Days,
    cache: SliceCache,
    deadline: float | None,
) -> Answer:
    """Sum over the calls of the filter in these days, the newest first, until the deadline (monotonic seconds)."""
    plan = _plan(db, wanted, viewer, names)
    if not plan.sources or not days.count:
        return Answer([], days.count, days.count)
    change = int(db.execute("SELECT number FROM change").fetchone()[0])
    # Other calls of the number, of the whole period or after it, make a day's sums depend on more than its calls.
    # So do those of a settled call, of which more is told to who may see the settling one.
    settler = question.axis.settler or wanted.handled_by or (wanted.callback_from, wanted.callback_to) != (None, None)
    other = question.far or wanted.once is not None or wanted.resolved
    far = bool(other or (settler and not viewer.scope.all_calls))
    about = (wanted.period, change) if far else None
    kept = cache.of((question, structs.replace(wanted, period=None), viewer.scope, viewer.employee_id, about))
    _drop_stale(db, kept)
    sums: list[Sum] = []
    done = 0
    usable = [s for s in kept.slices if days.whole and days.first <= s.first and s.last <= days.last]
    for piece in usable:
        sums += piece.sums
        done += piece.last - piece.first + 1
    size, read = 1, 0
    looked_up = wanted.unregistered is not None and viewer.scope.all_calls
    patient = deadline is None or deadline - time.monotonic() > PATIENCE
    if looked_up and patient and _are_many(db, days, days.count - done):
        plan = _plan(db, wanted, structs.replace(viewer, registered=registered_numbers(db)), names)
    for first, last in _gaps(days, usable):
        end = last
        while end >= first:
            if deadline is not None and read and time.monotonic() >= deadline:
                return Answer(sums, done, days.count)
            begin = max(first, end - size + 1)
            begun = time.monotonic()
            found = _read(db, question, plan, _span(days, begin, end, viewer), viewer)
            took = max(time.monotonic() - begun, 1e-4)
            with cache.lock:
                _keep(kept, _Slice(begin, end, change, found), days)
            sums += found
            done += end - begin + 1
            read += 1
            size = max(1, min(MOST_DAYS, int((end - begin + 1) * min(4.0, TARGET / took))))
            end = begin - 1
    return Answer(sums, done, days.count)


def _plan(db: sqlite3.Connection, wanted: CallFilter, viewer: Viewer, names: Names) -> Plan:
    return next(attempts(db, wanted, viewer, names, whole=True)).plan


def _are_many(db: sqlite3.Connection, days: Days, unread: int) -> bool:
    """Whether so many days hold more calls than it takes to look up all registered numbers at once (0.1 s where two
    million numbers are known, as long as looking up those of 200,000 calls one by one)."""
    calls, numbers = (
        db.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0]
        for table, column in (("call", "id"), ("number_tallied", "number_id"))
    )
    return bool(calls * unread > numbers // 10 * max(1, days.last_call - days.first_call + 1))


def _span(days: Days, first: int, last: int, viewer: Viewer) -> Span:
    clock = local_time(viewer.zone.key)
    start, end = clock.midnight(first), clock.midnight(last + 1)
    if days.span.start is not None:
        start = max(start, days.span.start)
    if days.span.end is not None:
        end = min(end, days.span.end)
    return Span(start, end)


def _gaps(days: Days, usable: list[_Slice]) -> Iterator[tuple[int, int]]:
    """Days that no slice holds, the newest first. Today stands alone: it is read again most often."""
    end = days.last
    for piece in sorted(usable, key=lambda piece: piece.last, reverse=True):
        if end > piece.last:
            yield from _apart(piece.last + 1, end, days.today)
        end = piece.first - 1
    if end >= days.first:
        yield from _apart(days.first, end, days.today)


def _apart(first: int, last: int, today: int) -> Iterator[tuple[int, int]]:
    if first <= today <= last:
        if today < last:
            yield today + 1, last
        yield today, today
        last = today - 1
    if first <= last:
        yield first, last


def _keep(kept: _Kept, piece: _Slice, days: Days) -> None:
    if not days.whole or kept.size + len(piece.sums) > KEPT_SUMS:
        return
    if any(piece.first <= other.last and other.first <= piece.last for other in kept.slices):
        return
    kept.slices.append(piece)
    kept.size += len(piece.sums)


def _drop_stale(db: sqlite3.Connection, kept: _Kept) -> None:
    """Forget slices one of whose days was touched since, and all where clients or directories were."""
    if not kept.slices:
        return
    oldest = min(piece.change for piece in kept.slices)
    kinds = db.execute(
        "SELECT coalesce(max(number), 0) FROM change_kind WHERE kind IN (?, ?)",
        (Kind.CLIENTS.value, Kind.DIRECTORIES.value),
    ).fetchone()[0]
    touched = db.execute("SELECT day, number FROM change_day WHERE number > ?", (oldest,)).fetchall()
    kept.slices = [
        piece
        for piece in kept.slices
        if kinds <= piece.change
        and not any(piece.first <= day <= piece.last and number > piece.change for day, number in touched)
    ]
    kept.size = sum(len(piece.sums) for piece in kept.slices)


def _read(db: sqlite3.Connection, question: Question, plan: Plan, span: Span, viewer: Viewer) -> list[Sum]:
    plan = structs.replace(plan, span=span)
    axis = question.axis
    # An operator's reports have no other row than the own one, in which every call stands.
    own = None if viewer.scope.all_calls or not axis.people else viewer.scope.employee_id or 0
    row = axis.key if own is None else str(int(own))
    if axis.settler:
        row = row.format(seen=viewer.scope.sees_settler)
    key = f"{row} * 32 + {question.bits}" if question.bits else row
    day = "c.day" if question.per_day else "0"
    own_talk = OWN_TALK if own is None else _talk_of(own)
    weights = [own_talk if weight == "own" else weight for weight in question.weights]
    alone = [Sql("instr(c.employees, ',') = 0")] if axis.people and own is None else []
    found = _summed(db, plan, key, day, weights, [EXTERNAL, *alone])
    if axis.people and own is None:
        found = _with_shared(db, question, plan, day, found)
    width = len(weights)
    keyed = [one for one in found if one[0] is not None]
    return [(one[0] * width + i, one[1], one[2], one[3 + i]) for one in keyed for i in range(width) if one[3 + i]]


def _summed(
    db: sqlite3.Connection, plan: Plan, key: str, day: str, weights: Sequence[str], more: Sequence[Sql]
) -> list[tuple[int, ...]]:
    """(key, kind, day, a sum a weight) of the calls of a plan."""
    if [*weights] == ["1"]:
        # Told apart here: SQLite would sort them first, which takes twice as long.
        packed = f"({key}) * {_KEY_STEP} + c.kind * {_KIND_STEP} + {day}"
        rows = _selected(plan, f"{packed} AS packed", more)
        (text,) = db.execute(f"SELECT group_concat(packed) FROM ({rows.text})", rows.values).fetchone()
        times = Counter(text.split(",")) if text else {}
        return [(*_unpacked(int(one)), n) for one, n in times.items()]
    named = ", ".join(f"{weight} AS w{i}" for i, weight in enumerate(weights))
    rows = _selected(plan, f"{key} AS k, c.kind AS kind, {day} AS day, {named}", more)
    totals = ", ".join("count(*)" if weight == "1" else f"sum(w{i})" for i, weight in enumerate(weights))
    return db.execute(f"SELECT k, kind, day, {totals} FROM ({rows.text}) GROUP BY 1, 2, 3", rows.values).fetchall()


_KIND_STEP = 10**6
"""More than there are local days."""
_KEY_STEP = 64 * _KIND_STEP
"""More than there are kinds."""


def _unpacked(packed: int) -> tuple[int, int, int]:
    key, rest = divmod(packed, _KEY_STEP)
    return key, *divmod(rest, _KIND_STEP)


def _talk_of(employee: int) -> str:
    """Seconds that an employee talked on a call."""
    return (
        f"(SELECT p.talk FROM call_employee p WHERE p.employee_id = {int(employee)} AND p.start = c.start"
        " AND p.call_id = c.id)"
    )


def _with_shared(
    db: sqlite3.Connection, question: Question, plan: Plan, day: str, found: list[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """The sums with calls in which several took part: each of them counts."""
    step, bits = (32, question.bits) if question.bits else (1, "0")
    own = question.weights == ("own",)
    weights = ", ".join("0" if weight == "own" else weight for weight in question.weights)
    columns = f"c.employees AS people, c.kind AS kind, {day} AS day, {bits} AS bits, {weights}"
    rows = _selected(plan, columns, [EXTERNAL, Sql("instr(c.employees, ',') > 0")])
    sums: dict[tuple[int, int, int], list[int]] = {(row[0], row[1], row[2]): list(row[3:]) for row in found}
    nothing = [0] * len(question.weights)
    for people, kind, at, bit, *values in db.execute(rows.text, rows.values).fetchall():
        talks: dict[int, int] = {}
        for employee, _, talk in unpack_employees(people):
            talks[employee] = talks.get(employee, 0) + talk
        for employee, talk in talks.items():
            cell = employee * step + bit, kind, at
            old = sums.get(cell, nothing)
            sums[cell] = [old[0] + talk] if own else [a + b for a, b in zip(old, values, strict=True)]
    return [(*cell, *values) for cell, values in sums.items()]


def _selected(plan: Plan, columns: str, more: Iterable[Sql]) -> Sql:
    """Columns over `c` for each call of a plan, once."""
    residual = conjunction([plan.residual, *more])
    if plan.overlapping:
        keys = plan.page(None, -1, newer=True)
        return Sql(
            f"SELECT {columns} FROM (SELECT id FROM ({keys.text})) i CROSS JOIN call c ON c.id = i.id"
            f" WHERE {conjunction(more).text}",
            keys.values,
        )
    return structs.replace(plan, residual=residual).all_of(columns)
