"""Clients found by name or number, and callers of today who are none yet."""

from __future__ import annotations

import re
import sqlite3

from backend_client.contract import Clients, ClientSearch, Unsorted
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import ClientMatch
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction
from backend_client.model.text import fold
from backend_client.sqlite.codes import CLIENT_KIND_CODE
from backend_client.sqlite.filter_sql import Viewer, plan_of
from backend_client.sqlite.search import TRIGRAM, phrase

MOST = 100
LOOKED_AT = 500
"""Matches of a common text that are looked at for the best ones."""
_KINDS = {code: kind for kind, code in CLIENT_KIND_CODE.items()}


def find_clients(db: sqlite3.Connection, request: ClientSearch) -> Clients:
    """Clients in whose name, or in one of whose numbers, the text stands: those whose name begins with it first."""
    text = fold(request.text)
    if not text:
        return Clients()
    digits = re.sub(r"\D", "", text)
    ids = dict.fromkeys(_by_name(db, text))
    if len(digits) >= TRIGRAM and not re.search(r"[^\d\s+()./-]", text):
        ids.update(dict.fromkeys(_by_number(db, digits)))
    chosen = ",".join(map(str, ids))
    rows = db.execute(
        f"SELECT id, name, kind FROM client WHERE id IN ({chosen}) AND NOT archived"
        " ORDER BY fold <> ?, substr(fold, 1, ?) <> ?, sort_key, id LIMIT ?",
        (text, len(text), text, max(0, min(request.limit, MOST))),
    ).fetchall()
    return Clients(
        clients=tuple(
            ClientMatch(id=i, name=name, kind=_KINDS[kind], numbers=_numbers(db, i)) for i, name, kind in rows
        )
    )


def _by_name(db: sqlite3.Connection, text: str) -> list[int]:
    if len(text) >= TRIGRAM:
        query, value = "SELECT rowid FROM client_search WHERE client_search MATCH ? LIMIT ?", phrase(text)
    else:
        query, value = "SELECT id FROM client WHERE substr(fold, 1, length(?1)) = ?1 LIMIT ?2", text
    return [i for (i,) in db.execute(query, (value, LOOKED_AT)).fetchall()]


def _by_number(db: sqlite3.Connection, digits: str) -> list[int]:
    rows = db.execute(
        "SELECT n.client_id FROM number_search s CROSS JOIN number n ON n.id = s.rowid"
        " WHERE number_search MATCH ? AND n.client_id IS NOT NULL LIMIT ?",
        (phrase(digits), LOOKED_AT),
    )
    return [i for (i,) in rows.fetchall()]


def _numbers(db: sqlite3.Connection, client_id: int) -> tuple[str, ...]:
    rows = db.execute("SELECT key FROM number WHERE client_id = ? ORDER BY last_start DESC LIMIT 20", (client_id,))
    return tuple(key for (key,) in rows.fetchall())


TODAYS_STRANGERS = CallFilter(period=Period(preset=Preset.TODAY), directions=(Direction.INCOMING,), unregistered=True)


def count_unsorted(db: sqlite3.Connection, viewer: Viewer) -> Unsorted:
    """Today's incoming numbers that belong to no client, among the calls that the viewer may see (J1)."""
    plan = plan_of(TODAYS_STRANGERS, viewer, db)
    if not plan.sources:
        return Unsorted(numbers=0)
    query = plan.all_of("c.number_id")
    return Unsorted(
        numbers=int(db.execute(f"SELECT count(DISTINCT number_id) FROM ({query.text})", query.values).fetchone()[0])
    )
