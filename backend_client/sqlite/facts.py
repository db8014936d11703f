"""`FactWriter`: facts in, everything else derived, in one transaction each (architecture, idea 4)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from backend_client.derive.collapsed import Basis
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.sqlite.beforehand import Beforehand, Ready
from backend_client.sqlite.body import erased_calls, pack, read_facts
from backend_client.sqlite.comments import join_comments
from backend_client.sqlite.deriver import Deriver
from backend_client.sqlite.identity import Group, Identity, keys_of, move_keys, write_keys
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.upkeep.erasure import erase_arrived, known_by_hidden_key
from backend_client.sqlite.upkeep.ledger import Ledger, read_ledger
from backend_client.sqlite.writer import LONGEST, Writer

_FEWEST, _MOST = 100, 4_000
"""Calls that an import derives together. Fewer would hardly take less time: where a number has thousands of calls a
day, what stands around a call takes more than the call."""
_PART = 0.15 * LONGEST
"""Seconds that deriving calls together shall take: after each part of a transaction whoever waits is let in."""
_WHOLE = 0.6 * LONGEST
"""Seconds that a transaction shall take that is not cut into parts."""
_NEWEST = 0.3
"""How much the last part says of the next one: calls differ."""
EVER, NEVER = -(2**62), 2**62
"""Before and after every instant."""


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


class Pace:
    """How many calls fit into a span of time."""

    def __init__(self, seconds: float, fewest: int) -> None:
        self.calls = _FEWEST
        self._seconds = seconds
        self._fewest = fewest
        self._each: float | None = None
        """Seconds a call."""

    def learn(self, calls: int, seconds: float) -> None:
        if calls and seconds > 0:
            each = seconds / calls
            if self._each is not None:
                each = self._each + _NEWEST * (each - self._each)
            self._each = each
            self.calls = max(self._fewest, min(int(self._seconds / each), self.calls * 2, _MOST))


class FactWriter:
    """Writes facts and keeps calls, marks, directories, search and tallies in step. For one thread at a time."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._deriver = Deriver()
        self._identity = Identity()
        self._parts, self._wholes = Pace(_PART, _FEWEST), Pace(_WHOLE, 1)
        self._erasures: Ledger | None = None
        self._seen = -1
        self.derived = 0
        """How many calls the last `derive_again` derived."""

    def basis(self, db: sqlite3.Connection) -> Basis:
        """What calls are collapsed on now."""
        return self._deriver.basis(db)

    def put(
        self,
        batch: Sequence[CallFacts],
        beforehand: Beforehand | None = None,
        *,
        durable: bool = False,
        after: Callable[[Transaction], None] | None = None,
    ) -> PutReport:
        """Merge these facts with those that stand and derive what they touch, in transactions of whole calls that end
        where another writer waits, so that he waits for at most about 250 ms: calls that are written together share
        the pages of a day's tallies.

        The order of the batch, and of batches, changes nothing but ids. What of a call was made `beforehand`
        is not made again. `after` runs inside the last transaction, for what must be committed with the records,
        such as a position in a file. Raises BackendError kinds; transactions before the one that failed stand.
        """
        report = PutReport()
        place = 0
        while True:
            with self._transaction(durable=durable) as transaction:
                began = time.perf_counter()
                while True:
                    part = batch[place : place + self._parts.calls]
                    place += len(part)
                    report += self._merge_part(transaction, part, beforehand)
                    last = place >= len(batch)
                    if last or time.perf_counter() - began > LONGEST or self._writer.is_awaited():
                        break
                if last and after is not None:
                    after(transaction)
            if last:
                return report

    def _merge_part(
        self, transaction: Transaction, part: Sequence[CallFacts], beforehand: Beforehand | None
    ) -> PutReport:
        began = time.perf_counter()
        report = self._merge(transaction, part, beforehand)
        self._parts.learn(len(part), time.perf_counter() - began)
        return report

    def derive_again(
        self,
        after_id: int,
        *,
        since: int | None = None,
        keep: bool = True,
        finish: Callable[[Transaction, int], None] | None = None,
    ) -> tuple[int | None, int]:
        """Derive the next calls after an id again, as many as fit into one transaction; with `since` (UTC epoch
        seconds) only those that started then or later.

        Gives the last id done (None: there are no more) and how many calls were not as derived now. `finish` runs
        inside the transaction with that id; `keep=False` changes nothing.
        """
        started = "" if since is None else "AND EXISTS (SELECT 1 FROM call WHERE id = call_id AND start >= :since)"
        with self._transaction(keep=keep) as transaction:
            began = time.perf_counter()
            ids = transaction.db.execute(
                f"SELECT call_id FROM facts WHERE call_id > :after {started} ORDER BY call_id LIMIT :calls",
                {"after": after_id, "since": since, "calls": self._wholes.calls},
            ).fetchall()
            facts = read_facts(transaction.db, [id for (id,) in ids])
            changes = self._deriver.derive(transaction, facts)
            self.derived = len(facts)
            last = ids[-1][0] if ids else None
            if finish is not None and last is not None:
                finish(transaction, last)
        self._wholes.learn(len(ids), time.perf_counter() - began)
        return last, len(changes.pairs())

    def would_change(self, ids: Sequence[int]) -> int:
        """How many calls would change if these were derived again. Changes nothing."""
        with self._transaction(keep=False) as transaction:
            return len(self._deriver.derive(transaction, read_facts(transaction.db, ids)).pairs())

    def derive_numbers_again(
        self,
        transaction: Transaction,
        numbers: Iterable[int],
        since: int = EVER,
        until: int = NEVER,
        *,
        together: bool = False,
    ) -> None:
        """What links decide, after one changed: the marks of all calls of these numbers, or of those that started
        from `since` on, before `until`; with `together` also of missed calls that the numbers began, or ceased, to
        settle for each other. In a transaction of the caller's."""
        self.forget()
        self._deriver.derive_numbers(transaction, numbers, since, until, together=together)

    @contextmanager
    def _transaction(self, *, durable: bool = False, keep: bool = True) -> Iterator[Transaction]:
        """What was looked up is dropped where somebody else wrote meanwhile, and where the transaction in which it
        may have been made is undone."""
        try:
            with self._writer.transaction(durable=durable, keep=keep) as transaction:
                if transaction.before != self._seen:
                    self.forget()
                yield transaction
        except BaseException:
            self.forget()
            raise
        if keep:
            self._seen = self._writer.change
        else:
            self.forget()

    def forget(self) -> None:
        """Drop what was looked up: somebody else has written."""
        self._identity.forget()
        self._deriver.forget()
        self._erasures = None
        self._seen = -1

    def _merge(self, transaction: Transaction, batch: Sequence[CallFacts], beforehand: Beforehand | None) -> PutReport:
        db = transaction.db
        made = self._usable(db, beforehand)
        ledger, report = self._ledger(db), PutReport()
        if ledger.watches:
            hidden = known_by_hidden_key(db, ledger, batch)
            report += _unchanged(facts for facts, known in zip(batch, hidden, strict=True) if known)
            batch = [facts for facts, known in zip(batch, hidden, strict=True) if not known]
        groups = self._identity.group(db, batch)
        known = read_facts(db, {id for group in groups for id in group.ids})
        erased = erased_calls(db, {id for group in groups for id in group.ids if id not in known})
        merged: dict[int, CallFacts] = {}
        ready: dict[int, Ready] = {}
        joined: dict[int, int] = {}
        for group in groups:
            if not erased.isdisjoint(group.ids):
                report += _unchanged(group.facts)
                continue
            facts, counted = _merge_group(group, known)
            report += counted
            if counted.new or counted.updated or len(group.ids) > 1:
                merged[group.id] = facts
                if not group.ids and facts is group.facts[0] and facts.call_key in made:
                    ready[group.id] = made[facts.call_key]
            for id in group.ids:
                if id != group.id:
                    joined[id] = group.id
        for id, kept in joined.items():
            self._join(db, known.get(id), id, kept)
        write_keys(db, (group for group in groups if erased.isdisjoint(group.ids)))
        _write_facts(db, merged, ready)
        self._deriver.derive(transaction, merged, joined, ready)
        if ledger.watches and erase_arrived(transaction, ledger, merged):
            self.forget()
        return report

    def _usable(self, db: sqlite3.Connection, beforehand: Beforehand | None) -> dict[str, Ready]:
        """Calls that were made ready by what holds now, by call key."""
        return beforehand.calls if beforehand is not None and beforehand.basis == self._deriver.basis(db) else {}

    def _ledger(self, db: sqlite3.Connection) -> Ledger:
        if self._erasures is None:
            self._erasures = read_ledger(db)
        return self._erasures

    def _join(self, db: sqlite3.Connection, facts: CallFacts | None, id: int, kept: int) -> None:
        """The younger call becomes part of the older one; comments go over, the old id still finds it."""
        if facts is not None:
            move_keys(db, self._identity.system_id(db, facts.system), sorted(keys_of(facts)), kept, id)
        db.execute("DELETE FROM facts WHERE call_id = ?", (id,))
        join_comments(db, kept, id)


def _unchanged(records: Iterable[CallFacts]) -> PutReport:
    """Records of calls that were erased: they change nothing."""
    return PutReport(unchanged=sum(len(facts.legs) + len(facts.events) for facts in records))


def _write_facts(db: sqlite3.Connection, merged: dict[int, CallFacts], ready: dict[int, Ready]) -> None:
    db.executemany(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
        [(id, ready[id].body if id in ready else pack(facts)) for id, facts in sorted(merged.items())],
    )


def _merge_group(group: Group, known: dict[int, CallFacts]) -> tuple[CallFacts, PutReport]:
    """The facts of a call after what came, and what was new in it. Records are told apart by key. Where nothing had to
    be put right the facts are those that came, the very same."""
    stored = [known[id] for id in sorted(group.ids) if id in known]
    if not stored and len(group.facts) == 1:
        facts = group.facts[0]
        if _is_in_order(facts.legs) and _is_in_order(facts.events):
            return facts, PutReport(new=len(facts.legs) + len(facts.events))
        legs, events = {leg.key: leg for leg in facts.legs}, {event.key: event for event in facts.events}
        new = len(legs) + len(events)
        repeated = len(facts.legs) + len(facts.events) - new
        return _in_order(facts.system, facts.call_key, legs, events), PutReport(new=new, unchanged=repeated)
    legs = {leg.key: leg for facts in stored for leg in facts.legs}
    events = {event.key: event for facts in stored for event in facts.events}
    report = _merge(legs, [leg for facts in group.facts for leg in facts.legs])
    report += _merge(events, [event for facts in group.facts for event in facts.events])
    everything = [*stored, *group.facts]
    facts = _in_order(everything[0].system, min(facts.call_key for facts in everything), legs, events)
    return facts, report


def _merge(records: dict[str, R], came: Sequence[R]) -> PutReport:
    """Put records under their keys; counts the new, the updated and the unchanged ones. Of several with one key the
    last stands, and the earlier change nothing: else each of them would be an update every time they come."""
    newest = {record.key: record for record in came}
    new = updated = 0
    unchanged = len(came) - len(newest)
    for record in newest.values():
        before = records.get(record.key)
        if before == record:
            unchanged += 1
            continue
        records[record.key] = record
        if before is None:
            new += 1
        else:
            updated += 1
    return PutReport(new=new, updated=updated, unchanged=unchanged)


def _is_in_order(records: Sequence[R]) -> bool:
    """Whether every record has a key of its own, and they stand by it."""
    return all(before.key < after.key for before, after in pairwise(records))


def _in_order(system: str, key: str, legs: dict[str, Leg], events: dict[str, CallEvent]) -> CallFacts:
    return CallFacts(
        system=system,
        call_key=key,
        legs=tuple(legs[key] for key in sorted(legs)),
        events=tuple(events[key] for key in sorted(events)),
    )
