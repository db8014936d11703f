"""The clock that wrote a source's local times, read off its records where they tell (decision 2)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from backend_client.ingest.dates import DAY
from backend_client.ingest.source import ZoneFrom

_ID_EPOCH = re.compile(r"(?:\S*\D)?(\d{10})\.\d+", re.ASCII)
QUARTER = 900
_EARLY, _LATE = -2, 10
"""A record that starts so many seconds after its unique id was made is its channel's first: it may vote."""
_OFFSETS = range(-12 * 3600, 14 * 3600 + 1, QUARTER)
_ENOUGH = 0.2
"""Share of the records with an epoch that must be able to vote; fewer, and the ids were not made with the times."""
_AGREE = 0.8
_MIXED = 0.2
"""An offset with this share of a day's votes belongs to the day: the clock was changed on it."""


def id_epoch(uniqueid: str) -> float | None:
    """The epoch seconds inside a unique id ("1795211251.44", "pbx-1795211251.44"); None where there are none."""
    match = _ID_EPOCH.fullmatch(uniqueid)
    return float(match[1]) if match else None


class SourceClock(Protocol):
    """Turns local seconds into UTC seconds. `uniqueid` settles what the clock shows twice."""

    @property
    def name(self) -> str: ...

    def utc(self, local: float, uniqueid: str) -> float: ...

    def is_sure(self, local: float) -> bool:
        """Whether the minute of `local` means one instant, whatever the record."""
        ...


def _settle(candidates: Sequence[float], uniqueid: str) -> float:
    """The first instant that is not before the channel was made; the first of all where nothing tells."""
    epoch = id_epoch(uniqueid)
    if epoch is not None:
        possible = [instant for instant in sorted(candidates) if instant >= epoch + _EARLY]
        if possible:
            return possible[0]
    return candidates[0]


class ZoneClock:
    """A clock by the rules of an IANA zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.name = zone.key

    def _instants(self, local: float) -> list[float]:
        naive = datetime(1970, 1, 1) + timedelta(seconds=local)
        offsets = [naive.replace(tzinfo=self._zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
        instants = [local - offset.total_seconds() for offset in offsets]
        return instants if instants[0] < instants[1] else instants[:1]

    def utc(self, local: float, uniqueid: str) -> float:
        return _settle(self._instants(local), uniqueid)

    def is_sure(self, local: float) -> bool:
        return len(self._instants(local)) == 1


class UtcClock(ZoneClock):
    """For dates that name their offset."""

    def __init__(self) -> None:
        super().__init__(ZoneInfo("UTC"))


class StretchClock:
    """Offsets by stretches of days, for a clock that follows no zone that we were told of."""

    def __init__(self, offsets_by_day: dict[int, tuple[int, ...]]) -> None:
        self._days = sorted(offsets_by_day)
        self._offsets = offsets_by_day
        self.name = ", ".join(
            offset_name(offset) for offset in sorted({o for os in offsets_by_day.values() for o in os})
        )

    def _candidates(self, local: float) -> tuple[int, ...]:
        day = int(local // DAY)
        at = bisect_left(self._days, day)
        if at < len(self._days) and self._days[at] == day:
            return self._offsets[day]
        beside = self._days[max(0, at - 1) : at + 1]
        nearest_first = sorted(beside, key=lambda other: abs(other - day))
        return tuple(dict.fromkeys(offset for other in nearest_first for offset in self._offsets[other]))

    def utc(self, local: float, uniqueid: str) -> float:
        return _settle([local - offset for offset in self._candidates(local)], uniqueid)

    def is_sure(self, local: float) -> bool:
        return len(self._candidates(local)) == 1


def offset_name(offset: int) -> str:
    """Seconds east of UTC as "UTC+02:00"."""
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _votes(records: Iterable[tuple[float, str]]) -> tuple[list[tuple[float, float, int]], int]:
    """(local start, epoch, offset) of the records that tell, and how many have an epoch at all."""
    votes, epochs = [], 0
    for local, uniqueid in records:
        epoch = id_epoch(uniqueid)
        if epoch is None:
            continue
        epochs += 1
        offset = round((local - epoch) / QUARTER) * QUARTER
        if offset in _OFFSETS and _EARLY <= local - epoch - offset <= _LATE:
            votes.append((local, epoch, offset))
    return votes, epochs


def clock_of(
    records: Iterable[tuple[float, str]], option: ZoneInfo | None, store: ZoneInfo
) -> tuple[SourceClock, ZoneFrom]:
    """The clock of a source out of sample records, pairs of local start and unique id.

    Where the ids hold the epoch they decide: a zone that agrees with them gives its rules (the one asked for
    first, then the store's), else the offsets as they stand, by stretches of days. Without epochs: the zone
    asked for, else the store's. The same records give the same clock in any order.
    """
    votes, epochs = _votes(records)
    if votes and len(votes) >= _ENOUGH * epochs:
        for zone in (option, store):
            if zone is not None and _agrees(zone, votes):
                return ZoneClock(zone), ZoneFrom.RECORDS
        return StretchClock(_by_day(votes)), ZoneFrom.RECORDS
    if option is not None:
        return ZoneClock(option), ZoneFrom.OPTION
    return ZoneClock(store), ZoneFrom.STORE


def _agrees(zone: ZoneInfo, votes: list[tuple[float, float, int]]) -> bool:
    agreeing = 0
    for _, epoch, offset in votes:
        truth = datetime.fromtimestamp(epoch, UTC).astimezone(zone).utcoffset() or timedelta()
        agreeing += truth.total_seconds() == offset
    return agreeing >= _AGREE * len(votes)


def _by_day(votes: list[tuple[float, float, int]]) -> dict[int, tuple[int, ...]]:
    days: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for local, _, offset in votes:
        days[int(local // DAY)][offset] += 1
    return {
        day: tuple(
            offset
            for offset, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
            if n >= _MIXED * counted.total()
        )
        for day, counted in days.items()
    }
