"""Tasks by the rule: clients whose last delivery is long ago, with a repeat interval."""

from __future__ import annotations

import sqlite3

from msgspec import Struct

from backend_client.contract.tasks import GeneratedTasks, GenerateTasks
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import Invalid
from backend_client.model.task import TaskOrigin, TaskState
from backend_client.model.text import N_, fold
from backend_client.sqlite.plan.codes import ORIGIN_CODE, STATE_CODE
from backend_client.sqlite.plan.days import read_day
from backend_client.sqlite.plan.filter import among
from backend_client.sqlite.plan.rows import NOBODY, OPEN_CODES, TaskRow, read_tasks
from backend_client.sqlite.plan.writing import Author, add_row, known_holder, new_row, takes_tasks
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction

LONGEST = 3660
"""Days."""
_ORDERED = STATE_CODE[TaskState.DONE_ORDER]
_DUE = f"""
SELECT t.client_id, t.address, max(max(coalesce(t.last_delivery, -1),
    CASE WHEN t.state = {_ORDERED} AND t.plan_day <= :today THEN t.plan_day ELSE -1 END)) AS delivered
FROM task t {{which}} GROUP BY t.client_id, t.address
HAVING delivered >= 0 AND delivered < :today - :days AND max({among("t.state", OPEN_CODES)}) = 0
  AND max(t.day) <= :contact - :repeat
  AND NOT EXISTS (SELECT 1 FROM client_address a WHERE a.client_id = t.client_id AND a.fold = fold(t.address))
ORDER BY delivered, t.client_id, t.address LIMIT :limit
"""
_LATEST = (
    "SELECT operator_id, manager_id, number_id, person FROM task WHERE client_id = ? AND address = ?"
    " ORDER BY day DESC, id DESC LIMIT 1"
)


class Due(Struct, frozen=True):
    """A client, by address, and the day of the last delivery there."""

    client_id: int
    address: str
    delivered: int


def due_clients(db: sqlite3.Connection, request: GenerateTasks, today: int) -> list[int]:
    """Clients whom the rule asks to call, as many as one request makes tasks for, and one more. Goes through all
    tasks, so it is read outside of the transaction that writes. Raises Invalid for a rule that cannot be."""
    if not 0 <= request.days <= LONGEST or not 0 <= request.repeat <= LONGEST:
        raise Invalid(N_("Days are counted from 0 to {most}."), most=LONGEST)
    if request.deliver_after is not None and not 0 <= request.deliver_after <= LONGEST:
        raise Invalid(N_("Days are counted from 0 to {most}."), most=LONGEST)
    if read_day(request.contact_date) < today:
        raise Invalid(N_("Calls are planned for today or later."))
    return list(dict.fromkeys(due.client_id for due in _due(db, request, today, None)))


def generate_tasks(
    transaction: Transaction, author: Author, request: GenerateTasks, clients: list[int]
) -> GeneratedTasks:
    """Make a task for each of these clients whom the rule still asks to call; the caller undoes a rehearsal."""
    db = transaction.db
    operators = [known_holder(db, operator) for operator in request.operators]
    due = _due(db, request, author.today, clients)
    made = []
    for place, one in enumerate(due[:PAGE_LIMIT]):
        row = _row_of(db, request, one)
        if operators:
            row.operator_id = operators[place % len(operators)]
        made.append(add_row(transaction, author, row))
    return GeneratedTasks(tasks=read_tasks(db, made, author.today), more=len(due) > PAGE_LIMIT)


def _due(db: sqlite3.Connection, request: GenerateTasks, today: int, clients: list[int] | None) -> list[Due]:
    which = "WHERE t.client_id IS NOT NULL"
    if clients is not None:
        which = "WHERE t.client_id IN (SELECT value FROM json_each(:clients))"
    archived = " AND EXISTS (SELECT 1 FROM client k WHERE k.id = t.client_id AND k.archived = 0)"
    # Addresses that fell away are kept by their folded form.
    db.create_function("fold", 1, fold, deterministic=True)
    rows = db.execute(
        _DUE.format(which=which + archived),
        {
            # Even where any number of days between two tasks will do, nobody is called twice on one.
            "today": today, "days": request.days, "repeat": max(1, request.repeat), "limit": PAGE_LIMIT + 1,
            "contact": read_day(request.contact_date), "clients": ids_json(clients or ()),
        },
    ).fetchall()  # fmt: skip
    return [Due(*row) for row in rows]


def _row_of(db: sqlite3.Connection, request: GenerateTasks, due: Due) -> TaskRow:
    """Like the client's latest task, for the day of the rule."""
    row = new_row()
    operator, row.manager_id, row.number_id, row.person = db.execute(_LATEST, (due.client_id, due.address)).fetchone()
    row.operator_id = operator if takes_tasks(db, operator) else NOBODY
    row.day = read_day(request.contact_date)
    row.plan_day = None if request.deliver_after is None else row.day + request.deliver_after
    row.client_id, row.address, row.last_delivery = due.client_id, due.address, due.delivered
    row.origin = ORIGIN_CODE[TaskOrigin.RULE]
    return row
