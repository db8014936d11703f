"""What is left of clients that were forgotten: one nameless client that all their numbers belong to, so that "known"
and "registered" count as before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from backend_client.contract.changes import Kind
from backend_client.sqlite.settings import read_setting, write_setting
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction

_SETTING = "nameless-client"
NAME = "—"


def nameless_client(transaction: Transaction) -> int:
    """Its id; made at the first need, archived, so that no list of clients shows it."""
    db = transaction.db
    known = read_setting(db, _SETTING)
    if known is not None and db.execute("SELECT 1 FROM client WHERE id = ?", (int(known),)).fetchone():
        return int(known)
    client = int(
        db.execute(
            "INSERT INTO client (name, fold, sort_key, archived) VALUES (?, '', '', 1) RETURNING id", (NAME,)
        ).fetchall()[0][0]
    )
    db.execute("INSERT INTO client_search (rowid, fold) VALUES (?, '')", (client,))
    write_setting(transaction, _SETTING, str(client))
    return client


def forget_clients(transaction: Transaction, clients: set[int], numbers: Iterable[int]) -> None:
    """Take away these clients, whose numbers are nobody's any more, with all that hangs on them; and what the log of
    deeds says of them and of these numbers."""
    db = transaction.db
    people = {
        id for (id,) in db.execute(
            "SELECT id FROM person WHERE client_id IN (SELECT value FROM json_each(?))", (ids_json(clients),)
        ).fetchall()
    }  # fmt: skip
    _forget_deeds(db, {"client": clients, "number": set(numbers), "person": people})
    if not clients:
        return
    db.execute("PRAGMA defer_foreign_keys=1")
    for id, fold in db.execute(
        "SELECT id, fold FROM client WHERE id IN (SELECT value FROM json_each(?))", (ids_json(clients),)
    ).fetchall():
        # The index holds no texts of its own: it must be told the old ones to forget them.
        db.execute("INSERT INTO client_search (client_search, rowid, fold) VALUES ('delete', ?, ?)", (id, fold))
    for id, fold in db.execute(
        "SELECT id, fold FROM person WHERE id IN (SELECT value FROM json_each(?))", (ids_json(people),)
    ).fetchall():
        db.execute("INSERT INTO person_search (person_search, rowid, fold) VALUES ('delete', ?, ?)", (id, fold))
    _let_go(db, "person", people)
    db.execute("DELETE FROM person WHERE id IN (SELECT value FROM json_each(?))", (ids_json(people),))
    _let_go(db, "client", clients)
    db.execute("DELETE FROM client WHERE id IN (SELECT value FROM json_each(?))", (ids_json(clients),))
    transaction.touch(Kind.CLIENTS)


def _let_go(db: sqlite3.Connection, table: str, ids: Iterable[int]) -> None:
    """Rows of other tables that name these: their column is emptied, or where it may not be, they go too."""
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    for name in tables:
        for row in db.execute(f'PRAGMA foreign_key_list("{name}")').fetchall():
            if row[2] != table:
                continue
            column = row[3]
            needed = {one[1]: one[3] for one in db.execute(f'PRAGMA table_info("{name}")').fetchall()}[column]
            what = f'DELETE FROM "{name}"' if needed else f'UPDATE "{name}" SET "{column}" = NULL'
            db.execute(f'{what} WHERE "{column}" IN (SELECT value FROM json_each(?))', (ids_json(ids),))


def _forget_deeds(db: sqlite3.Connection, gone: dict[str, set[int]]) -> None:
    """Deeds hold rows as they were, with names; one that touched anything forgotten cannot be undone any more."""
    found = []
    for id, client, body in db.execute("SELECT id, client_id, body FROM client_deed").fetchall():
        changes = msgspec.json.decode(body)
        if client in gone["client"] or any(change[1] in gone.get(change[0], ()) for change in changes):
            found.append(id)
    db.execute("DELETE FROM client_deed WHERE id IN (SELECT value FROM json_each(?))", (ids_json(found),))


def remove_states(db: sqlite3.Connection, texts: Iterable[str]) -> None:
    """Saved views and drafts that hold one of these texts."""
    for text in texts:
        db.execute("DELETE FROM employee_state WHERE instr(body, ?) OR instr(name, ?)", (text, text))
