"""Marks that a call has by its neighbours: what a changed call touches on its number's and its client's timeline.

Decision 5, incrementally: a contact that came, went or moved touches the missed calls between the contact before it
and itself; a missed call only itself; a first call of a number the one that was first before.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence

from msgspec.structs import replace

from backend_client.derive.local_time import LocalTime
from backend_client.derive.marks import in_window
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DeriveSettings
from backend_client.sqlite.around import Around, calls_around
from backend_client.sqlite.body import read_facts
from backend_client.sqlite.call_row import COLUMNS, MISSED_KINDS, CallRow, Pair, rows_by_id, rows_where
from backend_client.sqlite.codes import KIND_STEP
from backend_client.sqlite.numbers import NumberRow, numbers_of_clients
from backend_client.sqlite.statement import ask_many, ids_json

Contact = tuple[int, int, int, bool]
"""Begin of its talk, start, id, whether it is outgoing: contacts in the order in which they settle."""
# Plain integers: an IntFlag costs a microsecond an operation.
_NEW, _FIRST_CONTACT, _LOST = int(Mark.NEW), int(Mark.FIRST_CONTACT), int(Mark.LOST)
_ATTENTION, _SETTLES = int(Mark.ATTENTION), int(Mark.SETTLES)
_SETTLED_IN_WINDOW, _SETTLED_BY_US = int(Mark.SETTLED_IN_WINDOW), int(Mark.SETTLED_BY_US)
_DECIDED = _NEW | _FIRST_CONTACT | _LOST | _ATTENTION | _SETTLES | _SETTLED_IN_WINDOW | _SETTLED_BY_US
_LOWEST = -(2**62)
_MISSED = ", ".join(map(str, sorted(MISSED_KINDS)))
_CONTACTS_BEFORE = (
    "WITH asked (party, number, first) AS ({asked})"
    " SELECT party, (SELECT answered FROM call INDEXED BY call_number WHERE number_id = number AND start < first"
    " AND answered < first ORDER BY start DESC LIMIT 1) before FROM asked WHERE before IS NOT NULL"
)
"""Of each number one of the last contacts before an instant: what that one settles is settled still. Another may have
waited longer and be the very last; a floor too low costs no more than a look at some calls that stay as they are."""
PROMPT = 600
"""Seconds from a call's begin to that of its talk. The contacts of a number stand in the index of its calls, by their
begin, which says this much of when the talk began; those that waited longer have an index of their own."""
_PROMPT = f"answered - start BETWEEN 0 AND {PROMPT}"
_SLOW = f"answered - start NOT BETWEEN 0 AND {PROMPT}"
_CONTACT = f"SELECT answered, start, id, kind >= {KIND_STEP} FROM call"
_PROMPT_AFTER = (
    f"{_CONTACT} INDEXED BY call_number WHERE number_id = :number AND start >= :first - {PROMPT}"
    f" AND answered > :first AND {_PROMPT} ORDER BY start"
)
_SLOW_AFTER = (
    f"{_CONTACT} INDEXED BY call_slow WHERE number_id = :number AND answered > :first AND {_SLOW} ORDER BY answered"
)
_MISSED_BETWEEN = f"number_id = ? AND start >= ? AND start < ? AND kind IN ({_MISSED})"
_ALL_MISSED_BETWEEN = (
    "WITH asked (party, number, first, last) AS ({asked})"
    f" SELECT party, {', '.join(f'c.{name}' for name in COLUMNS)} FROM asked"
    " CROSS JOIN call c INDEXED BY call_number ON c.number_id = number"
    f" WHERE c.start >= first AND c.start < last AND c.kind IN ({_MISSED})"
)
_OF_NUMBERS = "number_id IN (SELECT value FROM json_each(?))"
_CALLS_OF = "SELECT count(*) FROM call WHERE number_id = ?"
_EARLIEST = "SELECT id, start FROM call INDEXED BY call_number WHERE number_id = ? ORDER BY start, id LIMIT ?"
_SETTLED_BY = "SELECT id FROM call WHERE settled_by = ?"


class _Party:
    """Numbers that settle each other's missed calls, and what a batch of changes does to their calls."""

    __slots__ = ("called", "contacts", "missed", "moved")

    def __init__(self, called: dict[int, int]) -> None:
        self.called = called
        """Those of the numbers that have calls in the store, each with the start of the last."""
        self.missed: list[CallRow] = []
        """Missed calls whose settling contact may be another one now."""
        self.contacts: list[Contact] = []
        """Contacts among the changes, as they shall stand."""
        self.moved: list[int] = []
        """When contacts were, or are, that came, went or moved."""


class Changes:
    """Calls before and after: what was read from the store, and what shall stand there. Rows are mutable; each
    pair's second row is completed in place."""

    def __init__(self) -> None:
        self.before: dict[int, CallRow | None] = {}
        self.after: dict[int, CallRow | None] = {}

    def put(self, id: int, before: CallRow | None, after: CallRow | None) -> None:
        self.before[id] = before
        self.after[id] = after

    def open(self, row: CallRow) -> CallRow:
        """The row as it shall stand, of a call read from the store that may turn out to change."""
        if row.id not in self.after:
            self.before[row.id] = row
            self.after[row.id] = replace(row)
        after = self.after[row.id]
        return row if after is None else after

    def pairs(self) -> list[Pair]:
        """Those that differ."""
        return [(self.before[id], row) for id, row in self.after.items() if self.before[id] != row]


def cleared(row: CallRow) -> CallRow:
    """The row without all that its number and its neighbours decide."""
    return replace(row, marks=row.marks & ~_DECIDED, settled_by=None, callback=None)


class Neighbourhood:
    """Completes the rows of one batch of changes and adds the neighbours that change with them."""

    def __init__(
        self,
        db: sqlite3.Connection,
        changes: Changes,
        numbers: dict[int, NumberRow],
        settings: DeriveSettings,
        local: LocalTime,
    ) -> None:
        self._db = db
        self._changes = changes
        self._numbers = numbers
        self._settings = settings
        self._local = local
        self._touched = frozenset(changes.after)
        self.around: Around = {}
        """The calls around those that the changes began with, as they stand in the store."""
        self._resettled: set[int] = set()
        """Contacts that gained or lost a missed call."""

    def complete(self) -> None:
        """Derive everything that the changes so far touch."""
        before, after = self._changes.before, self._changes.after
        self.around = calls_around(
            self._db,
            [(before[id], after[id]) for id in self._touched],
            {number.id: number.last_start for number in self._numbers.values()},
        )
        by_number: dict[int, list[int]] = {}
        for id in self._touched:
            for row in (self._changes.before[id], self._changes.after[id]):
                if row is not None and row.number_id is not None:
                    ids = by_number.setdefault(row.number_id, [])
                    if not ids or ids[-1] != id:
                        ids.append(id)
        for number, ids in by_number.items():
            if not self._all_later(number, ids):
                self._first_contact(number, ids)
        parties = self._parties(by_number)
        self._find_missed([party for party in parties if party.moved and not self._follows_contact(party)])
        for party in parties:
            self._settle(party)
        self._mark_settling()

    def _all_later(self, number: int, ids: Iterable[int]) -> bool:
        """Whether these are new calls after all others of the number, as they are when records come in time: then
        none is its first, and the first one stays."""
        last = self._numbers[number].last_start
        return last > 0 and all(
            self._changes.before[id] is None and (row := self._changes.after[id]) is not None and row.start > last
            for id in ids
        )

    def _parties(self, by_number: dict[int, list[int]]) -> list[_Party]:
        """Numbers that settle each other's missed calls, with what the changes say of each such set."""
        clients = {row.client_id for id in by_number if (row := self._numbers[id]).client_id is not None}
        of_client = numbers_of_clients(self._db, clients) if clients else {}
        parties: dict[tuple[int, ...], tuple[dict[int, int], list[int]]] = {}
        for number, ids in by_number.items():
            row = self._numbers[number]
            last_starts = {number: row.last_start} if row.client_id is None else of_client[row.client_id]
            parties.setdefault(tuple(last_starts), (last_starts, []))[1].extend(ids)
        return [self._touch(last_starts, ids) for last_starts, ids in parties.values()]

    def _first_contact(self, number: int, ids: Sequence[int]) -> None:
        """The mark belongs to an incoming call from a new number before which the number has no call. Of the calls
        that did not change only the earliest can hold it, or get it."""
        rows = [row for id in ids if (row := self._changes.after[id]) is not None and row.number_id == number]
        if self._numbers[number].last_start:
            rows += self._earliest_unchanged(number, len(ids))
        if not rows:
            return
        first = min(row.start for row in rows)
        for row in rows:
            holds = row.incoming and row.start == first and row.marks & _NEW and not self._numbers[number].earlier
            marks = row.marks | _FIRST_CONTACT if holds else row.marks & ~_FIRST_CONTACT
            if marks != row.marks:
                self._changes.open(row).marks = marks

    def _earliest_unchanged(self, number: int, changed: int) -> list[CallRow]:
        """Of the calls that did not change, those before which the number has none: one, or some of one second."""
        most = changed + 2
        while True:
            rows = self._db.execute(_EARLIEST, (number, most)).fetchall()
            unchanged = [(id, start) for id, start in rows if id not in self._touched]
            earliest = [id for id, start in unchanged if start == unchanged[0][1]]
            if len(rows) < most or len(earliest) < len(unchanged):
                return list(rows_by_id(self._db, earliest).values())
            most *= 4

    def _touch(self, last_starts: dict[int, int], ids: Sequence[int]) -> _Party:
        """What the changes say by themselves of the numbers that settle each other's missed calls."""
        before, after, inside = self._changes.before, self._changes.after, last_starts.keys()
        party = _Party({number: last for number, last in last_starts.items() if last})
        for id in dict.fromkeys(ids):
            old, new = before[id], after[id]
            was = _contact(old, inside)
            now = _contact(new, inside)
            if now is not None:
                party.contacts.append(now)
            if was != now:
                party.moved += [contact[0] for contact in (was, now) if contact is not None]
            if new is not None and new.missed and new.number_id in inside:
                party.missed.append(new)
            if old is not None and old.settled_by is not None:
                self._resettled.add(old.settled_by)
        return party

    def _follows_contact(self, party: _Party) -> bool:
        """Whether no missed call stands between the contacts that moved and the one before them, as mostly where
        records come in time: that contact was the last call of all."""
        first, floor = min(party.moved), _LOWEST
        for number in party.called:
            for call in self.around.get(number, ()):
                answered = call.answered
                if answered is not None and floor < answered < first and call.id not in self._touched:
                    floor = answered
        for number, last in party.called.items():
            if last > floor:
                return False
            calls = self.around.get(number, ())
            if last == floor and (not calls or any(call.answered is None for call in calls)):
                return False
        return True

    def _find_missed(self, parties: Sequence[_Party]) -> None:
        """Unchanged missed calls that a contact moving between two instants can touch: from the contact before it on.
        For all parties at once: statements cost more than what they find."""
        spans = [(min(party.moved), max(party.moved)) for party in parties]
        asked = [
            (place, number, first)
            for place, (party, (first, _)) in enumerate(zip(parties, spans, strict=True))
            for number in party.called
        ]
        if not asked:
            return
        floors: dict[int, int] = {}
        for place, before in ask_many(self._db, _CONTACTS_BEFORE, asked):
            floors[place] = max(before, floors.get(place, _LOWEST))
        between = [(place, number, floors.get(place, _LOWEST), spans[place][1]) for place, number, _ in asked]
        for place, *values in ask_many(self._db, _ALL_MISSED_BETWEEN, between):
            row = CallRow(*values)
            if row.id not in self._touched:
                parties[place].missed.append(self._changes.after.get(row.id) or row)

    def _settle(self, party: _Party) -> None:
        """The missed calls that these changes touch get their settling contact."""
        if not party.missed:
            return
        first, last = min(row.start for row in party.missed), max(row.start for row in party.missed)
        contacts = [*party.contacts, *self._contacts(party.called, first, last)]
        contacts.sort()
        begins = [contact[0] for contact in contacts]
        for row in party.missed:
            place = bisect_right(begins, row.start)
            self._decide(row, self._first_of(contacts, place))

    def _first_of(self, contacts: Sequence[Contact], place: int) -> Contact | None:
        """The contact at this place; of several with the same instants the one whose key is first, since ids are
        given in the order of arrival."""
        if place == len(contacts):
            return None
        equal = [contact for contact in contacts[place : place + 8] if contact[:2] == contacts[place][:2]]
        if len(equal) == 1:
            return equal[0]
        facts = read_facts(self._db, [id for _, _, id, _ in equal])
        return min(equal, key=lambda contact: (facts[contact[2]].system, facts[contact[2]].call_key))

    def _contacts(self, party: Iterable[int], first: int, last: int) -> list[Contact]:
        """Unchanged contacts after `first`, through the first one after `last` and maybe some more."""
        found: list[Contact] = []
        for number in party:
            for statement, ordered_by in ((_PROMPT_AFTER, 1), (_SLOW_AFTER, 0)):
                end: int | None = None
                for contact in self._db.execute(statement, {"number": number, "first": first}):
                    # No talk of those that follow began before.
                    if end is not None and contact[ordered_by] > end:
                        break
                    if contact[2] in self._touched:
                        continue
                    found.append(contact)
                    if contact[0] > last and (end is None or contact[0] < end):
                        end = contact[0]
        return found

    def _decide(self, row: CallRow, contact: Contact | None) -> None:
        """Settled by whom, when, and what that makes of the call."""
        marks = row.marks & ~(_LOST | _ATTENTION | _SETTLED_IN_WINDOW | _SETTLED_BY_US)
        if contact is not None and contact[3]:
            marks |= _SETTLED_BY_US
        if contact is not None and in_window(row.start, contact[0], self._settings, self._local):
            marks |= _SETTLED_IN_WINDOW
        else:
            marks |= _ATTENTION | _LOST if marks & _NEW else _ATTENTION
        settled_by = None if contact is None else contact[2]
        callback = None if contact is None else contact[0] - row.start
        if (row.marks, row.settled_by, row.callback) == (marks, settled_by, callback):
            return
        if row.settled_by != settled_by:
            self._resettled.update(id for id in (row.settled_by, settled_by) if id is not None)
        row = self._changes.open(row)
        row.marks, row.settled_by, row.callback = marks, settled_by, callback

    def _mark_settling(self) -> None:
        """Contacts that settle at least one missed call bear the mark, and no others."""
        settled: set[int] = set()
        for row in self._changes.after.values():
            if row is not None and row.settled_by is not None:
                settled.add(row.settled_by)
        ids = self._resettled.union(
            id for id in self._touched if (row := self._changes.after[id]) is not None and row.contact is not None
        )
        unread = [id for id in ids if id not in self._changes.after]
        rows = rows_by_id(self._db, unread) if unread else {}
        for id in ids:
            row = self._changes.after.get(id) or rows.get(id)
            if row is None:
                continue
            settles = id in settled or self._settles_unchanged(id, row)
            marks = row.marks | _SETTLES if settles else row.marks & ~_SETTLES
            if marks != row.marks:
                self._changes.open(row).marks = marks

    def _settles_unchanged(self, id: int, row: CallRow) -> bool:
        """Whether a missed call that these changes do not hold is settled by this contact."""
        if row.contact is None or self._changes.before.get(id, row) is None:
            return False
        return any(missed not in self._changes.after for (missed,) in self._db.execute(_SETTLED_BY, (id,)).fetchall())


def _contact(row: CallRow | None, party: Container[int]) -> Contact | None:
    if row is None or row.answered is None or row.number_id not in party:
        return None
    return (row.answered, row.start, row.id, not row.incoming)


def calls_of_numbers(db: sqlite3.Connection, numbers: Iterable[int], since: int, until: int) -> list[CallRow]:
    """The calls of these numbers that started from `since` on, before `until`."""
    return rows_where(
        db,
        "number_id IN (SELECT value FROM json_each(?)) AND start >= ? AND start < ?",
        (ids_json(numbers), since, until),
    )


def missed_calls_between(db: sqlite3.Connection, numbers: Iterable[int]) -> list[CallRow]:
    """The missed calls of numbers that began, or ceased, to settle each other's: all of them, but of the number with
    the most calls only those between its own contacts where one of another number lies."""
    counted = {number: int(db.execute(_CALLS_OF, (number,)).fetchone()[0]) for number in numbers}
    busiest = max(counted, key=counted.__getitem__)
    others = ids_json(number for number in counted if number != busiest)
    found = {row.id: row for row in rows_where(db, f"{_OF_NUMBERS} AND kind IN ({_MISSED})", (others,))}
    talks = db.execute(f"SELECT answered FROM call WHERE {_OF_NUMBERS} AND answered IS NOT NULL", (others,)).fetchall()
    floors = dict(ask_many(db, _CONTACTS_BEFORE, [(at, busiest, at) for (at,) in talks]))
    for (at,) in talks:
        between = (busiest, floors.get(at, _LOWEST), at)
        found.update((row.id, row) for row in rows_where(db, _MISSED_BETWEEN, between))
    return list(found.values())
