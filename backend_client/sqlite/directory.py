"""Employees with their extensions, lines and channels: found in records by themselves, edited by people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.changes import Kind
from backend_client.errors import Invalid, NotFound
from backend_client.model.directory import CallResult, Channel, Directories, Employee, Extension, Group, Line, Region
from backend_client.model.permissions import Role
from backend_client.model.task_event import TaskReason
from backend_client.model.text import N_, clean, fold, sort_key
from backend_client.sqlite.codes import TASK_EVENTS

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

FOUND_NAMELESS = 1
"""`employee.found` of somebody found by extension whose name nobody told. More than that: the start of the call that
named them (the latest call names, so that the order of arrival does not matter). 0: made or edited by a person."""


class Names:
    """Ids of a directory that fills itself from texts: lines, channels."""

    def __init__(self, table: str, column: str) -> None:
        self._find = f"SELECT id FROM {table} WHERE {column} = ?"
        self._make = f"INSERT INTO {table} ({column}) VALUES (?) RETURNING id"
        self._ids: dict[str, int] = {}
        self.grew = False
        """Set when an entry was made; whoever reads it clears it."""

    def forget(self) -> None:
        self._ids.clear()

    def id_of(self, db: sqlite3.Connection, text: str) -> int | None:
        """The id of a text, made where it is new; None for a blank one."""
        if not text:
            return None
        found = self._ids.get(text)
        if found is None:
            row = db.execute(self._find, (text,)).fetchone()
            if row is None:
                row = db.execute(self._make, (text,)).fetchall()[0]
                self.grew = True
            found = self._ids[text] = int(row[0])
        return found


class EmployeeIds:
    """Employees by internal number and time. Somebody unknown becomes an employee named by the caller id."""

    def __init__(self) -> None:
        self._holders: dict[str, list[tuple[int, int | None, int]]] | None = None
        self._found: dict[int, tuple[int, str]] = {}
        self._internal: frozenset[str] = frozenset()
        self.grew = False

    def forget(self) -> None:
        self._holders = None

    def known_internal(self, db: sqlite3.Connection) -> frozenset[str]:
        """Numbers that a person gave to an employee: internal whatever their length (decision 8). Those found in
        records do not count, or the order of arrival would decide what is internal."""
        self._load(db)
        return self._internal

    def id_of(self, db: sqlite3.Connection, number: str, name: str, start: int) -> int:
        """Who had an internal number when a call started; made where nobody had."""
        for since, until, employee in self._load(db).get(number, ()):
            if since <= start and (until is None or start < until):
                self._rename(db, employee, number, name, start)
                return employee
        return self._make(db, number, name, start)

    def holder(self, db: sqlite3.Connection, number: str, at: int) -> int | None:
        """Who had an internal number at an instant; None where nobody is known."""
        for since, until, employee in self._load(db).get(number, ()):
            if since <= at and (until is None or at < until):
                return employee
        return None

    def _load(self, db: sqlite3.Connection) -> dict[str, list[tuple[int, int | None, int]]]:
        if self._holders is None:
            holders: dict[str, list[tuple[int, int | None, int]]] = {}
            self._found = {}
            internal = set()
            for number, since, until, employee, found, known_as in db.execute(
                "SELECT number, coalesce(since, -9223372036854775808), until, employee_id, found, name"
                " FROM extension JOIN employee ON employee.id = employee_id ORDER BY since DESC, extension.id"
            ).fetchall():
                holders.setdefault(number, []).append((since, until, employee))
                if found:
                    self._found[employee] = (found, known_as)
                else:
                    internal.add(number)
            self._holders, self._internal = holders, frozenset(internal)
        return self._holders

    def _make(self, db: sqlite3.Connection, number: str, name: str, start: int) -> int:
        found = max(start, FOUND_NAMELESS) if name else FOUND_NAMELESS
        employee = insert_employee(db, name or number, found=found)
        db.execute("INSERT INTO extension (number, employee_id) VALUES (?, ?)", (number, employee))
        self._load(db).setdefault(number, []).append((-(2**63), None, employee))
        self._found[employee] = (found, name or number)
        self.grew = True
        return employee

    def _rename(self, db: sqlite3.Connection, employee: int, number: str, name: str, start: int) -> None:
        if not name or employee not in self._found:
            return
        before, known_as = self._found[employee]
        if (before, known_as if before > FOUND_NAMELESS else "") >= (max(start, FOUND_NAMELESS), name):
            return
        self._found[employee] = (max(start, FOUND_NAMELESS), name)
        db.execute(
            "UPDATE employee SET name = ?, fold = ?, sort_key = ?, found = ? WHERE id = ?",
            (name, fold(name), sort_key(name), max(start, FOUND_NAMELESS), employee),
        )
        self.grew = self.grew or name != known_as


def insert_employee(
    db: sqlite3.Connection,
    name: str,
    *,
    login: str = "",
    department: str = "",
    roles: Iterable[Role] = (),
    found: int = 0,
) -> int:
    """A new employee's id."""
    row = db.execute(
        "INSERT INTO employee (name, fold, sort_key, login, department, roles, found) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " RETURNING id",
        (name, fold(name), sort_key(name), login, department, _roles_text(roles), found),
    ).fetchall()[0]
    return int(row[0])


def _roles_text(roles: Iterable[Role]) -> str:
    return msgspec.json.encode([role.value for role in roles]).decode()


def add_employee(
    transaction: Transaction,
    name: str,
    *,
    login: str = "",
    department: str = "",
    roles: Iterable[Role] = (),
    extensions: Iterable[Extension] = (),
) -> int:
    """Make an employee by hand. Calls that stand already follow an extension only when derived again.

    Raises Invalid without a name, or where another employee has the login.
    """
    name = clean(name)
    if not name:
        raise Invalid(N_("An employee needs a name."))
    _check_login(transaction.db, login, None)
    employee = insert_employee(transaction.db, name, login=login, department=clean(department), roles=roles)
    for extension in extensions:
        assign_extension(transaction, extension.number, employee, extension.since, extension.until)
    transaction.touch(Kind.DIRECTORIES)
    return employee


def _check_login(db: sqlite3.Connection, login: str, employee: int | None) -> None:
    row = db.execute("SELECT id, name FROM employee WHERE login = ? AND login <> ''", (login,)).fetchone()
    if row is not None and row[0] != employee:
        raise Invalid(N_("The login {login} belongs to {name}."), login=login, name=row[1])


def edit_employee(transaction: Transaction, employee: Employee) -> None:
    """Store name, login, department, roles and whether active, as a person gave them; extensions have a function
    of their own. Raises Invalid, NotFound."""
    name = clean(employee.name)
    if not name:
        raise Invalid(N_("An employee needs a name."))
    _check_login(transaction.db, employee.login, employee.id)
    done = transaction.db.execute(
        "UPDATE employee SET name = ?, fold = ?, sort_key = ?, login = ?, department = ?, active = ?, roles = ?,"
        " found = 0 WHERE id = ?",
        (
            name, fold(name), sort_key(name), employee.login, clean(employee.department), employee.active,
            _roles_text(Role(role) for role in employee.roles), employee.id,
        ),
    )  # fmt: skip
    if not done.rowcount:
        raise NotFound(N_("This employee is not there any more."))
    transaction.touch(Kind.DIRECTORIES)


def assign_extension(
    transaction: Transaction, number: str, employee: int, since: int | None = None, until: int | None = None
) -> None:
    """Give an internal number to an employee from `since` on (UTC epoch seconds; None: always) until `until`.

    Where validities overlap, the one that began last holds. Calls follow when derived again since then.
    """
    transaction.db.execute(
        "INSERT INTO extension (number, employee_id, since, until) VALUES (?, ?, ?, ?)",
        (clean(number), employee, since, until),
    )
    transaction.touch(Kind.DIRECTORIES)


def read_directories(db: sqlite3.Connection) -> Directories:
    """All of them, in one snapshot. A found employee without any other name is called by the number."""
    db.execute("BEGIN")
    try:
        change = db.execute("SELECT number FROM change").fetchone()[0]
        extensions: dict[int, list[Extension]] = {}
        for number, employee, since, until in db.execute(
            "SELECT number, employee_id, since, until FROM extension ORDER BY number, since"
        ).fetchall():
            extensions.setdefault(employee, []).append(Extension(number=number, since=since, until=until))
        employees = tuple(
            Employee(
                id=id, name=name, login=login, department=department, active=bool(active),
                roles=tuple(msgspec.json.decode(roles)), extensions=tuple(extensions.get(id, ())),
            )
            for id, name, login, department, active, roles in db.execute(
                "SELECT id, name, login, department, active, roles FROM employee ORDER BY sort_key, id"
            ).fetchall()
        )  # fmt: skip
        lines = db.execute("SELECT id, code, name FROM line ORDER BY code").fetchall()
        channels = db.execute("SELECT id, did, name FROM channel ORDER BY did").fetchall()
        groups = db.execute("SELECT id, number, name FROM call_group ORDER BY number").fetchall()
        regions = db.execute("SELECT id, key, names FROM region ORDER BY key").fetchall()
        results = db.execute("SELECT id, name, active FROM result ORDER BY id").fetchall()
        reasons = db.execute("SELECT id, name, event, active FROM task_reason ORDER BY event, id").fetchall()
    finally:
        db.execute("COMMIT")
    return Directories(
        change=change,
        employees=employees,
        lines=tuple(Line(id=id, code=code, name=name) for id, code, name in lines),
        channels=tuple(Channel(id=id, did=did, name=name) for id, did, name in channels),
        groups=tuple(Group(id=id, number=number, name=name) for id, number, name in groups),
        regions=tuple(Region(id=id, key=key, names=msgspec.json.decode(names)) for id, key, names in regions),
        results=tuple(CallResult(id=id, name=name, active=bool(active)) for id, name, active in results),
        reasons=tuple(
            TaskReason(id=id, name=name, event=TASK_EVENTS[event], active=bool(active))
            for id, name, event, active in reasons
        ),
    )


class DirectoryCache:
    """Directories, read again only when they changed, and by one thread where several want them at the start."""

    def __init__(self) -> None:
        self._known: Directories | None = None
        self._lock = Lock()

    def read(self, db: sqlite3.Connection) -> Directories:
        row = db.execute(
            "SELECT coalesce((SELECT number FROM change_kind WHERE kind = ?), 0)", (Kind.DIRECTORIES.value,)
        ).fetchone()
        with self._lock:
            if self._known is None or row[0] > self._known.change:
                self._known = read_directories(db)
            return self._known
