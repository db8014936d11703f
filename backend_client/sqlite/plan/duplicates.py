"""The same call twice: one client, contact date and order. An import, a person and a screen are held to one rule."""

from __future__ import annotations

import sqlite3

from backend_client.errors import Conflict
from backend_client.model.text import N_, fold
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.rows import TaskRow


def refuse_duplicate(db: sqlite3.Connection, row: TaskRow) -> None:
    """Raises Conflict, which names the task of the same client (or number) that has this order on this contact date,
    or had it before it was moved; two addresses are two calls."""
    column, party = ("client_id", row.client_id) if row.client_id is not None else ("number_id", row.number_id)
    known = db.execute(
        f"SELECT id, day, address FROM task WHERE {column} = ?1 AND order_number = ?3 AND id <> ?4"
        " AND (day = ?2 OR EXISTS (SELECT 1 FROM task_away w WHERE w.task_id = task.id AND w.day = ?2))",
        (party, row.day, row.order_number, row.id),
    )
    for task, day, address in known:
        if not address or not row.address or fold(address) == fold(row.address):
            raise _planned(task, row, day)


def _planned(task: int, row: TaskRow, day: int) -> Conflict:
    hint = N_("Change that task, or give this one another date or order.")
    if day == row.day:
        return Conflict(
            N_("The plan has this call already: task {task_id}, the same client, date and order."), hint, task_id=task
        )  # fmt: skip
    return Conflict(
        N_("The plan has this call already: task {task_id}, which was moved to {moved}."), hint,
        task_id=task, moved=iso_of(day),
    )  # fmt: skip
