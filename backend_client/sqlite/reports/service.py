"""Service indicators (P12) by day, hour or employee.

Each row is made of a few amounts; a column adds some of them up. Histograms hold the amounts of all calls under any
setting that is one of their limits; for other filters and settings they come from the calls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from operator import add, sub
from typing import NamedTuple

from backend_client.derive.histogram import MOST_DAYS, SPANS, Along, Section, Total, limit_of
from backend_client.derive.local_time import weekday
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import entry_name
from backend_client.model.erlang import operators_needed
from backend_client.model.report import By, Cell, ReportColumn, ReportRow, RowKind, ServiceGoal, Unit
from backend_client.model.reports import service_columns
from backend_client.model.status import Direction, Family
from backend_client.sqlite.call_row import FAMILY_CODE
from backend_client.sqlite.codes import KINDS_OF_FAMILY
from backend_client.sqlite.filter_sql import WAIT, is_resolved
from backend_client.sqlite.histograms import Body, by_key, spans_of
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line, Table, bucket_lines, in_buckets, share
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.binned import knows, rows_of
from backend_client.sqlite.reports.days import Bucket
from backend_client.sqlite.reports.far import add_once, once_in_period
from backend_client.sqlite.statement import among

_RANG, _IN_TIME, _GIVEN_UP, _SHORT, _LOST = 1, 2, 4, 8, 16
_ACCEPTED = among("c.kind", KINDS_OF_FAMILY[Family.ACCEPTED]).text
_AXES: dict[By, Axis] = {By.DAY: axis.NONE, By.HOUR: axis.HOUR, By.EMPLOYEE: axis.EMPLOYEE}


class Amount(IntEnum):
    """What a row is made of: first the bins of `Total`, then what depends on settings."""

    WAIT = 0
    """Seconds that accepted calls waited."""
    TALK = 1
    """Seconds of talk; of an employee the own ones."""
    LOST = 2
    ONCE = 3
    ACCEPTED = 4
    MISSED = 5
    SUCCESSFUL = 6
    FAILED = 7
    IN_TIME = 8
    """Accepted within the goal's seconds."""
    RANG = 9
    """Missed after a phone or a queue rang."""
    ABANDONED = 10
    """Those of them that are no short abandon."""
    SHORT = 11
    RESOLVED = 12


Amounts = list[int]
"""By `Amount`."""


class Recipe(NamedTuple):
    """What a fragment counts: amounts to add, and to take away."""

    plus: tuple[int, ...]
    minus: tuple[int, ...] = ()

    def of(self, columns: Sequence[Sequence[int]]) -> Sequence[int]:
        """The counts of all rows, whose amounts are given by `Amount`."""
        n = columns[self.plus[0]]
        for i in self.plus[1:]:
            n = [*map(add, n, columns[i])]
        for i in self.minus:
            n = [*map(sub, n, columns[i])]
        return n


def service(asked: Asked) -> Table:
    """P12. One-off callers of more than a day look at all calls of the period and may arrive later."""
    goal = asked.request.goal
    chosen = asked.request.columns
    columns = tuple(
        column
        for column in service_columns(goal)
        if (column.id in chosen if chosen else not column.optional)
        and (column.unit is not Unit.OPERATORS or asked.by is By.HOUR)
    )
    lines, buckets = _lines(asked)
    total = Line(ReportRow(kind=RowKind.TOTAL))
    amounts = [[0] * len(Amount) for _ in (*lines, total)]
    place = _place(asked, lines, buckets)
    limits = _limits(goal) if knows(asked.db, asked.base, asked.viewer, asked.days) else None
    if limits is None:
        _add_calls(asked, goal, amounts, place, resolved=any(column.fragment.resolved for column in columns))
    else:
        _add_histograms(asked, limits, amounts, place, [line.row.key for line in lines])
    _fill(columns, [*lines, total], amounts)
    _add_staff(asked, goal, columns, lines, total, amounts)
    if limits is None:
        add_once(asked, _AXES[asked.by], columns, lines, total, place)
    else:
        once_in_period(asked, columns, lines, total, place)
    return Table(columns, lines, [] if asked.own else [total])


def _fill(columns: Sequence[ReportColumn], lines: Sequence[Line], amounts: Sequence[Amounts]) -> None:
    by_amount = [*zip(*amounts, strict=True)]
    cells = [_cells(column, by_amount) for column in columns]
    for line, row in zip(lines, zip(*cells, strict=True), strict=True):
        line.cells = dict(enumerate(row))


def _cells(column: ReportColumn, by_amount: Sequence[Sequence[int]]) -> list[Cell]:
    """Of all rows."""
    if column.unit is Unit.SECONDS:
        return [*map(Cell, by_amount[Amount.TALK])]
    over = _recipe(column.fragment).of(by_amount)
    if column.unit is Unit.MEAN_SECONDS:
        seconds = by_amount[Amount.WAIT if column.id == "asa" else Amount.TALK]
        return [Cell(round(s / n, 1) if n else None, n) for s, n in zip(seconds, over, strict=True)]
    if column.unit is Unit.SHARE and column.of is not None:
        return [*map(share, over, _recipe(column.of).of(by_amount))]
    return [*map(Cell, over)]


def _add_staff(
    asked: Asked,
    goal: ServiceGoal,
    columns: Sequence[ReportColumn],
    lines: Sequence[Line],
    total: Line,
    amounts: Sequence[Amounts],
) -> None:
    """Operators needed in each hour of an average day; of the whole day there is no such number."""
    place = next((i for i, column in enumerate(columns) if column.unit is Unit.OPERATORS), None)
    if place is None:
        return
    weekdays = asked.base.weekdays
    days = sum(1 for day in asked.days.averaged() if not weekdays or weekday(day) in weekdays)
    for line, some in zip(lines, amounts, strict=False):
        talked = some[Amount.ACCEPTED] + some[Amount.SUCCESSFUL]
        calls = some[Amount.ACCEPTED] + some[Amount.RANG]
        needed = None
        if days and (talked or not calls):
            talk = some[Amount.TALK] / talked if talked else 0
            needed = operators_needed(calls / days, talk, goal.percent / 100, goal.seconds)
        line.cells[place] = Cell(needed, days)
    total.cells[place] = Cell(None)


_FAMILIES = {
    Family.ACCEPTED: Amount.ACCEPTED,
    Family.MISSED: Amount.MISSED,
    Family.SUCCESSFUL: Amount.SUCCESSFUL,
    Family.FAILED: Amount.FAILED,
}
_WAYS = {
    Direction.INCOMING: (Family.ACCEPTED, Family.MISSED),
    Direction.OUTGOING: (Family.SUCCESSFUL, Family.FAILED),
}


def _recipe(fragment: CallFilter) -> Recipe:
    """Of the fragments of `service_columns`."""
    if fragment.wait_to is not None:
        return Recipe((Amount.IN_TIME,))
    if fragment.talk_to is not None:
        return Recipe((Amount.SHORT,))
    if fragment.lost:
        return Recipe((Amount.LOST,))
    if fragment.resolved:
        return Recipe((Amount.RESOLVED,))
    if fragment.once is not None:
        return Recipe((Amount.ONCE,))
    if fragment.offered:
        return Recipe((Amount.ACCEPTED, Amount.ABANDONED if min(fragment.offered) else Amount.RANG))
    if fragment.rang is not None:
        return Recipe((Amount.RANG,)) if fragment.rang else Recipe((Amount.MISSED,), (Amount.RANG,))
    families = fragment.families or tuple(f for way in fragment.directions or _WAYS for f in _WAYS[way])
    return Recipe(tuple(int(_FAMILIES[family]) for family in families))


# Out of the histograms


class Limits(NamedTuple):
    """How many bins of each section lie within the settings."""

    in_time: int
    short_abandon: int
    short_call: int
    resolved: int


def _limits(goal: ServiceGoal) -> Limits | None:
    """None where a setting is inside a bin."""
    in_time = limit_of(SPANS, goal.seconds)
    abandon, call = limit_of(SPANS, goal.short_abandon - 1), limit_of(SPANS, goal.short_call - 1)
    if in_time is None or abandon is None or call is None or not 0 < goal.resolved_days <= MOST_DAYS:
        return None
    return Limits(in_time, abandon, call, goal.resolved_days + 1)


Place = Callable[[int, int], int]
"""The line of a key and a day, or −1."""


def _add_histograms(asked: Asked, limits: Limits, amounts: list[Amounts], place: Place, keys: Sequence[int]) -> None:
    days, weekdays = asked.days, asked.base.weekdays
    end = max(days.first, days.last + 1)
    spans = [(days.first, end, 1)] if weekdays else spans_of(days.first, end)
    if asked.by is By.DAY:
        for day, body in rows_of(asked.db, days, weekdays, together=False):
            if (at := place(0, day)) >= 0:
                amounts[at] = _amounts_of(body, limits)
    else:
        along = Along.HOUR if asked.by is By.HOUR else Along.EMPLOYEE
        found = _added(by_key(asked.db, along, spans, weekdays), limits)
        for i, key in enumerate(keys):
            amounts[i] = found.get(key, amounts[i])
    amounts[-1] = _added(by_key(asked.db, Along.ALL, spans, weekdays), limits).get(0, amounts[-1])


def _added(rows: Iterable[tuple[int, Body, int]], limits: Limits) -> dict[int, Amounts]:
    """Amounts by key of rows (key, counts, sign)."""
    some: defaultdict[int, list[Amounts]] = defaultdict(list)
    for key, body, sign in rows:
        amounts = _amounts_of(body, limits)
        some[key].append(amounts if sign > 0 else [-n for n in amounts])
    return {key: [*map(sum, zip(*each, strict=True))] for key, each in some.items()}


def _amounts_of(body: Body, limits: Limits) -> Amounts:
    accepted, missed, talk, repeat, sums = body if len(body) == len(_EMPTY) else (body + _EMPTY)[: len(_EMPTY)]
    rang = abandoned = 0
    if missed:
        abandoned = sum(missed[limits.short_abandon :])
        rang = abandoned + sum(missed[: limits.short_abandon])
    return [
        *sums,
        *_NO_SUMS[len(sums) :],
        sum(accepted[: limits.in_time]),
        rang,
        abandoned,
        sum(talk[: limits.short_call]),
        sum(repeat[limits.resolved :]),
    ]


_EMPTY: Body = [b""] * (Section.SUMS + 1)
_NO_SUMS = (0,) * len(Total)


# Out of the calls


def _add_calls(asked: Asked, goal: ServiceGoal, amounts: list[Amounts], place: Place, *, resolved: bool) -> None:
    bits = axis.service(goal.seconds, goal.short_abandon, goal.short_call)
    weights = ["1", "own" if asked.own and asked.by is By.EMPLOYEE else "c.talk", WAIT]
    if resolved:
        again = is_resolved(goal.resolved_days, asked.viewer.scope)
        weights.append(f"CASE WHEN {_ACCEPTED} THEN {again} ELSE 0 END")

    def add_sums(by_axis: Axis, place: Place) -> None:
        for key, kind, day, n in asked.sums(by_axis, _by(asked), weights=tuple(weights), bits=bits, far=resolved):
            packed, weight = divmod(key, len(weights))
            at = place(packed // 32, day)
            if at >= 0:
                row = amounts[at]
                for amount in _counted_in(kind, packed % 32, weight):
                    row[amount] += n

    add_sums(_AXES[asked.by], place)
    if asked.own:
        return
    if asked.by is By.EMPLOYEE:
        _own_talk(asked, amounts, place)
    total = len(amounts) - 1
    add_sums(axis.NONE, lambda _key, _day: total)


def _own_talk(asked: Asked, amounts: list[Amounts], place: Place) -> None:
    for some in amounts[:-1]:
        some[Amount.TALK] = 0
    for key, kind, day, n in asked.sums(axis.OWN, By.NONE, weights=("own",)):
        at = place(key, day)
        if at >= 0 and FAMILY_CODE.get(kind) in (0, 2):
            amounts[at][Amount.TALK] += n


@lru_cache(maxsize=1024)
def _counted_in(kind: int, bits: int, weight: int) -> tuple[int, ...]:
    """The amounts to which a sum of calls adds."""
    family = FAMILY_CODE[kind]
    talked, missed = family in (0, 2), family == 1
    by_weight = (
        {
            Amount.ACCEPTED + family: True,
            Amount.IN_TIME: family == 0 and bits & _IN_TIME,
            Amount.SHORT: talked and bits & _SHORT,
            Amount.RANG: missed and bits & _RANG,
            Amount.ABANDONED: missed and bits & _RANG and not bits & _GIVEN_UP,
            Amount.LOST: missed and bits & _LOST,
        },
        {Amount.TALK: talked},
        {Amount.WAIT: family == 0},
        {Amount.RESOLVED: True},
    )
    # Plain integers: a list is indexed by them in half the time.
    return tuple(int(amount) for amount, holds in by_weight[weight].items() if holds)


# Rows


def _by(asked: Asked) -> By:
    return By.DAY if asked.by is By.DAY else By.NONE


def _lines(asked: Asked) -> tuple[list[Line], list[Bucket]]:
    if asked.by is By.DAY:
        buckets = asked.days.buckets(By.DAY)
        return bucket_lines(asked, buckets, 0), buckets
    if asked.by is By.HOUR:
        hours = [hour for hour in range(24) if not asked.base.hours or hour in asked.base.hours]
        return [Line(ReportRow(kind=RowKind.HOUR, key=h, fragment=CallFilter(hours=(h,)))) for h in hours], []
    own = asked.viewer.scope.employee_id
    return [
        Line(
            ReportRow(
                kind=RowKind.EMPLOYEE, key=employee.id, label=entry_name(employee),
                fragment=CallFilter(employees=(employee.id,)),
            )
        )
        for employee in asked.directories.employees
        if (employee.id == own if asked.own else employee.active)
        and (not asked.base.employees or employee.id in asked.base.employees)
    ], []  # fmt: skip


def _place(asked: Asked, lines: Sequence[Line], buckets: Sequence[Bucket]) -> Place:
    if asked.by is By.DAY:
        of_day = in_buckets(buckets)
        return lambda key, day: of_day.get(day, -1)
    places = {line.row.key: i for i, line in enumerate(lines)}
    return lambda key, day: places.get(key, -1)
