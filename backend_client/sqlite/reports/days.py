"""The local days of a report: its period as absolute dates, and the buckets into which it falls."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from backend_client.derive.local_time import local_time, weekday
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.report import By
from backend_client.sqlite.filter_sql import Viewer, span_of
from backend_client.sqlite.statement import Span

EPOCH = date(1970, 1, 1)


@lru_cache(maxsize=8192)
def iso(day: int) -> str:
    """A local day (days since 1970-01-01) as an ISO date."""
    return (EPOCH + timedelta(days=day)).isoformat()


def day_of(text: str) -> int:
    """The local day of an ISO date."""
    return (date.fromisoformat(text) - EPOCH).days


class Bucket(NamedTuple):
    """Some days of the period, both ends included."""

    first: int
    last: int
    partial: bool
    """The period or today cuts it."""


@dataclass(frozen=True)
class Days:
    """What a report covers: `first` to `last`, both included; none where the last is before the first."""

    first: int
    last: int
    span: Span
    today: int
    first_call: int
    """Local day of the store's first call; after `today` in an empty store."""
    last_call: int
    """Local day of the store's last call, or today."""
    period: Period
    """The same as absolute local dates, or minutes where it cuts a day."""
    whole: bool
    """The span begins and ends at midnights."""

    @property
    def count(self) -> int:
        return max(0, self.last - self.first + 1)

    def averaged(self) -> range:
        """Days that averages divide by (decision 10): from the later of the period's start and the store's first
        call to the earlier of its end and today."""
        return range(max(self.first, self.first_call), min(self.last, self.today) + 1)

    def buckets(self, by: By) -> list[Bucket]:
        """Days, weeks (Monday first) or months of the period, the oldest first."""
        if by is By.DAY:
            cut_days: tuple[int, ...] = () if self.whole else (self.first, self.last)
            return [Bucket(day, day, day > self.today or day in cut_days) for day in range(self.first, self.last + 1)]
        found = []
        day = self.first
        while day <= self.last:
            begins, ends = _around(day, by)
            first, last = max(begins, self.first), min(ends, self.last)
            cut = (first, last) != (begins, ends) or last > self.today
            found.append(Bucket(first, last, cut or (not self.whole and last in (self.first, self.last))))
            day = ends + 1
        if found and found[-1].last == self.today < _around(self.today, by)[1]:
            found[-1] = found[-1]._replace(partial=True)
        return found

    def dates(self, first: int, last: int) -> Period:
        """Some days of the period as dates; minutes where the period cuts the first or the last of them."""
        start = self.period.start if first == self.first and self.period.start else iso(first)
        end = self.period.end if last == self.last and self.period.end else iso(last)
        return Period(start=start, end=end)


def _around(day: int, by: By) -> tuple[int, int]:
    """First and last day of the week, or else of the month, around a day."""
    if by is By.WEEK:
        monday = day - weekday(day) + 1
        return monday, monday + 6
    when = EPOCH + timedelta(days=day)
    first = when.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return (first - EPOCH).days, (following - EPOCH).days - 1


def days_of(db: sqlite3.Connection, wanted: CallFilter, viewer: Viewer) -> Days:
    """Resolve the filter's period by the store's clock and zone; an open side reaches the first or the last call.

    Raises Invalid for a period that cannot be read.
    """
    clock = local_time(viewer.zone.key)
    span = span_of(wanted, viewer)
    today = clock.day(viewer.now)
    earliest, latest = (db.execute(f"SELECT {edge}(start) FROM call").fetchone()[0] for edge in ("min", "max"))
    first_call = today + 1 if earliest is None else clock.day(earliest)
    last_call = today if latest is None else max(today, clock.day(latest))
    first = min(first_call, last_call) if span.start is None else clock.day(span.start)
    last = last_call if span.end is None else clock.day(span.end - 1)
    whole = all(at is None or clock.midnight(clock.day(at)) == at for at in (span.start, span.end))
    if span.start is not None and span.end is not None and span.end <= span.start:
        last = first - 1
    period = Period(start=iso(first), end=iso(last))
    if not whole:
        period = Period(start=_minute(span.start, viewer, iso(first)), end=_minute(span.end, viewer, iso(last)))
    return Days(first, last, span, today, first_call, last_call, period, whole)


def _minute(at: int | None, viewer: Viewer, day: str) -> str:
    return day if at is None else datetime.fromtimestamp(at, viewer.zone).strftime("%Y-%m-%dT%H:%M")
