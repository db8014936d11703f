"""Problem clients (T3): dropped, refused, or not reached or postponed twice in the period."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from backend_client.model.plan_report import ProblemClient
from backend_client.model.task import TaskEvent, TaskState
from backend_client.sqlite.call_row import ids_json
from backend_client.sqlite.codes import EVENT_CODE, STATE_CODE
from backend_client.sqlite.plan.filter import among

if TYPE_CHECKING:
    from backend_client.sqlite.plan.report import Base

MOST = 500
TASKS = 100
"""Of each client."""
_DROPPED = (STATE_CODE[TaskState.DROPPED], STATE_CODE[TaskState.DROPPED_CONFIRMED])
_REFUSED = STATE_CODE[TaskState.REFUSED]
_MISSED, _MOVED = EVENT_CODE[TaskEvent.NOT_REACHED], EVENT_CODE[TaskEvent.POSTPONE]
_PARTY = "t.client_id, CASE WHEN t.client_id IS NULL THEN t.number_id END AS number_id, t.id AS task_id"


def read_problems(db: sqlite3.Connection, base: Base, operators: list[int]) -> tuple[tuple[ProblemClient, ...], bool]:
    """The clients with most trouble first; whether there are more."""
    rows = db.execute(
        f"""
        SELECT client_id, number_id, max(task_id), group_concat(DISTINCT task_id),
          sum(dropped), sum(refused), sum(missed), sum(moved) FROM (
            SELECT {_PARTY}, {among("t.state", _DROPPED)} AS dropped, t.state = {_REFUSED} AS refused,
              0 AS missed, 0 AS moved
            FROM task t INDEXED BY task_report
            WHERE {among("t.operator_id", operators)} AND {among("t.state", (*_DROPPED, _REFUSED))}
              AND t.day BETWEEN :first AND :last{base.narrower}
            UNION ALL
            SELECT {_PARTY}, 0, 0, h.event = {_MISSED}, h.event = {_MOVED}
            FROM task_history h INDEXED BY task_history_day CROSS JOIN task t ON t.id = h.task_id
            WHERE h.event BETWEEN 4 AND 7 AND h.event IN ({_MISSED}, {_MOVED})
              AND h.from_day BETWEEN :first AND :last{base.of_operators})
        GROUP BY client_id, number_id
        HAVING sum(dropped) + sum(refused) > 0 OR sum(missed) + sum(moved) >= 2
        ORDER BY sum(dropped) + sum(refused) + sum(missed) + sum(moved) DESC, max(task_id) DESC LIMIT {MOST + 1}
        """,
        {"first": base.first, "last": base.last},
    ).fetchall()
    return _problems(db, rows[:MOST]), len(rows) > MOST


def _problems(db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> tuple[ProblemClient, ...]:
    """The rows with names, numbers, and whose the newest task is."""
    clients, numbers = ids_json(row[0] for row in rows if row[0]), ids_json(row[1] for row in rows if row[1])
    names = dict(_of(db, "SELECT id, name FROM client WHERE id", clients))
    # Of several numbers of a client the first.
    first = dict(_of(db, "SELECT client_id, key FROM number WHERE client_id", clients, " ORDER BY id DESC"))
    keys = dict(_of(db, "SELECT id, key FROM number WHERE id", numbers))
    operators = dict(_of(db, "SELECT id, operator_id FROM task WHERE id", ids_json(row[2] for row in rows)))
    return tuple(
        ProblemClient(
            client_id=client, name=names.get(client, ""), number=keys.get(number) or first.get(client, ""),
            operator_id=operators[newest] or None,
            tasks=tuple(sorted(map(int, tasks.split(",")), reverse=True)[:TASKS]),
            dropped=dropped, refused=refused, not_reached=missed, postponed=moved,
        )
        for client, number, newest, tasks, dropped, refused, missed, moved in rows
    )  # fmt: skip


def _of(db: sqlite3.Connection, query: str, ids: str, rest: str = "") -> list[tuple[int, Any]]:
    return db.execute(f"{query} IN (SELECT value FROM json_each(?)){rest}", (ids,)).fetchall()
