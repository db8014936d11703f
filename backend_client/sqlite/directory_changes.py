"""Directories as people edit them: employees, names of lines and channels, outcomes of calls."""

from __future__ import annotations

import sqlite3

import msgspec

from backend_client.contract.changes import Kind
from backend_client.contract.directories import (
    DirectoryDeed,
    EditEmployee,
    EditReason,
    EditResult,
    NameChannel,
    NameGroup,
    NameLine,
    RenameDepartment,
)
from backend_client.errors import Forbidden, Invalid, NotFound
from backend_client.model.directory import Employee, Extension
from backend_client.model.permissions import Permission, Role, Session
from backend_client.model.task_event import REASONED, TaskReason
from backend_client.model.text import N_, clean
from backend_client.sqlite.codes import EVENT_CODE
from backend_client.sqlite.directory import add_employee, assign_extension, edit_employee
from backend_client.sqlite.transaction import Transaction

LONGEST_NAME = 500
"""Code points, after cleaning."""
EVER = -(2**62)
"""Since always, as an instant."""


def change_directory(transaction: Transaction, session: Session, deed: DirectoryDeed) -> int | None:
    """Do it. Gives since when calls must be derived again (UTC epoch seconds), None where none must.

    Raises Forbidden, Invalid, NotFound.
    """
    if not session.may(Permission.DIRECTORIES):
        raise Forbidden(N_("Your role may not edit directories."), N_("Ask a supervisor or the administrator."))
    transaction.touch(Kind.DIRECTORIES)
    match deed:
        case EditEmployee(employee=employee):
            return _edit_employee(transaction, session, employee)
        case NameLine():
            _name(transaction.db, "line", deed.id, deed.name)
        case NameChannel():
            _name(transaction.db, "channel", deed.id, deed.name)
        case NameGroup():
            _name_group(transaction.db, deed)
        case RenameDepartment():
            _rename_department(transaction.db, deed)
        case EditResult():
            _edit_result(transaction.db, deed)
        case EditReason(reason=reason):
            _edit_reason(transaction.db, reason)
    return None


def _name(db: sqlite3.Connection, table: str, id: int, name: str) -> None:
    if not db.execute(f"UPDATE {table} SET name = ? WHERE id = ?", (_checked(name), id)).rowcount:
        raise NotFound(N_("This entry is not there any more."))


def _name_group(db: sqlite3.Connection, deed: NameGroup) -> None:
    if deed.id:
        _name(db, "call_group", deed.id, deed.name)
        return
    number = clean(deed.number)
    if not number or len(number) > LONGEST_NAME:
        raise Invalid(N_("A group needs a number."))
    db.execute(
        "INSERT INTO call_group (number, name) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET name = excluded.name",
        (number, _checked(deed.name)),
    )


def _rename_department(db: sqlite3.Connection, deed: RenameDepartment) -> None:
    name = _checked(deed.to)
    if not db.execute("UPDATE employee SET department = ? WHERE department = ?", (name, deed.name)).rowcount:
        raise NotFound(N_("This entry is not there any more."))


def _edit_result(db: sqlite3.Connection, deed: EditResult) -> None:
    name = _checked(deed.name)
    if not name:
        raise Invalid(N_("A call result needs a name."))
    other = db.execute("SELECT id FROM result WHERE name = ?", (name,)).fetchone()
    if other is not None and other[0] != deed.id:
        raise Invalid(N_("There is a call result {name} already."), name=name)
    if not deed.id:
        db.execute("INSERT INTO result (name, active) VALUES (?, ?)", (name, deed.active))
    elif not db.execute("UPDATE result SET name = ?, active = ? WHERE id = ?", (name, deed.active, deed.id)).rowcount:
        raise NotFound(N_("This entry is not there any more."))


def _edit_reason(db: sqlite3.Connection, reason: TaskReason) -> None:
    name = _checked(reason.name)
    if not name:
        raise Invalid(N_("A reason needs a name."))
    if reason.event not in REASONED:
        raise Invalid(N_("A reason is for postponing, refusing or dropping a task."))
    event = EVENT_CODE[reason.event]
    other = db.execute("SELECT id FROM task_reason WHERE event = ? AND name = ?", (event, name)).fetchone()
    if other is not None and other[0] != reason.id:
        raise Invalid(N_("There is a reason {name} already."), name=name)
    if not reason.id:
        db.execute("INSERT INTO task_reason (name, event, active) VALUES (?, ?, ?)", (name, event, reason.active))
    elif not db.execute(
        "UPDATE task_reason SET name = ?, active = ? WHERE id = ? AND event = ?",
        (name, reason.active, reason.id, event),
    ).rowcount:
        raise NotFound(N_("This entry is not there any more."))


def _edit_employee(transaction: Transaction, session: Session, employee: Employee) -> int | None:
    db = transaction.db
    _check_rights(db, session, employee)
    extensions = tuple(_checked_extension(extension) for extension in employee.extensions)
    clean_one = msgspec.structs.replace(employee, name=_checked(employee.name), login=clean(employee.login))
    if employee.id:
        before = _extensions(db, employee.id)
        edit_employee(transaction, clean_one)
    else:
        before = set()
        id = add_employee(
            transaction, clean_one.name, login=clean_one.login, department=employee.department,
            roles=[Role(role) for role in employee.roles],
        )  # fmt: skip
        clean_one = msgspec.structs.replace(clean_one, id=id)
    after = {(one.number, one.since, one.until) for one in extensions}
    differing = before ^ after
    if not differing:
        return None
    db.execute("DELETE FROM extension WHERE employee_id = ?", (clean_one.id,))
    for one in extensions:
        assign_extension(transaction, one.number, clean_one.id, one.since, one.until)
    return min(_first_touched(differing), default=None)


def _first_touched(differing: set[tuple[str, int | None, int | None]]) -> list[int]:
    """The instants from which on somebody else has a number: where only an end moved, the earlier of the two ends."""
    found = []
    for number, since, _until in differing:
        ends = [end for n, s, end in differing if (n, s) == (number, since)]
        if len(ends) == 2:
            found.append(min(end for end in ends if end is not None))
        else:
            found.append(EVER if since is None else since)
    return found


def _extensions(db: sqlite3.Connection, employee: int) -> set[tuple[str, int | None, int | None]]:
    rows = db.execute("SELECT number, since, until FROM extension WHERE employee_id = ?", (employee,))
    return {(number, since, until) for number, since, until in rows.fetchall()}


def _check_rights(db: sqlite3.Connection, session: Session, employee: Employee) -> None:
    """Login and roles open doors: they are the administrator's."""
    if session.may(Permission.ADMINISTER):
        return
    row = db.execute("SELECT login, roles FROM employee WHERE id = ?", (employee.id,)).fetchone()
    login, roles = (row[0], tuple(msgspec.json.decode(row[1]))) if row else ("", ())
    if (clean(employee.login), tuple(employee.roles)) != (login, roles):
        raise Forbidden(N_("Logins and roles are set by an administrator."))


def _checked_extension(extension: Extension) -> Extension:
    number = clean(extension.number)
    if not number or any(character.isspace() for character in number):
        raise Invalid(N_("{number} is no internal number."), number=number or "—")
    since, until = extension.since, extension.until
    if since is not None and until is not None and until <= since:
        raise Invalid(N_("The internal number {number} would end before it begins."), number=number)
    return msgspec.structs.replace(extension, number=number)


def _checked(name: str) -> str:
    name = clean(name)
    if len(name) > LONGEST_NAME:
        raise Invalid(
            N_("The name has {length} characters; {limit} fit."), length=len(name), limit=LONGEST_NAME
        )  # fmt: skip
    return name
