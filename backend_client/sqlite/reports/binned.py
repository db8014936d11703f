"""What reports read out of the histograms, where these know it: the filter asks for nothing but days."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from operator import add

from msgspec import structs

from backend_client.derive.histogram import Section
from backend_client.derive.local_time import weekday
from backend_client.model.call_filter import NOTHING, CallFilter
from backend_client.model.report import By
from backend_client.model.status import Direction
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.histograms import Body, by_day, by_month
from backend_client.sqlite.reports.days import Days
from backend_client.sqlite.tallied_days import are_counted


def knows(db: sqlite3.Connection, wanted: CallFilter, viewer: Viewer, days: Days) -> bool:
    """Whether the histograms hold exactly the calls of a filter that may name weekdays beside its days."""
    plain = structs.replace(wanted, period=None, weekdays=()) == NOTHING
    return plain and viewer.scope.all_calls and days.whole and are_counted(db, days.first)


def rows_of(
    db: sqlite3.Connection, days: Days, weekdays: Sequence[int], *, together: bool
) -> Iterator[tuple[int, Body]]:
    """(day, counts) of all calls; months under their first day where they may stand `together`."""
    end = max(days.first, days.last + 1)
    if together and not weekdays:
        return by_month(db, days.first, end)
    rows = by_day(db, days.first, end)
    return ((day, body) for day, body in rows if weekday(day) in weekdays) if weekdays else rows


CallBacks = tuple[Sequence[int], Sequence[int]]
"""Settled missed calls by `CALLBACKS`: of numbers that were not new when they called, and of new ones."""
NO_CALL_BACKS: CallBacks = (b"", b"")


def callbacks_of(
    db: sqlite3.Connection, wanted: CallFilter, viewer: Viewer, days: Days, by: By
) -> Iterator[tuple[int, CallBacks]] | None:
    """(day, call-backs); None where the histograms do not know."""
    directions = () if wanted.directions == (Direction.INCOMING,) else wanted.directions
    if not knows(db, structs.replace(wanted, directions=directions, new=None), viewer, days):
        return None
    rows = rows_of(db, days, wanted.weekdays, together=by is By.MONTH)
    return ((day, _callbacks(body, wanted.new)) for day, body in rows)


def _callbacks(body: Body, new: bool | None) -> CallBacks:
    of_old, of_new = (*body[Section.CALLBACK_OLD :], b"", b"")[:2]
    return b"" if new else of_old, b"" if new is False else of_new


def added(one: Sequence[int], other: Sequence[int]) -> Sequence[int]:
    """Both by bin."""
    if not one or not other:
        return one or other
    if len(one) < len(other):
        one, other = other, one
    return [*map(add, one, other), *one[len(other) :]]
