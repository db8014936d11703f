"""Whether an upgrade, or a rebuild that was killed, left something to be done; asked at each start."""

from __future__ import annotations

import sqlite3

from backend_client.sqlite.tallied_days import RECOUNT

REBUILD = "rebuild"
"""The setting that holds "settings' number:since:last id done" while a rebuild is under way; blank after an upgrade
that derives calls by other rules."""


def is_underived(db: sqlite3.Connection) -> bool:
    """Whether calls are to be derived again."""
    return db.execute("SELECT 1 FROM setting WHERE name = ?", (REBUILD,)).fetchone() is not None


def is_behind(db: sqlite3.Connection) -> bool:
    """Whether calls are to be counted or derived again."""
    return db.execute("SELECT 1 FROM setting WHERE name IN (?, ?)", (RECOUNT, REBUILD)).fetchone() is not None
