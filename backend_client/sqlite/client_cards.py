"""Cards of clients (C4), and the list of them by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

from backend_client.contract import PAGE_LIMIT, ClientList, ClientListRequest
from backend_client.errors import NotFound
from backend_client.model.client import ClientCard, ClientNumber, ClientRow, ContactPerson
from backend_client.model.text import N_, fold
from backend_client.sqlite.call_row import ids_json
from backend_client.sqlite.client_search import KINDS, matching
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.scope import Scope

SHOWN_NUMBERS, SHOWN_PERSONS = 5, 3
_ROW = "id, name, sort_key, kind, responsible_id, since, archived"


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


def read_client_list(db: sqlite3.Connection, request: ClientListRequest) -> ClientList:
    """Clients by name, around an anchor; or the best matches of a search."""
    change = db.execute("SELECT number FROM change").fetchone()[0]
    text = fold(request.search)
    if text:
        ids = matching(db, text, PAGE_LIMIT, request.archived)
        rows = _rows(db, request, f"id IN ({','.join(map(str, ids))})", (), "sort_key, id", PAGE_LIMIT)
        return ClientList(change=change, rows=_completed(db, rows))
    above: list[tuple[Any, ...]] = []
    below_limit = min(request.below, PAGE_LIMIT) + 1
    if request.last:
        above = _rows(db, request, "1", (), "sort_key DESC, id DESC", below_limit)[::-1]
        more = len(above) == below_limit
        return ClientList(change=change, rows=_completed(db, above[1:] if more else above), more_above=more)
    if request.anchor is None:
        below = _rows(db, request, "1", (), "sort_key, id", below_limit)
    else:
        place = (request.anchor.sort_key, request.anchor.id)
        # The anchor's own row comes beside those that were asked for.
        below_limit += 1
        below = _rows(db, request, "(sort_key, id) >= (?, ?)", place, "sort_key, id", below_limit)
        above_limit = min(request.above, PAGE_LIMIT) + 1
        above = _rows(db, request, "(sort_key, id) < (?, ?)", place, "sort_key DESC, id DESC", above_limit)[::-1]
    more_below = len(below) == below_limit
    more_above = request.anchor is not None and len(above) == min(request.above, PAGE_LIMIT) + 1
    rows = [*(above[1:] if more_above else above), *(below[:-1] if more_below else below)]
    return ClientList(change=change, rows=_completed(db, rows), more_above=more_above, more_below=more_below)


def _rows(
    db: sqlite3.Connection,
    request: ClientListRequest,
    condition: str,
    values: tuple[object, ...],
    order: str,
    limit: int,
) -> list[tuple[Any, ...]]:
    conditions = [f"archived = {int(request.archived)}", "merged_into IS NULL", condition]
    if request.kind is not None:
        conditions.append(f"kind = {CLIENT_KIND_CODE.get(request.kind, -1)}")
    if request.responsible:
        conditions.append(f"responsible_id IN ({','.join(str(int(i)) for i in request.responsible)})")
    return db.execute(
        f"SELECT {_ROW} FROM client WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?", (*values, limit)
    ).fetchall()


def _completed(db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> tuple[ClientRow, ...]:
    ids = [row[0] for row in rows]
    numbers = _texts(db, "SELECT client_id, key FROM number", ids, SHOWN_NUMBERS)
    persons = _texts(db, "SELECT client_id, name FROM person", ids, SHOWN_PERSONS)
    return tuple(
        ClientRow(
            id=id, name=name, sort_key=sort_key, kind=KINDS[kind], responsible_id=responsible, since=since,
            archived=bool(archived), numbers=numbers.get(id, ()), persons=persons.get(id, ()),
        )
        for id, name, sort_key, kind, responsible, since, archived in rows
    )  # fmt: skip


def _texts(db: sqlite3.Connection, query: str, clients: Collection[int], most: int) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for client, text in db.execute(
        f"{query} WHERE client_id IN (SELECT value FROM json_each(?)) ORDER BY id", (ids_json(clients),)
    ).fetchall():
        before = found.get(client, ())
        if len(before) < most:
            found[client] = (*before, text)
    return found
