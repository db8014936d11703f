"""Figures of whole local days and of days until a minute of the clock, kept while their day does not change."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from backend_client.derive.cells import Dimension
from backend_client.derive.local_time import DAY, HOUR, LocalTime
from backend_client.sqlite.call_row import FAMILY_CODE
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.tallied_days import first_counted_day

SERIES = 3
"""Incoming accepted, incoming missed, outgoing: as `Dimension.HOUR_SERIES` counts them."""
_KEPT = 128
_CELLS = (
    "SELECT t.day, t.key, t.n FROM json_each(?) d CROSS JOIN json_each(?) k CROSS JOIN tally t"
    f" ON t.dimension = {int(Dimension.HOUR_SERIES)} AND t.key = k.value AND t.kind = 0 AND t.day = d.value"
)
_STARTS = "SELECT start, kind FROM call INDEXED BY call_start WHERE start >= ? AND start < ?"
_CALLS = (
    "SELECT hour, kind, count(*) FROM call INDEXED BY call_start WHERE start >= ? AND start < ? GROUP BY hour, kind"
)
_KEYS = ids_json(range(24 * SERIES))

Hours = tuple[int, ...]
"""24 × 3 counts: hour × 3 + series."""


class _Day(Struct):
    """A day as it stood under a change number of its own, and single calls of the hours that were asked for."""

    stamp: int
    hours: Hours
    starts: dict[int, tuple[tuple[int, int], ...]]
    """Hour → (seconds of the local clock after midnight, series) of its calls."""


class DayFigures:
    """Calls of local days by hour and series. Not for several threads at once."""

    def __init__(self, local: LocalTime) -> None:
        self.local = local
        self._days: OrderedDict[int, _Day] = OrderedDict()

    def read(self, db: sqlite3.Connection, days: Sequence[int]) -> dict[int, Hours]:
        """Each of the days; `db` is in a transaction."""
        stamps = dict.fromkeys(days, 0)
        stamps.update(
            db.execute(
                "SELECT day, number FROM change_day WHERE day IN (SELECT value FROM json_each(?))", (ids_json(days),)
            ).fetchall()
        )
        stale = [day for day, stamp in stamps.items() if day not in self._days or self._days[day].stamp != stamp]
        if stale:
            counts = {day: [0] * (24 * SERIES) for day in stale}
            for day, key, n in db.execute(_CELLS, (ids_json(stale), _KEYS)).fetchall():
                counts[day][key] = n
            counted = first_counted_day(db)
            for day in stale:
                if counted is not None and day < counted:
                    counts[day] = self._counted(db, day)
            for day in stale:
                self._days[day] = _Day(stamps[day], tuple(counts[day]), {})
        for day in stamps:
            self._days.move_to_end(day)
        found = {day: self._days[day].hours for day in stamps}
        while len(self._days) > _KEPT:
            self._days.popitem(last=False)
        return found

    def _counted(self, db: sqlite3.Connection, day: int) -> list[int]:
        """Of a day whose tallies are being counted again: 0.5 µs a call."""
        counts = [0] * (24 * SERIES)
        bounds = (self.local.midnight(day), self.local.midnight(day + 1))
        for hour, kind, n in db.execute(_CALLS, bounds).fetchall():
            if kind in FAMILY_CODE:
                counts[hour * SERIES + min(FAMILY_CODE[kind], 2)] += n
        return counts

    def until(self, db: sqlite3.Connection, day: int, clock: int) -> tuple[int, int, int]:
        """Calls of a day, which was read, that started before `clock` seconds of its local clock: whole hours from
        the tallies, the begun one from its calls."""
        hour, known = clock // HOUR, self._days[day]
        sums = [0] * SERIES
        for key in range(min(24, hour) * SERIES):
            sums[key % SERIES] += known.hours[key]
        if clock % HOUR and hour < 24:
            for second, series in self._of_hour(db, day, hour):
                sums[series] += second < clock
        return sums[0], sums[1], sums[2]

    def _of_hour(self, db: sqlite3.Connection, day: int, hour: int) -> tuple[tuple[int, int], ...]:
        known = self._days[day]
        if hour not in known.starts:
            # Clocks are changed by three hours at most: the hour lies within these bounds of where it usually does.
            about = day * DAY + hour * HOUR - self.local.offset(self.local.midnight(day))
            starts = db.execute(_STARTS, (about - 3 * HOUR, about + 4 * HOUR)).fetchall()
            known.starts[hour] = tuple(
                ((start + self.local.offset(start)) % DAY, min(FAMILY_CODE[kind], 2))
                for start, kind in starts
                if kind in FAMILY_CODE and self.local.day_and_hour(start) == (day, hour)
            )
        return known.starts[hour]

    def clock(self, at: int) -> int:
        """Seconds of the local clock after midnight."""
        return (at + self.local.offset(at)) % DAY
