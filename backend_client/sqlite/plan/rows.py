"""Rows of `task`: read as tasks to show, and as rows to change."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import astuple

from backend_client.errors import Forbidden, NotFound
from backend_client.model.permissions import Session
from backend_client.model.task import OPEN, Task, TaskHistory
from backend_client.model.text import N_
from backend_client.sqlite.access.scope import TaskScope, task_scope_of
from backend_client.sqlite.codes import TASK_EVENTS
from backend_client.sqlite.plan.codes import STATE_CODE, TASK_ORIGINS, TASK_STATES
from backend_client.sqlite.plan.days import iso_of, time_of
from backend_client.sqlite.plan.words import enter_words, leave_words
from backend_client.sqlite.statement import ids_json

OPEN_CODES = tuple(STATE_CODE[state] for state in OPEN)
IS_OPEN = f"t.state < {len(OPEN_CODES)}"
"""The open states are the first ones; so said, the index of open tasks serves."""
NOBODY = 0
"""The operator or manager of a task that has none; likewise reason 0."""


def scope_of(session: Session) -> TaskScope:
    """What tasks the session may see (T4). Raises Forbidden for who may see none."""
    scope = task_scope_of(session)
    if scope is None:
        raise Forbidden(N_("Your role has no part in the outbound plan."), N_("An administrator can allow it."))
    return scope


class TaskRow(Struct, gc=False):
    """A row of `task`, its fields in the order of the columns."""

    id: int
    day: int
    minute: int | None
    plan_day: int | None
    operator_id: int
    manager_id: int
    client_id: int | None
    number_id: int | None
    person: str
    address: str
    order_number: str
    amount: int | None
    currency: str
    last_delivery: int | None
    state: int
    reason_id: int
    reason: str
    postponed: int
    not_reached: int
    calls: int
    note: str
    origin: int
    call_id: int | None
    created: int
    changed: int
    revision: int


COLUMNS = TaskRow.__struct_fields__
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM task"
_SHOWN = (
    f"SELECT {', '.join(f't.{name}' for name in COLUMNS)}, k.name,"
    " coalesce(n.key, (SELECT o.key FROM number o WHERE o.client_id = t.client_id ORDER BY o.id LIMIT 1), '')"
    " FROM task t LEFT JOIN client k ON k.id = t.client_id LEFT JOIN number n ON n.id = t.number_id"
)


def read_row(db: sqlite3.Connection, task: int) -> TaskRow | None:
    """A row to change."""
    found = db.execute(f"{_SELECT} WHERE id = ?", (task,)).fetchone()
    return None if found is None else TaskRow(*found)


def visible_row(db: sqlite3.Connection, task: int, scope: TaskScope) -> TaskRow:
    """The same, of a task that the session may see. Raises NotFound, alike for one that is hidden and for none."""
    row = read_row(db, task)
    if row is None or not (scope.everything or row.operator_id == scope.employee_id):
        raise NotFound(N_("This task is not there any more."))
    return row


def write_row(db: sqlite3.Connection, row: TaskRow) -> None:
    """Bring the table to it."""
    values = astuple(row)
    before = db.execute("SELECT address, order_number FROM task WHERE id = ?", (row.id,)).fetchone()
    db.execute(
        f"UPDATE task SET {', '.join(f'{name} = ?' for name in COLUMNS[1:])} WHERE id = ?", (*values[1:], values[0])
    )
    if before != (row.address, row.order_number):
        leave_words(db, row.id, before)
        enter_words(db, row.id, (row.address, row.order_number))


def insert_row(db: sqlite3.Connection, row: TaskRow) -> int:
    """A new task's id; the row's own is not looked at."""
    values = astuple(row)[1:]
    found = db.execute(
        f"INSERT INTO task ({', '.join(COLUMNS[1:])}) VALUES ({', '.join('?' * len(values))}) RETURNING id", values
    ).fetchall()
    row.id = int(found[0][0])
    enter_words(db, row.id, (row.address, row.order_number))
    return row.id


def read_tasks(db: sqlite3.Connection, ids: Sequence[int], today: int) -> tuple[Task, ...]:
    """Tasks to show, in the order of the ids; those that are there."""
    found = db.execute(f"{_SHOWN} WHERE t.id IN (SELECT value FROM json_each(?))", (ids_json(ids),)).fetchall()
    tasks = {row[0]: _shown(TaskRow(*row[:-2]), row[-2] or "", row[-1], today) for row in found}
    return tuple(tasks[id] for id in ids if id in tasks)


def _shown(row: TaskRow, client: str, number: str, today: int) -> Task:
    return Task(
        id=row.id, revision=row.revision, contact_date=iso_of(row.day), contact_time=time_of(row.minute),
        plan_date=iso_of(row.plan_day), operator_id=row.operator_id or None, manager_id=row.manager_id or None,
        client_id=row.client_id, client=client, number=number, person=row.person, address=row.address,
        order=row.order_number, amount=row.amount, currency=row.currency, last_delivery=iso_of(row.last_delivery),
        state=TASK_STATES[row.state], overdue=row.state in OPEN_CODES and row.day < today,
        reason_id=row.reason_id or None, reason=row.reason, postponed=row.postponed, not_reached=row.not_reached,
        calls=row.calls, note=row.note, origin=TASK_ORIGINS[row.origin], call_id=row.call_id, created=row.created,
        changed=row.changed,
    )  # fmt: skip


def read_history(db: sqlite3.Connection, task: int) -> tuple[TaskHistory, ...]:
    """What was done to a task, oldest first."""
    rows = db.execute(
        "SELECT number, at, author_id, author, event, from_state, to_state, from_day, to_day, from_operator,"
        " to_operator, reason_id, text FROM task_history WHERE task_id = ? ORDER BY number",
        (task,),
    ).fetchall()
    return tuple(
        TaskHistory(
            number=number, at=at, author_id=author_id, author=author, event=TASK_EVENTS[event],
            from_state=None if was is None else TASK_STATES[was], to_state=None if now is None else TASK_STATES[now],
            from_date=iso_of(from_day), to_date=iso_of(to_day), from_operator=from_operator or None,
            to_operator=to_operator or None, reason_id=reason or None, text=text,
        )
        for (
            number, at, author_id, author, event, was, now, from_day, to_day, from_operator, to_operator, reason, text
        ) in rows
    )  # fmt: skip
