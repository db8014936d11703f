"""Who acts on a local store: the operating system's user is the employee (A2)."""

from __future__ import annotations

import os
import pwd
import sqlite3
from pathlib import Path

import msgspec

from backend_client.errors import Invalid, NotFound
from backend_client.model.permissions import Role, Session
from backend_client.model.text import N_, fold
from backend_client.sqlite.access.rights import session_of
from backend_client.sqlite.file import store_errors


def os_login(uid: int | None = None) -> str:
    """The name of a user of the operating system; without a number, of the one who runs this."""
    uid = os.geteuid() if uid is None else uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def session_for(db: sqlite3.Connection, path: Path, name: str = "") -> Session:
    """Who acts on a local store: the operating system's user (A2), or with `name` (`--as`) the employee of that login,
    name or extension.

    The owner of the file is its administrator; others have the roles of their record, else an operator's. Acting
    `--as` somebody gives that person's rights only. Raises NotFound for a name that nobody has, and what the store's
    file is good for (Corrupt, Busy …): this is the first that is read of it.
    """
    with store_errors(path):
        return _session_as(db, name) if name else session_of_user(db, path, os.geteuid())


def session_of_user(db: sqlite3.Connection, path: Path, uid: int) -> Session:
    """The session of a user of the operating system, by the number that the system itself tells."""
    login = os_login(uid)
    owner = uid in (0, path.stat().st_uid)
    row = db.execute("SELECT id, name, department, roles FROM employee WHERE login = ?", (login,)).fetchone()
    employee, name, department = row[:3] if row else (None, login, "")
    roles = _roles(row[3]) if row else ()
    if owner and Role.ADMINISTRATOR not in roles:
        roles = (*roles, Role.ADMINISTRATOR)
    return session_of(db, employee, name, roles or (Role.OPERATOR,), department)


def _roles(text: str) -> tuple[Role, ...]:
    return tuple(Role(role) for role in msgspec.json.decode(text))


def _session_as(db: sqlite3.Connection, name: str) -> Session:
    for condition, value in (
        ("login = ?", name),
        ("fold = ?", fold(name)),
        ("id IN (SELECT employee_id FROM extension WHERE number = ?)", name),
    ):
        rows = db.execute(
            f"SELECT id, name, department, roles FROM employee WHERE {condition} LIMIT 2", (value,)
        ).fetchall()
        if len(rows) == 1:
            employee, known_as, department, roles = rows[0]
            return session_of(db, employee, known_as, _roles(roles) or (Role.OPERATOR,), department)
        if rows:
            raise Invalid(N_("Several employees answer to {name}."), N_("Use the login or the extension."), name=name)
    raise NotFound(
        N_("No employee has the login, name or extension {name}."),
        N_("pult employees lists who is known."),
        name=name,
    )
