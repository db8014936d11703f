"""What belongs to one employee and follows them to every console: saved views and drafts."""

from __future__ import annotations

import sqlite3

import msgspec

from backend_client.contract import Kind, View, ViewRequest, Views
from backend_client.errors import Invalid
from backend_client.model.call_filter import CallFilter
from backend_client.model.permissions import Session
from backend_client.model.text import N_, clean
from backend_client.sqlite.transaction import Transaction

NOBODY = 0
"""The `employee_id` of states of a session without an employee record."""
_VIEW, _DRAFT = "view", "draft"


def _owner(session: Session) -> int:
    return NOBODY if session.employee_id is None else session.employee_id


def _put(transaction: Transaction, session: Session, kind: str, name: str, body: str | None) -> None:
    if body is None:
        transaction.db.execute(
            "DELETE FROM employee_state WHERE employee_id = ? AND kind = ? AND name = ?",
            (_owner(session), kind, name),
        )
    else:
        transaction.db.execute(
            "INSERT INTO employee_state VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (_owner(session), kind, name, body),
        )


def _bodies(db: sqlite3.Connection, session: Session, kind: str) -> list[tuple[str, str]]:
    return db.execute(
        "SELECT name, body FROM employee_state WHERE employee_id = ? AND kind = ? ORDER BY name",
        (_owner(session), kind),
    ).fetchall()


def read_views(db: sqlite3.Connection, session: Session) -> Views:
    """The session's saved views by name. A view that a newer console saved with fields unknown here is left out."""
    views = []
    for name, body in _bodies(db, session, _VIEW):
        try:
            views.append(View(name=name, filter=msgspec.json.decode(body, type=CallFilter)))
        except msgspec.ValidationError:
            continue
    return Views(views=tuple(views))


def save_view(transaction: Transaction, session: Session, request: ViewRequest) -> Views:
    """Save a view under its name, replacing one of that name, or delete it. Raises Invalid without a name."""
    name = clean(request.name)
    if not name:
        raise Invalid(N_("A saved view needs a name."))
    body = None if request.filter is None else msgspec.json.encode(request.filter).decode()
    _put(transaction, session, _VIEW, name, body)
    transaction.touch(Kind.VIEWS)
    return read_views(transaction.db, session)


def read_draft(db: sqlite3.Connection, session: Session, name: str) -> str:
    """An unfinished text; blank where there is none."""
    return next((body for found, body in _bodies(db, session, _DRAFT) if found == name), "")


def save_draft(transaction: Transaction, session: Session, name: str, text: str) -> None:
    """Keep an unfinished text; a blank one forgets it."""
    _put(transaction, session, _DRAFT, name, text or None)
