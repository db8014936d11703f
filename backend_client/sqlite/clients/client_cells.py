"""Cells that depend on whose a number is now: they move with the number, not call by call."""

from __future__ import annotations

from backend_client.derive.cells import Dimension, Lead
from backend_client.model.call import Mark
from backend_client.sqlite.call_row import FAMILY_CODE, NOBODYS, lead_of
from backend_client.sqlite.call_row import tallied_clients as tallied_clients
from backend_client.sqlite.codes import KIND_STEP
from backend_client.sqlite.transaction import Transaction

_FIRST_CONTACT = int(Mark.FIRST_CONTACT)
_READ = int(Mark.NEW | Mark.LOST | Mark.FIRST_CONTACT)


def move_number(transaction: Transaction, number: int, was: int | None, now: int | None) -> None:
    """Count the calls of a number, as they stand, under another client."""
    db = transaction.db
    rows = db.execute(
        f"SELECT day, kind, marks & {_READ}, count(*) FROM call WHERE number_id = ? GROUP BY 1, 2, 3", (number,)
    ).fetchall()
    for client, sign in ((was, -1), (now, 1)):
        transaction.attempts.client(client)
        for day, kind, marks, n in rows:
            cells = []
            if kind in FAMILY_CODE:
                cells.append((int(Dimension.CLIENT), client or NOBODYS, FAMILY_CODE[kind]))
            lead = lead_of(marks, client) if kind < KIND_STEP else Lead.NONE
            if lead:
                first = 1 if marks & _FIRST_CONTACT else 0
                cells.append((int(Dimension.LEAD), lead * 2 + first, kind))
            transaction.tallies.add(day, cells, sign * n)
    if now is None:
        db.execute("DELETE FROM number_tallied WHERE number_id = ?", (number,))
    else:
        db.execute(
            "INSERT INTO number_tallied VALUES (?, ?) ON CONFLICT DO UPDATE SET client_id = excluded.client_id",
            (number, now),
        )
