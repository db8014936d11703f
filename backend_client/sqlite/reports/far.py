"""One-off callers, a column of the service indicators: it looks at all calls of each number in the period and may
arrive after the rest of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend_client.derive.local_time import local_time
from backend_client.model.call_filter import CallFilter
from backend_client.model.report import By, Cell, ReportColumn, narrowed
from backend_client.sqlite.codes import unpack_employees
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.days import days_of

Place = Callable[[int, int], int]
"""The line of a key and a day, or −1."""
_SHORT_SHARE = 6
"""A period of less than this part of all days is read by start, else by number."""


def once_in_period(
    asked: Asked, columns: Sequence[ReportColumn], lines: Sequence[Line], total: Line, place: Place
) -> None:
    """One-off callers of all calls of the period. Of single days the histograms know; the rest is not part of the
    first picture."""
    column = next((i for i, column in enumerate(columns) if column.fragment.once is not None), None)
    if column is None:
        return
    unknown = [total] if asked.by is By.DAY else [*lines, total]
    if asked.deadline is not None:
        for line in unknown:
            line.cells[column] = Cell(pending=True)
        asked.complete, asked.done, asked.total = False, 0, asked.days.count
        return
    counts = [0] * (len(lines) + 1)
    for hour, people in _callers_once(asked):
        counts[-1] += 1
        if asked.by is By.HOUR:
            keys = [hour]
        elif asked.by is By.EMPLOYEE:
            keys = list(dict.fromkeys(id for id, _, _ in unpack_employees(people)))
        else:
            keys = []
        for key in keys:
            at = place(key, 0)
            if at >= 0:
                counts[at] += 1
    for line, n in zip((*lines, total), counts, strict=True):
        if line in unknown:
            line.cells[column] = Cell(n)


def _callers_once(asked: Asked) -> list[tuple[int, str]]:
    """Hour and employees of the only call of each number that has one in the period."""
    clock, days = local_time(asked.viewer.zone.key), asked.days
    span = (clock.midnight(days.first), clock.midnight(days.last + 1))
    every = max(1, days.last_call - days.first_call + 1)
    index = "call_start" if days.count * _SHORT_SHARE < every else "call_number"
    weekdays = asked.base.weekdays
    # Of a few weekdays the others do not count as calls of the number: the span is what "once" is about.
    once = (
        f"SELECT min(id) AS id FROM call INDEXED BY {index} WHERE number_id IS NOT NULL AND start >= ? AND start < ?"
        " GROUP BY number_id HAVING count(*) = 1"
    )
    if asked.by is By.DAY and not weekdays:
        (n,) = asked.db.execute(f"SELECT count(*) FROM ({once})", span).fetchone()
        return [(0, "")] * n
    among = f" AND (c.day + 3) % 7 + 1 IN ({','.join(map(str, weekdays))})" if weekdays else ""
    rows = f"SELECT c.hour, c.employees FROM ({once}) o CROSS JOIN call c ON c.id = o.id WHERE c.kind < 32{among}"
    return asked.db.execute(rows, span).fetchall()


def add_once(
    asked: Asked, by_axis: Axis, columns: Sequence[ReportColumn], lines: Sequence[Line], total: Line, place: Place
) -> None:
    """One-off callers out of the calls of the filter."""
    for i, column in enumerate(columns):
        if column.fragment.once is not None:
            counts = _once(asked, by_axis, column, lines, place)
            for line, n in zip((*lines, total), counts, strict=True):
                line.cells[i] = Cell(pending=True) if n is None else Cell(n)


def _once(asked: Asked, by_axis: Axis, column: ReportColumn, lines: Sequence[Line], place: Place) -> list[int | None]:
    """Numbers with one call; of a day, with one call on that day."""
    if asked.by is not By.DAY:
        return _counts(asked, by_axis, column.fragment, lines, place)
    return [_alone(asked, narrowed(asked.base, line.row.fragment, column.fragment)) for line in lines] + [
        _alone(asked, narrowed(asked.base, column.fragment))
    ]


def _alone(asked: Asked, wanted: CallFilter) -> int | None:
    days = days_of(asked.db, wanted, asked.viewer)
    part = asked.earlier(wanted, days, ())
    part.complete = True
    sums = part.sums(axis.NONE, By.NONE)
    asked.complete = asked.complete and part.complete
    return sum(n for _, _, _, n in sums) if part.complete else None


def _counts(asked: Asked, by_axis: Axis, fragment: CallFilter, lines: Sequence[Line], place: Place) -> list[int | None]:
    base = narrowed(asked.base, fragment)
    before, asked.complete = asked.complete, True
    counts = [0] * (len(lines) + 1)
    by = By.DAY if asked.by is By.DAY else By.NONE
    for key, _, day, n in asked.sums(by_axis, by, base=base):
        at = place(key, day)
        if at >= 0:
            counts[at] += n
            counts[-1] += n
    if by_axis.people and not asked.own:
        # A call of several employees stands in several rows, one of nobody in none.
        counts[-1] = sum(n for _, _, _, n in asked.sums(axis.NONE, By.NONE, base=base))
    complete, asked.complete = asked.complete, asked.complete and before
    return list(counts) if complete else [None] * len(counts)
