"""The one way to write: transactions behind the turnstile, on one connection of the process."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend_client.sqlite.access.once import claim, write_key
from backend_client.sqlite.file import StoreFile, store_errors
from backend_client.sqlite.turnstile import Turnstile

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

LONGEST = 0.25
"""Seconds of an import's transaction; where somebody waits it ends sooner. Twice as long brought 3 % more calls a
second, and let people wait for twice as long."""
WAL_LIMIT = 160 * 1024 * 1024
_OUR_TURN = 100
"""Milliseconds that truncating the WAL waits for readers; it is tried again after the next commit."""


class Writer:
    """The writing connection of this process, opened at the first write. Its users may be threads."""

    def __init__(self, file: StoreFile) -> None:
        self.file = file
        self.change = 0
        """The change number after the last transaction of this writer: another one in `Transaction.before` says
        that somebody else wrote meanwhile."""
        self._db: sqlite3.Connection | None = None
        self._turnstile = Turnstile(file.path)
        self._lock = threading.Lock()
        self._synchronous = ""

    @contextmanager
    def transaction(self, *, durable: bool = True, keep: bool = True) -> Iterator[Transaction]:
        """A transaction that is whole in the file after the block, or absent where the block raised.

        `durable` (synchronous FULL) for what people write; an import, whose position is committed with its
        records, does without. `keep=False` undoes everything at the end: a rehearsal. Raises Busy, Outdated,
        Forbidden, Full, Corrupt.
        """
        # With the tallies, which a console that writes nothing does without.
        from backend_client.sqlite.transaction import Transaction

        with self._lock, store_errors(self.file.path), self._turnstile.hold():
            self.file.check_in_place()
            db = self._connection(durable)
            db.execute("BEGIN IMMEDIATE")
            try:
                self.file.check_version(db)
                key = write_key.get() if keep else None
                if key is not None:
                    claim(db, key)
                transaction = Transaction(db)
                yield transaction
                if keep:
                    change = transaction.finish()
                    db.execute("COMMIT")
                    if key is not None:
                        key.wrote = True
                    self.change = change
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
            self._truncate_wal(db)

    def is_awaited(self) -> bool:
        """Whether another writer waits for the end of the transaction that is open now."""
        return self._turnstile.is_awaited()

    def _connection(self, durable: bool) -> sqlite3.Connection:
        if self._db is None:
            self._db = self.file.writer()
        wanted = "FULL" if durable else "NORMAL"
        if wanted != self._synchronous:
            self._db.execute(f"PRAGMA synchronous={wanted}")
            self._synchronous = wanted
        return self._db

    def _truncate_wal(self, db: sqlite3.Connection) -> None:
        try:
            size = os.stat(f"{self.file.path}-wal").st_size
        except FileNotFoundError:
            return
        if size > WAL_LIMIT:
            db.execute(f"PRAGMA busy_timeout={_OUR_TURN}")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            db.execute("PRAGMA busy_timeout=5000")

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None
            self._turnstile.close()
