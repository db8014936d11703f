"""Reports whose rows are days, weeks or months: number of calls (P1), leads (P8), missed calls (P9)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from backend_client.derive.histogram import CALLBACKS, limit_of
from backend_client.model.call_filter import CallFilter, Handling, LeadCategory
from backend_client.model.report import By, Cell, ReportColumn, Unit
from backend_client.model.status import Direction
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import (
    Asked,
    Line,
    Table,
    Take,
    add_up,
    bucket_lines,
    in_buckets,
    share,
    total_line,
)
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.binned import added, callbacks_of
from backend_client.sqlite.reports.days import Bucket

_LEADS = {
    LeadCategory.LOST: axis.LEAD_LOST,
    LeadCategory.REGISTERED: axis.LEAD_REGISTERED,
    LeadCategory.UNREGISTERED: axis.LEAD_UNREGISTERED,
}
_HANDLING: dict[Handling, tuple[int, ...]] = {
    Handling.IN_WINDOW: (axis.WE_CALLED, axis.CLIENT_REACHED, axis.HIDDEN),
    Handling.LATER: (axis.LATER,),
    Handling.NEVER: (axis.NEVER,),
    Handling.IMPOSSIBLE: (axis.IMPOSSIBLE,),
}
_BY = {Direction.OUTGOING: axis.WE_CALLED, Direction.INCOMING: axis.CLIENT_REACHED}


def no_keys(fragment: CallFilter) -> None:
    """Kinds say all."""
    return


def lead_keys(fragment: CallFilter) -> frozenset[int]:
    """Keys of `axis.LEAD` that a column adds up."""
    categories = [_LEADS[lead] for lead in fragment.leads] or _LEADS.values()
    return frozenset(category * 2 + first for category in categories for first in (0, 1))


def handling_keys(fragment: CallFilter) -> frozenset[int]:
    """Keys of `axis.HANDLING` that a column adds up."""
    categories = {key for one in fragment.handling or _HANDLING for key in _HANDLING[one]}
    if fragment.handled_by:
        categories &= {_BY[way] for way in fragment.handled_by}
    return frozenset(
        category * 2 + new for category in categories for new in (0, 1) if fragment.new in (None, bool(new))
    )


def number_of_calls(asked: Asked) -> Table:
    """P1."""
    return over_time(asked, axis.NONE, no_keys)


def leads(asked: Asked) -> Table:
    """P8; by numbers the base asks for first contacts."""
    return over_time(asked, axis.LEAD, lead_keys)


def missed(asked: Asked) -> Table:
    """P9."""
    table = over_time(asked, axis.HANDLING, handling_keys)
    _add_callbacks(asked, table, asked.days.buckets(asked.by))
    return table


Keys = Callable[[CallFilter], frozenset[int] | None]


def over_time(asked: Asked, by_axis: Axis, keys: Keys) -> Table:
    """A line a bucket, with counts and shares of counts; other units are left to be filled."""
    columns = asked.report.columns
    buckets = asked.days.buckets(asked.by)
    fragments = [column.fragment for column in columns]
    fragments += [column.fragment if column.of is None else column.of for column in columns]
    takes: list[Take] = [(asked.kinds(fragment), keys(fragment)) for fragment in fragments]
    # Many columns take the same: each is added up once.
    distinct = list(dict.fromkeys(takes))
    places = [distinct.index(take) for take in takes]
    lines = bucket_lines(asked, buckets, len(distinct))
    alike = distinct[0][0] if by_axis is axis.HANDLING and len({kinds for kinds, _ in distinct}) == 1 else None
    add_up(asked.sums(by_axis, alike=alike), lines, distinct, in_buckets(buckets))
    total = total_line(lines, len(distinct))
    for line in (*lines, total):
        line.counts = [line.counts[place] for place in places]
    for line in (*lines, total):
        _shares(line, columns)
    return Table(columns, lines, [total])


def _shares(line: Line, columns: Sequence[ReportColumn]) -> None:
    for i, column in enumerate(columns):
        if column.unit is Unit.SHARE:
            line.cells[i] = share(line.counts[i], line.counts[len(columns) + i])


def _add_callbacks(asked: Asked, table: Table, buckets: Sequence[Bucket]) -> None:
    """Median and shares of call-back times, by the limits of `CALLBACKS`."""
    counts, everything = _callbacks(asked, buckets)
    columns = table.columns
    limits = [
        (i, most)
        for i, column in enumerate(columns)
        if column.fragment.callback_to is not None
        and (most := limit_of(CALLBACKS, column.fragment.callback_to // 60)) is not None
    ]
    medians = [i for i, column in enumerate(columns) if column.unit is Unit.MEDIAN_SECONDS]
    for line, counted in zip((*table.lines, *table.totals), (*counts, everything), strict=True):
        for i in medians:
            line.cells[i] = _median(counted)
        for i, most in limits:
            line.cells[i] = share(sum(counted[:most]), line.counts[len(columns) + i])


def _callbacks(asked: Asked, buckets: Sequence[Bucket]) -> tuple[list[Sequence[int]], Sequence[int]]:
    """Settled missed calls by `CALLBACKS`, of each bucket and of all."""
    place = in_buckets(buckets)
    counts: list[list[int]] = [[] for _ in buckets]
    rows = callbacks_of(asked.db, asked.base, asked.viewer, asked.days, asked.by)
    if rows is None:
        rows = _callbacks_of_calls(asked)
    for day, found in rows:
        at = place(0, day)
        if at >= 0:
            counts[at] = added(counts[at], found)
    everything: list[int] = []
    whole = callbacks_of(asked.db, asked.base, asked.viewer, asked.days, By.MONTH)
    for some in counts if whole is None else (found for _, found in whole):
        everything = added(everything, some)
    return list(counts), everything


def _callbacks_of_calls(asked: Asked) -> Iterator[tuple[int, list[int]]]:
    kinds = asked.kinds(CallFilter())
    days: dict[int, list[int]] = {}
    for key, kind, day, n in asked.sums(axis.CALLBACK):
        if kind in kinds:
            counts = days.setdefault(day, [0] * (len(CALLBACKS) + 1))
            counts[bisect_left(CALLBACKS, key >> 1)] += n
    return iter(days.items())


def _median(counted: Sequence[int]) -> Cell:
    """The lower median, by its bin's limit."""
    n = sum(counted)
    if not n:
        return Cell(None, 0)
    place = bisect_left(list(accumulate(counted)), (n + 1) // 2)
    return Cell(CALLBACKS[min(place, len(CALLBACKS) - 1)] * 60, n)
