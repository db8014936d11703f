"""Which days have tallies: all, but while a job counts them again."""

from __future__ import annotations

import sqlite3

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
