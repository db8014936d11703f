"""Who may sign in to a server: passwords as Argon2id hashes, tokens as digests. Login and roles are the employee's."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from backend_client.contract.changes import Kind
from backend_client.errors import Invalid, NotFound
from backend_client.model.permissions import Permission, Role, Session
from backend_client.model.text import N_, clean, fold
from backend_client.sqlite.access.rights import session_of
from backend_client.sqlite.directory import add_employee
from backend_client.sqlite.transaction import Transaction

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
"""Code points; more would only cost the server time."""
TOKEN_DAYS = 30
_PREFIX = "pult_"


class Account(Struct, frozen=True, kw_only=True):
    """An employee who may sign in."""

    employee_id: int
    login: str
    name: str
    roles: tuple[Role, ...]
    password: bool
    """Whether there is one; an account without can use tokens only."""
    disabled: bool


class Token(Struct, frozen=True, kw_only=True):
    """A token that was given out; itself it is not kept."""

    id: int
    login: str
    name: str
    created: int
    expires: int
    only: tuple[Permission, ...] | None = None


@cache
def _hasher() -> PasswordHasher:
    # 30 ms to import, paid by who signs in. The defaults are RFC 9106's low-memory profile: 64 MB, 3 passes.
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex())


def hash_password(text: str) -> str:
    """The hash of a password, 50 ms of work. Raises Invalid for one that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
        raise Invalid(
            N_("A password has {least} to {most} characters."), least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD
        )  # fmt: skip
    return _hasher().hash(text)


def right_password(db: sqlite3.Connection, login: str, password: str) -> int | None:
    """The employee whose login and password these are; None for anything else, which takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    row = db.execute(
        "SELECT a.employee_id, a.password FROM account a JOIN employee e ON e.id = a.employee_id"
        " WHERE e.login = ? AND e.login <> '' AND e.active AND NOT a.disabled AND a.password <> ''",
        (login,),
    ).fetchone()
    try:
        _hasher().verify(row[1] if row else _nobodys_hash(), password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return None
    return None if row is None else int(row[0])


def employee_of_login(db: sqlite3.Connection, login: str) -> int:
    """The employee with an account under this login. Raises NotFound."""
    row = db.execute(
        "SELECT e.id FROM employee e JOIN account a ON a.employee_id = e.id WHERE e.login = ? AND e.login <> ''",
        (login,),
    ).fetchone()
    if row is None:
        raise NotFound(N_("There is no account {login}."), N_("pult user list tells which there are."), login=login)
    return int(row[0])


def employee_for(transaction: Transaction, login: str, name: str, roles: tuple[Role, ...]) -> int:
    """The employee who shall have the login: who has it, else the one of that name, else a new one. Roles given
    replace those that stood. Raises Invalid for a login of nothing, and where several have the name."""
    db, login = transaction.db, clean(login)
    if not login or " " in login:
        raise Invalid(N_("A login is one word."))
    rows = db.execute("SELECT id FROM employee WHERE login = ?", (login,)).fetchall()
    if not rows and name:
        rows = db.execute("SELECT id FROM employee WHERE fold = ? AND login = ''", (fold(name),)).fetchall()
    if len(rows) > 1:
        raise Invalid(N_("Several employees answer to {name}."), name=name)
    if not rows:
        return add_employee(transaction, name or login, login=login, roles=roles)
    employee = int(rows[0][0])
    db.execute("UPDATE employee SET login = ? WHERE id = ?", (login, employee))
    if roles:
        text = msgspec.json.encode([role.value for role in roles]).decode()
        db.execute("UPDATE employee SET roles = ? WHERE id = ?", (text, employee))
    transaction.touch(Kind.DIRECTORIES)
    return employee


def put_account(transaction: Transaction, employee: int, password: str | None, now: int) -> None:
    """Give an employee an account, or change its password (a hash; None leaves it). Changing it ends every token."""
    transaction.db.execute(
        "INSERT INTO account (employee_id, password, changed) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET password = coalesce(?, password), disabled = 0, changed = excluded.changed",
        (employee, password or "", now, password),
    )
    if password is not None:
        revoke_tokens(transaction, employee, now)


def disable_account(transaction: Transaction, employee: int, now: int) -> None:
    """Nobody signs in with it any more, and its tokens end now."""
    transaction.db.execute("UPDATE account SET disabled = 1, changed = ? WHERE employee_id = ?", (now, employee))
    revoke_tokens(transaction, employee, now)


def list_accounts(db: sqlite3.Connection) -> list[Account]:
    """Every account by login."""
    rows = db.execute(
        "SELECT e.id, e.login, e.name, e.roles, a.password <> '', a.disabled OR NOT e.active"
        " FROM account a JOIN employee e ON e.id = a.employee_id ORDER BY e.login"
    ).fetchall()
    return [
        Account(
            employee_id=id, login=login, name=name, roles=tuple(Role(role) for role in msgspec.json.decode(roles)),
            password=bool(password), disabled=bool(disabled),
        )
        for id, login, name, roles, password, disabled in rows
    ]  # fmt: skip


def issue_token(
    transaction: Transaction,
    employee: int,
    now: int,
    *,
    days: float = TOKEN_DAYS,
    name: str = "",
    only: Sequence[Permission] | None = None,
) -> str:
    """A new token; it is told here once, and the store keeps its digest. `only` narrows what it may.

    Raises Invalid for a validity of less than a minute or more than ten years.
    """
    if not 1 / 1440 <= days <= 3650:
        raise Invalid(N_("A token is valid for a minute to ten years."))
    token = _PREFIX + secrets.token_urlsafe(32)
    transaction.db.execute(
        "INSERT INTO token (digest, employee_id, name, only, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
        (
            _digest(token), employee, clean(name)[:100],
            None if only is None else msgspec.json.encode(sorted(only)).decode(), now, now + int(days * 86_400),
        ),
    )  # fmt: skip
    return token


def _digest(token: str) -> bytes:
    # A token is 256 random bits: nothing to guess, so a plain digest does.
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def revoke_tokens(transaction: Transaction, employee: int, now: int, id: int | None = None) -> int:
    """End one token of an employee, or all; how many ended."""
    return transaction.db.execute(
        "UPDATE token SET revoked = ? WHERE employee_id = ? AND revoked IS NULL AND (? IS NULL OR id = ?)",
        (now, employee, id, id),
    ).rowcount


def revoke_token(transaction: Transaction, token: str, now: int) -> None:
    """End this token (sign out)."""
    transaction.db.execute("UPDATE token SET revoked = ? WHERE digest = ? AND revoked IS NULL", (now, _digest(token)))


def list_tokens(db: sqlite3.Connection, employee: int, now: int) -> list[Token]:
    """The tokens of an employee that are in force, the newest first."""
    rows = db.execute(
        "SELECT t.id, e.login, t.name, t.created, t.expires, t.only FROM token t"
        " JOIN employee e ON e.id = t.employee_id"
        " WHERE t.employee_id = ? AND t.revoked IS NULL AND t.expires > ? ORDER BY t.id DESC",
        (employee, now),
    ).fetchall()
    return [
        Token(id=id, login=login, name=name, created=created, expires=expires, only=_narrowed(only))
        for id, login, name, created, expires, only in rows
    ]


def _narrowed(text: str | None) -> tuple[Permission, ...] | None:
    # A permission that a newer Pult wrote is UNKNOWN here, and grants nothing.
    return None if text is None else tuple(Permission(name) for name in msgspec.json.decode(text))


def session_of_token(db: sqlite3.Connection, token: str, now: int) -> Session | None:
    """Who acts with a token; None where it is none, has ended, or its account was disabled."""
    row = db.execute(
        "SELECT e.id, e.name, e.department, e.roles, t.only FROM token t"
        " JOIN account a ON a.employee_id = t.employee_id JOIN employee e ON e.id = t.employee_id"
        " WHERE t.digest = ? AND t.revoked IS NULL AND t.expires > ? AND NOT a.disabled AND e.active",
        (_digest(token), now),
    ).fetchone()
    return None if row is None else _session(db, *row)


def session_of_employee(db: sqlite3.Connection, employee: int) -> Session:
    """The session of somebody who has just signed in."""
    row = db.execute("SELECT id, name, department, roles, NULL FROM employee WHERE id = ?", (employee,)).fetchone()
    return _session(db, *row)


def session_of_link(db: sqlite3.Connection, employee: int) -> Session | None:
    """Who made a link: an employee who may still come in; 0: the store's owner, who has no employee record."""
    if not employee:
        return session_of(db, None, "", (Role.ADMINISTRATOR,))
    row = db.execute(
        "SELECT e.id, e.name, e.department, e.roles, NULL FROM employee e LEFT JOIN account a ON a.employee_id = e.id"
        " WHERE e.id = ? AND e.active AND NOT coalesce(a.disabled, 0)",
        (employee,),
    ).fetchone()
    return None if row is None else _session(db, *row)


def _session(db: sqlite3.Connection, id: int, name: str, department: str, roles: str, only: str | None) -> Session:
    known = tuple(Role(role) for role in msgspec.json.decode(roles))
    return session_of(db, id, name, known or (Role.OPERATOR,), department, _narrowed(only))
