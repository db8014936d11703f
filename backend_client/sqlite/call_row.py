"""Rows of the `call` table as the writer holds them, read and written many at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from backend_client.derive.cells import Cell, Handled, Lead, cells, seconds_of
from backend_client.derive.histogram import Binned, binned
from backend_client.model.call import Mark
from backend_client.model.status import Direction, Family
from backend_client.sqlite.around import Around
from backend_client.sqlite.codes import DIRECTION_CODE, KIND_STEP, KINDS_OF_FAMILY, unpack_employees
from backend_client.sqlite.repeats import count_repeats
from backend_client.sqlite.statement import ids_json

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

_INCOMING = DIRECTION_CODE[Direction.INCOMING]
# Plain integers: an IntFlag costs a microsecond an operation.
_NEW, _LOST, _WITHHELD = int(Mark.NEW), int(Mark.LOST), int(Mark.WITHHELD)
_SETTLED_IN_WINDOW, _SETTLED_BY_US = int(Mark.SETTLED_IN_WINDOW), int(Mark.SETTLED_BY_US)
MISSED_KINDS = frozenset(KINDS_OF_FAMILY[Family.MISSED])


class CallRow(Struct, gc=False):
    """A row of `call`, its fields in the order of the columns. Instants are UTC epoch seconds, spans seconds."""

    id: int
    start: int
    answered: int | None
    ended: int
    day: int
    hour: int
    kind: int
    busy: int
    marks: int
    number_id: int | None
    region_id: int | None
    line_id: int | None
    channel_id: int | None
    employees: str
    application: str
    wait: int
    queue_wait: int | None
    talk: int
    hung_up: int
    settled_by: int | None
    callback: int | None
    price: int | None
    currency: str
    result_id: int | None

    @property
    def incoming(self) -> bool:
        return self.kind // KIND_STEP == _INCOMING

    @property
    def missed(self) -> bool:
        return self.kind in MISSED_KINDS

    @property
    def contact(self) -> int | None:
        """When a person talked with the outside number on this call; None for a call that is no contact."""
        return self.answered if self.number_id is not None else None


Pair = tuple[CallRow | None, CallRow | None]
"""A call before and after; None is no row."""
COLUMNS = CallRow.__struct_fields__
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM call"
_INSERT = f"INSERT INTO call ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_UPDATE = f"UPDATE call SET {', '.join(f'{name} = ?' for name in COLUMNS[1:])} WHERE id = ?"
_UPDATE_MARKS = "UPDATE call SET marks = ?, settled_by = ?, callback = ? WHERE id = ?"
_BY_IDS = f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))"


def rows_where(db: sqlite3.Connection, condition: str, parameters: tuple[object, ...]) -> list[CallRow]:
    """Rows by a condition that this package wrote."""
    return [CallRow(*row) for row in db.execute(f"{_SELECT} WHERE {condition}", parameters).fetchall()]


def rows_by_id(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, CallRow]:
    """Those of the ids that have a row."""
    found = db.execute(_BY_IDS, (ids_json(ids),)).fetchall()
    return {row[0]: CallRow(*row) for row in found}


NOBODYS, NO_NUMBER = 0, -1
"""Keys of the calls of numbers that are nobody's, and of those without one, in the tally of clients."""
_FAMILIES = (Family.ACCEPTED, Family.MISSED, Family.SUCCESSFUL, Family.FAILED)
FAMILY_CODE = {kind: code for code, family in enumerate(_FAMILIES) for kind in KINDS_OF_FAMILY[family]}
"""0 accepted, 1 missed, 2 successful, 3 failed; internal kinds have none."""


def cells_of(row: CallRow, client: int | None) -> list[Cell]:
    """Where a call counts; `client`: whose its number is."""
    family = FAMILY_CODE.get(row.kind)
    missed = row.kind in MISSED_KINDS
    return cells(
        kind=row.kind,
        hour=row.hour,
        marks=row.marks,
        employees=[id for id, _, _ in unpack_employees(row.employees)],
        line=row.line_id,
        channel=row.channel_id,
        region=row.region_id,
        settled=row.settled_by is not None,
        series=None if family is None else min(family, 2),
        lead=lead_of(row.marks, client) if row.kind < KIND_STEP else Lead.NONE,
        handled=_handled(row) if missed else None,
        client=NO_NUMBER if row.number_id is None else client or NOBODYS,
        family=family,
    )


def lead_of(marks: int, client: int | None) -> Lead:
    """Decision 6, of an incoming call."""
    if not marks & _NEW:
        return Lead.NONE
    if marks & _LOST:
        return Lead.LOST
    return Lead.UNREGISTERED if client is None else Lead.REGISTERED


def _handled(row: CallRow) -> Handled:
    if row.marks & _SETTLED_IN_WINDOW:
        return Handled.WE_CALLED if row.marks & _SETTLED_BY_US else Handled.CLIENT_REACHED
    if row.settled_by is not None:
        return Handled.LATER
    return Handled.IMPOSSIBLE if row.marks & _WITHHELD else Handled.NEVER


def seconds_of_row(row: CallRow) -> list[tuple[Cell, int]]:
    """Where a call adds its seconds of talk."""
    if not row.talk and not row.employees:
        return []
    return seconds_of(row.kind, row.talk, _own_talk(row).items())


def _own_talk(row: CallRow) -> dict[int, int]:
    own: dict[int, int] = {}
    for employee, _, talk in unpack_employees(row.employees):
        own[employee] = own.get(employee, 0) + talk
    return own


def bins_of_row(row: CallRow) -> list[Binned]:
    """What a call adds to the histograms by itself."""
    family = FAMILY_CODE.get(row.kind)
    if family is None:
        return []
    return binned(
        hour=row.hour,
        family=family,
        wait=row.wait if row.queue_wait is None else row.queue_wait,
        talk=row.talk,
        rang=bool(row.employees) or row.queue_wait is not None,
        lost=bool(row.marks & _LOST),
        employees=_own_talk(row).items() if row.employees else (),
        callback=row.callback if family == 1 and row.settled_by is not None else None,
        new=bool(row.marks & _NEW),
    )


def write_rows(db: sqlite3.Connection, changes: Iterable[Pair]) -> None:
    """Bring the table from the first row of each pair to the second; None is no row."""
    new, changed, marked, gone = [], [], [], []
    for old, row in changes:
        if row is None:
            if old is not None:
                gone.append((old.id,))
        elif old is None:
            new.append(astuple(row))
        elif _same_but_marks(old, row):
            marked.append((row.marks, row.settled_by, row.callback, row.id))
        else:
            values = astuple(row)
            changed.append((*values[1:], values[0]))
    if gone:
        db.executemany("DELETE FROM call WHERE id = ?", gone)
    if changed:
        db.executemany(_UPDATE, changed)
    if new:
        db.executemany(_INSERT, sorted(new))
    if marked:
        db.executemany(_UPDATE_MARKS, marked)


def _same_but_marks(old: CallRow, row: CallRow) -> bool:
    return msgspec.structs.replace(old, marks=row.marks, settled_by=row.settled_by, callback=row.callback) == row


def write_employees(db: sqlite3.Connection, changes: Iterable[Pair]) -> None:
    """Keep `call_employee` in step with the rows: an employee's talk on a call once, whatever the extensions."""
    gone: list[tuple[int, int, int]] = []
    new: list[tuple[int, int, int, int]] = []
    for old, row in changes:
        before, after = _taking_part(old), _taking_part(row)
        if before != after:
            gone += [key for key in before if key not in after]
            new += [(*key, talk) for key, talk in after.items() if before.get(key) != talk]
    if gone:
        db.executemany("DELETE FROM call_employee WHERE employee_id = ? AND start = ? AND call_id = ?", sorted(gone))
    if new:
        db.executemany(
            "INSERT INTO call_employee VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET talk = excluded.talk",
            sorted(new),
        )


def _taking_part(row: CallRow | None) -> dict[tuple[int, int, int], int]:
    found: dict[tuple[int, int, int], int] = {}
    if row is not None and row.employees:
        for employee, _, talk in unpack_employees(row.employees):
            key = (employee, row.start, row.id)
            found[key] = found.get(key, 0) + talk
    return found


def tallied_clients(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Under whom the calls of these numbers are counted; a number of nobody is not in it."""
    rows = db.execute(
        "SELECT number_id, client_id FROM number_tallied WHERE number_id IN (SELECT value FROM json_each(?))",
        (ids_json(numbers),),
    )
    return dict(rows.fetchall())


def _attached_by(row: CallRow) -> tuple[object, ...]:
    """What decides whose attempt a call is."""
    return (row.number_id, row.start, row.day, row.kind // KIND_STEP, row.employees)


def count(
    transaction: Transaction,
    pairs: Sequence[Pair],
    clients: Mapping[int, int] | None = None,
    around: Around | None = None,
) -> None:
    """Cells and days of what changed. `clients`: under whom the calls of a number are counted, by number; `around`: the
    calls around those that moved. Both are looked up where they are not given."""
    if clients is None:
        numbers = {row.number_id for pair in pairs for row in pair if row is not None and row.number_id is not None}
        clients = tallied_clients(transaction.db, numbers)
    tallies = transaction.tallies
    for old, new in pairs:
        attached_alike = old is not None and new is not None and _attached_by(old) == _attached_by(new)
        for row, n in ((old, -1), (new, 1)):
            if row is None:
                continue
            if not attached_alike:
                transaction.attempts.call(row.number_id, row.day, row.kind)
            client = None if row.number_id is None else clients.get(row.number_id)
            tallies.add(row.day, cells_of(row, client), n)
            tallies.add_sums(row.day, seconds_of_row(row), n)
            tallies.add_bins(row.day, bins_of_row(row), n)
            transaction.touch_day(row.day)
    count_repeats(transaction, pairs, around)
