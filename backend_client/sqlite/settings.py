"""The store's own settings: texts by name, among them the numbered set that derivation reads."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.changes import Kind
from backend_client.model.derive_settings import DeriveSettings

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

_DERIVE = "derive"


def read_setting(db: sqlite3.Connection, name: str) -> str | None:
    """The text of a setting; None where it was never set."""
    row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def write_setting(transaction: Transaction, name: str, value: str | None) -> None:
    """Set it, or forget it (None)."""
    if value is None:
        transaction.db.execute("DELETE FROM setting WHERE name = ?", (name,))
    else:
        transaction.db.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value)
        )


def read_derive_settings(db: sqlite3.Connection) -> DeriveSettings:
    """The settings under which calls are derived; the defaults in a fresh store."""
    text = read_setting(db, _DERIVE)
    return DeriveSettings() if text is None else msgspec.json.decode(text, type=DeriveSettings)


def write_derive_settings(transaction: Transaction, settings: DeriveSettings) -> DeriveSettings:
    """Store another set under the next number. Calls follow only when `rebuild` has derived them again."""
    before = read_derive_settings(transaction.db)
    if msgspec.structs.replace(settings, version=before.version) == before:
        return before
    numbered = msgspec.structs.replace(settings, version=before.version + 1)
    write_setting(transaction, _DERIVE, msgspec.json.encode(numbered).decode())
    transaction.touch(Kind.DIRECTORIES)
    return numbered
