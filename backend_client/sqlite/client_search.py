"""Clients by a text as it is typed: name or number, from the first character on, in a few milliseconds."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator

from backend_client.contract import Clients, ClientSearch
from backend_client.model.directory import ClientMatch
from backend_client.model.text import fold
from backend_client.sqlite.budget import OutOfSteps, step_budget
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.search import LONG, TAIL, TRIGRAM, phrase

MOST = 100
LOOKED_AT = 500
"""Matches of a common text that are looked at for the best ones."""
SCAN_STEPS = 150_000
"""Bound of going through all names for one or two letters in their middle (8 ms each)."""
SIMILAR = 10
"""So many last digits in common suggest that a number is another spelling of one that is known (C5)."""
KINDS = {code: kind for kind, code in CLIENT_KIND_CODE.items()}
_DIALLED = re.compile(r"[\d\s+()./-]+")
_LAST = "\U0010ffff"
"""After every text that begins alike."""


def find_clients(db: sqlite3.Connection, request: ClientSearch) -> Clients:
    """Clients in whose name, or in one of whose numbers, the text stands: that very name first, then names that begin
    with it, names a word of which does, and the rest. Clients in the archive are left out."""
    text = fold(request.text)
    limit = max(0, min(request.limit, MOST))
    ids = matching(db, text, limit)
    similar = [i for i in _similar(db, text, limit) if i not in ids] if len(ids) < limit else []
    found = _matches(db, [*ids, *similar])
    return Clients(
        clients=tuple(
            ClientMatch(id=i, name=name, kind=KINDS[kind], numbers=_numbers(db, i), similar=i in similar)
            for i, name, kind in found[:limit]
        )
    )


def matching(db: sqlite3.Connection, text: str, limit: int, archived: bool = False) -> list[int]:
    """Ids of so many clients, best ones first, for a folded text; of those in the archive, or of the others."""
    if not text or limit <= 0:
        return []
    ids = dict.fromkeys(_beginning(db, text, limit, archived))
    if len(ids) < limit:
        ids.update(dict.fromkeys(_inside(db, text, limit, archived)))
    digits = re.sub(r"\D", "", text) if _DIALLED.fullmatch(text) else ""
    if digits and len(ids) < limit:
        ids.update(dict.fromkeys(_by_number(db, digits, limit, archived)))
    return list(ids)[:limit]


def _beginning(db: sqlite3.Connection, text: str, limit: int, archived: bool) -> Iterable[int]:
    rows = db.execute(
        "SELECT id FROM client INDEXED BY client_fold WHERE archived = ? AND fold >= ? AND fold < ?"
        " ORDER BY fold LIMIT ?",
        (archived, text, text + _LAST, limit),
    )
    return [i for (i,) in rows.fetchall()]


def _inside(db: sqlite3.Connection, text: str, limit: int, archived: bool) -> Iterator[int]:
    """Names a word of which begins with the text, then those with it anywhere."""
    if len(text) >= TRIGRAM:
        rows = db.execute(
            "SELECT k.id, k.fold FROM client_search s CROSS JOIN client k ON k.id = s.rowid"
            " WHERE client_search MATCH ? AND k.archived = ? LIMIT ?",
            (phrase(text), archived, LOOKED_AT),
        ).fetchall()
        rows.sort(key=lambda row: (f" {text}" not in f" {row[1]}", row[1], row[0]))
        yield from (i for i, _ in rows)
        return
    for part in (f" {text}", text):
        try:
            with step_budget(db, SCAN_STEPS):
                yield from _scanned(db, part, limit, archived)
        except OutOfSteps:
            continue


def _scanned(db: sqlite3.Connection, part: str, limit: int, archived: bool) -> list[int]:
    rows = db.execute(
        "SELECT id FROM client INDEXED BY client_fold WHERE archived = ? AND instr(fold, ?) LIMIT ?",
        (archived, part, limit),
    )
    return [i for (i,) in rows.fetchall()]


def _by_number(db: sqlite3.Connection, digits: str, limit: int, archived: bool) -> list[int]:
    if len(digits) < TRIGRAM:
        # Nearly every number has them.
        rows = db.execute(
            "SELECT n.client_id FROM number n JOIN client k ON k.id = n.client_id"
            " WHERE n.client_id IS NOT NULL AND k.archived = ? AND instr(n.forms, ?) LIMIT ?",
            (archived, digits, limit),
        )
    else:
        # The first digits of a long number, such as a country code, are common: it is looked up by its last ones.
        tail = digits[-TAIL:] if len(digits) >= LONG else digits
        rows = db.execute(
            "SELECT n.client_id FROM number_search s CROSS JOIN number n ON n.id = s.rowid"
            " CROSS JOIN client k ON k.id = n.client_id"
            " WHERE number_search MATCH ? AND instr(n.forms, ?) AND k.archived = ? LIMIT ?",
            (phrase(tail), digits, archived, LOOKED_AT),
        )
    return [i for (i,) in rows.fetchall()]


def _similar(db: sqlite3.Connection, text: str, limit: int) -> list[int]:
    """Clients with a number whose last ten digits are the same."""
    digits = re.sub(r"\D", "", text)
    if len(digits) <= SIMILAR or not _DIALLED.fullmatch(text):
        return []
    return _by_number(db, digits[-SIMILAR:], limit, False)


def _matches(db: sqlite3.Connection, ids: list[int]) -> list[tuple[int, str, int]]:
    chosen = ",".join(map(str, ids))
    rows = db.execute(f"SELECT id, name, kind FROM client WHERE id IN ({chosen})").fetchall()
    known = {row[0]: row for row in rows}
    return [known[i] for i in ids if i in known]


def _numbers(db: sqlite3.Connection, client: int) -> tuple[str, ...]:
    rows = db.execute("SELECT key FROM number WHERE client_id = ? ORDER BY id LIMIT 20", (client,))
    return tuple(key for (key,) in rows.fetchall())
