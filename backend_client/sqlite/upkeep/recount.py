"""Counting the calls of some days into cells and bins; and the job that brings the tallies to it, under open consoles.

Days that are not counted yet have no tallies, and nobody writes any. The job counts the last of them and moves the mark
in one transaction of at most about 250 ms. The newest days come first: their reports are fast at once.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing

from msgspec import Struct, field

from backend_client.derive.cells import Dimension
from backend_client.derive.histogram import Bin, days_until
from backend_client.sqlite.call_row import COLUMNS, CallRow, bins_of_row, cells_of, seconds_of_row
from backend_client.sqlite.histograms import Place
from backend_client.sqlite.repeats import repeat_bins
from backend_client.sqlite.settings import write_setting
from backend_client.sqlite.tallied_days import RECOUNT, first_counted_day
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.writer import LONGEST, Writer

_SECONDS = 86_400
_CLIENT = int(Dimension.CLIENT)
_NEXT = "(SELECT min(o.start) FROM call o INDEXED BY call_number WHERE o.number_id = c.number_id AND o.start > c.start)"
_ALONE = (
    "NOT EXISTS (SELECT 1 FROM call o INDEXED BY call_number WHERE o.number_id = c.number_id AND o.id <> c.id"
    f" AND o.start > c.start - {_SECONDS + 7200} AND o.start < c.start + {_SECONDS + 7200} AND o.day = c.day)"
)
Progress = Callable[[int, int], None]
"""Called with days done and days in all."""


class Counted(Struct):
    """What the calls of some days add up to."""

    cells: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    """By dimension, key, kind and day."""
    clients: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    """By client, family and day."""
    bins: dict[Place, Counter[Bin]] = field(default_factory=dict)


def count_days(db: sqlite3.Connection, first: int, end: int) -> Counted:
    """Count the calls of the local days `first` to `end` − 1."""
    found = Counted()
    columns = ", ".join(f"c.{name}" for name in COLUMNS)
    # The index is by instant, and no zone is further than a day from UTC.
    for client, following, alone, *values in db.execute(
        f"SELECT (SELECT n.client_id FROM number n WHERE n.id = c.number_id), {_NEXT}, {_ALONE}, {columns} FROM call c"
        " WHERE c.start >= ? AND c.start < ? AND c.day >= ? AND c.day < ?",
        ((first - 2) * _SECONDS, (end + 2) * _SECONDS, first, end),
    ):
        row = CallRow(*values)
        for cell in cells_of(row, client):
            if cell[0] == _CLIENT:
                found.clients[cell[1], cell[2], row.day] += 1
            else:
                found.cells[*cell, row.day] += 1
        for cell, seconds in seconds_of_row(row):
            found.cells[*cell, row.day] += seconds
        bins = bins_of_row(row)
        if row.number_id is not None:
            days = days_until(None if following is None else following - row.start)
            bins += repeat_bins(row.kind, row.hour, row.employees, days, alone=bool(alone))
        for along, key, sums in bins:
            counts = found.bins.setdefault((along, key, row.day), Counter())
            for slot, n in sums:
                counts[slot] += n
    return found


def share_done(db: sqlite3.Connection) -> float | None:
    """How far the job is, 0 to 1; None where there is nothing to do."""
    mark, days = first_counted_day(db), _days(db)
    if mark is None or days is None:
        return None
    return max(0.0, min(1.0, (days[1] + 1 - mark) / (days[1] + 1 - days[0])))


def _days(db: sqlite3.Connection) -> tuple[int, int] | None:
    """Local days of the first and the last call."""
    edges = [db.execute(f"SELECT day FROM call ORDER BY start {way} LIMIT 1").fetchone() for way in ("ASC", "DESC")]
    return None if edges[0] is None else (edges[0][0], edges[1][0])


def recount(writer: Writer, progress: Progress | None = None) -> None:
    """Do what is left of the job, which a migration or `ask_for_recount` began. A kill costs one step."""
    width = 1
    with closing(writer.file.reader()) as db:
        while (mark := first_counted_day(db)) is not None:
            days = _days(db)
            if days is None or mark <= days[0]:
                with writer.transaction(durable=False) as transaction:
                    write_setting(transaction, RECOUNT, None)
                return
            end = min(mark, days[1] + 1)
            begun = time.monotonic()
            _count_step(writer, db, mark, max(days[0], end - width), end)
            took = time.monotonic() - begun
            width = max(1, min(2 * width, int(width * LONGEST / 2 / max(took, 0.001))))
            if progress is not None:
                progress(days[1] + 1 - end, days[1] + 1 - days[0])


def ask_for_recount(transaction: Transaction) -> None:
    """Forget all tallies: they shall be counted again."""
    for table in ("tally", "tally_month", "client_tally", "histogram"):
        transaction.db.execute(f"DELETE FROM {table}")
    days = _days(transaction.db)
    write_setting(transaction, RECOUNT, None if days is None else str(days[1] + 1))


def _count_step(writer: Writer, db: sqlite3.Connection, mark: int, first: int, end: int) -> None:
    """Count some days before the mark. It holds nobody up, unless something was written while it was counting."""
    db.execute("BEGIN")
    try:
        change = db.execute("SELECT number FROM change").fetchone()[0]
        counted = count_days(db, first, end)
    finally:
        db.execute("COMMIT")
    with writer.transaction(durable=False) as transaction:
        if first_counted_day(transaction.db) != mark:
            return
        if transaction.before != change:
            first = end - 1
            counted = count_days(transaction.db, first, end)
        transaction.counted_from = first
        tallies = transaction.tallies
        for (dimension, key, kind, day), n in counted.cells.items():
            tallies.add_sums(day, [((dimension, key, kind), n)], 1)
        for (client, family, day), n in counted.clients.items():
            tallies.add_sums(day, [((_CLIENT, client, family), n)], 1)
        for (along, key, day), bins in counted.bins.items():
            tallies.add_bins(day, [(along, key, list(bins.items()))], 1)
        write_setting(transaction, RECOUNT, str(first))
