"""Whether the attached calls are those that belong to the tasks, for `pult check`."""

from __future__ import annotations

import sqlite3

from backend_client.sqlite.plan.attempts import attempts_of, known_attempts
from backend_client.sqlite.upkeep.ledger import TOKEN


def wrong_attempts(db: sqlite3.Connection, newest: int | None) -> int:
    """How many of the newest tasks (None: of all) have other calls attached than belong to them, or another count."""
    tasks = db.execute(
        "SELECT t.id, t.calls FROM task t LEFT JOIN number n ON n.id = t.number_id"
        # Nobody stands behind a task that was forgotten; its calls stay as they were counted.
        " WHERE t.client_id IS NOT NULL OR n.key NOT LIKE :token || '%' ORDER BY t.id DESC LIMIT :newest",
        {"token": TOKEN, "newest": -1 if newest is None else newest},
    ).fetchall()
    return sum(_differs(db, task, calls) for task, calls in tasks)


def _differs(db: sqlite3.Connection, task: int, calls: int) -> bool:
    found = attempts_of(db, task)
    return found != known_attempts(db, task) or calls != len({call for _, _, call, _ in found})
