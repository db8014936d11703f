"""Cards of clients (C4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from backend_client.errors import NotFound
from backend_client.model.client import ClientCard, ClientNumber, ContactPerson
from backend_client.model.text import N_
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.clients.client_search import KINDS
from backend_client.sqlite.statement import ids_json


def read_card(db: sqlite3.Connection, client: int, scope: Scope) -> ClientCard:
    """The card of a client, with the calls that the reader may see counted. Raises NotFound."""
    row = db.execute(
        "SELECT name, kind, responsible_id, note, source, since, archived, revision FROM client WHERE id = ?", (client,)
    ).fetchone()
    if row is None:
        raise NotFound(N_("This client is not there any more."))
    name, kind, responsible, note, source, since, archived, revision = row
    numbers = db.execute(
        "SELECT id, key, coalesce(known_since, 0), person_id FROM number WHERE client_id = ? ORDER BY id", (client,)
    ).fetchall()
    persons = db.execute("SELECT id, name FROM person WHERE client_id = ? ORDER BY id", (client,)).fetchall()
    ids = [id for id, *_ in numbers]
    return ClientCard(
        id=client, name=name, kind=KINDS[kind], responsible_id=responsible, note=note, source=source, since=since,
        archived=bool(archived), revision=revision,
        numbers=tuple(ClientNumber(key=key, known_since=at, person_id=person) for _, key, at, person in numbers),
        persons=tuple(ContactPerson(id=id, name=person) for id, person in persons),
        calls=count_calls(db, ids, scope), last_call=_last_call(db, ids, scope),
    )  # fmt: skip


_SEEN = (
    " AND EXISTS (SELECT 1 FROM call_employee e WHERE e.employee_id = :employee AND e.start = c.start"
    " AND e.call_id = c.id)"
)


def count_calls(db: sqlite3.Connection, numbers: Iterable[int], scope: Scope) -> int:
    """How many calls of these numbers the reader may see."""
    found = _of_numbers(db, "count(*)", "", numbers, scope)
    return int(found[0][0]) if found else 0


def _last_call(db: sqlite3.Connection, numbers: Iterable[int], scope: Scope) -> int | None:
    found = [
        row[0]
        for number in numbers
        for row in _of_numbers(db, "c.start", "ORDER BY c.start DESC LIMIT 1", (number,), scope)
    ]
    return max(found, default=None)


def _of_numbers(
    db: sqlite3.Connection, what: str, order: str, numbers: Iterable[int], scope: Scope
) -> list[tuple[Any, ...]]:
    if scope.nothing:
        return []
    return db.execute(
        f"SELECT {what} FROM call c INDEXED BY call_number"
        f" WHERE c.number_id IN (SELECT value FROM json_each(:numbers)){'' if scope.all_calls else _SEEN} {order}",
        {"numbers": ids_json(numbers), "employee": scope.employee_id},
    ).fetchall()
