"""Facts to rows: the one path on which calls are derived, for new facts, late ones and jobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from backend_client.contract.changes import Kind
from backend_client.derive.collapse import collapse
from backend_client.derive.collapsed import Basis, Collapsed
from backend_client.derive.local_time import local_time
from backend_client.derive.marks import new_at
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts
from backend_client.model.phone import NumberKey
from backend_client.model.status import Direction
from backend_client.sqlite.beforehand import Ready
from backend_client.sqlite.call_row import (
    CallRow,
    Pair,
    count,
    rows_by_id,
    tallied_clients,
    write_employees,
    write_rows,
)
from backend_client.sqlite.clients.client_cells import move_number
from backend_client.sqlite.codes import HUNG_UP_CODE, kind_code, pack_employees
from backend_client.sqlite.directory import EmployeeIds, Names
from backend_client.sqlite.neighbours import Changes, Neighbourhood, calls_of_numbers, cleared, missed_calls_between
from backend_client.sqlite.numbers import NumberIds, NumberRow, number_rows, write_last_starts
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction

# Plain integers: an IntFlag costs a microsecond an operation.
_NEW, _COMMENT, _RECORDING = int(Mark.NEW), int(Mark.COMMENT), int(Mark.RECORDING)
_BY_HAND, _WITHHELD = int(Mark.BY_HAND), int(Mark.WITHHELD)
_NOTHING: Mapping[int, Ready] = {}


class Deriver:
    """Facts to rows: ids for texts, marks by neighbours, tallies. The same path for new facts, late ones and jobs."""

    def __init__(self) -> None:
        self.lines = Names("line", "code")
        self.channels = Names("channel", "did")
        self.groups = Names("call_group", "number")
        self.employees = EmployeeIds()
        self._settings: DeriveSettings | None = None
        self._numbers = NumberIds("")

    def forget(self) -> None:
        self.lines.forget()
        self.channels.forget()
        self.groups.forget()
        self.employees.forget()
        self._settings = None

    def settings(self, db: sqlite3.Connection) -> DeriveSettings:
        """The store's set, with the numbers' ids under its home country."""
        if self._settings is None:
            self._settings = read_derive_settings(db)
            self._numbers = NumberIds(self._settings.home_country)
        return self._settings

    def basis(self, db: sqlite3.Connection) -> Basis:
        """What calls are collapsed on."""
        return Basis(self.settings(db), self.employees.known_internal(db))

    def derive(
        self,
        transaction: Transaction,
        facts: dict[int, CallFacts],
        gone: Iterable[int] = (),
        ready: Mapping[int, Ready] = _NOTHING,
    ) -> Changes:
        """Make the rows of these calls what their facts say, and remove those of `gone`; everything that this
        touches follows. `ready` holds what was made before of those of them that are new. Gives what changed."""
        db = transaction.db
        known = [id for id in facts if id not in ready]
        before = rows_by_id(db, [*known, *gone])
        comments = _commented(db, known)
        changes = Changes()
        for id in gone:
            changes.put(id, before.get(id), None)
        calls = self._collapse(db, facts, ready)
        for id, call in calls.items():
            old = before.get(id)
            row = None if call is None else self._row(db, id, call, old)
            if row is not None and id in comments:
                row.marks |= _COMMENT
            changes.put(id, old, row)
        self._finish(transaction, changes)
        return changes

    def derive_numbers(
        self, transaction: Transaction, numbers: Iterable[int], since: int, until: int, *, together: bool = False
    ) -> None:
        """The marks of the calls of these numbers that started from `since` on, before `until`: a link changed. With
        `together` they began, or ceased, to settle each other's missed calls, whenever those started."""
        changes = Changes()
        numbers = list(numbers)
        rows = missed_calls_between(transaction.db, numbers) if together else []
        for row in (*rows, *calls_of_numbers(transaction.db, numbers, since, until)):
            changes.put(row.id, row, cleared(row))
        self._finish(transaction, changes, numbers)

    def _collapse(
        self, db: sqlite3.Connection, facts: dict[int, CallFacts], ready: Mapping[int, Ready]
    ) -> dict[int, Collapsed | None]:
        basis = self.basis(db)
        calls: dict[int, Collapsed | None] = {}
        outside: dict[str, NumberKey | None] = {}
        for id, document in facts.items():
            made = ready.get(id)
            call = made.collapsed if made is not None else collapse(document, basis.settings, basis.internal)
            calls[id] = call
            if call is not None and call.outside:
                outside[call.outside] = made.number if made is not None else None
        self._numbers.prepare(db, outside)
        return calls

    def _row(self, db: sqlite3.Connection, id: int, call: Collapsed, old: CallRow | None) -> CallRow:
        """The row of a call, but for what its number and its neighbours decide."""
        day, hour = local_time(self.settings(db).zone).day_and_hour(call.start)
        marks = _RECORDING if call.recordings else 0
        marks |= _BY_HAND if call.by_hand else 0
        marks |= _WITHHELD if call.withheld else 0
        people = [
            (self.employees.id_of(db, person.address, person.name, call.start), person.address, person.talk)
            for person in call.participants
        ]
        self.groups.id_of(db, call.queue)
        return CallRow(
            id=id,
            start=call.start,
            answered=call.answered,
            ended=call.ended,
            day=day,
            hour=hour,
            kind=kind_code(call.direction, call.status),
            busy=int(call.busy),
            marks=marks,
            number_id=self._numbers.id_of(call.outside) if call.outside else None,
            region_id=None,
            line_id=self.lines.id_of(db, call.line),
            channel_id=self.channels.id_of(db, call.did) if call.direction is Direction.INCOMING else None,
            employees=pack_employees(people),
            application=call.application,
            wait=call.wait,
            queue_wait=call.queue_wait,
            talk=call.talk,
            hung_up=HUNG_UP_CODE[call.hung_up_by],
            settled_by=None,
            callback=None,
            price=call.price,
            currency=call.currency,
            result_id=old.result_id if old is not None else None,
        )

    def _finish(self, transaction: Transaction, changes: Changes, relinked: Iterable[int] = ()) -> None:
        """Numbers, neighbours, tables, tallies and stamps of a set of changed calls."""
        db, settings = transaction.db, self.settings(transaction.db)
        local = local_time(settings.zone)
        rows = [row for row in (*changes.before.values(), *changes.after.values()) if row is not None]
        numbers = number_rows(db, {*relinked, *(row.number_id for row in rows if row.number_id is not None)})
        for row in changes.after.values():
            if row is not None and row.number_id is not None:
                _read_number(row, numbers[row.number_id])
        neighbourhood = Neighbourhood(db, changes, numbers, settings, local)
        neighbourhood.complete()
        pairs = changes.pairs()
        write_rows(db, pairs)
        write_employees(db, pairs)
        _write_last_starts(db, pairs, numbers)
        count(transaction, pairs, _counted_under(db, pairs, numbers), neighbourhood.around)
        for number in numbers.values():
            if number.client_id != number.tallied:
                move_number(transaction, number.id, number.tallied, number.client_id)
        for directory in (self.lines, self.channels, self.groups, self._numbers, self.employees):
            if directory.grew:
                transaction.touch(Kind.DIRECTORIES)
                directory.grew = False


def _counted_under(db: sqlite3.Connection, pairs: Iterable[Pair], numbers: Mapping[int, NumberRow]) -> dict[int, int]:
    """Under whom the calls of these numbers are counted, and those of a client's other numbers among the pairs."""
    found = {number.id: number.tallied for number in numbers.values() if number.tallied is not None}
    others = {row.number_id for pair in pairs for row in pair if row is not None and row.number_id is not None}
    others.difference_update(numbers)
    if others:
        found.update(tallied_clients(db, others))
    return found


def _commented(db: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """Which of these calls have a comment."""
    rows = db.execute(
        "SELECT call_id FROM comment WHERE text <> '' AND call_id IN (SELECT value FROM json_each(?))",
        (ids_json(ids),),
    ).fetchall()
    return {id for (id,) in rows}


def _write_last_starts(
    db: sqlite3.Connection,
    pairs: Iterable[Pair],
    numbers: dict[int, NumberRow],
) -> None:
    """A number's last start follows at once where a call came; where one went it is looked up."""
    starts: dict[int, int] = {}
    for old, new in pairs:
        if old is not None and old.number_id is not None:
            starts.setdefault(old.number_id, 0)
        if new is not None and new.number_id is not None:
            starts[new.number_id] = max(new.start, starts.get(new.number_id, 0))
    write_last_starts(db, [numbers[id] for id in starts if id in numbers], starts)


def _read_number(row: CallRow, number: NumberRow) -> None:
    """What a call has from its number: the region, and whether nobody was known behind it yet."""
    row.region_id = number.region_id
    if new_at(row.start, number.known_since):
        row.marks |= _NEW
