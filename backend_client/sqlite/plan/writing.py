"""One change of a task: the row, its history, and the dates that it leaves; whole in the caller's transaction."""

from __future__ import annotations

import re
import sqlite3

import msgspec
from msgspec import Struct

from backend_client.contract.changes import Kind
from backend_client.contract.tasks import TaskFields
from backend_client.derive.local_time import LocalTime
from backend_client.errors import Invalid, NotFound
from backend_client.model.directory import Employee
from backend_client.model.permissions import Session
from backend_client.model.phone import SHORT
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_, clean
from backend_client.sqlite.clients.client_changes import number_ids, owner_of, resolve_client
from backend_client.sqlite.codes import EVENT_CODE
from backend_client.sqlite.plan.days import iso_of, read_day, read_minute, read_optional_day
from backend_client.sqlite.plan.rows import NOBODY, TaskRow, insert_row, write_row
from backend_client.sqlite.transaction import Transaction

LONGEST_LINE = 500
"""Code points of an address, a person, an order, a reason."""
LONGEST_NOTE = 20_000
LARGEST_AMOUNT = 10**18
MOST_DIGITS = 18
"""Of a number to call: 15 of E.164, and the prefix of an international call before them."""
_BETWEEN_NUMBERS = re.compile(r"[,;|/\n]")
_INSERT = (
    "INSERT INTO task_history (task_id, number, at, author_id, author, event, from_state, to_state, from_day, to_day,"
    " from_operator, to_operator, reason_id, text)"
    " VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM task_history WHERE task_id = ?),"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Author(Struct, frozen=True):
    """Who changes tasks, and when: UTC epoch seconds, and the local day."""

    session: Session
    now: int
    local: LocalTime

    @property
    def today(self) -> int:
        """Days since 1970-01-01."""
        return self.local.day(self.now)


def add_row(transaction: Transaction, author: Author, row: TaskRow, text: str = "") -> int:
    """A new task, with the first line of its history. Gives its id."""
    row.created = row.changed = author.now
    insert_row(transaction.db, row)
    transaction.task_tallies.came(row.id)
    _enter(transaction, author, TaskEvent.ADD, None, row, text=text)
    return row.id


def change_row(
    transaction: Transaction,
    author: Author,
    event: TaskEvent,
    before: TaskRow,
    after: TaskRow,
    *,
    reason_id: int = 0,
    text: str = "",
) -> None:
    """Write a task as it stands now; a contact date that it leaves is kept, so that it was planned for it."""
    db = transaction.db
    after.changed, after.revision = author.now, before.revision + 1
    transaction.task_tallies.changes(db, [before.id])
    write_row(db, after)
    if after.day != before.day:
        db.execute(
            "INSERT INTO task_away (task_id, day, operator_id) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET operator_id = excluded.operator_id",
            (before.id, before.day, before.operator_id),
        )
        db.execute("UPDATE task_away SET day_now = ? WHERE task_id = ?", (after.day, before.id))
    _enter(transaction, author, event, before, after, reason_id=reason_id, text=text)


def _enter(
    transaction: Transaction,
    author: Author,
    event: TaskEvent,
    before: TaskRow | None,
    after: TaskRow,
    *,
    reason_id: int = 0,
    text: str = "",
) -> None:
    was = (None, None, None) if before is None else (before.state, before.day, before.operator_id)
    moved = before is None or before.operator_id != after.operator_id
    transaction.db.execute(
        _INSERT,
        (
            after.id, after.id, author.now, author.session.employee_id, author.session.name, EVENT_CODE[event],
            was[0], after.state, was[1], after.day, was[2] if moved else None, after.operator_id if moved else None,
            reason_id, text,
        ),
    )  # fmt: skip
    transaction.attempts.task(after.id)
    transaction.touch(Kind.TASKS)


def put_fields(db: sqlite3.Connection, row: TaskRow, fields: TaskFields) -> None:
    """Write on a row what a person gives. Raises Invalid for what cannot be, NotFound for whom there is not."""
    put_plain_fields(db, row, fields)
    row.client_id, row.number_id = party_of(db, fields.client_id, fields.number)


def put_plain_fields(db: sqlite3.Connection, row: TaskRow, fields: TaskFields) -> None:
    """The same, all but whom to call."""
    row.day, row.minute = read_day(fields.contact_date), read_minute(fields.contact_time)
    row.plan_day, row.last_delivery = read_optional_day(fields.plan_date), read_optional_day(fields.last_delivery)
    check_dates(row)
    if (fields.operator_id or NOBODY) != row.operator_id:
        row.operator_id = known_holder(db, fields.operator_id)
    row.manager_id = known_employee(db, fields.manager_id)
    row.person, row.address = checked_line(fields.person), checked_line(fields.address)
    put_order(row, fields.order, fields.amount, fields.currency)
    note = clean(fields.note, multiline=True)
    if len(note) > LONGEST_NOTE:
        raise Invalid(N_("The note has {length} characters; {limit} fit."), length=len(note), limit=LONGEST_NOTE)
    row.note = note


def check_dates(row: TaskRow) -> None:
    """Raises Invalid where the delivery would come before the contact."""
    if row.plan_day is not None and row.plan_day < row.day:
        raise Invalid(
            N_("The delivery of {plan} would come before the contact of {contact}."),
            N_("Give a later plan date too."), plan=iso_of(row.plan_day), contact=iso_of(row.day),
        )  # fmt: skip


def put_order(row: TaskRow, order: str, amount: int | None, currency: str) -> None:
    """The order, with its amount in millionths. Raises Invalid for a sum that is none."""
    if amount is not None and not 0 <= amount <= LARGEST_AMOUNT:
        raise Invalid(N_("The amount of an order is nothing or more."))
    row.order_number, row.amount, row.currency = checked_line(order), amount, checked_line(currency)[:8].upper()


def party_of(db: sqlite3.Connection, client: int | None, number: str) -> tuple[int | None, int | None]:
    """Client and number of a task; a number alone brings its client. Raises Invalid without either, and for a number
    of another client."""
    kept = None if client is None else resolve_client(db, client)
    if not clean(number):
        if kept is None:
            raise Invalid(N_("A task needs a client or a number."))
        return kept, None
    number_id = one_number(db, number)
    owner = owner_of(db, number_id)
    if owner is not None and kept is not None and owner[0] != kept:
        raise Invalid(N_("{number} belongs to {client}."), number=clean(number), client=owner[1])
    return kept if owner is None else owner[0], number_id


def one_number(db: sqlite3.Connection, text: str) -> int:
    """The id of a number to call. Raises Invalid for several in one, and for one that no plan of numbers holds."""
    text = clean(text)
    parts = [part for part in _BETWEEN_NUMBERS.split(text) if sum(map(str.isdigit, part)) >= SHORT]
    if len(parts) > 1:
        raise Invalid(N_("{number} is several numbers: give one."), number=text[:LONGEST_LINE])
    [number_id] = number_ids(db, (text,)).values()
    [key] = db.execute("SELECT key FROM number WHERE id = ?", (number_id,)).fetchone()
    if key.isdigit() and len(key) > MOST_DIGITS:
        raise Invalid(N_("{number} is too long for a number."), number=text[:LONGEST_LINE])
    return number_id


def known_employee(db: sqlite3.Connection, employee: int | None) -> int:
    """An employee's id; NOBODY for none. Raises NotFound."""
    if not employee:
        return NOBODY
    if not db.execute("SELECT 1 FROM employee WHERE id = ?", (employee,)).fetchone():
        raise NotFound(N_("This employee is not there any more."))
    return employee


def known_holder(db: sqlite3.Connection, employee: int | None) -> int:
    """The same, of somebody who is given tasks. Raises Invalid for who has no part in the plan."""
    holder = known_employee(db, employee)
    if holder != NOBODY and not takes_tasks(db, holder):
        [name] = db.execute("SELECT name FROM employee WHERE id = ?", (holder,)).fetchone()
        raise Invalid(
            N_("{name} is given no tasks."), N_("Those who work here as operator, head or administrator are."),
            name=name,
        )  # fmt: skip
    return holder


def takes_tasks(db: sqlite3.Connection, employee: int) -> bool:
    """Whether tasks may be given to this employee; nobody is none."""
    found = db.execute("SELECT name, active, roles FROM employee WHERE id = ?", (employee,)).fetchone()
    if found is None:
        return False
    name, active, roles = found
    return Employee(id=employee, name=name, active=bool(active), roles=tuple(msgspec.json.decode(roles))).takes_tasks


def checked_line(text: str) -> str:
    """A line of text, cleaned. Raises Invalid for one that is too long."""
    text = clean(text)
    if len(text) > LONGEST_LINE:
        raise Invalid(N_("The text has {length} characters; {limit} fit."), length=len(text), limit=LONGEST_LINE)
    return text


def new_row() -> TaskRow:
    """A row of nothing yet."""
    return TaskRow(
        id=0, day=0, minute=None, plan_day=None, operator_id=NOBODY, manager_id=NOBODY, client_id=None,
        number_id=None, person="", address="", order_number="", amount=None, currency="", last_delivery=None, state=0,
        reason_id=0, reason="", postponed=0, not_reached=0, calls=0, note="", origin=0, call_id=None, created=0,
        changed=0, revision=0,
    )  # fmt: skip
