"""Tallies: sums of `cells(new) − cells(old)` over one transaction, written once. No other code writes them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

Cell = tuple[int, int, int]
"""Dimension, key, kind."""
_EPOCH = date(1970, 1, 1)


@lru_cache(maxsize=4096)
def month_of(day: int) -> int:
    """Local year × 12 + month − 1 of a local day since 1970-01-01."""
    when = _EPOCH + timedelta(days=day)
    return when.year * 12 + when.month - 1


def first_day(month: int) -> int:
    """The first local day, since 1970-01-01, of a month as `month_of` numbers it."""
    return (date(month // 12, month % 12 + 1, 1) - _EPOCH).days


class Deltas:
    """What one transaction adds to and takes from the tallies."""

    def __init__(self) -> None:
        self._days: Counter[tuple[int, int, int, int]] = Counter()

    def add(self, day: int, cells: Iterable[Cell], n: int) -> None:
        """Count `cells` of a call of that local day `n` times: 1 for a call that came, −1 for one that went."""
        days = self._days
        for dimension, key, kind in cells:
            days[dimension, key, kind, day] += n

    def write(self, db: sqlite3.Connection) -> None:
        """Into both tiers, and forget them. Cells that came to nothing leave no row."""
        by_day = {cell: n for cell, n in self._days.items() if n}
        self._days.clear()
        by_month: Counter[tuple[int, int, int, int]] = Counter()
        for (dimension, key, kind, day), n in by_day.items():
            by_month[dimension, key, kind, month_of(day)] += n
        _write(db, "tally", "day", by_day)
        _write(db, "tally_month", "month", {cell: n for cell, n in by_month.items() if n})


def _write(db: sqlite3.Connection, table: str, period: str, deltas: dict[tuple[int, int, int, int], int]) -> None:
    columns = f"dimension, key, kind, {period}"
    db.executemany(
        f"INSERT INTO {table} ({columns}, n) VALUES (?, ?, ?, ?, ?)"
        f" ON CONFLICT ({columns}) DO UPDATE SET n = n + excluded.n",
        [(*cell, n) for cell, n in sorted(deltas.items())],
    )
    lessened = sorted(cell for cell, n in deltas.items() if n < 0)
    db.executemany(
        f"DELETE FROM {table} WHERE dimension = ? AND key = ? AND kind = ? AND {period} = ? AND n = 0", lessened
    )
