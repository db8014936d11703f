"""A small synthetic call centre in a real store, made once for the tests that only read it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import Names, names_of
from benchmarks.centre import ZONE
from benchmarks.generate import generate
from tests.sqlite.oracle import Known, known_calls

CALLS = 1500
UNTIL = datetime(2026, 11, 21, 10, tzinfo=UTC)
NOW = int(UNTIL.timestamp())

ALL_CALLS = Scope(all_calls=True, employee_id=None)
NOTHING = Scope(all_calls=False, employee_id=None)


def own(employee: int) -> Scope:
    return Scope(all_calls=False, employee_id=employee)


def viewer(scope: Scope, employee: int | None = None) -> Viewer:
    return Viewer(scope, employee or scope.employee_id, NOW, ZoneInfo(ZONE))


@cache
def store() -> tuple[sqlite3.Connection, Names, list[Known]]:
    """A connection, the names and every call."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    with TemporaryDirectory(prefix="pult-test-") as folder:
        path = Path(folder) / "centre.db"
        generate(CALLS, path, until=UNTIL)
        with closing(sqlite3.connect(path)) as disk:
            disk.backup(db)
    return db, names_of(read_directories(db)), known_calls(db)
