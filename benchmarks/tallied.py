"""Tallies of a synthetic centre, counted by column instead of call by call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from backend_client.derive.cells import Dimension
from backend_client.model.call import Mark
from backend_client.sqlite.codes import KINDS
from benchmarks.centre import Centre, Ints

Row = tuple[int, ...]
KIND_SPACE = max(KINDS) + 1


def tally_rows(centre: Centre) -> tuple[Iterator[Row], Iterator[Row]]:
    """Rows (dimension, key, kind, day or month, n) of `tally` and of `tally_month`, in key order: what
    `derive.cells` would add up to."""
    first_day = int(centre.clockwork.days[0])
    days = np.arange(first_day, int(centre.clockwork.days[-1]) + 1)
    epoch = date(1970, 1, 1)
    dates = [epoch + timedelta(days=day) for day in days.tolist()]
    months = np.array([when.year * 12 + when.month - 1 for when in dates], np.int64)
    day = centre.calls.day - first_day
    return _rows(centre, day, days), _rows(centre, months[day] - months[0], np.arange(months[0], months[-1] + 1))


def _rows(centre: Centre, period: Ints, periods: Ints) -> Iterator[Row]:
    for dimension, key, calls in _cells(centre):
        place = (key * KIND_SPACE + centre.calls.kind[calls]) * len(periods) + period[calls]
        counts = np.bincount(place)
        filled = np.flatnonzero(counts)
        cell, when = np.divmod(filled, len(periods))
        keys, kinds = np.divmod(cell, KIND_SPACE)
        columns = (keys, kinds, periods[when], counts[filled])
        for row in zip(*(column.tolist() for column in columns), strict=True):
            yield (int(dimension), *row)


def _cells(centre: Centre) -> Iterator[tuple[Dimension, Ints, Ints]]:
    """For each dimension the keys, and the indexes of the calls that stand under them."""
    from benchmarks.generate import region_of_number

    calls = centre.calls
    every = np.arange(len(calls.start))
    yield Dimension.ALL, np.zeros_like(every), every
    nobody = np.flatnonzero(calls.people[0] == 0)
    took_part = [np.flatnonzero(who) for who in calls.people]
    keys = [who[index] for who, index in zip(calls.people, took_part, strict=True)]
    yield Dimension.EMPLOYEE, np.concatenate([nobody * 0, *keys]), np.concatenate([nobody, *took_part])
    yield Dimension.LINE, calls.line, every
    yield Dimension.CHANNEL, calls.channel, every
    yield Dimension.REGION, region_of_number(centre)[calls.number], every
    yield Dimension.HOUR, calls.hour, every
    marked = [(int(mark), np.flatnonzero(calls.marks & int(mark))) for mark in Mark]
    yield (
        Dimension.MARK,
        np.concatenate([np.full(len(index), mark, np.int64) for mark, index in marked]),
        np.concatenate([index for _, index in marked]),
    )
    settled = np.flatnonzero(calls.settled_by)
    yield Dimension.SETTLED, np.ones_like(settled), settled
