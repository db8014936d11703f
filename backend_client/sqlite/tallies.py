"""Tallies: sums of `cells(new) − cells(old)` over one transaction, written once. No other code writes them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from backend_client.derive.cells import Dimension
from backend_client.derive.histogram import Bin, Binned
from backend_client.sqlite.histograms import Place, write_histograms
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, month_of

Cell = tuple[int, int, int]
"""Dimension, key, kind."""
_CLIENT = int(Dimension.CLIENT)
RECOUNT = "recount"
"""The setting that holds the first local day that has tallies; absent: all have."""


def first_counted_day(db: sqlite3.Connection) -> int | None:
    """The first local day that has tallies while a job counts them again (recount.py); None: all have."""
    row = db.execute("SELECT value FROM setting WHERE name = ?", (RECOUNT,)).fetchone()
    return None if row is None else int(row[0])


def are_counted(db: sqlite3.Connection, first: int | None) -> bool:
    """Whether the local days from `first` on (None: all) have tallies."""
    mark = first_counted_day(db)
    return mark is None or (first is not None and first >= mark)


class Deltas:
    """What one transaction adds to and takes from the tallies."""

    def __init__(self) -> None:
        self._days: Counter[tuple[int, int, int, int]] = Counter()
        self._bins: dict[Place, dict[Bin, int]] = {}

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

    def add_bins(self, day: int, bins: Iterable[Binned], sign: int) -> None:
        """Add (sign 1) or take away (−1) what one call of that local day adds to the histograms."""
        places = self._bins
        for along, key, slot, n in bins:
            place = (along, key, day)
            counts = places.get(place)
            if counts is None:
                counts = places[place] = {}
            counts[slot] = counts.get(slot, 0) + n * sign

    def write(self, db: sqlite3.Connection, counted_from: int | None) -> None:
        """Into both tiers, and forget them. Cells that came to nothing leave no row. Days before `counted_from` have
        no tallies yet: whoever counts them counts what is there then."""
        if counted_from is None:
            write_histograms(db, self._bins)
            by_day = {cell: n for cell, n in self._days.items() if n}
        else:
            write_histograms(db, {place: bins for place, bins in self._bins.items() if place[2] >= counted_from})
            by_day = {cell: n for cell, n in self._days.items() if n and cell[3] >= counted_from}
        self._bins.clear()
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
        "DELETE FROM client_tally WHERE client_id = ? AND period = ? AND accepted = 0 AND missed = 0"
        " AND successful = 0 AND failed = 0",
        [row[:2] for row in changed if min(row[2:6]) < 0],
    )
