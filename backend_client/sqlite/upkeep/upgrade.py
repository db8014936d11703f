"""`pult migrate`: a store brought to this program's schema, under open consoles, with a copy of what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from backend_client.errors import Outdated
from backend_client.model.text import N_
from backend_client.sqlite.codes import SCHEMA_VERSION
from backend_client.sqlite.file import check_place, connect, migrate, open_file, store_errors, version_of
from backend_client.sqlite.upkeep.backup import back_up
from backend_client.sqlite.upkeep.catch_up import catch_up
from backend_client.sqlite.upkeep.left_undone import is_underived
from backend_client.sqlite.upkeep.recount import share_done
from backend_client.sqlite.writer import Writer

_COPIED_A_SECOND = 100_000_000
"""Bytes: what a slow disk copies and checks."""
_CHANGED_A_SECOND = 300_000_000
"""Bytes of store: a new column costs nothing, a new index is read through once."""
_COUNTED_AGAIN = 16
"""The version from which on histograms know families and calls are read by today's rules: those of older stores are
counted and derived again, at so many seconds a call."""
_A_CALL, _A_DERIVED_CALL = 0.00006, 0.0003
_TASKS_COUNTED = 17
"""The version from which on the tasks of the plan are counted by day."""
_A_TASK = 0.00003


class Plan(Struct, frozen=True):
    """What an upgrade is going to do."""

    store: Path
    version: int
    to: int
    seconds: int
    """About how long, the copy included."""
    copy: Path | None
    uncounted: float = 0.0
    """The part of the days that is to be counted again: an upgrade was stopped there."""
    underived: bool = False
    """Whether calls are to be derived again."""

    @property
    def needed(self) -> bool:
        return self.version < self.to or self.uncounted > 0 or self.underived


def plan(store: Path, *, copy: bool = True) -> Plan:
    """What stands before `store`. Raises Outdated where it is newer than this program, Corrupt, Invalid."""
    check_place(store)
    with store_errors(store), closing(connect(store, "ro")) as db:
        version = version_of(db, store)
        calls = db.execute("SELECT max(id) FROM call").fetchone()[0] or 0 if version else 0
        counted = share_done(db) if version == SCHEMA_VERSION else None
        records = db.execute("SELECT max(call_id) FROM facts").fetchone()[0] or 0 if version else 0
        underived = version == SCHEMA_VERSION and is_underived(db)
        tasks = _tasks(db) if version < _TASKS_COUNTED else 0
    if version > SCHEMA_VERSION:
        raise Outdated(
            N_("The store {path} was written by a newer Pult (version {version})."),
            N_("Upgrade this Pult; a store never goes back."),
            path=str(store), version=version,
        )  # fmt: skip
    size = store.stat().st_size
    uncounted = 0.0 if counted is None else max(1.0 - counted, 0.001)
    if version == SCHEMA_VERSION:
        seconds = 1 + int(calls * _A_CALL * uncounted) + (int(records * _A_DERIVED_CALL) if underived else 0)
        return Plan(store, version, SCHEMA_VERSION, seconds, None, uncounted, underived)
    seconds = 1 + size // _CHANGED_A_SECOND + (size // _COPIED_A_SECOND if copy else 0)
    if version < _COUNTED_AGAIN:
        seconds += int(calls * _A_CALL + records * _A_DERIVED_CALL)
    seconds += int(tasks * _A_TASK)
    place = store.with_name(f"{store.name}-before-{SCHEMA_VERSION}") if copy else None
    return Plan(store, version, SCHEMA_VERSION, seconds, place)


def _tasks(db: sqlite3.Connection) -> int:
    """About how many tasks there are; older stores have no plan."""
    planned = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'task'").fetchone()
    return 0 if planned is None else db.execute("SELECT coalesce(max(id), 0) FROM task").fetchone()[0]


def upgrade(planned: Plan, progress: Callable[[int, int], None] | None = None) -> bool:
    """Copy the store, change its schema in one transaction, then count and derive its calls in many small ones; whether
    there was anything to do. `progress` has what is done of the copy, then of the days, then of the calls.

    After a kill the store is as it was, or upgraded; doing it again completes the work. Consoles of the older
    program go on reading the journal and refuse to write; what they cannot read any more, such as other histograms,
    they fail to show. Whoever writes waits for the transaction. Raises BackendError kinds.
    """
    if not planned.needed:
        return False
    if planned.copy is not None and not _is_copy(planned):
        back_up(planned.store, planned.copy, progress)
    migrate(planned.store)
    with closing(open_file(planned.store, create=False)) as file, closing(Writer(file)) as writer:
        catch_up(writer, progress)
    return True


def _is_copy(planned: Plan) -> bool:
    """Whether the copy was made since the last write, by an upgrade that was killed after it."""
    assert planned.copy is not None
    if not planned.copy.exists():
        return False
    try:
        with closing(connect(planned.copy, "ro")) as copy, closing(connect(planned.store, "ro")) as store:
            numbers = [db.execute("SELECT number FROM change").fetchone() for db in (copy, store)]
            return numbers[0] == numbers[1] and version_of(copy, planned.copy) == planned.version
    except sqlite3.Error:
        return False
