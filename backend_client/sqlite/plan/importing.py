"""Tasks out of a list from elsewhere: each record is right, there already, or rejected with its reason."""

from __future__ import annotations

import sqlite3

from backend_client.contract.tasks import ImportedTasks, ImportTasks, TaskFields
from backend_client.derive.marks import ALWAYS
from backend_client.errors import BackendError, Conflict, Invalid
from backend_client.model.task import TaskFate, TaskOrigin, TaskRecord, TaskRecordFate
from backend_client.model.task_fault import fault_of
from backend_client.model.text import N_, clean, fold
from backend_client.sqlite.clients.client_changes import checked_name, insert_client, owner_of
from backend_client.sqlite.clients.client_deeds import Recorder, finish_deed
from backend_client.sqlite.clients.client_import import employee_named
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.plan.codes import ORIGIN_CODE
from backend_client.sqlite.plan.duplicates import refuse_duplicate
from backend_client.sqlite.plan.rows import TaskRow
from backend_client.sqlite.plan.writing import Author, add_row, new_row, one_number, put_plain_fields
from backend_client.sqlite.transaction import Transaction


def import_tasks(transaction: Transaction, facts: FactWriter, author: Author, request: ImportTasks) -> ImportedTasks:
    """Take these records in, each by its own fate; the caller undoes the transaction of a rehearsal.

    A client who is not there yet is made, with the number: known always, so that history follows (decision 5).
    """
    recorder, source = Recorder(transaction), clean(request.source)
    taken: dict[int, int] = {}
    fates = tuple(_take(recorder, author, record, source, taken) for record in request.records)
    if recorder.changes():
        finish_deed(recorder, facts, author.session, "import", 0, author.now)
    return ImportedTasks(fates=fates)


def _take(recorder: Recorder, author: Author, record: TaskRecord, source: str, taken: dict[int, int]) -> TaskRecordFate:
    """`taken`: the rows of this list that became tasks, by the task's id."""
    name = clean(record.client)
    try:
        row = _row_of(recorder.db, record)
        made = _find_party(recorder, row, name, record.number, source)
        _check_address(recorder.db, row)
        refuse_duplicate(recorder.db, row)
    except Conflict as error:
        earlier = taken.get(int(str(error.fields["task_id"])))
        if earlier is not None:
            error = Conflict(N_("The same client, date and order stand in row {earlier}."), earlier=earlier)
        return _refused(record, name, TaskFate.DUPLICATE, error)
    except BackendError as error:
        return _refused(record, name, TaskFate.REJECTED, error)
    row.origin = ORIGIN_CODE[TaskOrigin.IMPORT]
    taken[add_row(recorder.transaction, author, row, source)] = record.row
    return TaskRecordFate(row=record.row, fate=TaskFate.NEW_CLIENT if made else TaskFate.NEW, client=name)


def _refused(record: TaskRecord, name: str, fate: TaskFate, error: BackendError) -> TaskRecordFate:
    fields = {key: str(value) for key, value in error.fields.items()}
    return TaskRecordFate(
        row=record.row, fate=fate, fault=fault_of(error.text), client=name, reason=error.text, fields=fields
    )  # fmt: skip


def _row_of(db: sqlite3.Connection, record: TaskRecord) -> TaskRow:
    """All of it but whom to call."""
    if not clean(record.contact_date):
        raise Invalid(N_("The contact date is missing."))
    row = new_row()
    put_plain_fields(
        db, row,
        TaskFields(
            contact_date=record.contact_date, contact_time=record.contact_time, plan_date=record.plan_date,
            operator_id=employee_named(db, record.operator), manager_id=employee_named(db, record.manager),
            person=record.person, address=record.address, order=record.order, amount=record.amount,
            currency=record.currency, last_delivery=record.last_delivery, note=record.note,
        ),
    )  # fmt: skip
    return row


def _find_party(recorder: Recorder, row: TaskRow, name: str, number: str, source: str) -> bool:
    """Whom to call: by the number, else by the name; whether the client was made for it."""
    db = recorder.db
    if clean(number):
        row.number_id = one_number(db, number)
        owner = owner_of(db, row.number_id)
        if owner is not None:
            if name and fold(owner[1]) != fold(name):
                raise Invalid(N_("{number} belongs to {client}."), number=clean(number), client=owner[1])
            row.client_id = owner[0]
            return False
        if not name:
            return False
    row.client_id = _namesake(db, name)
    if row.client_id is not None:
        return False
    if row.number_id is None:
        raise Invalid(N_("No client is called {client}, and there is no number."), client=name or "—")
    row.client_id = insert_client(recorder, name=checked_name(name), note="", source=source, since=0)
    recorder.update("number", row.number_id, client_id=row.client_id, known_since=ALWAYS)
    return True


def _namesake(db: sqlite3.Connection, name: str) -> int | None:
    """The client of this name. Raises Invalid where several have it."""
    if not name:
        return None
    rows = db.execute(
        "SELECT id FROM client INDEXED BY client_fold WHERE archived = 0 AND fold = ? LIMIT 2", (fold(name),)
    ).fetchall()
    if len(rows) > 1:
        raise Invalid(N_("Several clients are called {client}: give the number."), client=name)
    return int(rows[0][0]) if rows else None


def _check_address(db: sqlite3.Connection, row: TaskRow) -> None:
    """Raises Invalid for an address that fell away."""
    if db.execute(
        "SELECT 1 FROM client_address WHERE client_id = ? AND fold = ?", (row.client_id, fold(row.address))
    ).fetchone():
        raise Invalid(N_("The address {address} fell away and is archived."), address=row.address)
