"""How long things are kept (O3): recordings for some days, who called for some months. By default, for good.

Calls past their time are not removed: records, comments and the number go, the row stays in every count, as that of a
nameless number. A number's calls that go in one run stay those of one nameless number.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from backend_client.contract.changes import Kind
from backend_client.errors import Invalid
from backend_client.model.audit import Deed
from backend_client.model.call import Mark
from backend_client.model.permissions import Session
from backend_client.model.text import N_
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.body import ERASED
from backend_client.sqlite.call_row import count, rows_by_id
from backend_client.sqlite.clients.client_cells import tallied_clients
from backend_client.sqlite.queue.state import forget_states
from backend_client.sqlite.recordings import delete_recordings
from backend_client.sqlite.settings import read_derive_settings, read_setting, write_setting
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.upkeep.erasure import freeze, wipe
from backend_client.sqlite.upkeep.ledger import TOKEN
from backend_client.sqlite.upkeep.nameless import nameless_client
from backend_client.sqlite.writer import Writer

_SETTING, _DONE = "retention", "retention-recordings"
_AT_ONCE = 200
"""Calls looked up at once; with the other calls of their numbers they make one transaction."""
_DAY = 86_400
_LONGEST_CALL = _DAY
Progress = Callable[[int], None]
"""Called with how many calls were done."""


class Retention(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept for how long; 0 is for good."""

    recordings_days: int = 0
    calls_months: int = 0


class Retained(Struct, frozen=True, kw_only=True):
    """What a run did."""

    calls: int = 0
    """Calls that became nameless."""
    recordings: int = 0
    """Calls whose recordings were deleted, or were gone."""
    kept: tuple[str, ...] = ()
    """Recordings that could not be deleted: they lie on another machine, or are not ours."""


def read_retention(db: sqlite3.Connection) -> Retention:
    """The store's settings."""
    text = read_setting(db, _SETTING)
    return Retention() if text is None else msgspec.json.decode(text, type=Retention)


def write_retention(transaction: Transaction, settings: Retention) -> None:
    """Say how long things are kept; the next run obeys. Raises Invalid for a negative number."""
    if settings.recordings_days < 0 or settings.calls_months < 0:
        raise Invalid(N_("A time to keep things is a whole number; 0 keeps them for good."))
    write_setting(transaction, _SETTING, msgspec.json.encode(settings).decode())


def cut(db: sqlite3.Connection, settings: Retention, now: int) -> int | None:
    """The instant before which calls are nameless: the first of a month, moved back to a moment at which nobody
    talked, so that no call before it has to do with one after it. None: calls are kept."""
    if not settings.calls_months:
        return None
    zone = ZoneInfo(read_derive_settings(db).zone)
    today = datetime.fromtimestamp(now, zone)
    month = today.year * 12 + today.month - 1 - settings.calls_months
    instant = int(datetime(month // 12, month % 12 + 1, 1, tzinfo=zone).timestamp())
    earliest = instant - _LONGEST_CALL
    while instant > earliest:
        row = db.execute(
            "SELECT min(start) FROM call WHERE start >= ? AND start < ? AND ended >= ?", (earliest, instant, instant)
        ).fetchone()
        if row[0] is None:
            break
        instant = row[0]
    return instant


def due(db: sqlite3.Connection, settings: Retention, now: int) -> tuple[int, int]:
    """How many calls, and how many calls' recordings, the next run would take."""
    instant = cut(db, settings, now)
    calls = 0
    if instant is not None:
        calls = db.execute(
            "SELECT count(*) FROM call JOIN facts ON call_id = id WHERE start < ? AND body <> ?", (instant, ERASED)
        ).fetchone()[0]
    recordings = sum(len(ids) for ids, _ in _with_recordings(db, settings, now))
    return calls, recordings


def retain(writer: Writer, session: Session, store: Path, now: int, progress: Progress | None = None) -> Retained:
    """Delete and make nameless what is past its time. In small transactions, under open consoles; a kill leaves whole
    calls only, and the next run goes on. Raises BackendError kinds."""
    with closing(writer.file.reader()) as db:
        settings = read_retention(db)
        instant = cut(db, settings, now)
        recordings, kept = _delete_recordings(db, writer, store, settings, now)
    calls = 0
    while instant is not None:
        done = _make_nameless(writer, store, instant)
        if not done:
            break
        calls += done
        if progress is not None:
            progress(calls)
    if calls:
        wipe(writer)
    if calls or recordings:
        with writer.transaction() as transaction:
            record(transaction, session, Deed.DELETE, now, amount=calls + recordings)
    return Retained(calls=calls, recordings=recordings, kept=tuple(kept))


def _delete_recordings(
    db: sqlite3.Connection, writer: Writer, store: Path, settings: Retention, now: int
) -> tuple[int, list[str]]:
    done, kept = 0, []
    for ids, last in _with_recordings(db, settings, now):
        kept += delete_recordings(db, store, ids)
        done += len(ids)
        with writer.transaction() as transaction:
            write_setting(transaction, _DONE, str(last))
    return done, kept


def _with_recordings(db: sqlite3.Connection, settings: Retention, now: int) -> Iterator[tuple[list[int], int]]:
    """Calls whose recordings are past their time and were not looked at yet, and the start of the last of them."""
    if not settings.recordings_days:
        return
    until = now - settings.recordings_days * _DAY
    place = int(read_setting(db, _DONE) or -(2**62))
    while True:
        rows = db.execute(
            f"SELECT id, start FROM call WHERE (marks & {int(Mark.RECORDING)}) <> 0 AND start > ? AND start < ?"
            " ORDER BY start LIMIT ?",
            (place, until, _AT_ONCE),
        ).fetchall()
        if not rows:
            return
        place = rows[-1][1]
        # Calls of one second must not be torn apart: the next look begins after it.
        rows += db.execute(
            f"SELECT id, start FROM call WHERE (marks & {int(Mark.RECORDING)}) <> 0 AND start = ?", (place,)
        ).fetchall()
        yield list(dict.fromkeys(id for id, _ in rows)), place


def _make_nameless(writer: Writer, store: Path, instant: int) -> int:
    """The next calls before an instant, with all calls of their numbers before it; how many."""
    with closing(writer.file.reader()) as db:
        # Found by a reader: past millions of nameless calls the look takes seconds, which no writer should wait for.
        ids = [
            id
            for (id,) in db.execute(
                "SELECT id FROM call JOIN facts ON call_id = id WHERE start < ? AND body <> ? ORDER BY start LIMIT ?",
                (instant, ERASED, _AT_ONCE),
            ).fetchall()
        ]
        delete_recordings(db, store, ids)
    if not ids:
        return 0
    done = 0
    with writer.transaction() as transaction:
        db = transaction.db
        db.execute("PRAGMA secure_delete=1")
        rows = rows_by_id(db, ids).values()
        numbers = {row.number_id for row in rows if row.number_id is not None}
        alone = [row.id for row in rows if row.number_id is None]
        for number in sorted(numbers):
            done += _let_go(transaction, number, instant)
        freeze(transaction, alone)
        transaction.touch(Kind.CLIENTS)
    return done + len(alone)


def _let_go(transaction: Transaction, number: int, instant: int) -> int:
    """All calls of a number before an instant become those of a nameless one; how many."""
    db = transaction.db
    ids = [
        id
        for (id,) in db.execute(
            "SELECT id FROM call JOIN facts ON call_id = id WHERE number_id = ? AND start < ? AND body <> ?",
            (number, instant, ERASED),
        ).fetchall()
    ]
    freeze(transaction, ids)
    key, forms, region, known_since, client = db.execute(
        "SELECT key, forms, region_id, known_since, client_id FROM number WHERE id = ?", (number,)
    ).fetchone()
    if key.startswith(TOKEN):
        return len(ids)
    rows = list(rows_by_id(db, ids).values())
    nameless = _nameless_number(transaction, region, known_since, max(row.start for row in rows), client)
    pairs = [(row, msgspec.structs.replace(row, number_id=nameless)) for row in rows]
    count(transaction, pairs, tallied_clients(db, [number, nameless]))
    db.execute("UPDATE call SET number_id = ? WHERE id IN (SELECT value FROM json_each(?))", (nameless, ids_json(ids)))
    forget_states(db, [number])
    last = db.execute("SELECT max(start) FROM call WHERE number_id = ?", (number,)).fetchone()[0]
    planned = db.execute("SELECT 1 FROM task WHERE number_id = ?", (number,)).fetchone()
    if last is None and client is None and planned is None:
        # The index holds no texts of its own: it must be told the old ones to forget them.
        db.execute("INSERT INTO number_search (number_search, rowid, forms) VALUES ('delete', ?, ?)", (number, forms))
        db.execute("DELETE FROM number WHERE id = ?", (number,))
    else:
        db.execute("UPDATE number SET earlier = 1, last_start = ? WHERE id = ?", (last or 0, number))
    return len(ids)


def _nameless_number(
    transaction: Transaction, region: int | None, known_since: int | None, last: int, client: int | None
) -> int:
    db = transaction.db
    token = TOKEN + secrets.token_hex(4)
    owner = None if client is None else nameless_client(transaction)
    number = int(
        db.execute(
            "INSERT INTO number (key, forms, region_id, client_id, known_since, last_start) VALUES (?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            (token, token, region, owner, known_since, last),
        ).fetchall()[0][0]
    )
    db.execute("INSERT INTO number_search (rowid, forms) VALUES (?, ?)", (number, token))
    if owner is not None:
        db.execute("INSERT INTO number_tallied VALUES (?, ?)", (number, owner))
    return number
