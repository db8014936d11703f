"""Tallies: sums of `cells(new) − cells(old)` over one transaction, written once. No other code writes them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from backend_client.derive.cells import Dimension

Cell = tuple[int, int, int]
"""Dimension, key, kind."""
_EPOCH = date(1970, 1, 1)
MONTHS_FROM, ALL_DAYS = 10_000_000, 20_000_000
"""Periods of `client_tally`: a local day; MONTHS_FROM + a month; all days together."""
_CLIENT = int(Dimension.CLIENT)


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

    def add_sums(self, day: int, sums: Iterable[tuple[Cell, int]], sign: int) -> None:
        """Add (sign 1) or take away (−1) sums of one call of that local day."""
        days = self._days
        for (dimension, key, kind), n in sums:
            days[dimension, key, kind, day] += n * sign

    def write(self, db: sqlite3.Connection) -> None:
        """Into both tiers, and forget them. Cells that came to nothing leave no row."""
        by_day = {cell: n for cell, n in self._days.items() if n}
        self._days.clear()
        of_clients = [cell for cell in by_day if cell[0] == _CLIENT]
        write_client_tally(db, {cell[1:]: by_day.pop(cell) for cell in of_clients})
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


def write_client_tally(db: sqlite3.Connection, deltas: dict[tuple[int, int, int], int]) -> None:
    """Add to the calls of clients by (client, family, day): a row a client and day, month, and all."""
    rows: dict[tuple[int, int], list[int]] = {}
    for (client, family, day), n in deltas.items():
        for period in (day, MONTHS_FROM + month_of(day), ALL_DAYS):
            row = rows.setdefault((client, period), [0, 0, 0, 0])
            row[family] += n
    changed = sorted((*cell, *row, sum(row)) for cell, row in rows.items() if any(row))
    db.executemany(
        "INSERT INTO client_tally VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (client_id, period) DO UPDATE SET"
        " accepted = accepted + excluded.accepted, missed = missed + excluded.missed,"
        " successful = successful + excluded.successful, failed = failed + excluded.failed, n = n + excluded.n",
        changed,
    )
    db.executemany(
        "DELETE FROM client_tally WHERE client_id = ? AND period = ? AND n = 0",
        [row[:2] for row in changed if min(row[2:6]) < 0],
    )
