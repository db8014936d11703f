"""Deeds on tasks: outcomes are the operator's, everything else is of those who manage the plan (T1, T4)."""

from __future__ import annotations

import sqlite3
from copy import copy

from msgspec import structs

from backend_client.contract.tasks import (
    AddTask,
    ConfirmDrop,
    DoneTask,
    DropTask,
    EditTask,
    MissTask,
    PostponeTask,
    ReassignTasks,
    RefuseTask,
    ReopenTask,
    ReturnTask,
    TaskChange,
    TaskDeed,
)
from backend_client.errors import Conflict, Forbidden, Invalid, NotFound
from backend_client.model.audit import Deed
from backend_client.model.permissions import Permission
from backend_client.model.task import OPEN, TaskOrigin, TaskState, may_follow
from backend_client.model.task_event import REASONED, TaskEvent
from backend_client.model.text import N_, fold
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.access.scope import Scope, TaskScope
from backend_client.sqlite.codes import EVENT_CODE
from backend_client.sqlite.details import visible_call
from backend_client.sqlite.plan.codes import ORIGIN_CODE, STATE_CODE, TASK_STATES
from backend_client.sqlite.plan.days import iso_of, read_day, read_minute, read_optional_day
from backend_client.sqlite.plan.duplicates import refuse_duplicate
from backend_client.sqlite.plan.reassigning import reassign_tasks
from backend_client.sqlite.plan.rows import (
    NOBODY,
    TaskRow,
    read_row,
    read_tasks,
    scope_of,
    visible_row,
)
from backend_client.sqlite.plan.writing import (
    Author,
    add_row,
    change_row,
    check_dates,
    checked_line,
    new_row,
    put_fields,
    put_order,
)
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.upkeep.ledger import TOKEN

_MANAGED = (AddTask, EditTask, ConfirmDrop, ReturnTask, ReassignTasks)
Outcome = DoneTask | MissTask | PostponeTask | RefuseTask | DropTask | ConfirmDrop | ReturnTask | ReopenTask
_EVENTS: dict[type, TaskEvent] = {
    EditTask: TaskEvent.EDIT,
    DoneTask: TaskEvent.DONE,
    MissTask: TaskEvent.NOT_REACHED,
    PostponeTask: TaskEvent.POSTPONE,
    RefuseTask: TaskEvent.REFUSE,
    DropTask: TaskEvent.DROP,
    ConfirmDrop: TaskEvent.CONFIRM_DROP,
    ReturnTask: TaskEvent.RETURN,
    ReopenTask: TaskEvent.REOPEN,
}


def change_task(transaction: Transaction, author: Author, calls: Scope, deed: TaskDeed) -> TaskChange:
    """Do it. Raises Forbidden, NotFound, Conflict for a task that was changed meanwhile, and Invalid for what may not
    follow on the task's state or cannot be."""
    scope = scope_of(author.session)
    if isinstance(deed, _MANAGED) and not author.session.may(Permission.MANAGE_PLAN):
        raise Forbidden(N_("Your role may not change the plan."), N_("The head and the administrator may."))
    if not author.session.may(Permission.MANAGE_PLAN) and not author.session.may(Permission.OWN_TASKS):
        raise Forbidden(N_("You may look at the plan only."), N_("An administrator can allow more."))
    if isinstance(deed, ReassignTasks):
        return reassign_tasks(transaction, author, scope, deed)
    id = _add(transaction, author, calls, deed) if isinstance(deed, AddTask) else _change(transaction, author, deed)
    record(transaction, author.session, Deed.TASK, author.now, object_id=id)
    # The attached calls follow at the end of the transaction, too late for this answer.
    transaction.attach()
    row = read_row(transaction.db, id)
    seen = row is not None and (scope.everything or row.operator_id == scope.employee_id)
    return TaskChange(task=read_tasks(transaction.db, [id], author.today)[0] if seen else None)


def _add(transaction: Transaction, author: Author, calls: Scope, deed: AddTask) -> int:
    db, row, origin = transaction.db, new_row(), TaskOrigin.HAND
    if deed.call_id is not None:
        row.call_id, origin = visible_call(db, deed.call_id, calls), TaskOrigin.CALL
        deed = _of_call(db, row.call_id, deed)
    put_fields(db, row, deed)
    _check_day(author, row, past=deed.past)
    refuse_duplicate(db, row)
    row.origin = ORIGIN_CODE[origin]
    _restore_address(db, row)
    return add_row(transaction, author, row)


def _of_call(db: sqlite3.Connection, call: int, deed: AddTask) -> AddTask:
    """With the number of the call, where nobody is named."""
    if deed.client_id is not None or deed.number:
        return deed
    found = db.execute(
        "SELECT n.key FROM call c JOIN number n ON n.id = c.number_id WHERE c.id = ?", (call,)
    ).fetchone()
    if found is None:
        raise Invalid(N_("The number of this call is not known, so it cannot be called."))
    return structs.replace(deed, number=found[0])


def _change(transaction: Transaction, author: Author, deed: EditTask | Outcome) -> int:
    db = transaction.db
    before = _own_row(db, author, deed)
    event = _EVENTS[type(deed)]
    if not may_follow(event, TASK_STATES[before.state]):
        raise _out_of_turn(event, TASK_STATES[before.state])
    after = copy(before)
    if isinstance(deed, EditTask):
        _edit(db, author, before, after, deed)
        change_row(transaction, author, event, before, after)
        return before.id
    text = checked_line(deed.text)
    reason = _reason(db, event, deed.reason_id, text) if isinstance(deed, _REASONED) else NOBODY
    _apply(db, author, after, deed)
    if isinstance(deed, _REASONED):
        after.reason_id, after.reason = reason, text
    change_row(transaction, author, event, before, after, reason_id=reason, text=text)
    return before.id


_REASONED = (PostponeTask, RefuseTask, DropTask)
_REASONED_CODES = frozenset(EVENT_CODE[event] for event in REASONED)


def _own_row(db: sqlite3.Connection, author: Author, deed: EditTask | Outcome) -> TaskRow:
    """The row that a deed changes. An outcome is its operator's, or of who manages the plan."""
    scope = scope_of(author.session)
    managed = author.session.may(Permission.MANAGE_PLAN)
    row = visible_row(db, deed.id, TaskScope(managed, scope.employee_id))
    if row.revision != deed.revision:
        at, by = db.execute(
            "SELECT at, author FROM task_history WHERE task_id = ? ORDER BY number DESC LIMIT 1", (row.id,)
        ).fetchone()
        raise Conflict(
            N_("{author} changed this task meanwhile."), N_("Look at it again."), author=by, at=at, task_id=row.id
        )  # fmt: skip
    return row


def _out_of_turn(event: TaskEvent, state: TaskState) -> Invalid:
    """Why that may not be done to a task in this state."""
    if event in (TaskEvent.CONFIRM_DROP, TaskEvent.RETURN):
        return Invalid(N_("The address of this task has not fallen away, so there is nothing to decide."))
    if event is TaskEvent.REOPEN:
        return Invalid(N_("This task is open; there is no outcome to take back."))
    if state is TaskState.DROPPED:
        return Invalid(
            N_("The address of this task fell away."), N_("Who manages the plan confirms that, or returns the task.")
        )  # fmt: skip
    return Invalid(N_("This task is closed."), N_("Take its outcome back first."))


def _edit(db: sqlite3.Connection, author: Author, before: TaskRow, after: TaskRow, deed: EditTask) -> None:
    put_fields(db, after, deed)
    if after.day != before.day:
        if TASK_STATES[before.state] not in OPEN:
            raise Invalid(N_("This task is closed, so its contact date stays."), N_("Take its outcome back first."))
        _check_day(author, after, past=deed.past)
    if _call_of(after) != _call_of(before):
        refuse_duplicate(db, after)


def _call_of(row: TaskRow) -> tuple[object, ...]:
    """What makes it another call than the client's others."""
    return row.client_id, row.number_id, row.day, row.order_number, fold(row.address)


def _check_day(author: Author, row: TaskRow, *, past: bool) -> None:
    """Raises Invalid for a contact date that has gone by, where that is not what is wanted."""
    if row.day < author.today and not past:
        raise Invalid(
            N_("The contact date {contact} has gone by."), N_("Calls are planned for today or later."),
            contact=iso_of(row.day),
        )  # fmt: skip


def _apply(db: sqlite3.Connection, author: Author, row: TaskRow, deed: Outcome) -> None:
    """What an outcome makes of the row."""
    match deed:
        case DoneTask():
            row.state = STATE_CODE[TaskState.DONE_ORDER if deed.with_order else TaskState.DONE]
            if deed.order or deed.amount is not None:
                amount = row.amount if deed.amount is None else deed.amount
                put_order(row, deed.order or row.order_number, amount, deed.currency or row.currency)
        case MissTask():
            row.state, row.not_reached = STATE_CODE[TaskState.NOT_REACHED], row.not_reached + 1
        case PostponeTask():
            _postpone(author, row, deed)
        case RefuseTask():
            row.state = STATE_CODE[TaskState.REFUSED]
        case DropTask():
            row.state = STATE_CODE[TaskState.DROPPED]
        case ConfirmDrop():
            row.state = STATE_CODE[TaskState.DROPPED_CONFIRMED]
            _archive_address(db, row, author.now)
        case ReturnTask():
            _return(author, row, deed)
        case ReopenTask():
            _reopen(db, author, row)


def _postpone(author: Author, row: TaskRow, deed: PostponeTask) -> None:
    day, minute = read_day(deed.contact_date), read_minute(deed.contact_time)
    if day < author.today:
        raise Invalid(N_("A call is postponed to today or later."))
    if (day, minute) == (row.day, row.minute):
        raise Invalid(N_("That is when the call is planned already."), N_("Choose another date or time."))
    row.day, row.minute = day, minute
    if deed.plan_date:
        row.plan_day = read_optional_day(deed.plan_date)
    check_dates(row)
    row.state, row.postponed = STATE_CODE[TaskState.POSTPONED], row.postponed + 1


def _return(author: Author, row: TaskRow, deed: ReturnTask) -> None:
    moved = bool(deed.contact_date) and read_day(deed.contact_date) != row.day
    if moved:
        row.day, row.minute = read_day(deed.contact_date), None
        _check_day(author, row, past=False)
        check_dates(row)
    row.state = STATE_CODE[TaskState.POSTPONED if moved or row.postponed else TaskState.PLANNED]


def _reopen(db: sqlite3.Connection, author: Author, row: TaskRow) -> None:
    """Back to the state before the outcome, with the reason that it had then."""
    if _is_nobodys(db, row):
        raise Invalid(N_("The client of this task was forgotten, so it stays closed."))
    at, by, was, event = db.execute(
        "SELECT at, author_id, from_state, event FROM task_history WHERE task_id = ? AND to_state = ?"
        " AND from_state <> to_state ORDER BY number DESC LIMIT 1",
        (row.id, row.state),
    ).fetchone()
    own = by is not None and by == author.session.employee_id and author.local.day(at) == author.today
    if not author.session.may(Permission.MANAGE_PLAN) and not own:
        raise Forbidden(
            N_("You may take back your own outcomes of today only."), N_("Who manages the plan may take back any.")
        )  # fmt: skip
    if event == EVENT_CODE[TaskEvent.CONFIRM_DROP]:
        _restore_address(db, row)
    if event == EVENT_CODE[TaskEvent.REFUSE]:
        row.reason_id, row.reason = _reason_before(db, row.id)
    row.state = was


def _is_nobodys(db: sqlite3.Connection, row: TaskRow) -> bool:
    """Whether nobody stands behind a task any more."""
    known = db.execute("SELECT 1 FROM number WHERE id = ? AND key NOT LIKE ? || '%'", (row.number_id, TOKEN)).fetchone()
    return row.client_id is None and known is None


def _reason_before(db: sqlite3.Connection, task: int) -> tuple[int, str]:
    """The reason that a task had before its refusal; those of refusals that were taken back have gone with them."""
    reasons = [(NOBODY, "")]
    reopened, refused = EVENT_CODE[TaskEvent.REOPEN], STATE_CODE[TaskState.REFUSED]
    for event, was, reason, text in db.execute(
        "SELECT event, from_state, reason_id, text FROM task_history WHERE task_id = ? ORDER BY number", (task,)
    ):
        if event in _REASONED_CODES:
            reasons.append((reason, text))
        elif event == reopened and was == refused:
            reasons.pop()
    return reasons[-2]


def _reason(db: sqlite3.Connection, event: TaskEvent, reason: int | None, text: str) -> int:
    """Raises Invalid without a reason, NotFound for one that is not in the list of this event."""
    if reason is None:
        if not text:
            raise Invalid(N_("A reason is needed."), N_("Choose one of the list, or write it."))
        return NOBODY
    if not db.execute("SELECT 1 FROM task_reason WHERE id = ? AND event = ?", (reason, EVENT_CODE[event])).fetchone():
        raise NotFound(N_("This reason is not in the list any more."))
    return reason


def _archive_address(db: sqlite3.Connection, row: TaskRow, now: int) -> None:
    if row.client_id is not None and row.address:
        db.execute(
            "INSERT INTO client_address (client_id, fold, address, archived) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET archived = excluded.archived",
            (row.client_id, fold(row.address), row.address, now),
        )


def _restore_address(db: sqlite3.Connection, row: TaskRow) -> None:
    """Who plans a call to an archived address by hand knows that it is in use again."""
    db.execute("DELETE FROM client_address WHERE client_id = ? AND fold = ?", (row.client_id, fold(row.address)))
