"""Somebody else's SQLite file, read with every door shut: read-only, tables only, nothing of its schema trusted, no
statement without a limit of steps, and never a checkpoint or a lock that lasts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend_client.errors import BackendError, Busy, Invalid
from backend_client.ingest.record_table import Numbered
from backend_client.ingest.rows import LINE_LIMIT
from backend_client.model.text import N_, clean

SIGNATURE = b"SQLite format 3\x00"
STEPS = 50_000_000
"""Of SQLite's machine, for one statement: a portion of a sound table takes under a million."""
_STEPS_A_LOOK = 10_000
PORTION = 2000
_PATIENCE = 5.0


def is_database(head: bytes) -> bool:
    """Whether a file begins as SQLite's do."""
    return head.startswith(SIGNATURE)


class ForeignDatabase:
    """A database file. Each read opens it anew, so that its writer is never in our way, nor we in the writer's."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection. Raises Invalid for what is no sound database, Busy for a locked one."""
        try:
            with closing(self._connect()) as db:
                yield db
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # SQLite's own message names what is damaged in its schema, as it stands there.
            raise self._failure(error) from error

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
        steps = 0

        def too_long() -> bool:
            nonlocal steps
            steps += _STEPS_A_LOOK
            return steps > STEPS

        db.set_progress_handler(too_long, _STEPS_A_LOOK)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 16 * LINE_LIMIT)
        db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA query_only=ON")
        db.execute("PRAGMA cell_size_check=ON")
        db.text_factory = _text
        return db

    def _failure(self, error: Exception) -> BackendError:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        path = clean(str(self.path))
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Busy(
                N_("The database {path} is locked by its program."), N_("Try again, or read a copy of it."),
                path=path,
            )  # fmt: skip
        if code == sqlite3.SQLITE_INTERRUPT:
            return Invalid(N_("Reading {path} takes unreasonably long: it is no sound database of calls."), path=path)
        return Invalid(N_("Cannot read the database {path}: {why}."), path=path, why=clean(str(error)))

    def columns(self, table: str) -> tuple[str, ...]:
        """Names of a plain table's columns; empty where there is no such table: a view or a virtual one is none."""
        with self.open() as db:
            found = db.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND lower(name) = ?", (table.lower(),)
            ).fetchone()
            if found is None or "CREATE VIRTUAL" in str(found[1]).upper():
                return ()
            # table_xinfo names generated columns too (hidden 2, 3): those are expressions, not what was stored.
            return tuple(
                str(row[1]) for row in db.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall() if row[6] == 0
            )


class TableRows:
    """The rows of one table as texts, in the order in which they were written. Position is the row id."""

    encoding = "utf-8"

    def __init__(self, database: ForeignDatabase, table: str, titles: tuple[str, ...]) -> None:
        self.name = clean(database.path.name)
        self.titles = titles
        self._database = database
        self._table = _quoted(table)
        self._columns = ", ".join(map(_quoted, titles))
        with database.open() as db:
            self._key = _row_key(db, self._table)
            self.size = int(db.execute(f"SELECT max({self._key}) FROM {self._table}").fetchone()[0] or 0)

    def sample(self) -> list[list[str]]:
        """The first rows and the last ones."""
        with self._database.open() as db:
            rows = []
            for order in ("", " DESC"):
                found = db.execute(
                    f"SELECT {self._key}, {self._columns} FROM {self._table} ORDER BY {self._key}{order} LIMIT 1000"
                ).fetchall()
                rows += found
        return [_texts(row[1:]) for row in {row[0]: row for row in rows}.values()]

    def read(self, after: int = 0) -> Iterator[Numbered]:
        while True:
            with self._database.open() as db:
                found = db.execute(
                    f"SELECT {self._key}, {self._columns} FROM {self._table} WHERE {self._key} > ?"
                    f" ORDER BY {self._key} LIMIT {PORTION}",
                    (after,),
                ).fetchall()
            if not found:
                return
            last = int(found[-1][0])
            if last <= after:
                # A damaged tree gives rows behind rows that stand before them, and would without end.
                raise Invalid(N_("The database {path} is damaged."), path=self.name)
            after = last
            yield Numbered([_texts(row[1:]) for row in found], [int(row[0]) for row in found], after, [])


def _row_key(db: sqlite3.Connection, table: str) -> str:
    """The name of the row id that no column hides. Raises sqlite3.OperationalError for a table without one."""
    for name in ("_rowid_", "oid", "rowid"):
        try:
            db.execute(f"SELECT max({name}) + 0 FROM {table}").fetchone()
        except sqlite3.OperationalError:
            continue
        return name
    raise sqlite3.OperationalError("the table has no row id")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _texts(row: tuple[object, ...]) -> list[str]:
    """Values as texts; NULL is blank, a blob says nothing."""
    return ["" if value is None or isinstance(value, bytes) else str(value) for value in row]
