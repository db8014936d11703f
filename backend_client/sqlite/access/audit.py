"""The audit log in the store: appended to inside the transaction of the deed, chained by hash.

Each line's hash is taken over the hash before it and its own fields, so that a line that is changed or taken away
breaks every hash after it; who keeps the newest hash elsewhere can tell even where the end was cut off.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import msgspec

from backend_client.contract.audit import AuditPage, AuditRequest
from backend_client.errors import Forbidden, Invalid
from backend_client.model.audit import AuditEntry, Deed
from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

MOST = 1000
_ENDLESS = 2**62
_COLUMNS = "id, at, employee_id, deed, object_id, amount"
_START = b"\0" * 32
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def record(
    transaction: Transaction,
    session: Session,
    deed: Deed,
    now: int,
    *,
    object_id: int | None = None,
    amount: int | None = None,
) -> None:
    """Write down what the session does, in the transaction that does it: both stand, or neither."""
    db = transaction.db
    last = db.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone() or (0, _START)
    line = (last[0] + 1, now, session.employee_id, deed.value, object_id, amount)
    db.execute(f"INSERT INTO audit ({_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)", (*line, _hash(last[1], line)))


def _hash(before: bytes, line: tuple[Any, ...]) -> bytes:
    # 1 ms, and the first paint records nothing.
    from hashlib import sha256

    return sha256(before + msgspec.json.encode(line)).digest()


def head(db: sqlite3.Connection) -> str:
    """ "number:hash" of the newest line, blank in an empty log; the hash in letters, for a log masks long numbers."""
    row = db.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return "" if row is None else f"{row[0]:_}:{row[1].hex().translate(_LETTERS)}"


def first_broken(db: sqlite3.Connection) -> int | None:
    """The number of the first line that is not what was written, or that follows on a missing one; None: all are."""
    before = _START
    lines = db.execute(f"SELECT {_COLUMNS}, hash FROM audit ORDER BY id")
    for number, (*line, found) in enumerate(lines, 1):
        if line[0] != number or found != _hash(before, tuple(line)):
            return number
        before = found
    return None


def read_audit(db: sqlite3.Connection, session: Session, request: AuditRequest) -> AuditPage:
    """Lines newest first. Raises Forbidden for who may not read the log, Invalid for too many lines."""
    if not session.may(Permission.AUDIT):
        raise Forbidden(N_("You may not read the audit log."), N_("The head and the administrator may."))
    if not 0 < request.limit <= MOST or not 0 <= request.above <= MOST:
        raise Invalid(N_("Ask for 1 to {most} lines."), most=MOST)
    db.execute("BEGIN")
    above, more_above = ([], False) if request.at is None else _lines(db, request, "id > ?", request.at, request.above)
    if request.oldest:
        lines, more_above = _lines(db, request, "id > ?", 0, request.limit)
        more = False
    elif request.at is not None:
        lines, more = _lines(db, request, "id <= ?", request.at, request.limit)
    else:
        lines, more = _lines(db, request, "id < ?", request.before or _ENDLESS, request.limit)
    return AuditPage(
        entries=tuple(
            AuditEntry(id=id, at=at, employee_id=employee, deed=Deed(deed), object_id=thing, amount=amount)
            for id, at, employee, deed, thing, amount in (*above, *lines)
        ),
        more=more, more_above=more_above, head=head(db),
        change=db.execute("SELECT number FROM change").fetchone()[0],
        broken=first_broken(db) if request.check else None,
    )  # fmt: skip


def _lines(
    db: sqlite3.Connection, request: AuditRequest, place: str, value: int, count: int
) -> tuple[list[tuple[Any, ...]], bool]:
    """So many lines of the filter next to a place, newest first; and whether more follow."""
    conditions: list[str] = [place]
    values: list[object] = [value]
    for column, wanted in (("employee_id", request.employees), ("deed", [deed.value for deed in request.deeds])):
        if wanted:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(msgspec.json.encode(wanted).decode())
    order = "ASC" if ">" in place else "DESC"
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE {' AND '.join(conditions)} ORDER BY id {order} LIMIT ?",
        (*values, count + 1),
    ).fetchall()
    found = rows[:count] if order == "DESC" else rows[:count][::-1]
    return found, len(rows) > count
