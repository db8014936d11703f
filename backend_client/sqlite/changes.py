"""What changed since a change number, and waiting for it: one `PRAGMA data_version` four times a second."""

from __future__ import annotations

import asyncio
import sqlite3

from backend_client.contract.changes import ChangeRequest, Changes, Kind
from backend_client.sqlite.file import StoreFile, store_errors

POLL_SECONDS = 0.25
MOST_DAYS = 400
"""More touched days than these: everything changed."""


def changes_since(db: sqlite3.Connection, since: int) -> Changes:
    """Days and kinds touched after `since`, in one snapshot."""
    db.execute("BEGIN")
    try:
        number = db.execute("SELECT number FROM change").fetchone()[0]
        if number == since:
            return Changes(change=number)
        days = db.execute(
            "SELECT day FROM change_day WHERE number > ? ORDER BY day LIMIT ?", (since, MOST_DAYS + 1)
        ).fetchall()
        kinds = db.execute("SELECT kind FROM change_kind WHERE number > ? ORDER BY kind", (since,)).fetchall()
    finally:
        db.execute("COMMIT")
    everything = len(days) > MOST_DAYS or number < since
    return Changes(
        change=number,
        days=() if everything else tuple(day for (day,) in days),
        kinds=tuple(Kind(kind) for (kind,) in kinds),
        everything=everything,
    )


class ChangeWatch:
    """Waits for changes on a connection of its own, in the event loop's thread: a poll reads one page header
    from shared memory (microseconds), a hop to a thread would cost more."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        self._db: sqlite3.Connection | None = None

    async def changes(self, request: ChangeRequest) -> Changes:
        """Answers at once where something changed after `since`, else when it does or after `wait` seconds."""
        deadline = asyncio.get_running_loop().time() + request.wait
        with store_errors(self._file.path):
            self._file.check_in_place()
            if self._db is None:
                self._db = self._file.reader()
            db = self._db
            while True:
                version = _data_version(db)
                found = changes_since(db, request.since)
                if found.change != request.since:
                    return found
                while _data_version(db) == version:
                    left = deadline - asyncio.get_running_loop().time()
                    if left <= 0:
                        return found
                    await asyncio.sleep(min(POLL_SECONDS, left))
                    self._file.check_in_place()

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _data_version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA data_version").fetchone()[0]
    return version
