"""Average and peak by hour (P3) and by weekday (P4), after decision 10; and hours against weekdays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import structs

from backend_client.derive.local_time import weekday
from backend_client.model.call_filter import CallFilter
from backend_client.model.report import By, Cell, Measure, ReportRow, RowKind, Unit
from backend_client.model.status import Direction
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line, Table, Take, add_up
from backend_client.sqlite.reports.count_calls import Sum
from backend_client.sqlite.reports.days import iso
from backend_client.sqlite.reports.tallied import hours_of_weekdays, peaks
from backend_client.sqlite.tallied_days import are_counted

Peak = tuple[int, int]
"""Calls, and the day."""


def within_day(asked: Asked) -> Table:
    """P3."""
    hours = [hour for hour in range(24) if not asked.base.hours or hour in asked.base.hours]
    rows = [ReportRow(kind=RowKind.HOUR, key=hour, fragment=CallFilter(hours=(hour,))) for hour in hours]
    weekdays = asked.base.weekdays
    days = [day for day in asked.days.averaged() if not weekdays or weekday(day) in weekdays]
    if asked.measure is Measure.PEAK:
        return _peaks(asked, rows, [days] * len(rows), _peaks_by_hour(asked))
    table = _lines(asked, rows)
    add_up(asked.sums(axis.HOUR, By.NONE), table.lines, _takes(asked), {hour: i for i, hour in enumerate(hours)})
    return _averages(table, [len(days)] * len(rows))


def within_week(asked: Asked) -> Table:
    """P4."""
    weekdays = [day for day in range(1, 8) if not asked.base.weekdays or day in asked.base.weekdays]
    rows = [ReportRow(kind=RowKind.WEEKDAY, key=day, fragment=CallFilter(weekdays=(day,))) for day in weekdays]
    days = [[day for day in asked.days.averaged() if weekday(day) == wanted] for wanted in weekdays]
    sums = asked.sums(axis.NONE, By.DAY)
    if asked.measure is Measure.PEAK:
        found = _largest(asked, ((weekday(day), kind, day, n) for _, kind, day, n in sums))
        return _peaks(asked, rows, days, found)
    table = _lines(asked, rows)
    of_day = {
        day: weekdays.index(weekday(day))
        for day in range(asked.days.first, asked.days.last + 1)
        if weekday(day) in weekdays
    }
    add_up(sums, table.lines, _takes(asked), of_day, by_day=True)
    return _averages(table, [len(some) for some in days])


def heat(asked: Asked) -> Table:
    """Hours against weekdays."""
    base = asked.base
    hours = [hour for hour in range(24) if not base.hours or hour in base.hours]
    unit = Unit.AVERAGE_CALLS if asked.measure is Measure.AVERAGE else Unit.CALLS
    columns = tuple(
        structs.replace(column, unit=unit)
        for column in asked.report.columns
        if not column.key or not base.weekdays or column.key in base.weekdays
    )
    days = asked.days.averaged()
    counted = [sum(1 for day in days if weekday(day) == column.key) for column in columns[:-1]]
    counted.append(sum(counted))
    lines = [
        Line(ReportRow(kind=RowKind.HOUR, key=hour, fragment=CallFilter(hours=(hour,))), [0] * len(columns))
        for hour in hours
    ]
    total = Line(ReportRow(kind=RowKind.TOTAL), [0] * len(columns))
    places = {column.key: i for i, column in enumerate(columns[:-1])}
    for hour, day, n in _by_hour_and_weekday(asked):
        at = places.get(day)
        if hour not in hours or at is None:
            continue
        for line in (lines[hours.index(hour)], total):
            line.counts[at] += n
            line.counts[-1] += n
    if asked.measure is Measure.AVERAGE:
        for line in (*lines, total):
            pairs = zip(line.counts, counted, strict=True)
            line.cells = {i: Cell(round(n / d, 1) if d else None, d) for i, (n, d) in enumerate(pairs)}
    return Table(columns, lines, [total])


_SERIES_OF: dict[Direction, set[int]] = {Direction.INCOMING: {0, 1}, Direction.OUTGOING: {2}}
"""Series of HOUR_SERIES."""


def _by_hour_and_weekday(asked: Asked) -> Iterable[tuple[int, int, int]]:
    base = asked.base
    plain = CallFilter(period=base.period, hours=base.hours, weekdays=base.weekdays, directions=base.directions) == base
    if plain and asked.days.whole and not asked.own and are_counted(asked.db, asked.days.first):
        series = set().union(*(_SERIES_OF.get(way, set()) for way in base.directions or _SERIES_OF))
        found = hours_of_weekdays(asked.db, asked.days)
        return [(hour, day, n) for hour, which, day, n in found if which in series]
    kinds = asked.kinds(CallFilter())
    sums = asked.sums(axis.HOUR, By.DAY)
    return [(hour, weekday(day), n) for hour, kind, day, n in sums if kind in kinds]


def _takes(asked: Asked) -> list[Take]:
    return [(asked.kinds(column.fragment), None) for column in asked.report.columns]


def _lines(asked: Asked, rows: Sequence[ReportRow]) -> Table:
    unit = Unit.PEAK if asked.measure is Measure.PEAK else Unit.AVERAGE_CALLS
    columns = tuple(structs.replace(column, unit=unit) for column in asked.report.columns)
    return Table(columns, [Line(row, [0] * len(columns)) for row in rows])


def _averages(table: Table, days: Sequence[int]) -> Table:
    for line, n in zip(table.lines, days, strict=True):
        for i, calls in enumerate(line.counts):
            line.cells[i] = Cell(round(calls / n, 1) if n else None, n)
    return table


def _peaks_by_hour(asked: Asked) -> dict[tuple[int, int], Peak]:
    base = asked.base
    plain = CallFilter(period=base.period, hours=base.hours, weekdays=base.weekdays) == base
    if plain and asked.days.whole and not asked.own and are_counted(asked.db, asked.days.first):
        return peaks(asked.db, asked.days, base.weekdays)
    return _largest(asked, asked.sums(axis.HOUR, By.DAY))


def _largest(asked: Asked, sums: Iterable[Sum]) -> dict[tuple[int, int], Peak]:
    """(key, column) → the largest single day of the column, the latest of equals."""
    takes = _takes(asked)
    by_day: Counter[tuple[int, int, int]] = Counter()
    for key, kind, day, n in sums:
        for column, (kinds, _) in enumerate(takes):
            if kind in kinds:
                by_day[key, column, day] += n
    best: dict[tuple[int, int], Peak] = {}
    for (key, column, day), n in by_day.items():
        if (n, day) > best.get((key, column), (0, 0)):
            best[key, column] = (n, day)
    return best


def _peaks(
    asked: Asked, rows: Sequence[ReportRow], days: Sequence[Sequence[int]], best: dict[tuple[int, int], Peak]
) -> Table:
    """A day without calls is the peak of a series that has none: the latest of equals."""
    table = _lines(asked, rows)
    for line, row, some in zip(table.lines, rows, days, strict=True):
        for column in range(len(table.columns)):
            n, day = best.get((row.key, column), (0, some[-1] if some else asked.days.last))
            line.cells[column] = Cell(n, day=iso(day)) if some or n else Cell(None)
    return table
