"""Tallies: sums of `cells(new) − cells(old)` over one transaction, written once. No other code writes them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from backend_client.derive.cells import Dimension
from backend_client.derive.histogram import Bin, Binned
from backend_client.sqlite.histograms import Place, write_histograms
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, month_of

Cell = tuple[int, int, int]
"""Dimension, key, kind."""
Row = tuple[int, int, int, int, int]
"""A cell, the day or month, and what is added."""
_CLIENT = int(Dimension.CLIENT)


def _no_counts() -> defaultdict[Any, int]:
    return defaultdict(int)


class Deltas:
    """What one transaction adds to and takes from the tallies."""

    def __init__(self) -> None:
        self._days: defaultdict[int, defaultdict[Cell, int]] = defaultdict(_no_counts)
        self._bins: defaultdict[Place, defaultdict[Bin, int]] = defaultdict(_no_counts)

    def add(self, day: int, cells: Iterable[Cell], n: int) -> None:
        """Count `cells` of a call of that local day `n` times: 1 for a call that came, −1 for one that went."""
        counts = self._days[day]
        for cell in cells:
            counts[cell] += n

    def add_sums(self, day: int, sums: Iterable[tuple[Cell, int]], sign: int) -> None:
        """Add (sign 1) or take away (−1) sums of one call of that local day."""
        counts = self._days[day]
        for cell, n in sums:
            counts[cell] += n * sign

    def add_bins(self, day: int, bins: Iterable[Binned], sign: int) -> None:
        """Add (sign 1) or take away (−1) what one call of that local day adds to the histograms."""
        places = self._bins
        for along, key, sums in bins:
            counts = places[along, key, day]
            for slot, n in sums:
                counts[slot] += n * sign

    def write(self, db: sqlite3.Connection, counted_from: int | None) -> None:
        """Into both tiers, and forget them. Cells that came to nothing leave no row. Days before `counted_from` have
        no tallies yet: whoever counts them counts what is there then."""
        days, bins = self._days, self._bins
        self._days, self._bins = defaultdict(_no_counts), defaultdict(_no_counts)
        if counted_from is None:
            write_histograms(db, bins)
        else:
            write_histograms(db, {place: counts for place, counts in bins.items() if place[2] >= counted_from})
        of_clients: dict[tuple[int, int, int], int] = {}
        by_day: list[Row] = []
        by_month: defaultdict[int, defaultdict[Cell, int]] = defaultdict(_no_counts)
        for day, cells in days.items():
            if counted_from is not None and day < counted_from:
                continue
            month = by_month[month_of(day)]
            for cell, n in cells.items():
                if not n:
                    continue
                if cell[0] == _CLIENT:
                    of_clients[cell[1], cell[2], day] = n
                    continue
                by_day.append((*cell, day, n))
                month[cell] += n
        write_client_tally(db, of_clients)
        _write(db, "tally", "day", by_day)
        _write(
            db, "tally_month", "month",
            [(*cell, month, n) for month, cells in by_month.items() for cell, n in cells.items() if n],
        )  # fmt: skip


def _write(db: sqlite3.Connection, table: str, period: str, rows: list[Row]) -> None:
    rows.sort()
    columns = f"dimension, key, kind, {period}"
    db.executemany(
        f"INSERT INTO {table} ({columns}, n) VALUES (?, ?, ?, ?, ?)"
        f" ON CONFLICT ({columns}) DO UPDATE SET n = n + excluded.n",
        rows,
    )
    lessened = [row[:4] for row in rows if row[4] < 0]
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
        "DELETE FROM client_tally WHERE client_id = ? AND period = ? AND accepted = 0 AND missed = 0"
        " AND successful = 0 AND failed = 0",
        [row[:2] for row in changed if min(row[2:6]) < 0],
    )
