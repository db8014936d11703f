"""What an administrator should know of a store's sources and data: the import log, and what does not fit together."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from backend_client.model.live import SourceState
from backend_client.sqlite.live import read_sources

RUNS = 5
_EXAMPLES = 5


class ImportRun(Struct, frozen=True):
    """One reading of a source, or one time of following it. `reasons`: rejected records by reason."""

    at: int
    source: str
    format: str
    new: int
    updated: int
    unchanged: int
    rejected: int
    finished: bool
    reasons: dict[str, int]


class Quality(Struct, frozen=True):
    """Sources and runs, the newest first; and what does not fit, each as a number and a few examples."""

    sources: tuple[SourceState, ...]
    runs: tuple[ImportRun, ...]
    nameless_lines: tuple[int, tuple[str, ...]]
    nameless_extensions: tuple[int, tuple[str, ...]]
    """Internal numbers in records that nobody entered for an employee."""
    events_without_call: int
    """Calls of which only queue_log or channel events tell: their records have not come."""
    endless_calls: int
    """Ended calls of more than twelve hours."""


def read_quality(db: sqlite3.Connection, runs: int = RUNS) -> Quality:
    """Every number here is read off an index or a small table, but for one pass over the calls' times."""
    return Quality(
        sources=read_sources(db),
        runs=read_runs(db, runs),
        nameless_lines=_some(db, "SELECT code FROM line WHERE name = '' ORDER BY id DESC"),
        nameless_extensions=_some(
            db,
            "SELECT e.number FROM extension e JOIN employee p ON p.id = e.employee_id WHERE p.found > 0",
        ),
        events_without_call=_number(db, "SELECT count(*) FROM facts WHERE call_id NOT IN (SELECT id FROM call)"),
        endless_calls=_number(db, "SELECT count(*) FROM call WHERE ended - start > 43200"),
    )


def read_runs(db: sqlite3.Connection, limit: int) -> tuple[ImportRun, ...]:
    """The import log, the newest run first."""
    rows = db.execute(
        "SELECT at, source, format, new, updated, unchanged, rejected, finished, reasons FROM import_run"
        " ORDER BY id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return tuple(ImportRun(*(*row[:7], bool(row[7]), msgspec.json.decode(row[8], type=dict[str, int]))) for row in rows)


def _number(db: sqlite3.Connection, query: str, values: Sequence[object] = ()) -> int:
    return int(db.execute(query, values).fetchone()[0])


def _some(db: sqlite3.Connection, query: str) -> tuple[int, tuple[str, ...]]:
    found = [text for (text,) in db.execute(query).fetchall()]
    return len(found), tuple(found[:_EXAMPLES])
