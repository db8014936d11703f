"""Problem clients (T3): dropped, refused, or not reached or postponed twice in the period."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from backend_client.contract.plan_report import ProblemClient
from backend_client.sqlite.statement import ids_json

if TYPE_CHECKING:
    from backend_client.sqlite.plan.ranking import Troubled
    from backend_client.sqlite.plan.report import Base

MOST = 500
TASKS = 100
"""Of each client."""
_FIRST_NUMBER = """
SELECT j.value, n.key FROM json_each(?) j
CROSS JOIN number n ON n.id = (SELECT min(id) FROM number WHERE client_id = j.value)
"""


def read_problems(db: sqlite3.Connection, base: Base) -> tuple[tuple[ProblemClient, ...], bool]:
    """The clients with most trouble first, newer ones before older ones; whether there are more."""
    # numpy: 40 ms, once.
    from backend_client.sqlite.plan.ranking import most_troubled

    found = most_troubled(db, base, MOST + 1)
    return _named(db, found[:MOST]), len(found) > MOST


def _named(db: sqlite3.Connection, found: list[Troubled]) -> tuple[ProblemClient, ...]:
    """With names, numbers, and whose the newest task is."""
    parties = [one.party for one in found]
    newest = ids_json(one.tasks[0] for one in found)
    operators = dict(_of(db, "SELECT id, operator_id FROM task WHERE id", newest))
    clients, numbers = ids_json(one for one in parties if one > 0), ids_json(-one for one in parties if one < 0)
    names = dict(_of(db, "SELECT id, name FROM client WHERE id", clients))
    first = dict(db.execute(_FIRST_NUMBER, (clients,)).fetchall())
    keys = dict(_of(db, "SELECT id, key FROM number WHERE id", numbers))
    return tuple(
        ProblemClient(
            client_id=party if party > 0 else None, name=names.get(party, ""),
            number=keys.get(-party) or first.get(party, ""), operator_id=operators[tasks[0]] or None,
            tasks=tuple(tasks[:TASKS]), dropped=dropped, refused=refused, not_reached=missed, postponed=moved,
        )
        for party, tasks, (dropped, refused, missed, moved) in found
    )  # fmt: skip


def _of(db: sqlite3.Connection, query: str, ids: str) -> list[tuple[int, Any]]:
    return db.execute(f"{query} IN (SELECT value FROM json_each(?))", (ids,)).fetchall()
