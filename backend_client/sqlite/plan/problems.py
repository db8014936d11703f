"""Problem clients (T3): dropped, refused, or not reached or postponed twice in the period."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from backend_client.model.plan_report import ProblemClient
from backend_client.model.task import TaskEvent, TaskState
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
    found = tuple(_problem(db, *row) for row in rows[:MOST])
    return found, len(rows) > MOST


def _problem(
    db: sqlite3.Connection,
    client: int | None,
    number: int | None,
    newest: int,
    tasks: str,
    dropped: int,
    refused: int,
    missed: int,
    moved: int,
) -> ProblemClient:
    name = db.execute("SELECT name FROM client WHERE id = ?", (client,)).fetchone()
    column, value = ("id", number) if client is None else ("client_id", client)
    key = db.execute(f"SELECT key FROM number WHERE {column} = ? ORDER BY id LIMIT 1", (value,)).fetchone()
    operator = db.execute("SELECT operator_id FROM task WHERE id = ?", (newest,)).fetchone()[0]
    ids = sorted(map(int, tasks.split(",")), reverse=True)
    return ProblemClient(
        client_id=client, name=name[0] if name else "", number=key[0] if key else "", operator_id=operator or None,
        tasks=tuple(ids[:TASKS]), dropped=dropped, refused=refused, not_reached=missed, postponed=moved,
    )  # fmt: skip
