"""What an administrator should know of a store's sources and data: the import log, and what does not fit together."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from backend_client.contract.sources import Sources, SourcesRequest
from backend_client.errors import Forbidden
from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter
from backend_client.model.permissions import Permission, Session
from backend_client.model.quality import Doubt, ImportRun, Misfit, RejectedRow
from backend_client.model.recording import Missing
from backend_client.model.text import N_, clean
from backend_client.recordings.names import is_address
from backend_client.recordings.place import make_roots
from backend_client.sqlite.details import pending_seconds
from backend_client.sqlite.directory import FOUND_NAMELESS
from backend_client.sqlite.recordings import cache_folder, named_recordings, read_recording_settings
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.supervision.live import read_sources

MOST_RUNS = 1000
_EXAMPLES = 5
_RUNS_WITH_EXAMPLES = 20
_HEAD = 64 * 1024
_LONGEST = 200
_OPENED = 100
"""Calls behind a misfit that can be opened one by one, and ids in a filter."""
_NEWEST = 50_000
"""Of the facts, whose bodies lie between them on the disk: all of ten million take seconds."""
_RECORDINGS = 100
"""The newest recordings are looked for: each costs the reading of its call, and a look at the disk."""
_AHEAD = 3600


def read_quality(db: sqlite3.Connection, store: Path, session: Session, request: SourcesRequest, now: int) -> Sources:
    """Every number is read off an index, a small table or the newest calls. Raises Forbidden without the right."""
    if not session.may(Permission.IMPORT):
        raise Forbidden(N_("Your role may not see the import log."), N_("Ask a supervisor or the administrator."))
    found = (
        _nameless(db, Misfit.NAMELESS_EXTENSION, _EXTENSIONS, lambda ids: CallFilter(employees=ids, internal=True)),
        _nameless(db, Misfit.NAMELESS_LINE, _LINES, lambda ids: CallFilter(lines=ids)),
        _without_record(db),
        _doubtful(db, Misfit.ENDLESS, "INDEXED BY call_endless WHERE ended - start > 43200", 0),
        _doubtful(db, Misfit.FUTURE, "INDEXED BY call_start WHERE start > ?", now + _AHEAD),
        _without_recording(db, store, now),
    )
    return Sources(
        now=now,
        zone=read_derive_settings(db).zone,
        sources=read_sources(db),
        runs=read_runs(db, max(0, min(request.runs, MOST_RUNS))),
        doubts=tuple(doubt for doubt in found if doubt is not None),
    )


def read_runs(db: sqlite3.Connection, limit: int) -> tuple[ImportRun, ...]:
    """The import log, the newest run first."""
    names = tuple(name for name in ImportRun.__struct_fields__ if name != "examples")
    rows = db.execute(f"SELECT {', '.join(names)} FROM import_run ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    runs: list[ImportRun] = []
    told = 0
    for row in rows:
        fields = dict(zip(names, row, strict=True))
        fields |= {"finished": bool(fields["finished"]), "reasons": msgspec.json.decode(fields["reasons"])}
        if fields["rejected_file"] and told < _RUNS_WITH_EXAMPLES:
            told += 1
            fields["examples"] = _examples(Path(fields["rejected_file"]))
        runs.append(ImportRun(**fields))
    return tuple(runs)


def _examples(path: Path) -> tuple[RejectedRow, ...]:
    """The first rows of a file of rejected records; none where it has gone, or is another one's to read."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            lines = file.read(_HEAD).splitlines(keepends=True)
    except OSError:
        return ()
    found = []
    with suppress(csv.Error):
        for row in islice(csv.reader(lines), _EXAMPLES):
            if len(row) > 1:
                line = int(row[0]) if row[0].isascii() and row[0].isdigit() and len(row[0]) < 12 else 0
                text = clean(",".join(row[2:]))[:_LONGEST]
                found.append(RejectedRow(line=line, reason=clean(row[1])[:_LONGEST], text=text))
    return tuple(found)


_EXTENSIONS = (
    "SELECT p.id, e.number FROM extension e JOIN employee p ON p.id = e.employee_id"
    f" WHERE p.found = {FOUND_NAMELESS} ORDER BY e.number"
)
_LINES = "SELECT id, code FROM line WHERE name = '' ORDER BY id DESC"


def _nameless(
    db: sqlite3.Connection, kind: Misfit, query: str, filter_of: Callable[[tuple[int, ...]], CallFilter]
) -> Doubt | None:
    """Entries of a directory that calls made and that have no name."""
    found = db.execute(query).fetchall()
    ids = tuple(dict.fromkeys(id for id, _ in found[:_OPENED]))
    examples = tuple(text for _, text in found[:_EXAMPLES])
    return Doubt(kind=kind, count=len(found), examples=examples, filter=filter_of(ids)) if found else None


def _without_record(db: sqlite3.Connection) -> Doubt | None:
    looked, found = db.execute(
        "SELECT count(*), coalesce(sum(NOT EXISTS (SELECT 1 FROM call WHERE id = call_id)), 0) FROM"
        " (SELECT call_id FROM facts ORDER BY call_id DESC LIMIT ?)",
        (_NEWEST,),
    ).fetchone()
    return Doubt(kind=Misfit.NO_RECORD, count=found, looked_at=looked if looked == _NEWEST else 0) if found else None


def _doubtful(db: sqlite3.Connection, kind: Misfit, which: str, value: int) -> Doubt | None:
    """Calls whose times cannot be true; `which` is answered by an index of its own."""
    values = (value,) if "?" in which else ()
    count = db.execute(f"SELECT count(*) FROM call {which}", values).fetchone()[0]
    if not count:
        return None
    ids = db.execute(f"SELECT id FROM call {which} ORDER BY start DESC LIMIT {_OPENED}", values).fetchall()
    return Doubt(kind=kind, count=count, calls=tuple(id for (id,) in ids))


def _without_recording(db: sqlite3.Connection, store: Path, now: int) -> Doubt | None:
    """Of the newest calls with a recording, those whose file is not there; nothing where recordings lie elsewhere."""
    texts = read_recording_settings(db).roots
    if not texts or any(map(is_address, texts)):
        return None
    roots = make_roots(texts, cache_folder(store))
    looked, missing = 0, list[tuple[int, str]]()
    for id in _recorded(db, now - pending_seconds(db)):
        looked += 1
        for named in named_recordings(db, id):
            if not is_address(named.text) and isinstance(roots.find(named), Missing):
                missing.append((id, named.name))
                break
    if not missing:
        return None
    return Doubt(
        kind=Misfit.NO_RECORDING, count=len(missing), looked_at=looked, calls=tuple(id for id, _ in missing),
        examples=tuple(name for _, name in missing[:_EXAMPLES]),
    )  # fmt: skip


def _recorded(db: sqlite3.Connection, before: int) -> Iterator[int]:
    rows = db.execute(
        f"SELECT id FROM call INDEXED BY call_recording WHERE (marks & {int(Mark.RECORDING)}) <> 0 AND start < ?"
        " ORDER BY start DESC LIMIT ?",
        (before, _RECORDINGS),
    ).fetchall()
    yield from (id for (id,) in rows)
