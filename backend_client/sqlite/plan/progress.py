"""How far today's part of the outbound plan is, for the dashboard."""

from __future__ import annotations

import sqlite3

from backend_client.model.now import PlanProgress
from backend_client.model.task import TaskState
from backend_client.sqlite.plan.codes import STATE_CODE
from backend_client.sqlite.plan.rows import IS_OPEN

_TODAY = "SELECT state, count(*) FROM task INDEXED BY task_day WHERE day = ? GROUP BY state"
_AWAY = "SELECT count(*) FROM task_away INDEXED BY task_away_day WHERE day = ?1 AND day_now <> ?1"
"""Tasks that were moved away, and are not back."""
_OVERDUE = f"SELECT count(*) FROM task t INDEXED BY task_open WHERE t.day < ? AND {IS_OPEN}"


def read_plan_progress(db: sqlite3.Connection, today: int) -> PlanProgress:
    """Tasks with this local day (since 1970-01-01) as their contact date, those moved away from it included (T3)."""
    by_state = dict(db.execute(_TODAY, (today,)).fetchall())
    moved = int(db.execute(_AWAY, (today,)).fetchone()[0])

    def count(*states: TaskState) -> int:
        return sum(by_state.get(STATE_CODE[state], 0) for state in states)

    return PlanProgress(
        planned=sum(by_state.values()) + moved,
        done=count(TaskState.DONE_ORDER, TaskState.DONE),
        failed=count(TaskState.NOT_REACHED, TaskState.REFUSED),
        postponed=moved + count(TaskState.POSTPONED),
        overdue=int(db.execute(_OVERDUE, (today,)).fetchone()[0]),
    )
