"""Clients made, renamed, and numbers linked to them. A call stores its number only, so a link touches no call but
those whose marks it decides."""

from __future__ import annotations

import sqlite3

from backend_client.contract.changes import Kind
from backend_client.derive.marks import ALWAYS
from backend_client.errors import Invalid, NotFound
from backend_client.model.call_filter import ClientKind
from backend_client.model.text import N_, clean, fold, sort_key
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.numbers import NumberIds, numbers_of_clients
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.transaction import Transaction


def add_client(
    transaction: Transaction,
    name: str,
    *,
    kind: ClientKind = ClientKind.PERSON,
    responsible: int | None = None,
    note: str = "",
    since: int = ALWAYS,
) -> int:
    """A new client's id. `since`: when it was registered, UTC epoch seconds. Raises Invalid without a name."""
    name = _checked(name)
    row = transaction.db.execute(
        "INSERT INTO client (name, fold, sort_key, kind, responsible_id, note, since) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " RETURNING id",
        (name, fold(name), sort_key(name), CLIENT_KIND_CODE[kind], responsible, clean(note, multiline=True), since),
    ).fetchall()[0]
    client = int(row[0])
    transaction.db.execute("INSERT INTO client_search (rowid, fold) VALUES (?, ?)", (client, fold(name)))
    transaction.touch(Kind.CLIENTS)
    return client


def rename_client(transaction: Transaction, client: int, name: str) -> None:
    """Give a client another name. Raises Invalid without one, NotFound without the client."""
    name = _checked(name)
    db = transaction.db
    row = db.execute("SELECT fold FROM client WHERE id = ?", (client,)).fetchone()
    if row is None:
        raise NotFound(N_("This client is not there any more."))
    # The index holds no texts of its own: it must be told the old one to forget it.
    db.execute("INSERT INTO client_search (client_search, rowid, fold) VALUES ('delete', ?, ?)", (client, row[0]))
    db.execute(
        "UPDATE client SET name = ?, fold = ?, sort_key = ? WHERE id = ?", (name, fold(name), sort_key(name), client)
    )
    db.execute("INSERT INTO client_search (rowid, fold) VALUES (?, ?)", (client, fold(name)))
    transaction.touch(Kind.CLIENTS)


def _checked(name: str) -> str:
    name = clean(name)
    if not name:
        raise Invalid(N_("A client needs a name."))
    return name


def link_number(transaction: Transaction, facts: FactWriter, text: str, client: int, known_since: int = ALWAYS) -> int:
    """Say that a number, as anybody writes it, is a client's since then; links all its calls, earlier and later.

    Gives the number's id. A number of another client moves. Raises Invalid for a text that is no number, NotFound
    without the client.
    """
    if not transaction.db.execute("SELECT 1 FROM client WHERE id = ?", (client,)).fetchone():
        raise NotFound(N_("This client is not there any more."))
    number = _number_id(transaction.db, text)
    _relink(transaction, facts, number, client, known_since)
    return number


def unlink_number(transaction: Transaction, facts: FactWriter, text: str) -> int:
    """Say that a number is nobody's; gives its id. Raises Invalid for a text that is no number."""
    number = _number_id(transaction.db, text)
    _relink(transaction, facts, number, None, None)
    return number


def _number_id(db: sqlite3.Connection, text: str) -> int:
    numbers = NumberIds(read_derive_settings(db).home_country)
    numbers.prepare(db, {clean(text): None})
    number = numbers.id_of(clean(text))
    if number is None:
        raise Invalid(N_("{text} is no number."), text=clean(text))
    return number


def _relink(
    transaction: Transaction, facts: FactWriter, number: int, client: int | None, known_since: int | None
) -> None:
    """Both clients' missed calls follow: the one that loses the number, and the one that gets it."""
    db = transaction.db
    before = db.execute("SELECT client_id, known_since FROM number WHERE id = ?", (number,)).fetchone()
    if before == (client, known_since):
        return
    touched = [found for found in (before[0], client) if found is not None]
    numbers = {number, *(n for found in numbers_of_clients(db, touched).values() for n in found)}
    db.execute("UPDATE number SET client_id = ?, known_since = ? WHERE id = ?", (client, known_since, number))
    facts.derive_numbers_again(transaction, numbers)
    transaction.touch(Kind.CLIENTS)
