"""When the demo's calls come: busy weekdays, quieter weekends, and a light night, as its centre never closes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

_BY_HOUR = (2, 1, 1, 1, 1, 2, 3, 5, 8, 11, 12, 11, 9, 8, 10, 11, 10, 8, 6, 5, 4, 3, 3, 2)
"""Calls of an ordinary weekday by local hour of the start: 137."""
_BY_WEEKDAY = (1.12, 1.0, 1.0, 0.97, 0.94, 0.5, 0.34)
_AT_LEAST_TODAY = 25
"""So many today however early it is, or the home screen would be empty."""
_APART = 150
"""Seconds between those, at least on average."""


def call_times(random: Random, now: int, zone: ZoneInfo, days: int, density: float = 1.0) -> list[int]:
    """Starts of calls, UTC epoch seconds in order, from `days` local days ago up to now; `density`: 1 is a small
    office."""
    today = datetime.fromtimestamp(now, zone).date()
    times: list[int] = []
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        times += _of_day(random, day, zone, density)
    midnight = _instant(today, 0, zone)
    times = [instant for instant in times if instant < now]
    missing = min(_AT_LEAST_TODAY, (now - midnight) // _APART) - sum(instant >= midnight for instant in times)
    times += [random.randrange(midnight, now) for _ in range(missing)]
    return sorted(times)


def times_from(random: Random, now: int, zone: ZoneInfo, density: float) -> Iterator[int]:
    """Starts of calls from now on, without an end."""
    for ahead in count():
        day = datetime.fromtimestamp(now, zone).date() + timedelta(days=ahead)
        yield from sorted(instant for instant in _of_day(random, day, zone, density) if instant >= now)


def _of_day(random: Random, day: date, zone: ZoneInfo, density: float) -> list[int]:
    busy = density * _BY_WEEKDAY[day.weekday()] * random.uniform(0.85, 1.15)
    times = []
    for hour, usual in enumerate(_BY_HOUR):
        expected = usual * busy
        number = int(expected) + (random.random() < expected % 1)
        first = _instant(day, hour, zone)
        times += [first + random.randrange(3600) for _ in range(number)]
    return times


def _instant(day: date, hour: int, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(hour), zone).timestamp())
