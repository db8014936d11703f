"""What people do to clients, kept with the rows that it changed, so that undoing restores them exactly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from backend_client.contract.changes import Kind
from backend_client.errors import Conflict, Forbidden, NotFound
from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_, fold
from backend_client.sqlite.facts import NEVER, FactWriter
from backend_client.sqlite.numbers import numbers_of_clients
from backend_client.sqlite.transaction import Transaction

_COLUMNS = {
    "client": (
        "name", "fold", "sort_key", "kind", "responsible_id", "note", "since", "archived", "source", "merged_into",
        "revision",
    ),
    "person": ("client_id", "name"),
    "number": ("client_id", "known_since", "person_id"),
    "task": ("client_id",),
    "client_address": ("client_id",),
}  # fmt: skip
"""What a deed may change. A number's row itself comes and goes with calls, never with a deed."""
Values = tuple[Any, ...]


class Change(msgspec.Struct, array_like=True, frozen=True):
    """A row before and after; None where it was not, or is not there any more."""

    table: str
    id: int
    before: Values | None
    after: Values | None


class Recorder:
    """Remembers rows before they change, within one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.db = transaction.db
        self._before: dict[tuple[str, int], Values | None] = {}

    def touch(self, table: str, id: int) -> Values | None:
        """The row that is about to change, as it stands; None where there is none."""
        values = _row(self.db, table, id)
        if table == "task":
            self.transaction.task_tallies.changes(self.db, [id])
        self._before.setdefault((table, id), values)
        return values

    def made(self, table: str, id: int) -> None:
        """A row that was not there."""
        self._before.setdefault((table, id), None)

    def update(self, table: str, id: int, **values: object) -> None:
        """Change some columns of a row."""
        self.touch(table, id)
        columns = ", ".join(f"{name} = ?" for name in values)
        self.db.execute(f"UPDATE {table} SET {columns} WHERE id = ?", (*values.values(), id))

    def insert(self, table: str, **values: object) -> int:
        """A new row's id."""
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        rows = self.db.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", tuple(values.values())
        ).fetchall()
        id = int(rows[0][0])
        self.made(table, id)
        return id

    def changes(self) -> list[Change]:
        """The rows that differ."""
        found = (Change(table, id, before, _row(self.db, table, id)) for (table, id), before in self._before.items())
        return [change for change in found if change.before != change.after]


def _row(db: sqlite3.Connection, table: str, id: int) -> Values | None:
    row: Values | None = db.execute(f"SELECT {', '.join(_COLUMNS[table])} FROM {table} WHERE id = ?", (id,)).fetchone()
    return row


def finish_deed(
    recorder: Recorder, facts: FactWriter, session: Session, kind: str, client: int, now: int
) -> tuple[int, tuple[int, ...]]:
    """Keep what was changed under a number, and derive what follows from it. Gives that number, and the ids of the
    telephone numbers that changed hands."""
    changes = recorder.changes()
    moved = follow(recorder.transaction, facts, changes)
    rows = recorder.db.execute(
        "INSERT INTO client_deed (at, author_id, author, kind, client_id, body) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (now, session.employee_id, session.name, kind, client, msgspec.json.encode(changes).decode()),
    ).fetchall()
    return int(rows[0][0]), moved


def follow(transaction: Transaction, facts: FactWriter, changes: Iterable[Change]) -> tuple[int, ...]:
    """What follows from rows that changed: the indexes of names, and the missed calls of every client that won or lost
    a number. Gives the ids of those numbers."""
    moved: list[Change] = []
    for change in changes:
        if change.table == "client":
            _write_name(transaction.db, change)
        elif change.table == "task":
            transaction.attempts.task(change.id)
            transaction.touch(Kind.TASKS)
        elif change.table == "person":
            _write_person(transaction.db, change)
        elif change.table == "number" and _link(change.before) != _link(change.after):
            moved.append(change)
    if moved:
        _derive(transaction, facts, moved)
    transaction.touch(Kind.CLIENTS)
    return tuple(change.id for change in moved)


def _link(values: Values | None) -> tuple[int | None, int | None]:
    """Whose a number is, and known since when."""
    return (None, None) if values is None else (values[0], values[1])


def _derive(transaction: Transaction, facts: FactWriter, moved: list[Change]) -> None:
    """The calls of numbers that changed hands, and of the other numbers of the clients that they left or joined.

    "New" can change only for calls between the instants of which one says that the client was known, and what settles
    them only for missed calls; and a number that is its client's only one settles its own as before. A caller's ten
    thousand calls are left alone by F7.
    """
    clients = {
        client for change in moved for client, _ in map(_link, (change.before, change.after)) if client is not None
    }
    others = numbers_of_clients(transaction.db, clients)
    numbers = {number for of_client in others.values() for number in of_client}.union(change.id for change in moved)
    instants: list[int] = []
    for change in moved:
        was, known = (NEVER if since is None else since for _, since in map(_link, (change.before, change.after)))
        # A number that goes from one client to another takes its instant along.
        if was != known:
            instants += (was, known)
    since, until = min(instants, default=NEVER), max(instants, default=NEVER)
    facts.derive_numbers_again(transaction, numbers, since, until, together=len(numbers) > 1)


def _write_name(db: sqlite3.Connection, change: Change) -> None:
    old, new = (values[1] if values else None for values in (change.before, change.after))
    if old == new:
        return
    # The index holds no texts of its own: it must be told the old one to forget it.
    if old is not None:
        db.execute("INSERT INTO client_search (client_search, rowid, fold) VALUES ('delete', ?, ?)", (change.id, old))
    if new is not None:
        db.execute("INSERT INTO client_search (rowid, fold) VALUES (?, ?)", (change.id, new))


def _write_person(db: sqlite3.Connection, change: Change) -> None:
    """The folded name follows from the name: it is no column of a deed."""
    old, new = (fold(values[1]) if values else None for values in (change.before, change.after))
    if new is not None:
        # A row that was restored comes without it.
        db.execute("UPDATE person SET fold = ? WHERE id = ?", (new, change.id))
    if old == new:
        return
    if old is not None:
        db.execute("INSERT INTO person_search (person_search, rowid, fold) VALUES ('delete', ?, ?)", (change.id, old))
    if new is not None:
        db.execute("INSERT INTO person_search (rowid, fold) VALUES (?, ?)", (change.id, new))


def undo_deed(
    transaction: Transaction, facts: FactWriter, session: Session, deed: int | None, now: int
) -> tuple[int, int | None, tuple[int, ...]]:
    """Restore the rows of a deed; gives its number, its client where that is still there, and the ids of the numbers
    that changed hands.

    Raises NotFound without such a deed, Forbidden for somebody else's without the right to manage clients, Conflict
    where it was undone or a row of it was changed since.
    """
    db = transaction.db
    row = _deed(db, session, deed)
    if row is None:
        raise NotFound(N_("There is nothing to undo."))
    id, author, client, body, undone = row
    if author != session.name and not session.may(Permission.MANAGE_CLIENTS):
        raise Forbidden(N_("{author} did this; you may undo only what you did yourself."), author=author)
    if undone:
        raise Conflict(N_("This was undone already."))
    changes = msgspec.json.decode(body, type=list[Change])
    for change in changes:
        if _row(db, change.table, change.id) != change.after:
            raise Conflict(
                N_("Something of it was changed since, so it cannot be undone."), N_("Change the card instead.")
            )
    _check_unplanned(db, changes)
    transaction.task_tallies.changes(db, [change.id for change in changes if change.table == "task"])
    _restore(db, changes)
    back = [Change(change.table, change.id, change.after, change.before) for change in changes]
    moved = follow(transaction, facts, back)
    db.execute("UPDATE client_deed SET undone = ? WHERE id = ?", (max(1, now), id))
    there = db.execute("SELECT 1 FROM client WHERE id = ?", (client,)).fetchone() is not None
    return id, client if there else None, moved


def _check_unplanned(db: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """A client who would go must have no tasks, but such as go to another one."""
    made = {change.id for change in changes if change.table == "client" and change.before is None}
    moved = {change.id for change in changes if change.table == "task"}
    for client in made:
        tasks = db.execute("SELECT id FROM task WHERE client_id = ?", (client,)).fetchall()
        if any(task not in moved for (task,) in tasks):
            raise Conflict(N_("The client has tasks in the outbound plan, so this cannot be undone."))


def _deed(db: sqlite3.Connection, session: Session, deed: int | None) -> tuple[int, str, int, str, int | None] | None:
    query = "SELECT id, author, client_id, body, undone FROM client_deed WHERE "
    if deed is None:
        found = db.execute(
            f"{query} author = ? AND author_id IS ? AND undone IS NULL ORDER BY id DESC LIMIT 1",
            (session.name, session.employee_id),
        )
    else:
        found = db.execute(f"{query} id = ?", (deed,))
    row: tuple[int, str, int, str, int | None] | None = found.fetchone()
    return row


def _restore(db: sqlite3.Connection, changes: list[Change]) -> None:
    # Rows refer to each other both ways round; what counts is how they stand at the end.
    db.execute("PRAGMA defer_foreign_keys=1")
    for change in changes:
        columns = _COLUMNS[change.table]
        if change.before is None:
            db.execute(f"DELETE FROM {change.table} WHERE id = ?", (change.id,))
        elif change.after is None:
            db.execute(
                f"INSERT INTO {change.table} (id, {', '.join(columns)}) VALUES ({', '.join('?' * (len(columns) + 1))})",
                (change.id, *change.before),
            )
        else:
            db.execute(
                f"UPDATE {change.table} SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",
                (*change.before, change.id),
            )
