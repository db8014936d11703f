"""Tasks for another operator, many at once; each that was named and stays where it is, with the reason."""

from __future__ import annotations

import sqlite3
from copy import copy

from backend_client.contract.tasks import ReassignTasks, Skip, SkippedTask, TaskChange
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.model.audit import Deed
from backend_client.model.task_event import TaskEvent
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.access.scope import TaskScope
from backend_client.sqlite.plan.filter import TaskViewer, where_of
from backend_client.sqlite.plan.rows import IS_OPEN, OPEN_CODES, read_row
from backend_client.sqlite.plan.writing import Author, change_row, checked_line, known_holder
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction


def reassign_tasks(transaction: Transaction, author: Author, scope: TaskScope, deed: ReassignTasks) -> TaskChange:
    """Of the filter's open tasks those that are not the operator's already. Raises Invalid for an operator who has no
    part in the plan."""
    db, operator = transaction.db, known_holder(transaction.db, deed.operator_id)
    where = where_of(db, deed.filter, TaskViewer(scope, author.today))
    found = db.execute(
        f"SELECT t.id FROM {where.source} WHERE {where.text} AND {IS_OPEN} AND t.operator_id <> :to"
        " ORDER BY t.day, t.id LIMIT :limit",
        {**where.values, "to": operator, "limit": PAGE_LIMIT + 1},
    ).fetchall()
    text, ids = checked_line(deed.text), [id for (id,) in found]
    # Of more than one deed's tasks nobody can tell yet which will stay.
    skipped = _skipped(db, deed, operator, set(ids)) if len(ids) <= PAGE_LIMIT else ()
    chosen = ids[:PAGE_LIMIT]
    transaction.task_tallies.changes(db, chosen)
    for id in chosen:
        before = read_row(db, id)
        assert before is not None
        after = copy(before)
        after.operator_id = operator
        change_row(transaction, author, TaskEvent.REASSIGN, before, after, text=text)
    if chosen:
        record(transaction, author.session, Deed.TASK, author.now, amount=len(chosen))
    return TaskChange(changed=len(chosen), more=len(ids) > PAGE_LIMIT, skipped=skipped)


def _skipped(db: sqlite3.Connection, deed: ReassignTasks, operator: int, taken: set[int]) -> tuple[SkippedTask, ...]:
    """The tasks that the deed names by their ids and does not give away."""
    named = [id for id in dict.fromkeys(deed.filter.ids) if id not in taken]
    rows = db.execute(
        "SELECT id, state, operator_id FROM task WHERE id IN (SELECT value FROM json_each(?))", (ids_json(named),)
    )
    known = {id: _why(state, owner, operator) for id, state, owner in rows.fetchall()}
    return tuple(SkippedTask(id=id, why=known.get(id, Skip.NOT_THERE)) for id in named)


def _why(state: int, owner: int, operator: int) -> Skip:
    if state not in OPEN_CODES:
        return Skip.CLOSED
    return Skip.THEIRS if owner == operator else Skip.NOT_MEANT
