"""Reports whose rows are days, weeks or months: number of calls (P1), leads (P8), missed calls (P9)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import accumulate

from backend_client.derive.histogram import CALLBACKS, limit_of
from backend_client.model.call_filter import CallFilter, Handling, LeadCategory
from backend_client.model.report import By, Cell, Unit
from backend_client.model.status import Direction
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import (
    Asked,
    Table,
    Take,
    add_up,
    bucket_lines,
    in_buckets,
    share,
    total_line,
)
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.binned import NO_CALL_BACKS, CallBacks, added, callbacks_of
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
    return over_time(asked, asked.days.buckets(asked.by), axis.NONE, no_keys)


def leads(asked: Asked) -> Table:
    """P8; by numbers the base asks for first contacts."""
    return over_time(asked, asked.days.buckets(asked.by), axis.LEAD, lead_keys)


def missed(asked: Asked) -> Table:
    """P9."""
    buckets = asked.days.buckets(asked.by)
    table = over_time(asked, buckets, axis.HANDLING, handling_keys)
    _add_callbacks(asked, table, buckets)
    return table


Keys = Callable[[CallFilter], frozenset[int] | None]


def over_time(asked: Asked, buckets: Sequence[Bucket], by_axis: Axis, keys: Keys) -> Table:
    """A line a bucket, with counts and shares of counts; other units are left to be filled."""
    columns = asked.report.columns
    fragments = [column.fragment for column in columns]
    fragments += [column.fragment if column.of is None else column.of for column in columns]
    takes: list[Take] = [(asked.kinds(fragment), keys(fragment)) for fragment in fragments]
    # Many columns take the same: each is added up once.
    distinct = list(dict.fromkeys(takes))
    places = [distinct.index(take) for take in takes]
    lines = bucket_lines(asked, buckets, len(distinct))
    alike = distinct[0][0] if by_axis is axis.HANDLING and len({kinds for kinds, _ in distinct}) == 1 else None
    add_up(asked.sums(by_axis, alike=alike), lines, distinct, in_buckets(buckets), by_day=True)
    total = total_line(lines, len(distinct))
    shares = [
        (i, places[i], places[len(columns) + i])
        for i, column in enumerate(columns)
        if column.unit is Unit.SHARE and column.fragment.callback_to is None
    ]
    for line in (*lines, total):
        known = line.counts
        line.counts = [known[place] for place in places]
        line.cells = {i: share(known[part], known[whole]) for i, part, whole in shares}
    return Table(columns, lines, [total])


def _add_callbacks(asked: Asked, table: Table, buckets: Sequence[Bucket]) -> None:
    """Median and shares of call-back times, by the limits of `CALLBACKS`."""
    columns = table.columns
    limits = [
        (i, most)
        for i, column in enumerate(columns)
        if column.fragment.callback_to is not None
        and (most := limit_of(CALLBACKS, column.fragment.callback_to // 60)) is not None
    ]
    medians = [i for i, column in enumerate(columns) if column.unit is Unit.MEDIAN_SECONDS]
    counts, everything = _callbacks(asked, buckets)
    for line, (one, other) in zip((*table.lines, *table.totals), (*counts, everything), strict=True):
        for i in medians:
            line.cells[i] = _median(one, other)
        for i, most in limits:
            line.cells[i] = share(sum(one[:most]) + sum(other[:most]), line.counts[len(columns) + i])


def _callbacks(asked: Asked, buckets: Sequence[Bucket]) -> tuple[list[CallBacks], CallBacks]:
    """Settled missed calls of each bucket and of all."""
    places = in_buckets(buckets)
    counts: list[CallBacks] = [NO_CALL_BACKS] * len(buckets)
    rows = callbacks_of(asked.db, asked.base, asked.viewer, asked.days, asked.by)
    if rows is None:
        rows = _callbacks_of_calls(asked)
    for day, found in rows:
        at = places.get(day)
        if at is not None:
            counts[at] = _together(counts[at], found)
    whole = callbacks_of(asked.db, asked.base, asked.viewer, asked.days, By.MONTH)
    everything = reduce(_together, counts if whole is None else (found for _, found in whole), NO_CALL_BACKS)
    return counts, everything


def _together(some: CallBacks, others: CallBacks) -> CallBacks:
    return (added(some[0], others[0]), added(some[1], others[1]))


def _callbacks_of_calls(asked: Asked) -> Iterator[tuple[int, CallBacks]]:
    kinds = asked.kinds(CallFilter())
    days: dict[int, list[int]] = {}
    for key, kind, day, n in asked.sums(axis.CALLBACK):
        if kind in kinds:
            counts = days.setdefault(day, [0] * (len(CALLBACKS) + 1))
            counts[bisect_left(CALLBACKS, key >> 1)] += n
    return ((day, (counts, b"")) for day, counts in days.items())


def _median(one: Sequence[int], other: Sequence[int]) -> Cell:
    """The lower median of both, by its bin's limit. Only the bins around it are added up one by one."""
    n = sum(one) + sum(other)
    if not n:
        return Cell(None, 0)
    left, begin = (n + 1) // 2, 0
    while (here := sum(one[begin : begin + _SOME]) + sum(other[begin : begin + _SOME])) < left:
        left -= here
        begin += _SOME
    bins = added(one[begin : begin + _SOME], other[begin : begin + _SOME])
    place = begin + bisect_left([*accumulate(bins)], left)
    return Cell(CALLBACKS[min(place, len(CALLBACKS) - 1)] * 60, n)


_SOME = 20
