"""The store's own changes to the matrix of rights, and the sessions that follow from them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.changes import Kind
from backend_client.model.permissions import Permission, Role, Session
from backend_client.model.rights import RightsSettings
from backend_client.sqlite.settings import read_setting, write_setting

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

NAME = "rights"


def read_rights(db: sqlite3.Connection) -> RightsSettings:
    """What was changed; nothing in a fresh store."""
    text = read_setting(db, NAME)
    return RightsSettings() if text is None else msgspec.json.decode(text, type=RightsSettings)


def write_rights(transaction: Transaction, rights: RightsSettings) -> None:
    """Change them: on a server from the next request on, in a console of the store from its next start."""
    write_setting(transaction, NAME, msgspec.json.encode(rights).decode())
    transaction.touch(Kind.DIRECTORIES)


def session_of(
    db: sqlite3.Connection,
    employee: int | None,
    name: str,
    roles: tuple[Role, ...],
    department: str = "",
    only: tuple[Permission, ...] | None = None,
) -> Session:
    """The session of somebody with these roles, by the matrix as the store has it."""
    given, withheld = read_rights(db).changes(roles, employee, department)
    return Session(employee_id=employee, name=name, roles=roles, only=only, given=given, withheld=withheld)
