"""What belongs to one employee in every console: saved views, reports as they were left, unfinished texts."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.changes import Kind
from backend_client.contract.views import SaveState, State, StateKind, States, View, ViewRequest, Views
from backend_client.errors import Invalid
from backend_client.model.call_filter import CallFilter
from backend_client.model.permissions import Session
from backend_client.model.text import N_, clean

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

NOBODY = 0
"""The `employee_id` of states of a session without an employee record."""
_VIEW = "view"
LONGEST_STATE, LONGEST_NAME, MOST_STATES = 20_000, 200, 500
"""Characters, and texts of a kind: an employee cannot fill the store with them."""


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


def read_states(db: sqlite3.Connection, session: Session, kind: StateKind) -> States:
    """What the session left of a kind."""
    bodies = _bodies(db, session, kind.value)
    return States(states=tuple(State(name=name, text=text) for name, text in bodies))


def save_state(transaction: Transaction, session: Session, request: SaveState) -> None:
    """Keep or forget a text. Raises Invalid for one that is too long, or one too many."""
    if len(request.text) > LONGEST_STATE or len(request.name) > LONGEST_NAME:
        raise Invalid(N_("This is too long to be kept."))
    kind = request.kind.value
    if request.text and len(_bodies(transaction.db, session, kind)) >= MOST_STATES:
        raise Invalid(N_("There are too many unfinished texts."), N_("Finish some of them first."))
    _put(transaction, session, kind, request.name, request.text or None)
