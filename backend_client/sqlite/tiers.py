"""Days and months of the tallies: a long range is whole months and the days around them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

_EPOCH = date(1970, 1, 1)
MONTHS_FROM, ALL_DAYS = 10_000_000, 20_000_000
"""Periods where days and months share a column: a local day; MONTHS_FROM + a month; all days together."""
Edge = tuple[int | None, int | None]


@lru_cache(maxsize=4096)
def month_of(day: int) -> int:
    """Local year × 12 + month − 1 of a local day since 1970-01-01."""
    when = _EPOCH + timedelta(days=day)
    return when.year * 12 + when.month - 1


def first_day(month: int) -> int:
    """The first local day, since 1970-01-01, of a month as `month_of` numbers it."""
    return (date(month // 12, month % 12 + 1, 1) - _EPOCH).days


def tiers(first: int | None, end: int | None) -> tuple[Edge | None, Iterable[Edge]]:
    """Days first … end − 1 as whole months and what is left of days on either side."""
    first_month, end_month = None if first is None else _month_from(first), None if end is None else month_of(end)
    if first_month is not None and end_month is not None and first_month >= end_month:
        return None, [(first, end)]
    edges: list[Edge] = []
    if first_month is not None:
        edges.append((first, first_day(first_month)))
    if end_month is not None:
        edges.append((first_day(end_month), end))
    return (first_month, end_month), [edge for edge in edges if edge[0] != edge[1]]


def _month_from(day: int) -> int:
    """The first month that begins on or after a day."""
    return month_of(day - 1) + 1
