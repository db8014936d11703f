"""Reports whose rows are entries: regions (P2), channels (P5), employees (P6); or, by day, week or month, columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import structs

from backend_client.derive.local_time import local_time
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import entry_name
from backend_client.model.report import By, Cell, ReportColumn, ReportRow, RowKind, narrowed
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import (
    Asked,
    Line,
    Table,
    Take,
    add_all,
    add_up,
    bucket_lines,
    in_buckets,
    total_line,
)
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.count_calls import Sum
from backend_client.sqlite.reports.tallied import sums_of_tallies


@dataclass(frozen=True)
class Entry:
    """A row, and the keys of the axis that it adds up."""

    row: ReportRow
    keys: frozenset[int]


def regions(asked: Asked) -> Table:
    """P2. Numbers that cannot be read and withheld ones are one row."""
    unknown = [0, *(region.id for region in asked.directories.regions if region.key == "unknown")]
    entries = [_region((0, *unknown[1:]), RowKind.NONE_KNOWN, "")]
    entries += [
        _region((region.id,), RowKind.REGION, region.names.get("en", region.key))
        for region in asked.directories.regions
        if region.id not in unknown
    ]
    return _by_entry(asked, axis.REGION, _within(entries, asked.base.regions), "not_regions")


def _region(ids: tuple[int, ...], kind: RowKind, label: str) -> Entry:
    return Entry(ReportRow(kind=kind, key=ids[0], label=label, fragment=CallFilter(regions=ids)), frozenset(ids))


def channels(asked: Asked) -> Table:
    """P5. Channels of one name are one row."""
    named: dict[str, list[int]] = {}
    for channel in asked.directories.channels:
        named.setdefault(entry_name(channel), []).append(channel.id)
    entries = [_channel((0,), RowKind.NONE_KNOWN, "")]
    entries += [_channel(tuple(ids), RowKind.CHANNEL, name) for name, ids in named.items()]
    return _by_entry(asked, axis.CHANNEL, _within(entries, asked.base.channels), "not_channels")


def _channel(ids: tuple[int, ...], kind: RowKind, label: str) -> Entry:
    return Entry(ReportRow(kind=kind, key=ids[0], label=label, fragment=CallFilter(channels=ids)), frozenset(ids))


def _within(entries: Iterable[Entry], wanted: tuple[int, ...]) -> list[Entry]:
    return [entry for entry in entries if not wanted or entry.keys & set(wanted)]


def _by_entry(asked: Asked, by_axis: Axis, entries: Sequence[Entry], other: str) -> Table:
    if asked.by is By.NONE:
        return _entry_rows(asked, by_axis, entries, other)
    return _entry_columns(asked, by_axis, entries, other)


def _entry_rows(asked: Asked, by_axis: Axis, entries: Sequence[Entry], other: str) -> Table:
    columns = asked.report.columns
    takes: list[Take] = [(asked.kinds(column.fragment), None) for column in columns]
    lines = [Line(entry.row, [0] * len(columns)) for entry in entries]
    place = {key: i for i, entry in enumerate(entries) for key in entry.keys}
    add_up(asked.sums(by_axis, By.NONE), lines, takes, place)
    shown = asked.shown(lines)
    total = total_line(lines, len(columns))
    rest = [line for line in lines if any(line.counts) and all(line is not other for other in shown)]
    if not rest:
        return Table(columns, shown, [total])
    keys = tuple(key for line in shown for key in _ids(line.row.fragment, other))
    others = Line(ReportRow(kind=RowKind.OTHERS, fragment=_none_of(other, keys)), [0] * len(columns))
    others.counts = total_line(rest, len(columns)).counts
    return Table(columns, [*shown, others], [total])


def _none_of(other: str, ids: tuple[int, ...]) -> CallFilter:
    return CallFilter(not_channels=ids) if other == "not_channels" else CallFilter(not_regions=ids)


def _ids(fragment: CallFilter, other: str) -> tuple[int, ...]:
    ids: tuple[int, ...] = getattr(fragment, other.removeprefix("not_"))
    return ids


def _entry_columns(asked: Asked, by_axis: Axis, entries: Sequence[Entry], other: str) -> Table:
    """A line a bucket, a column an entry: the largest first, then the others and the total."""
    sums = asked.sums(by_axis)
    kinds = asked.kinds(_all(asked))
    per_key: Counter[int] = Counter()
    for key, kind, _, n in sums:
        if kind in kinds:
            per_key[key] += n
    ranked = sorted(entries, key=lambda entry: -sum(per_key[key] for key in entry.keys))
    ranked = [entry for entry in ranked if any(per_key[key] for key in entry.keys)]
    top = asked.top or len(ranked)
    if asked.named is not None:
        by_key = {entry.row.key: entry for entry in entries}
        shown = [by_key[key] for key in asked.named if key in by_key]
        ranked = [*shown, *(entry for entry in ranked if entry not in shown)]
        top = len(shown)
    columns = [_as_column(entry, _all(asked)) for entry in ranked[:top]]
    takes: list[Take] = [(kinds, entry.keys) for entry in ranked[:top]]
    if len(ranked) > top:
        named = tuple(key for entry in ranked[:top] for key in _ids(entry.row.fragment, other))
        rest = frozenset(key for entry in ranked[top:] for key in entry.keys)
        fragment = structs.replace(_none_of(other, named), directions=_all(asked).directions)
        columns.append(ReportColumn(id="others", kind=RowKind.OTHERS, fragment=fragment))
        takes.append((kinds, rest))
    columns.append(ReportColumn(id="total", kind=RowKind.TOTAL, fragment=_all(asked), charted=False))
    takes.append((kinds, None))
    buckets = asked.days.buckets(asked.by)
    lines = bucket_lines(asked, buckets, len(takes))
    add_up(sums, lines, takes, in_buckets(buckets), by_day=True)
    return Table(tuple(columns), lines, [total_line(lines, len(takes))])


def _all(asked: Asked) -> CallFilter:
    """What the report's total counts."""
    return asked.report.columns[-1].fragment


def _as_column(entry: Entry, total: CallFilter) -> ReportColumn:
    fragment = structs.replace(entry.row.fragment, directions=total.directions)
    row = entry.row
    return ReportColumn(
        id=f"{row.kind.value}:{row.key}", kind=row.kind, key=row.key, label=row.label, fragment=fragment
    )


def employees(asked: Asked) -> Table:
    """P6. Others and the total come from calls, each once; both may arrive after the rows."""
    columns = asked.report.columns
    takes: list[Take] = [(asked.kinds(column.fragment), None) for column in columns]
    chosen = asked.base.employees
    lines: dict[int, Line] = {}
    for employee in asked.directories.employees:
        if not chosen or employee.id in chosen:
            lines[employee.id] = Line(
                ReportRow(
                    kind=RowKind.EMPLOYEE,
                    key=employee.id,
                    label=entry_name(employee),
                    fragment=CallFilter(employees=(employee.id,)),
                ),
                [0] * len(columns),
            )
    nobody = Line(ReportRow(kind=RowKind.NOBODY, fragment=CallFilter(nobody=True)), [0] * len(columns))
    everybody = [*lines.values(), nobody]
    place = {id: i for i, id in enumerate(lines)} | ({} if chosen else {0: len(lines)})
    add_up(asked.sums(axis.EMPLOYEE, By.NONE), everybody, takes, place)
    if asked.own:
        return Table(columns, [line for line in everybody if line.row.key == asked.viewer.scope.employee_id])
    total = Line(ReportRow(kind=RowKind.TOTAL), [0] * len(columns))
    add_all(asked.sums(axis.NONE, By.NONE), total, takes)
    shown = asked.shown(everybody[:-1])
    rows = list(shown)
    if sum(any(line.counts) for line in everybody[:-1]) > sum(any(line.counts) for line in shown):
        rows.append(_others(asked, tuple(line.row.key for line in shown), takes))
    if any(nobody.counts):
        rows.append(nobody)
    return Table(columns, rows, [total])


def _others(asked: Asked, named: tuple[int, ...], takes: Sequence[Take]) -> Line:
    """Calls in which somebody took part and none of the named. They may arrive after the rows."""
    fragment = CallFilter(not_employees=named)
    others = Line(ReportRow(kind=RowKind.OTHERS, fragment=fragment), [0] * len(takes))
    before = asked.complete
    asked.complete = True
    sums = _sums_of_others(asked, named)
    if sums is None:
        sums = asked.sums(axis.NONE, By.NONE, base=narrowed(asked.base, fragment))
    add_all(sums, others, takes)
    if not asked.complete:
        others.cells = dict.fromkeys(range(len(takes)), Cell(pending=True))
    asked.complete = asked.complete and before
    return others


def _sums_of_others(asked: Asked, named: tuple[int, ...]) -> list[Sum] | None:
    """Where nothing but days is asked: all calls, without nobody's, without those of the named; a call in which
    several of these took part was taken away several times. A fraction of looking at every call."""
    if structs.replace(asked.base, period=None) != CallFilter() or not asked.days.whole or asked.own:
        return None
    tallied = sums_of_tallies(asked.db, axis.EMPLOYEE, asked.base, asked.viewer, asked.days, By.NONE)
    if tallied is None:
        return None
    clock = local_time(asked.viewer.zone.key)
    start, end = clock.midnight(asked.days.first), clock.midnight(asked.days.last + 1)
    ranges = " UNION ALL ".join(
        f"SELECT call_id FROM call_employee WHERE employee_id = {int(employee)} AND start >= {start} AND start < {end}"
        for employee in named
    )
    shared: list[Sum] = asked.db.execute(
        f"SELECT 0, c.kind, 0, sum(d.times - 1) FROM (SELECT call_id, count(*) AS times FROM ({ranges})"
        " GROUP BY call_id HAVING times > 1) d CROSS JOIN call c ON c.id = d.call_id GROUP BY c.kind"
    ).fetchall()
    taken = [(0, kind, 0, -n) for key, kind, _, n in tallied if key == 0 or key in named]
    return [*asked.sums(axis.NONE, By.NONE), *taken, *shared]
