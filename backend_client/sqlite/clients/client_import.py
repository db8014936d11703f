"""Clients out of a list from elsewhere: what is new is made, what is known is completed, what contradicts is told."""

from __future__ import annotations

import sqlite3

from backend_client.contract.clients import ImportClients, ImportedClients
from backend_client.derive.marks import ALWAYS
from backend_client.errors import BackendError, Invalid
from backend_client.model.client import ClientFate, ClientRecord, RecordFate
from backend_client.model.permissions import Session
from backend_client.model.text import N_, clean, fold
from backend_client.sqlite.clients.client_changes import checked_name, insert_client, number_ids, owner_of
from backend_client.sqlite.clients.client_deeds import Recorder, finish_deed
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.transaction import Transaction


def import_clients(
    transaction: Transaction, facts: FactWriter, session: Session, request: ImportClients, now: int
) -> ImportedClients:
    """Take these records in, each by its own fate; the caller undoes the transaction of a rehearsal.

    Links are known since the record says, else always, so that history follows (decision 5).
    """
    recorder = Recorder(transaction)
    fates = tuple(_take(recorder, record, request) for record in request.records)
    if recorder.changes():
        finish_deed(recorder, facts, session, "import", 0, now)
    return ImportedClients(fates=fates)


def _take(recorder: Recorder, record: ClientRecord, request: ImportClients) -> RecordFate:
    name = clean(record.name)
    try:
        checked_name(name)
        numbers = list(number_ids(recorder.db, record.numbers).values())
        responsible = employee_named(recorder.db, record.responsible)
    except BackendError as error:
        fields = {key: str(value) for key, value in error.fields.items()}
        return RecordFate(row=record.row, fate=ClientFate.REJECTED, name=name, reason=error.text, fields=fields)
    owners = {owner[0]: owner[1] for number in numbers if (owner := owner_of(recorder.db, number))}
    strangers = [known for known in owners.values() if fold(known) != fold(name)]
    if strangers or len(owners) > 1:
        known = next(iter(strangers or owners.values()))
        return _fate(record, name, ClientFate.TAKEN, N_("A number of it belongs to {client}."), client=known)
    client = next(iter(owners), None)
    if client is None:
        client = _namesake(recorder.db, name)
        if client is not None and numbers and not request.same_name:
            return _fate(
                record, name, ClientFate.SAME_NAME, N_("A client {client} is there, with other numbers."), client=name
            )
    if client is None:
        client = insert_client(
            recorder, name=name, note=record.note, source=clean(request.source), responsible_id=responsible,
            kind=CLIENT_KIND_CODE.get(record.kind, 0), since=record.known_since or 0,
        )  # fmt: skip
        _complete(recorder, client, numbers, record)
        return _fate(record, name, ClientFate.NEW)
    more = _complete(recorder, client, numbers, record)
    return _fate(record, name, ClientFate.EXTENDED if more else ClientFate.UNCHANGED)


def _complete(recorder: Recorder, client: int, numbers: list[int], record: ClientRecord) -> bool:
    """Add what the client lacks; whether it lacked anything. A link turns out older, never younger."""
    since = ALWAYS if record.known_since is None else record.known_since
    lacked = False
    for number in numbers:
        before = recorder.touch("number", number)
        assert before is not None
        if before[0] is None or before[1] > since:
            recorder.update("number", number, client_id=client, known_since=since)
            lacked = True
    rows = recorder.db.execute("SELECT name FROM person WHERE client_id = ?", (client,)).fetchall()
    known = {fold(name) for (name,) in rows}
    for person in filter(None, map(clean, record.persons)):
        if fold(person) not in known:
            recorder.insert("person", client_id=client, name=checked_name(person))
            known.add(fold(person))
            lacked = True
    return lacked


def _namesake(db: sqlite3.Connection, name: str) -> int | None:
    row = db.execute(
        "SELECT id FROM client INDEXED BY client_fold WHERE archived = 0 AND fold = ? ORDER BY id LIMIT 1",
        (fold(name),),
    ).fetchone()
    return None if row is None else int(row[0])


def employee_named(db: sqlite3.Connection, text: str) -> int | None:
    """The employee of this name, login or extension. Raises Invalid where nobody, or several, answer to it."""
    text = clean(text)
    if not text:
        return None
    rows = db.execute(
        "SELECT id FROM employee WHERE login = ?1 OR fold = ?2"
        " UNION SELECT employee_id FROM extension WHERE number = ?1",
        (text, fold(text)),
    ).fetchall()
    if len(rows) != 1:
        raise Invalid(N_("No one employee is called {name}."), name=text)
    return int(rows[0][0])


def _fate(record: ClientRecord, name: str, fate: ClientFate, reason: str = "", **fields: str) -> RecordFate:
    return RecordFate(row=record.row, fate=fate, name=name, reason=reason, fields=fields)
