"""Service indicators (P12) by day, hour or employee."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import entry_name
from backend_client.model.report import By, Cell, ReportColumn, ReportRow, RowKind, Unit, narrowed
from backend_client.model.reports import service_columns
from backend_client.model.status import Family
from backend_client.sqlite.codes import KINDS_OF_FAMILY
from backend_client.sqlite.filter_sql import WAIT
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line, Table, bucket_lines, in_buckets, share
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.days import Bucket

RANG, IN_TIME, GIVEN_UP, SHORT, LOST = 1, 2, 4, 8, 16
_WEIGHTS = ("1", "c.talk", WAIT)
_CALLS, _TALK, _WAIT = range(3)
_AXES: dict[By, Axis] = {By.DAY: axis.NONE, By.HOUR: axis.HOUR, By.EMPLOYEE: axis.EMPLOYEE}
_MISSED = frozenset(KINDS_OF_FAMILY[Family.MISSED])

Test = Callable[[int, int], bool]
"""Whether a call of this kind with these bits is counted."""


def service(asked: Asked) -> Table:
    """P12. One-off callers and first call resolution look at other calls of each number and may arrive later."""
    goal = asked.request.goal
    every = service_columns(goal)
    chosen = asked.request.columns
    columns = tuple(c for c in every if (c.id in chosen if chosen else not c.optional))
    lines, buckets = _lines(asked, len(columns))
    total = Line(ReportRow(kind=RowKind.TOTAL))
    place = _place(asked, lines, buckets)
    bits = axis.service(goal.seconds, goal.short_abandon, goal.short_call)
    parts = [_Column(asked, column) for column in columns]
    by_axis = _AXES[asked.by]
    sums = [[0.0] * (2 * len(parts)) for _ in (*lines, total)]
    for key, kind, day, n in asked.sums(by_axis, _by(asked), weights=_WEIGHTS, bits=bits):
        packed, weight = divmod(key, 3)
        at = place(packed // 32, day)
        if at >= 0:
            _count(parts, sums[at], kind, packed % 32, weight, n)
    if not asked.own:
        of_all = asked.sums(axis.NONE, _by(asked), weights=_WEIGHTS, bits=bits)
        for key, kind, _, n in of_all:
            packed, weight = divmod(key, 3)
            _count(parts, sums[-1], kind, packed % 32, weight, n)
    for line, counts in zip((*lines, total), sums, strict=True):
        line.counts = counts[: len(parts)]
        for i, part in enumerate(parts):
            line.cells[i] = part.cell(counts[i], counts[len(parts) + i])
    _add_far(asked, columns, lines, total, place)
    return Table(columns, lines, [] if asked.own else [total])


def _by(asked: Asked) -> By:
    return By.DAY if asked.by is By.DAY else By.NONE


class _Column:
    """What a column adds up above and below its line."""

    def __init__(self, asked: Asked, column: ReportColumn) -> None:
        self.unit = column.unit
        self.over = _test(asked, column.fragment)
        self.under = _test(asked, column.fragment if column.of is None else column.of)
        self.weight = _CALLS
        if column.id == "asa":
            self.weight = _WAIT
        elif column.unit in (Unit.SECONDS, Unit.MEAN_SECONDS):
            self.weight = _TALK

    def cell(self, over: float, under: float) -> Cell:
        if self.unit is Unit.SHARE:
            return share(over, under)
        if self.unit is Unit.MEAN_SECONDS:
            return Cell(round(over / under, 1) if under else None, int(under))
        return Cell(over)


def _count(parts: Sequence[_Column], counts: list[float], kind: int, bits: int, weight: int, n: int) -> None:
    for i, part in enumerate(parts):
        if part.weight == weight and part.over(kind, bits):
            counts[i] += n
        if weight == _CALLS and part.under(kind, bits):
            counts[len(parts) + i] += n


def _test(asked: Asked, fragment: CallFilter) -> Test:
    kinds = asked.kinds(fragment)
    wanted = 0
    banned = 0
    if fragment.rang is not None:
        wanted, banned = (RANG, 0) if fragment.rang else (0, RANG)
    wanted |= IN_TIME if fragment.wait_to is not None else 0
    wanted |= SHORT if fragment.talk_to is not None else 0
    wanted |= LOST if fragment.lost else 0
    offered = bool(fragment.offered)

    def test(kind: int, bits: int) -> bool:
        if kind not in kinds or bits & wanted != wanted or bits & banned:
            return False
        return not offered or kind not in _MISSED or bool(bits & RANG and not bits & GIVEN_UP)

    return test


def _lines(asked: Asked, width: int) -> tuple[list[Line], list[Bucket]]:
    if asked.by is By.DAY:
        buckets = asked.days.buckets(By.DAY)
        return bucket_lines(asked, buckets, width), buckets
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


def _place(asked: Asked, lines: Sequence[Line], buckets: Sequence[Bucket]) -> Callable[[int, int], int]:
    if asked.by is By.DAY:
        return in_buckets(buckets)
    places = {line.row.key: i for i, line in enumerate(lines)}
    return lambda key, day: places.get(key, -1)


def _add_far(
    asked: Asked, columns: Sequence[ReportColumn], lines: Sequence[Line], total: Line, place: Callable[[int, int], int]
) -> None:
    """The columns that look at other calls of the numbers."""
    for i, column in enumerate(columns):
        if column.fragment.once is not None:
            counts = _once(asked, column, lines, place)
        elif column.fragment.resolved:
            counts = _counts(asked, column.fragment, lines, place)
        else:
            continue
        for line, n in zip((*lines, total), counts, strict=True):
            old = line.cells[i]
            if n is None:
                line.cells[i] = Cell(pending=True)
            else:
                line.cells[i] = share(n, old.n or 0) if column.unit is Unit.SHARE else Cell(n)


def _once(
    asked: Asked, column: ReportColumn, lines: Sequence[Line], place: Callable[[int, int], int]
) -> list[int | None]:
    """Numbers with one call; of a day, with one call on that day."""
    if asked.by is not By.DAY:
        return _counts(asked, column.fragment, lines, place)
    return [_alone(asked, narrowed(asked.base, line.row.fragment, column.fragment)) for line in lines] + [
        _alone(asked, narrowed(asked.base, column.fragment))
    ]


def _alone(asked: Asked, wanted: CallFilter) -> int | None:
    from backend_client.sqlite.reports.days import days_of

    days = days_of(asked.db, wanted, asked.viewer)
    part = asked.earlier(wanted, days, ())
    part.complete = True
    sums = part.sums(axis.NONE, By.NONE)
    asked.complete = asked.complete and part.complete
    return sum(n for _, _, _, n in sums) if part.complete else None


def _counts(
    asked: Asked, fragment: CallFilter, lines: Sequence[Line], place: Callable[[int, int], int]
) -> list[int | None]:
    base = narrowed(asked.base, fragment)
    before, asked.complete = asked.complete, True
    counts: list[int | None] = [0] * (len(lines) + 1)
    for key, _, day, n in asked.sums(_AXES[asked.by], _by(asked), base=base):
        at = place(key, day)
        if at >= 0:
            counts[at] = (counts[at] or 0) + n
    counts[-1] = sum(n for _, _, _, n in asked.sums(axis.NONE, By.NONE, base=base))
    if not asked.complete:
        counts = [None] * len(counts)
    asked.complete = asked.complete and before
    return counts
