"""Local days and hours of a zone, fast: an offset is looked up once a UTC day, not once a call."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = 86_400
HOUR: Final = 3_600
_FARTHEST = 16 * HOUR
"""No zone was ever farther from UTC."""


class LocalTime:
    """The call centre's clock by the IANA rules of `zone` (decision 2). Instants are UTC epoch seconds."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._info = ZoneInfo(zone)
        self._offsets: dict[int, int | None] = {}
        self._midnights: dict[int, int] = {}

    def offset(self, at: int) -> int:
        """Seconds by which local time is ahead of UTC."""
        day = at // DAY
        try:
            known = self._offsets[day]
        except KeyError:
            first, last = self._exact_offset(day * DAY), self._exact_offset(day * DAY + DAY - 1)
            known = self._offsets[day] = first if first == last else None
        return self._exact_offset(at) if known is None else known

    def _exact_offset(self, at: int) -> int:
        try:
            delta = datetime.fromtimestamp(at, UTC).astimezone(self._info).utcoffset()
        except (OverflowError, OSError, ValueError):
            # Before year 1 or after 9999: a broken clock wrote it, and no zone says anything about it.
            return 0
        return 0 if delta is None else int(delta.total_seconds())

    def day_and_hour(self, at: int) -> tuple[int, int]:
        """Local day (days since 1970-01-01) and local hour 0–23."""
        local = at + self.offset(at)
        return local // DAY, local % DAY // HOUR

    def day(self, at: int) -> int:
        """Local day: days since 1970-01-01."""
        return (at + self.offset(at)) // DAY

    def midnight(self, day: int) -> int:
        """The first instant of a local day; the day ends where the next begins. A day whose midnight the
        clocks skip begins when they land."""
        found = self._midnights.get(day)
        if found is None:
            early, late = day * DAY - _FARTHEST, day * DAY + _FARTHEST
            while early < late:
                middle = (early + late) // 2
                if self.day(middle) >= day:
                    late = middle
                else:
                    early = middle + 1
            found = self._midnights[day] = early
        return found


def weekday(day: int) -> int:
    """Monday is 1, Sunday 7."""
    return (day + 3) % 7 + 1


@lru_cache(maxsize=16)
def local_time(zone: str) -> LocalTime:
    """The clock of a zone, one a process. Raises zoneinfo.ZoneInfoNotFoundError for a name that is none."""
    return LocalTime(zone)
