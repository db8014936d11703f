"""Clients by a text as it is typed: name, contact person or number, from the first character on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from backend_client.contract.clients import Clients, ClientSearch
from backend_client.model.directory import ClientMatch
from backend_client.model.filter_limits import check_search
from backend_client.model.text import fold
from backend_client.sqlite.budget import OutOfSteps, step_budget
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.trigrams import TRIGRAM, dialled, phrase, tail

MOST = 100
LOOKED_AT = 500
"""Matches of a common text that are looked at for the best ones."""
SCAN_STEPS = 2_500_000
"""Bound of going through all names for one or two letters in their middle: 300,000 of them, in 25 ms."""
SIMILAR = 10
"""So many last digits in common suggest that a number is another spelling of one that is known (C5)."""
KINDS = {code: kind for kind, code in CLIENT_KIND_CODE.items()}
_LAST = "\U0010ffff"
"""After every text that begins alike."""
Matches = dict[int, str]
"""Ids of clients, best ones first, each with the contact person who was found; blank where the client was."""


def find_clients(db: sqlite3.Connection, request: ClientSearch) -> Clients:
    """Clients in whose name, or in one of whose contact persons or numbers, the text stands: that very name first,
    then names that begin with it, names a word of which does, and the rest. Those in the archive are left out."""
    check_search(request.text)
    text = fold(request.text)
    limit = max(0, min(request.limit, MOST))
    found = matching(db, text, limit)
    similar = [i for i in _similar(db, text, limit) if i not in found] if len(found) < limit else []
    clients = _clients(db, [*found, *similar][:limit])
    return Clients(
        clients=tuple(
            ClientMatch(
                id=i, name=name, kind=KINDS[kind], numbers=_numbers(db, i), similar=i in similar,
                person=found.get(i, ""),
            )
            for i, name, kind in clients
        )
    )  # fmt: skip


def matching(db: sqlite3.Connection, text: str, limit: int) -> Matches:
    """So many clients, best ones first, for a folded text; those in the archive are left out."""
    found: Matches = {}
    if not text or limit <= 0:
        return found
    short = (_beginning, _people, _by_number, _anywhere)
    for look in short if len(text) < TRIGRAM else (_beginning, _indexed, _by_number):
        for client, person in look(db, text, limit):
            found.setdefault(client, person)
        if len(found) >= limit:
            break
    return dict(list(found.items())[:limit])


def _beginning(db: sqlite3.Connection, text: str, limit: int) -> list[tuple[int, str]]:
    return db.execute(
        "SELECT id, '' FROM client INDEXED BY client_fold WHERE archived = 0 AND fold >= ? AND fold < ?"
        " ORDER BY fold LIMIT ?",
        (text, text + _LAST, limit),
    ).fetchall()


def _indexed(db: sqlite3.Connection, text: str, limit: int) -> list[tuple[int, str]]:
    """Names a word of which begins with the text, such contact persons, then both with it anywhere."""
    rows = db.execute(
        "SELECT k.fold, k.id, '' FROM client_search s CROSS JOIN client k ON k.id = s.rowid"
        " WHERE client_search MATCH ? AND k.archived = 0 LIMIT ?",
        (phrase(text), LOOKED_AT),
    ).fetchall()
    rows += db.execute(
        "SELECT p.fold, k.id, p.name FROM person_search s CROSS JOIN person p ON p.id = s.rowid"
        " CROSS JOIN client k ON k.id = p.client_id WHERE person_search MATCH ? AND k.archived = 0 LIMIT ?",
        (phrase(text), LOOKED_AT),
    ).fetchall()
    rows.sort(key=lambda row: (f" {text}" not in f" {row[0]}", bool(row[2]), row[0], row[1]))
    return [(client, person) for _, client, person in rows]


def _people(db: sqlite3.Connection, text: str, limit: int) -> list[tuple[int, str]]:
    return db.execute(
        "SELECT k.id, p.name FROM person p INDEXED BY person_fold CROSS JOIN client k ON k.id = p.client_id"
        " WHERE p.fold >= ? AND p.fold < ? AND k.archived = 0 ORDER BY p.fold LIMIT ?",
        (text, text + _LAST, limit),
    ).fetchall()


def _anywhere(db: sqlite3.Connection, text: str, limit: int) -> list[tuple[int, str]]:
    """Names a word of which begins with the text, then names with it inside, of the first that have it."""
    try:
        with step_budget(db, SCAN_STEPS):
            rows = db.execute(
                "SELECT fold, id FROM client INDEXED BY client_fold WHERE archived = 0 AND instr(fold, ?) LIMIT ?",
                (text, LOOKED_AT),
            ).fetchall()
    except OutOfSteps:
        return []
    rows.sort(key=lambda row: f" {text}" not in row[0])
    return [(client, "") for _, client in rows]


def _by_number(db: sqlite3.Connection, text: str, limit: int) -> Iterable[tuple[int, str]]:
    digits = dialled(text)
    if not digits:
        return []
    # A client may have several such numbers.
    most = limit * 3
    if len(digits) < TRIGRAM:
        # Nearly every number has them.
        return db.execute(
            "SELECT n.client_id, '' FROM number n JOIN client k ON k.id = n.client_id"
            " WHERE n.client_id IS NOT NULL AND k.archived = 0 AND instr(n.forms, ?) LIMIT ?",
            (digits, most),
        ).fetchall()
    return db.execute(
        "SELECT n.client_id, '' FROM number_search s CROSS JOIN number n ON n.id = s.rowid"
        " CROSS JOIN client k ON k.id = n.client_id"
        " WHERE number_search MATCH ? AND instr(n.forms, ?) AND k.archived = 0 LIMIT ?",
        (phrase(tail(digits)), digits, most),
    ).fetchall()


def _similar(db: sqlite3.Connection, text: str, limit: int) -> list[int]:
    """Clients with a number whose last ten digits are the same."""
    digits = dialled(text)
    if len(digits) <= SIMILAR:
        return []
    return [client for client, _ in _by_number(db, digits[-SIMILAR:], limit)]


def _clients(db: sqlite3.Connection, ids: list[int]) -> list[tuple[int, str, int]]:
    chosen = ",".join(map(str, ids))
    rows = db.execute(f"SELECT id, name, kind FROM client WHERE id IN ({chosen})").fetchall()
    known = {row[0]: row for row in rows}
    return [known[i] for i in ids if i in known]


def _numbers(db: sqlite3.Connection, client: int) -> tuple[str, ...]:
    rows = db.execute("SELECT key FROM number WHERE client_id = ? ORDER BY id LIMIT 20", (client,))
    return tuple(key for (key,) in rows.fetchall())
