"""Problem clients (T3): dropped, refused, or not reached or postponed twice in the period."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from backend_client.model.plan_report import ProblemClient
from backend_client.sqlite.plan.tallies import EVERYBODY
from backend_client.sqlite.statement import ids_json

if TYPE_CHECKING:
    from backend_client.sqlite.plan.report import Base

MOST = 500
TASKS = 100
"""Of each client."""
_MANAGERS = """
WITH RECURSIVE known(id) AS (SELECT min(manager_id) FROM task_trouble UNION ALL
  SELECT (SELECT min(manager_id) FROM task_trouble WHERE manager_id > known.id) FROM known WHERE id IS NOT NULL)
SELECT id FROM known WHERE id IS NOT NULL
"""


def read_problems(db: sqlite3.Connection, base: Base) -> tuple[tuple[ProblemClient, ...], bool]:
    """The clients with most trouble first, newer ones before older ones; whether there are more."""
    if base.every and not base.operators and base.delivery is None and len(base.managers) < 2:
        rows = db.execute(
            "SELECT party FROM party_trouble INDEXED BY party_trouble_most WHERE manager_id = ?"
            f" AND (closed > 0 OR open > 1) ORDER BY closed + open DESC, party DESC LIMIT {MOST + 1}",
            base.managers or (EVERYBODY,),
        ).fetchall()
    else:
        rows = _most(db, base)
    return _problems(db, base, [party for (party,) in rows[:MOST]]), len(rows) > MOST


def _most(db: sqlite3.Connection, base: Base) -> list[tuple[int]]:
    managers = sorted(set(base.managers)) or [id for (id,) in db.execute(_MANAGERS).fetchall()]
    values = {"managers": ids_json(managers), "first": base.first, "last": base.last}
    return db.execute(
        "SELECT party FROM json_each(:managers) m CROSS JOIN task_trouble t ON t.manager_id = m.value"
        f" WHERE t.day BETWEEN :first AND :last{base.of_operators} GROUP BY party"
        " HAVING sum(dropped + refused) > 0 OR sum(missed + moved) >= 2"
        f" ORDER BY sum(dropped + refused + missed + moved) DESC, party DESC LIMIT {MOST + 1}",
        values,
    ).fetchall()


def _problems(db: sqlite3.Connection, base: Base, parties: list[int]) -> tuple[ProblemClient, ...]:
    """What stands against each, with names, numbers, and whose the newest task is."""
    rows = db.execute(
        "SELECT j.value, group_concat(DISTINCT t.task_id), sum(t.dropped), sum(t.refused), sum(t.missed), sum(t.moved)"
        " FROM json_each(:parties) j CROSS JOIN task_trouble t INDEXED BY task_trouble_party ON t.party = j.value"
        f" WHERE t.day BETWEEN :first AND :last{base.of_operators} GROUP BY j.key ORDER BY j.key",
        {"parties": ids_json(parties), "first": base.first, "last": base.last},
    ).fetchall()
    tasks = {party: sorted(map(int, ids.split(",")), reverse=True) for party, ids, *_ in rows}
    newest = ids_json(ids[0] for ids in tasks.values())
    operators = dict(_of(db, "SELECT id, operator_id FROM task WHERE id", newest))
    clients, numbers = ids_json(one for one in parties if one > 0), ids_json(-one for one in parties if one < 0)
    names = dict(_of(db, "SELECT id, name FROM client WHERE id", clients))
    # Of several numbers of a client the first.
    first = dict(_of(db, "SELECT client_id, key FROM number WHERE client_id", clients, " ORDER BY id DESC"))
    keys = dict(_of(db, "SELECT id, key FROM number WHERE id", numbers))
    return tuple(
        ProblemClient(
            client_id=party if party > 0 else None, name=names.get(party, ""),
            number=keys.get(-party) or first.get(party, ""), operator_id=operators[tasks[party][0]] or None,
            tasks=tuple(tasks[party][:TASKS]),
            dropped=dropped, refused=refused, not_reached=missed, postponed=moved,
        )
        for party, _ids, dropped, refused, missed, moved in rows
    )  # fmt: skip


def _of(db: sqlite3.Connection, query: str, ids: str, rest: str = "") -> list[tuple[int, Any]]:
    return db.execute(f"{query} IN (SELECT value FROM json_each(?)){rest}", (ids,)).fetchall()
