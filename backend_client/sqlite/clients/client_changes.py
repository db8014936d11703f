"""Deeds on clients: register, assign, edit, merge, archive, unlink; each whole in the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from backend_client.contract.clients import (
    ArchiveClient,
    ClientChange,
    ClientDeed,
    EditClient,
    EditPerson,
    MergeClients,
    RegisterClient,
    UndoClientDeed,
    UnlinkNumber,
)
from backend_client.derive.numbering import numbering
from backend_client.errors import Conflict, Forbidden, Invalid, NotFound
from backend_client.model.permissions import Permission, Session
from backend_client.model.phone import NumberKind, number_key
from backend_client.model.text import N_, clean, fold, sort_key
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.clients.client_cards import count_calls, read_card
from backend_client.sqlite.clients.client_deeds import Recorder, finish_deed, undo_deed
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.numbers import NumberIds
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.transaction import Transaction

LONGEST_NAME = 500
LONGEST_NOTE = 20_000
"""Code points, after cleaning."""
_MANAGED = (UnlinkNumber, MergeClients, ArchiveClient)
"""Deeds of those who manage clients; the others are everyone's who may register."""


def change_client(
    transaction: Transaction, facts: FactWriter, session: Session, scope: Scope, deed: ClientDeed, now: int
) -> ClientChange:
    """Do it. Raises Forbidden, NotFound, Invalid, and Conflict for a number that is somebody else's or a card that
    was changed meanwhile."""
    needed = Permission.MANAGE_CLIENTS if isinstance(deed, _MANAGED) else Permission.REGISTER_CLIENT
    if not session.may(needed):
        raise Forbidden(N_("Your role may not do this to clients."), N_("Ask a supervisor or the administrator."))
    db = transaction.db
    if isinstance(deed, UndoClientDeed):
        number, client, moved = undo_deed(transaction, facts, session, deed.deed, now)
    else:
        recorder = Recorder(transaction)
        client = _do(recorder, session, deed, now)
        number, moved = finish_deed(recorder, facts, session, deed.__struct_config__.tag, client, now)  # type: ignore[arg-type]
    card = None if client is None else read_card(db, client, scope)
    return ClientChange(deed=number, client=card, calls=count_calls(db, moved, scope))


def _do(recorder: Recorder, session: Session, deed: ClientDeed, now: int) -> int:
    match deed:
        case RegisterClient():
            return _register(recorder, session, deed, now)
        case EditClient():
            return _edit(recorder, deed)
        case EditPerson():
            return _edit_person(recorder, deed)
        case UnlinkNumber():
            return _unlink(recorder, deed.number)
        case MergeClients():
            return _merge(recorder, deed)
        case ArchiveClient():
            _known(recorder.db, deed.id)
            _touched(recorder, deed.id, archived=int(deed.archived))
            return deed.id
    raise Invalid(N_("This console does not know this deed."))


def _register(recorder: Recorder, session: Session, deed: RegisterClient, now: int) -> int:
    db = recorder.db
    numbers = number_ids(db, deed.numbers)
    for text, number in numbers.items():
        _check_free(db, text, number, deed, session)
    if deed.client_id is None:
        client = insert_client(
            recorder, name=deed.name, kind=CLIENT_KIND_CODE.get(deed.kind, 0), note=deed.note, since=now,
            responsible_id=_employee(db, deed.responsible_id),
        )  # fmt: skip
    else:
        client = resolve_client(db, deed.client_id)
        if db.execute("SELECT archived FROM client WHERE id = ?", (client,)).fetchone()[0]:
            raise Invalid(N_("This client is in the archive."), N_("Somebody who manages clients can take it back."))
    person = deed.person_id
    if person is not None:
        if not db.execute("SELECT 1 FROM person WHERE id = ? AND client_id = ?", (person, client)).fetchone():
            raise NotFound(N_("This contact person is not there any more."))
    elif clean(deed.person):
        person = recorder.insert("person", client_id=client, name=checked_name(deed.person))
    for number in numbers.values():
        give_number(recorder, number, client, now, person)
    return client


def give_number(recorder: Recorder, number: int, client: int, known_since: int, person: int | None) -> None:
    """A number is this client's from now on; one that is already stays known since when it was."""
    before = recorder.touch("number", number)
    if before is not None and before[0] == client:
        if person is not None:
            recorder.update("number", number, person_id=person)
    else:
        recorder.update("number", number, client_id=client, known_since=known_since, person_id=person)


def _check_free(db: sqlite3.Connection, text: str, number: int, deed: RegisterClient, session: Session) -> None:
    """A number that is somebody else's never moves silently: Conflict says whose it is."""
    owner = owner_of(db, number)
    if owner is None or owner[0] == deed.client_id:
        return
    if deed.move and session.may(Permission.MANAGE_CLIENTS):
        return
    if deed.move:
        raise Forbidden(
            N_("{number} belongs to {client}, and your role may not move numbers between clients."),
            N_("Ask a supervisor or the administrator."), number=text, client=owner[1],
        )  # fmt: skip
    raise Conflict(
        N_("{number} belongs to {client}."), N_("It was not moved."),
        number=text, client=owner[1], client_id=owner[0], archived=bool(owner[2]),
    )  # fmt: skip


def owner_of(db: sqlite3.Connection, number: int) -> tuple[int, str, int] | None:
    """Id, name and whether archived of the client that has a number."""
    row: tuple[int, str, int] | None = db.execute(
        "SELECT k.id, k.name, k.archived FROM number n JOIN client k ON k.id = n.client_id WHERE n.id = ?", (number,)
    ).fetchone()
    return row


def number_ids(db: sqlite3.Connection, texts: Iterable[str]) -> dict[str, int]:
    """Ids of numbers as people write them, made where they are new. Raises Invalid for a text that is no number of
    somebody outside."""
    settings = read_derive_settings(db)
    tests, home = numbering(settings), settings.home_country
    cleaned = list(dict.fromkeys(filter(None, map(clean, texts))))
    for text in cleaned:
        key = number_key(text, home)
        if key.kind is NumberKind.WITHHELD or tests.is_withheld(text):
            raise Invalid(N_("{text} is no number."), text=text)
        if tests.is_internal(key.key) or _is_extension(db, key.key):
            raise Invalid(N_("{text} is an internal number: it belongs to an employee, not to a client."), text=text)
        if key.kind is NumberKind.SIP and "@" not in key.key:
            raise Invalid(N_("{text} is no number."), text=text)
    numbers = NumberIds(home)
    numbers.prepare(db, dict.fromkeys(cleaned))
    found = ((text, numbers.id_of(text)) for text in cleaned)
    return {text: id for text, id in found if id is not None}


def _is_extension(db: sqlite3.Connection, key: str) -> bool:
    return db.execute("SELECT 1 FROM extension WHERE number = ?", (key,)).fetchone() is not None


def insert_client(recorder: Recorder, *, name: str, note: str, source: str = "", **values: Any) -> int:
    """A new client's id. Raises Invalid without a name."""
    name = checked_name(name)
    return recorder.insert(
        "client", name=name, fold=fold(name), sort_key=sort_key(name), note=checked_note(note), source=source, **values
    )


def _edit(recorder: Recorder, deed: EditClient) -> int:
    db = recorder.db
    client = resolve_client(db, deed.id)
    current, revision = db.execute("SELECT name, revision FROM client WHERE id = ?", (client,)).fetchone()
    if revision != deed.revision:
        raise Conflict(
            N_("The card of {client} was changed meanwhile."), N_("Look at it again, then change it."),
            client=current, client_id=client,
        )  # fmt: skip
    name = checked_name(deed.name)
    _touched(
        recorder, client, name=name, fold=fold(name), sort_key=sort_key(name),
        kind=CLIENT_KIND_CODE.get(deed.kind, 0), responsible_id=_employee(db, deed.responsible_id),
        note=checked_note(deed.note),
    )  # fmt: skip
    return client


def _touched(recorder: Recorder, client: int, **values: object) -> None:
    """Change a client's row, if that changes anything; its revision goes on."""
    row = recorder.db.execute(f"SELECT revision, {', '.join(values)} FROM client WHERE id = ?", (client,)).fetchone()
    if tuple(row[1:]) != tuple(values.values()):
        recorder.update("client", client, **values, revision=row[0] + 1)


def _edit_person(recorder: Recorder, deed: EditPerson) -> int:
    row = recorder.touch("person", deed.id)
    if row is None:
        raise NotFound(N_("This contact person is not there any more."))
    if clean(deed.name):
        recorder.update("person", deed.id, name=checked_name(deed.name))
    else:
        for (number,) in recorder.db.execute("SELECT id FROM number WHERE person_id = ?", (deed.id,)).fetchall():
            recorder.update("number", number, person_id=None)
        recorder.db.execute("DELETE FROM person WHERE id = ?", (deed.id,))
    return int(row[0])


def _unlink(recorder: Recorder, text: str) -> int:
    settings = read_derive_settings(recorder.db)
    key = number_key(clean(text), settings.home_country).key
    row = recorder.db.execute("SELECT id, client_id FROM number WHERE key = ?", (key,)).fetchone()
    if row is None or row[1] is None:
        raise NotFound(N_("{number} belongs to no client."), number=clean(text))
    recorder.update("number", row[0], client_id=None, known_since=None, person_id=None)
    return int(row[1])


def _merge(recorder: Recorder, deed: MergeClients) -> int:
    db = recorder.db
    kept, other = resolve_client(db, deed.id), resolve_client(db, deed.other)
    if kept == other:
        raise Invalid(N_("These are one client already."))
    for (number,) in db.execute("SELECT id FROM number WHERE client_id = ?", (other,)).fetchall():
        recorder.update("number", number, client_id=kept)
    for (person,) in db.execute("SELECT id FROM person WHERE client_id = ?", (other,)).fetchall():
        recorder.update("person", person, client_id=kept)
    for (task,) in db.execute("SELECT id FROM task WHERE client_id = ?", (other,)).fetchall():
        recorder.update("task", task, client_id=kept)
    for (address,) in db.execute(
        "SELECT id FROM client_address a WHERE client_id = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM client_address b WHERE b.client_id = ?2 AND b.fold = a.fold)",
        (other, kept),
    ).fetchall():
        recorder.update("client_address", address, client_id=kept)
    notes = [db.execute("SELECT note FROM client WHERE id = ?", (id,)).fetchone()[0] for id in (kept, other)]
    _touched(recorder, kept, note="\n".join(filter(None, dict.fromkeys(notes))))
    _touched(recorder, other, archived=1, merged_into=kept)
    return kept


def resolve_client(db: sqlite3.Connection, client: int) -> int:
    """The id under which a client is kept, which may have been merged. Raises NotFound."""
    for _ in range(100):
        row = db.execute("SELECT merged_into FROM client WHERE id = ?", (client,)).fetchone()
        if row is None:
            break
        if row[0] is None:
            return client
        client = int(row[0])
    raise NotFound(N_("This client is not there any more."))


def _known(db: sqlite3.Connection, client: int) -> None:
    if resolve_client(db, client) != client:
        raise Invalid(N_("This client was merged into another one."))


def _employee(db: sqlite3.Connection, employee: int | None) -> int | None:
    if employee is not None and not db.execute("SELECT 1 FROM employee WHERE id = ?", (employee,)).fetchone():
        raise NotFound(N_("This employee is not there any more."))
    return employee


def checked_name(name: str) -> str:
    """A name, cleaned. Raises Invalid for none, and for one that nobody could read."""
    name = clean(name)
    if not name:
        raise Invalid(N_("A client needs a name."))
    if len(name) > LONGEST_NAME:
        raise Invalid(
            N_("The name has {length} characters; {limit} fit."), length=len(name), limit=LONGEST_NAME
        )  # fmt: skip
    return name


def checked_note(note: str) -> str:
    """A note, cleaned. Raises Invalid for one that is too long."""
    note = clean(note, multiline=True)
    if len(note) > LONGEST_NOTE:
        raise Invalid(
            N_("The note has {length} characters; {limit} fit."), length=len(note), limit=LONGEST_NOTE
        )  # fmt: skip
    return note
