"""`pult check`: whether a store is whole, and whether what is derived in it is what its records say."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from msgspec import Struct

from backend_client.sqlite.body import ERASED
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.file import StoreFile
from backend_client.sqlite.locks import Reader, readers_of
from backend_client.sqlite.plan.checking import wrong_attempts
from backend_client.sqlite.plan.tallies import wrong_task_tallies
from backend_client.sqlite.tiers import month_of
from backend_client.sqlite.upkeep.rebuild import wrong_calls, wrong_tallies
from backend_client.sqlite.writer import Writer

SAMPLED_DAYS = 16
SAMPLED_CALLS = 250
"""Calls of each sampled day that are derived again: 16 × 250 take about 2 s."""
SAMPLED_TASKS = 500
LARGE_WAL = 512 * 1024 * 1024
"""Bytes: a writer cuts its log past 64 MB, so one of this size says that a reader never lets go."""
LEAST_FREE_SHARE = 1.2
"""A backup and an upgrade need room for a copy."""
Progress = Callable[[str, int], None]
"""Called with what is being looked at and the per cent done of it."""


class CheckReport(Struct, frozen=True, kw_only=True):
    """What was found. The first eight say that something is wrong, the rest is worth knowing."""

    damage: tuple[str, ...] = ()
    """What SQLite says of the file's structure."""
    foreign_keys: int = 0
    """Rows that name a row that is not there."""
    search: tuple[str, ...] = ()
    """Search indexes that differ from what they index."""
    tallies: int = 0
    """Cells of the totals that differ from the calls, or the tasks."""
    records: int = 0
    """Calls without their records, and records without a key that leads to them."""
    calls: int = 0
    """Calls that would change if they were derived again."""
    attempts: int = 0
    """Tasks to which other calls are attached than belong to them; plainly of the newest, with `deep` of all."""
    audit: int = 0
    """The first line of the audit log that is not as it was written; 0: all are."""
    derived: int = 0
    """How many calls were derived again to know it."""
    deep: bool = False
    size: int = 0
    """Bytes of the store, its log, and free ones on its disk."""
    wal: int = 0
    free: int = 0
    readers: tuple[Reader, ...] = ()
    """Processes that hold an old state of the store, the oldest first."""

    @property
    def sound(self) -> bool:
        return not (
            self.damage
            or self.foreign_keys
            or self.search
            or self.tallies
            or self.records
            or self.calls
            or self.attempts
            or self.audit
        )


def check_store(writer: Writer, *, deep: bool = False, progress: Progress | None = None) -> CheckReport:
    """Look at everything that costs little, with `deep` at everything. Changes nothing; others may read and write.

    At 10 million calls the plain check takes about 20 s. Raises BackendError kinds for a store that does not open.
    """
    tell = progress or (lambda what, done: None)
    file = writer.file
    with ThreadPoolExecutor(1) as beside, closing(file.reader()) as db:
        # SQLite lets go of the interpreter while it works, so the file is read by one core, the rest by another.
        damage = beside.submit(_damage, file, deep)
        tell("totals", 0)
        tallies = wrong_tallies(db, lambda done, last: tell("totals", 100 * done // last)) if deep else _totals(db)
        tallies += wrong_task_tallies(db, deep=deep)
        tell("search", 0)
        search = _search_deeply(writer) if deep else _search(db)
        foreign_keys = _foreign_keys(db, deep)
        records = _records(db)
        if deep:
            calls, derived = wrong_calls(writer, lambda done, last: tell("calls", 100 * done // max(last, 1)))
        else:
            calls, derived = _sampled(writer, db)
        attempts = wrong_attempts(db, None if deep else SAMPLED_TASKS)
        audit = _audit(db)
        tell("file", 0)
        found = damage.result()
    return CheckReport(
        damage=found, foreign_keys=foreign_keys, search=search, tallies=tallies, records=records, calls=calls,
        attempts=attempts, audit=audit, derived=derived, deep=deep, size=file.path.stat().st_size, wal=wal_size(file),
        free=shutil.disk_usage(file.path.parent).free, readers=readers_of(file.path),
    )  # fmt: skip


def wal_size(file: StoreFile) -> int:
    """Bytes of the write-ahead log."""
    try:
        return os.stat(f"{file.path}-wal").st_size
    except FileNotFoundError:
        return 0


def _damage(file: StoreFile, deep: bool) -> tuple[str, ...]:
    """What SQLite finds wrong; with `deep` every index against its table too."""
    with closing(file.reader()) as db:
        return damage_of(db, "integrity_check" if deep else "quick_check")


def damage_of(db: sqlite3.Connection, how: str = "quick_check") -> tuple[str, ...]:
    """Lines that SQLite's own check (`quick_check`, `integrity_check`) gives; none for a whole file."""
    try:
        lines = [str(line) for (line,) in db.execute(f"PRAGMA {how}(20)").fetchall()]
    except sqlite3.DatabaseError as error:
        return (str(error),)
    return tuple(line for line in lines if line != "ok")


def _foreign_keys(db: sqlite3.Connection, deep: bool) -> int:
    if deep:
        return len(db.execute("PRAGMA foreign_key_check").fetchall())
    # Row by row the largest table takes 15 s at 10 million calls; its index names each number once, in 0.4 s.
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if name != "call"]
    missing = sum(len(db.execute(f'PRAGMA foreign_key_check("{name}")').fetchall()) for name in tables)
    row = db.execute(
        "SELECT count(*) FROM (SELECT DISTINCT number_id FROM call INDEXED BY call_number"
        " WHERE number_id IS NOT NULL) WHERE number_id NOT IN (SELECT id FROM number)"
    ).fetchone()
    return missing + int(row[0])


def _search_tables(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """The search indexes, each with the table whose texts it holds."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'").fetchall()
    found = [(name, re.search(r"content='(\w+)'", sql)) for name, sql in rows]
    return [(name, match[1]) for name, match in found if match is not None]


def _search(db: sqlite3.Connection) -> tuple[str, ...]:
    """Whether each index holds as many rows as its table. Comparing the texts needs the writer's turn for 5 s."""
    wrong = []
    for name, table in _search_tables(db):
        indexed, there = db.execute(
            f"SELECT (SELECT count(*) FROM {name}_docsize), (SELECT count(*) FROM {table})"
        ).fetchone()
        if indexed != there:
            wrong.append(name)
    return tuple(wrong)


def _search_deeply(writer: Writer) -> tuple[str, ...]:
    """FTS5 compares an index with its table only for somebody who may write, though it writes nothing."""
    wrong: list[str] = []
    for name, _table in _search_tables_of(writer):
        with writer.transaction(keep=False) as transaction:
            try:
                transaction.db.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError:
                wrong.append(name)
    return tuple(wrong)


def _search_tables_of(writer: Writer) -> list[tuple[str, str]]:
    with closing(writer.file.reader()) as db:
        return _search_tables(db)


def _totals(db: sqlite3.Connection) -> int:
    """The totals by day and by month against the calls; what they are divided by is left to the deep check."""
    db.execute("BEGIN")
    try:
        # Counted here, for SQLite would sort all calls first, in 400 MB.
        counted = Counter((kind, day) for kind, day in db.execute("SELECT kind, day FROM call"))
        days = {(k, d): n for k, d, n in db.execute("SELECT kind, day, n FROM tally WHERE dimension = 0")}
        months = {(k, m): n for k, m, n in db.execute("SELECT kind, month, n FROM tally_month WHERE dimension = 0")}
    finally:
        db.execute("COMMIT")
    by_month: Counter[tuple[int, int]] = Counter()
    for (kind, day), n in counted.items():
        by_month[kind, month_of(day)] += n
    return _differing(counted, days) + _differing(by_month, months)


def _differing(one: dict[tuple[int, int], int], other: dict[tuple[int, int], int]) -> int:
    return sum(one.get(cell) != other.get(cell) for cell in one.keys() | other.keys())


def _records(db: sqlite3.Connection) -> int:
    """Calls without a record of where they come from, and keys that lead nowhere."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM call WHERE id NOT IN (SELECT call_id FROM facts))"
        " + (SELECT count(*) FROM call_key WHERE call_id NOT IN (SELECT call_id FROM facts))"
    ).fetchone()
    return int(row[0])


def _sampled(writer: Writer, db: sqlite3.Connection) -> tuple[int, int]:
    """Of days evenly apart the first calls, derived again: how many differ, of how many."""
    facts = FactWriter(writer)
    wrong = derived = 0
    for ids in _sample(db):
        wrong += facts.would_change(ids)
        derived += len(ids)
    return wrong, derived


def _sample(db: sqlite3.Connection) -> Iterable[list[int]]:
    first, last = (db.execute(f"SELECT {edge}(start) FROM call").fetchone()[0] for edge in ("min", "max"))
    if first is None:
        return
    apart = max((last - first) // SAMPLED_DAYS, 1)
    for start in range(first, last + 1, apart):
        rows = db.execute(
            "SELECT id FROM call JOIN facts ON call_id = id WHERE start >= ? AND start < ? AND body <> ?"
            " ORDER BY start LIMIT ?",
            (start, start + apart, ERASED, SAMPLED_CALLS),
        ).fetchall()
        yield [id for (id,) in rows]


def _audit(db: sqlite3.Connection) -> int:
    from backend_client.sqlite.access.audit import first_broken

    return first_broken(db) or 0
