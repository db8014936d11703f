"""The list of clients by name: pages around an anchor, narrowed by a `ClientFilter`, and how many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

from backend_client.contract.calls import Count
from backend_client.contract.clients import ClientList, ClientListRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.model.call_filter import CallFilter, ClientKind
from backend_client.model.client import ClientRow
from backend_client.model.client_filter import ClientFilter
from backend_client.model.filter_limits import check_filter
from backend_client.model.text import fold
from backend_client.sqlite.clients.client_search import KINDS
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.filter_sql import Viewer, span_of
from backend_client.sqlite.statement import Sql, among, conjunction, ids_json
from backend_client.sqlite.trigrams import TRIGRAM, dialled, phrase, tail

SHOWN_NUMBERS, SHOWN_PERSONS = 5, 3
FEW = 5_000
"""So many matches of a search are looked up by their ids; more are met soon enough on the way through the list."""
_ROW = "id, name, sort_key, kind, responsible_id, since, archived"
_HAS = {
    "assigned": "responsible_id IS NOT NULL",
    "numbers": "EXISTS (SELECT 1 FROM number n WHERE n.client_id = client.id)",
    "persons": "EXISTS (SELECT 1 FROM person p WHERE p.client_id = client.id)",
    "note": "note <> ''",
}


def read_client_list(db: sqlite3.Connection, request: ClientListRequest, viewer: Viewer) -> ClientList:
    """Clients by name, around an anchor. Raises Invalid for a period that cannot be read."""
    change = db.execute("SELECT number FROM change").fetchone()[0]
    wanted = conjunction(_conditions(db, request.filter, viewer))
    above: list[tuple[Any, ...]] = []
    below_limit = min(request.below, PAGE_LIMIT) + 1
    if request.last:
        above = _rows(db, wanted, "sort_key DESC, id DESC", below_limit)[::-1]
        more = len(above) == below_limit
        return ClientList(change=change, rows=_completed(db, above[1:] if more else above, request), more_above=more)
    if request.anchor is None:
        below = _rows(db, wanted, "sort_key, id", below_limit)
    else:
        place = (request.anchor.sort_key, request.anchor.id)
        # The anchor's own row comes beside those that were asked for.
        below_limit += 1
        from_it, before_it = Sql("(sort_key, id) >= (?, ?)", place), Sql("(sort_key, id) < (?, ?)", place)
        below = _rows(db, conjunction([wanted, from_it]), "sort_key, id", below_limit)
        above_limit = min(request.above, PAGE_LIMIT) + 1
        above = _rows(db, conjunction([wanted, before_it]), "sort_key DESC, id DESC", above_limit)[::-1]
    more_below = len(below) == below_limit
    more_above = request.anchor is not None and len(above) == min(request.above, PAGE_LIMIT) + 1
    rows = [*(above[1:] if more_above else above), *(below[:-1] if more_below else below)]
    return ClientList(change=change, rows=_completed(db, rows, request), more_above=more_above, more_below=more_below)


def count_clients(db: sqlite3.Connection, wanted: ClientFilter, viewer: Viewer, limit: int) -> Count:
    """How many there are, counted to a limit; 0 counts all."""
    which = conjunction(_conditions(db, wanted, viewer))
    bound = f" LIMIT {limit + 1}" if limit else ""
    query = f"SELECT count(*) FROM (SELECT 1 FROM client WHERE {which.text}{bound})"
    number = int(db.execute(query, which.values).fetchone()[0])
    return Count(number=number) if not limit or number <= limit else Count(number=limit, exact=False)


def _conditions(db: sqlite3.Connection, wanted: ClientFilter, viewer: Viewer) -> Iterator[Sql]:
    yield Sql(f"archived = {int(wanted.archived)}")
    yield Sql("merged_into IS NULL")
    if wanted.kinds:
        yield among("kind", [CLIENT_KIND_CODE.get(kind, -1) for kind in wanted.kinds if kind is not ClientKind.UNKNOWN])
    if wanted.responsible:
        yield among("responsible_id", wanted.responsible)
    if wanted.mine:
        yield among("responsible_id", (viewer.employee_id or 0,))
    for field, has in _HAS.items():
        asked = getattr(wanted, field)
        if asked is not None:
            yield Sql(has if asked else f"NOT ({has})")
    span = span_of(CallFilter(period=wanted.period), viewer)
    if span.start is not None:
        yield Sql("since >= ?", (span.start,))
    if span.end is not None:
        yield Sql("since < ?", (span.end,))
    check_filter(wanted)
    if text := fold(wanted.search):
        yield _found(db, text)


def _found(db: sqlite3.Connection, text: str) -> Sql:
    """The text stands in the name, in a contact person's, or in a number."""
    digits = dialled(text)
    if min(len(text), len(digits or text)) >= TRIGRAM:
        ids = _few(db, text, digits)
        if ids is not None:
            return Sql("id IN (SELECT value FROM json_each(?))", (ids_json(ids),))
    tests = [
        Sql("instr(fold, ?)", (text,)),
        Sql("id IN (SELECT client_id FROM person WHERE instr(fold, ?))", (text,)),
    ]
    if digits:
        has = "EXISTS (SELECT 1 FROM number n WHERE n.client_id = client.id AND instr(n.forms, ?))"
        tests.append(Sql(has, (digits,)))
    return Sql(f"({' OR '.join(test.text for test in tests)})", tuple(value for test in tests for value in test.values))


def _few(db: sqlite3.Connection, text: str, digits: str) -> set[int] | None:
    """Ids of all clients with the text; None where too many would have to be looked at."""
    queries = [
        Sql("SELECT rowid FROM client_search WHERE client_search MATCH ?", (phrase(text),)),
        Sql(
            "SELECT p.client_id FROM person_search s CROSS JOIN person p ON p.id = s.rowid WHERE person_search MATCH ?",
            (phrase(text),),
        ),
    ]
    if digits:
        queries.append(
            Sql(
                "SELECT CASE WHEN instr(n.forms, ?) THEN n.client_id END FROM number_search s"
                " CROSS JOIN number n ON n.id = s.rowid WHERE number_search MATCH ?",
                (digits, phrase(tail(digits))),
            )
        )
    found: set[int] = set()
    for query in queries:
        rows = db.execute(f"{query.text} LIMIT {FEW + 1}", query.values).fetchall()
        if len(rows) > FEW:
            return None
        found.update(id for (id,) in rows if id is not None)
    return found


def _rows(db: sqlite3.Connection, wanted: Sql, order: str, limit: int) -> list[tuple[Any, ...]]:
    return db.execute(
        f"SELECT {_ROW} FROM client WHERE {wanted.text} ORDER BY {order} LIMIT ?", (*wanted.values, limit)
    ).fetchall()


def _completed(
    db: sqlite3.Connection, rows: list[tuple[Any, ...]], request: ClientListRequest
) -> tuple[ClientRow, ...]:
    ids = [row[0] for row in rows]
    most = (None, None) if request.whole else (SHOWN_NUMBERS, SHOWN_PERSONS)
    numbers = _texts(db, "SELECT client_id, key FROM number", ids, most[0])
    persons = _texts(db, "SELECT client_id, name FROM person", ids, most[1])
    more = _rest(db, ids) if request.whole else {}
    return tuple(
        ClientRow(
            id=id, name=name, sort_key=sort_key, kind=KINDS[kind], responsible_id=responsible, since=since,
            archived=bool(archived), numbers=numbers.get(id, ()), persons=persons.get(id, ()),
            **more.get(id, {}),
        )
        for id, name, sort_key, kind, responsible, since, archived in rows
    )  # fmt: skip


def _rest(db: sqlite3.Connection, clients: Collection[int]) -> dict[int, dict[str, str]]:
    """What only whole rows have."""
    rows = db.execute(
        "SELECT k.id, coalesce(e.name, ''), k.note, k.source FROM client k LEFT JOIN employee e"
        " ON e.id = k.responsible_id WHERE k.id IN (SELECT value FROM json_each(?))",
        (ids_json(clients),),
    ).fetchall()
    return {id: {"responsible": name, "note": note, "source": source} for id, name, note, source in rows}


def _texts(
    db: sqlite3.Connection, query: str, clients: Collection[int], most: int | None
) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for client, text in db.execute(
        f"{query} WHERE client_id IN (SELECT value FROM json_each(?)) ORDER BY id", (ids_json(clients),)
    ).fetchall():
        before = found.get(client, ())
        if most is None or len(before) < most:
            found[client] = (*before, text)
    return found
