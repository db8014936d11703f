"""Tasks of people who were forgotten (O3): they stay as they were counted; nothing says any more whose they were."""

from __future__ import annotations

from collections.abc import Iterable

from backend_client.contract.changes import Kind
from backend_client.model.task import TaskState
from backend_client.sqlite.plan.codes import STATE_CODE
from backend_client.sqlite.plan.filter import among
from backend_client.sqlite.plan.rows import OPEN_CODES
from backend_client.sqlite.plan.words import leave_words
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction

_CLOSED = STATE_CODE[TaskState.DROPPED_CONFIRMED]
_BLANK = (
    "UPDATE task SET client_id = NULL, person = '', address = '', order_number = '', reason = '', note = '',"
    f" state = CASE WHEN {among('state', OPEN_CODES)} THEN {_CLOSED} ELSE state END, revision = revision + 1"
    " WHERE id IN (SELECT value FROM json_each(?))"
)


def forget_tasks(transaction: Transaction, clients: Iterable[int], numbers: Iterable[int]) -> int:
    """Blank the tasks of these clients, and those to these numbers that are no other client's; an open one is closed,
    since there is nobody to call. A client who stays is called by another number. Gives how many were blanked."""
    db = transaction.db
    gone, lost = ids_json(clients), ids_json(numbers)
    db.execute(
        "UPDATE task SET number_id = NULL, revision = revision + 1 WHERE client_id IS NOT NULL"
        " AND number_id IN (SELECT value FROM json_each(?1)) AND client_id NOT IN (SELECT value FROM json_each(?2))",
        (lost, gone),
    )
    ids = [
        id
        for (id,) in db.execute(
            "SELECT id FROM task WHERE client_id IN (SELECT value FROM json_each(?1))"
            " UNION SELECT id FROM task WHERE client_id IS NULL AND number_id IN (SELECT value FROM json_each(?2))",
            (gone, lost),
        ).fetchall()
    ]
    transaction.task_tallies.changes(db, ids)
    chosen = ids_json(ids)
    found = "SELECT id, address, order_number FROM task WHERE id IN (SELECT value FROM json_each(?))"
    for task, *texts in db.execute(found, (chosen,)).fetchall():
        leave_words(db, task, texts)
    db.execute(_BLANK, (chosen,))
    db.execute("UPDATE task_history SET text = '' WHERE task_id IN (SELECT value FROM json_each(?))", (chosen,))
    db.execute("DELETE FROM client_address WHERE client_id IN (SELECT value FROM json_each(?))", (gone,))
    transaction.touch(Kind.TASKS)
    return len(ids)
