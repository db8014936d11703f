"""`FactWriter`: facts in, everything else derived, in one transaction each (architecture, idea 4)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from backend_client.contract import Kind
from backend_client.derive.collapse import collapse
from backend_client.derive.collapsed import Collapsed
from backend_client.derive.local_time import local_time
from backend_client.derive.marks import new_at
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.model.status import Direction
from backend_client.sqlite.body import pack, read_facts
from backend_client.sqlite.call_row import CallRow, Pair, count, ids_json, rows_by_id, write_employees, write_rows
from backend_client.sqlite.codes import HUNG_UP_CODE, kind_code, pack_employees
from backend_client.sqlite.comments import join_comments
from backend_client.sqlite.directory import EmployeeIds, Names
from backend_client.sqlite.identity import Group, Identity, keys_of, move_keys, write_keys
from backend_client.sqlite.neighbours import Changes, Neighbourhood
from backend_client.sqlite.numbers import NumberIds, NumberRow, number_rows, write_last_starts
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.transaction import LONGEST, Transaction, Writer

FIRST_BATCH = 250
"""Calls of the first transaction; later ones are as large as fits into half of the longest transaction."""
LARGEST_BATCH = 4_000
# Plain integers: an IntFlag costs a microsecond an operation.
_NEW, _COMMENT, _RECORDING = int(Mark.NEW), int(Mark.COMMENT), int(Mark.RECORDING)
_BY_HAND, _WITHHELD = int(Mark.BY_HAND), int(Mark.WITHHELD)


R = TypeVar("R", Leg, CallEvent)


class PutReport(Struct, frozen=True, kw_only=True):
    """What became of legs and events that were put: each is new, updated (known, with other content) or unchanged."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: PutReport) -> PutReport:
        return PutReport(
            new=self.new + other.new,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
        )


class FactWriter:
    """Writes facts and keeps calls, marks, directories, search and tallies in step. For one thread at a time."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._deriver = Deriver()
        self._identity = Identity()
        self._size = FIRST_BATCH
        self._seen = -1

    def put(
        self, batch: Sequence[CallFacts], *, durable: bool = False, after: Callable[[Transaction], None] | None = None
    ) -> PutReport:
        """Merge these facts with those that stand and derive what they touch, in transactions of at most about
        250 ms; each holds whole calls.

        The order of the batch, and of batches, changes nothing but ids. `after` runs inside the last transaction,
        for what must be committed with the records, such as a position in a file. Raises BackendError kinds;
        transactions before the one that failed stand.
        """
        report = PutReport()
        place = 0
        while True:
            part = batch[place : place + self._size]
            place += len(part)
            last = place >= len(batch)
            began = time.perf_counter()
            report += self._put(part, durable, after if last else None)
            self._adapt(len(part), time.perf_counter() - began)
            if last:
                return report

    def _adapt(self, calls: int, seconds: float) -> None:
        """Half of the limit is the aim: the next batch may hold longer calls."""
        if calls and seconds > 0:
            wanted = int(calls * (LONGEST / 2) / seconds)
            self._size = max(1, min(wanted, self._size * 2, LARGEST_BATCH))

    def _put(
        self, batch: Sequence[CallFacts], durable: bool, after: Callable[[Transaction], None] | None
    ) -> PutReport:
        try:
            with self._writer.transaction(durable=durable) as transaction:
                if transaction.before != self._seen:
                    self.forget()
                report = self._merge(transaction, batch)
                if after is not None:
                    after(transaction)
        except BaseException:
            # What was looked up may have been made in the transaction that is now undone.
            self.forget()
            raise
        self._seen = self._writer.change
        return report

    def forget(self) -> None:
        """Drop what was looked up: somebody else has written."""
        self._identity.forget()
        self._deriver.forget()
        self._seen = -1

    def _merge(self, transaction: Transaction, batch: Sequence[CallFacts]) -> PutReport:
        db = transaction.db
        groups = self._identity.group(db, batch)
        known = read_facts(db, {id for group in groups for id in group.ids})
        merged: dict[int, CallFacts] = {}
        joined: dict[int, int] = {}
        report = PutReport()
        for group in groups:
            facts, counted = _merge_group(group, known)
            report += counted
            if counted.new or counted.updated or len(group.ids) > 1:
                merged[group.id] = facts
            for id in group.ids:
                if id != group.id:
                    joined[id] = group.id
        for id, kept in joined.items():
            self._join(db, known.get(id), id, kept)
        write_keys(db, groups)
        _write_facts(db, merged)
        self._deriver.derive(transaction, merged, joined)
        return report

    def _join(self, db: sqlite3.Connection, facts: CallFacts | None, id: int, kept: int) -> None:
        """The younger call becomes part of the older one; comments go over, the old id still finds it."""
        if facts is not None:
            move_keys(db, self._identity.system_id(db, facts.system), sorted(keys_of(facts)), kept, id)
        db.execute("DELETE FROM facts WHERE call_id = ?", (id,))
        join_comments(db, kept, id)


def _write_facts(db: sqlite3.Connection, merged: dict[int, CallFacts]) -> None:
    db.executemany(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
        [(id, pack(facts)) for id, facts in sorted(merged.items())],
    )


def _merge_group(group: Group, known: dict[int, CallFacts]) -> tuple[CallFacts, PutReport]:
    """The facts of a call after what came, and what was new in it. Records are told apart by key."""
    stored = [known[id] for id in sorted(group.ids) if id in known]
    if not stored and len(group.facts) == 1:
        facts = group.facts[0]
        legs, events = {leg.key: leg for leg in facts.legs}, {event.key: event for event in facts.events}
        new = len(legs) + len(events)
        repeated = len(facts.legs) + len(facts.events) - new
        return _in_order(facts.system, facts.call_key, legs, events), PutReport(new=new, unchanged=repeated)
    legs = {leg.key: leg for facts in stored for leg in facts.legs}
    events = {event.key: event for facts in stored for event in facts.events}
    new = updated = unchanged = 0
    for facts in group.facts:
        for counted in (_merge(legs, facts.legs), _merge(events, facts.events)):
            new, updated, unchanged = new + counted[0], updated + counted[1], unchanged + counted[2]
    everything = [*stored, *group.facts]
    facts = _in_order(everything[0].system, min(facts.call_key for facts in everything), legs, events)
    return facts, PutReport(new=new, updated=updated, unchanged=unchanged)


def _merge(records: dict[str, R], came: Iterable[R]) -> tuple[int, int, int]:
    """Put records under their keys; counts the new, the updated and the unchanged ones."""
    new = updated = unchanged = 0
    for record in came:
        before = records.get(record.key)
        if before == record:
            unchanged += 1
            continue
        records[record.key] = record
        if before is None:
            new += 1
        else:
            updated += 1
    return new, updated, unchanged


def _in_order(system: str, key: str, legs: dict[str, Leg], events: dict[str, CallEvent]) -> CallFacts:
    return CallFacts(
        system=system,
        call_key=key,
        legs=tuple(legs[key] for key in sorted(legs)),
        events=tuple(events[key] for key in sorted(events)),
    )


class Deriver:
    """Facts to rows: ids for texts, marks by neighbours, tallies. The same path for new facts, late ones and jobs."""

    def __init__(self) -> None:
        self.lines = Names("line", "code")
        self.channels = Names("channel", "did")
        self.employees = EmployeeIds()
        self._settings: DeriveSettings | None = None
        self._numbers = NumberIds("")

    def forget(self) -> None:
        self.lines.forget()
        self.channels.forget()
        self.employees.forget()
        self._settings = None

    def settings(self, db: sqlite3.Connection) -> DeriveSettings:
        """The store's set, with the numbers' ids under its home country."""
        if self._settings is None:
            self._settings = read_derive_settings(db)
            self._numbers = NumberIds(self._settings.home_country)
        return self._settings

    def derive(
        self, transaction: Transaction, facts: dict[int, CallFacts], gone: Iterable[int] = ()
    ) -> Changes:
        """Make the rows of these calls what their facts say, and remove those of `gone`; everything that this
        touches follows. Gives what changed."""
        db = transaction.db
        before = rows_by_id(db, [*facts, *gone])
        comments = _commented(db, facts)
        changes = Changes()
        for id in gone:
            changes.put(id, before.get(id), None)
        calls = self._collapse(db, facts)
        for id, call in calls.items():
            old = before.get(id)
            row = None if call is None else self._row(db, id, call, old)
            if row is not None and id in comments:
                row.marks |= _COMMENT
            changes.put(id, old, row)
        self._finish(transaction, changes)
        return changes

    def _collapse(self, db: sqlite3.Connection, facts: dict[int, CallFacts]) -> dict[int, Collapsed | None]:
        settings = self.settings(db)
        internal = self.employees.known_internal(db)
        calls = {id: collapse(document, settings, internal) for id, document in facts.items()}
        outside = {call.outside for call in calls.values() if call is not None and call.outside}
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

    def _finish(self, transaction: Transaction, changes: Changes) -> None:
        """Numbers, neighbours, tables, tallies and stamps of a set of changed calls."""
        db, settings = transaction.db, self.settings(transaction.db)
        local = local_time(settings.zone)
        rows = [row for row in (*changes.before.values(), *changes.after.values()) if row is not None]
        numbers = number_rows(db, {row.number_id for row in rows if row.number_id is not None})
        for row in changes.after.values():
            if row is not None and row.number_id is not None:
                _read_number(row, numbers[row.number_id])
        Neighbourhood(db, changes, numbers, settings, local).complete()
        pairs = changes.pairs()
        write_rows(db, pairs)
        write_employees(db, pairs)
        _write_last_starts(db, pairs, numbers)
        count(transaction, pairs)
        for directory in (self.lines, self.channels, self._numbers, self.employees):
            if directory.grew:
                transaction.touch(Kind.DIRECTORIES)
                directory.grew = False


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
