"""A report of the store: the request resolved, the table read, compared and worded."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable

from msgspec import structs

from backend_client.errors import Invalid
from backend_client.model.call_filter import NOTHING, CallFilter
from backend_client.model.directory import Directories
from backend_client.model.period import Period
from backend_client.model.report import (
    EMPTY,
    By,
    Measure,
    Note,
    Report,
    ReportColumn,
    ReportRequest,
    ReportResult,
    ReportRow,
    RowKind,
    narrowed,
    presets_of,
)
from backend_client.model.reports import COLUMNS, REPORTS, STAFFING
from backend_client.model.status import Direction
from backend_client.model.text import N_
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import Names
from backend_client.sqlite.reports.asked import Asked, Table, finished
from backend_client.sqlite.reports.count_calls import SliceCache
from backend_client.sqlite.reports.days import Days, days_of, iso
from backend_client.sqlite.tallied_days import are_counted


def read_report(
    db: sqlite3.Connection,
    request: ReportRequest,
    viewer: Viewer,
    names: Names,
    directories: Directories,
    cache: SliceCache,
) -> ReportResult:
    """The table that was asked for, in one snapshot.

    Raises Invalid for a report, a row kind or a measure that there is not, and for a period that cannot be read.
    """
    report = REPORTS.get(request.report)
    if report is None:
        raise Invalid(
            N_("There is no report “{name}”."), N_("Reports: {allowed}."),
            name=request.report, allowed=", ".join(REPORTS),
        )  # fmt: skip
    by, measure = _chosen(report, request)
    change = int(db.execute("SELECT number FROM change").fetchone()[0])
    base = base_of(report, request, by, measure)
    days = days_of(db, base, viewer)
    result = ReportResult(
        change=change, report=report.id, by=by, measure=measure, base=structs.replace(base, period=days.period)
    )
    if request.etag and request.etag == change and _absolute(base):
        return structs.replace(result, unchanged=True)
    deadline = None if request.within is None else time.monotonic() + request.within
    asked = Asked(db, viewer, names, directories, cache, request, report, by, measure, result.base, days, deadline)
    table = _table(asked)
    rows, totals = _rows(table)
    against = _before(days) if request.compared and request.against is None else request.against
    if against is not None:
        base_before = structs.replace(base, period=against)
        days_before = days_of(db, base_before, viewer)
        base_before = structs.replace(base, period=days_before.period)
        entries = rows if by is not By.DAY and by not in (By.WEEK, By.MONTH) else table.columns
        named = tuple(one.key for one in entries if one.kind is not None and one.kind not in _NO_ENTRY)
        earlier = asked.earlier(base_before, days_before, named)
        before = _table(earlier)
        before_rows, before_totals = _rows(before)
        places = [_place_of(column, before) for column in table.columns]
        rows, totals = _compared(rows, before_rows, places), _compared(totals, before_totals, places)
        result = structs.replace(result, base_before=base_before)
        asked.complete = asked.complete and earlier.complete
    if report.drops_empty:
        rows = [row for row in rows if any(cell.value for cell in row.cells)]
    return structs.replace(
        result,
        columns=table.columns,
        rows=tuple(rows),
        totals=tuple(totals),
        notes=_notes(asked),
        complete=asked.complete,
        done=asked.done,
        total=asked.total,
    )


def _before(days: Days) -> Period:
    """As many days just before."""
    return Period(start=iso(days.first - days.count), end=iso(days.first - 1))


def _chosen(report: Report, request: ReportRequest) -> tuple[By, Measure]:
    by = report.bys[0] if request.by is None else request.by
    measure = report.measures[0] if request.measure is None else request.measure
    if by not in report.bys:
        raise Invalid(
            N_("The report “{name}” has no rows by “{by}”."), N_("It has: {allowed}."),
            name=report.id, by=by.value, allowed=", ".join(report.bys),
        )  # fmt: skip
    if measure not in report.measures:
        raise Invalid(
            N_("The report “{name}” has no measure “{measure}”."), N_("It has: {allowed}."),
            name=report.id, measure=measure.value, allowed=", ".join(report.measures),
        )  # fmt: skip
    _check_columns(report, request.columns)
    return by, measure


def _check_columns(report: Report, asked: Iterable[str]) -> None:
    allowed = COLUMNS.get(report.id, ())
    for column in asked:
        if column not in allowed:
            raise Invalid(
                N_("The report “{name}” has no column “{column}” to be chosen."),
                N_("It has: {allowed}.") if allowed else N_("Its columns are always the same."),
                name=report.id, column=column, allowed=", ".join(allowed),
            )  # fmt: skip


def base_of(report: Report, request: ReportRequest, by: By, measure: Measure) -> CallFilter:
    """The request's filter as every cell narrows it: with a period, and without internal calls (decision 8)."""
    base = structs.replace(request.filter, internal=False)
    if Direction.INTERNAL in base.directions:
        rest = tuple(way for way in base.directions if way is not Direction.INTERNAL)
        base = structs.replace(base, directions=rest) if rest else narrowed(NOTHING, EMPTY)
    if base.period is None:
        base = structs.replace(base, period=Period(preset=presets_of(by)[0]))
    if report.incoming and not base.directions:
        base = structs.replace(base, directions=(Direction.INCOMING,))
    if measure is Measure.NUMBERS:
        base = narrowed(base, CallFilter(first_contact=True))
    return base


def _absolute(base: CallFilter) -> bool:
    """A named period moves at midnight without any change."""
    return base.period is not None and base.period.preset is None and bool(base.period.start and base.period.end)


def _table(asked: Asked) -> Table:
    return _readers()[asked.report.id](asked)


def _readers() -> dict[str, Callable[[Asked], Table]]:
    from backend_client.sqlite.reports import clients, compared, entries, over_time, service, within

    return {
        "calls": over_time.number_of_calls,
        "regions": entries.regions,
        "hours": within.within_day,
        "weekdays": within.within_week,
        "heat": within.heat,
        "channels": entries.channels,
        "employees": entries.employees,
        "clients": clients.clients,
        "leads": over_time.leads,
        "missed": over_time.missed,
        "compared": compared.compared,
        "service": service.service,
    }


def _rows(table: Table) -> tuple[list[ReportRow], list[ReportRow]]:
    rows = [finished(line, table.columns) for line in table.lines]
    return rows, [finished(line, table.columns) for line in table.totals]


_NO_ENTRY = (
    RowKind.BUCKET, RowKind.OTHERS, RowKind.NOBODY, RowKind.TOTAL, RowKind.UNREGISTERED, RowKind.WITHHELD,
)  # fmt: skip


def _place_of(column: ReportColumn, table: Table) -> int | None:
    return next((i for i, other in enumerate(table.columns) if other.id == column.id), None)


def _compared(rows: list[ReportRow], before: list[ReportRow], places: list[int | None]) -> list[ReportRow]:
    """Each row with the values of its like in the other period: buckets by their order, others by what they are."""
    buckets = [row for row in before if row.kind is RowKind.BUCKET]
    others = {(row.kind, row.key): row for row in before}
    found = []
    for i, row in enumerate(rows):
        if row.kind is RowKind.BUCKET:
            like = buckets[i] if i < len(buckets) else None
        else:
            like = others.get((row.kind, row.key))
        if like is not None:
            cells = tuple(
                cell if place is None else structs.replace(cell, before=like.cells[place].value)
                for cell, place in zip(row.cells, places, strict=True)
            )
            row = structs.replace(row, cells=cells, before=like.fragment)
        found.append(row)
    return found


def _notes(asked: Asked) -> tuple[Note, ...]:
    goal = asked.request.goal
    fields: dict[str, int | float | str] = {}
    if asked.report.id == "service":
        fields = {
            "percent": goal.percent,
            "seconds": goal.seconds,
            "short_abandon": goal.short_abandon,
            "short_call": goal.short_call,
            "resolved_days": goal.resolved_days,
        }
    notes = [Note(asked.report.definition, fields)]
    if asked.report.id == "service" and asked.by is By.HOUR:
        notes.append(Note(STAFFING, {"percent": goal.percent, "seconds": goal.seconds}))
    if not are_counted(asked.db, asked.days.first):
        # The job's module brings the writer's along.
        from backend_client.sqlite.upkeep.recount import share_done

        notes.append(Note(COUNTED_ANEW, {"percent": int(100 * (share_done(asked.db) or 0))}))
    return tuple(notes)


COUNTED_ANEW = N_("Totals are being counted anew, {percent} % done; until then all calls are read, which takes longer.")
