"""Legs and events to calls, portion by portion: what belongs to a call may lie apart in its source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from backend_client.errors import Invalid
from backend_client.ingest.identity import call_key
from backend_client.ingest.source import CallLine
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.model.text import N_

_OFTEN = 256
"""After so many records of one call its repeated ones are dropped: a file may hold the same call a million times."""
MOST = 10_000
"""Records of one call; the largest real one known has 12 legs."""
R = TypeVar("R", Leg, CallEvent)


class CallGrouper:
    """Holds a call back until a whole portion went by without a record of it, so that a call is written at once.

    Records that lie further apart come as two batches of facts; whoever writes them joins them.
    """

    def __init__(self, system: str) -> None:
        self._system = system
        self._held: dict[str, list[Leg]] = {}
        self._events: dict[str, list[CallEvent]] = {}
        self.dropped = 0
        """Records that a later one of the same key replaced before they were given."""

    def add(self, legs: Iterable[Leg], events: Iterable[CallLine] = ()) -> list[CallFacts]:
        """Take a portion; gives the calls that it did not touch. Raises Invalid where too many records name one call:
        the column of its id is another one."""
        touched: dict[str, list[Leg]] = {}
        held = self._held
        for leg in legs:
            key = call_key(leg.uniqueid, leg.linkedid)
            call = touched.get(key)
            if call is None:
                call = touched[key] = held.pop(key, [])
            call.append(leg)
            if not len(call) % _OFTEN:
                self._drop_repeated(key, call)
        lines: dict[str, list[CallEvent]] = {}
        before = self._events
        for line in events:
            told = lines.get(line.call)
            if told is None:
                told = lines[line.call] = before.pop(line.call, [])
            told.append(line.event)
            if not len(told) % _OFTEN:
                self._drop_repeated(line.call, told)
        self._held, self._events = touched, lines
        return self._facts(held, before)

    def _drop_repeated(self, key: str, records: list[R]) -> None:
        newest = list({record.key: record for record in records}.values())
        self.dropped += len(records) - len(newest)
        records[:] = newest
        if len(newest) > MOST:
            raise Invalid(
                N_("More than {limit} records name one call, {call}: this cannot be its id."),
                N_("Look at the mapping with --dry-run; describe the columns in a profile and name it with --profile."),
                limit=MOST, call=key,
            )  # fmt: skip

    def rest(self) -> list[CallFacts]:
        """The calls held back at the end of the source."""
        held, self._held = self._held, {}
        events, self._events = self._events, {}
        return self._facts(held, events)

    def _facts(self, calls: dict[str, list[Leg]], events: dict[str, list[CallEvent]]) -> list[CallFacts]:
        """Legs in key order; of one key the last is the newest."""
        for legs in calls.values():
            if len(legs) > 1:
                legs.sort(key=_key)
        facts = [
            CallFacts(system=self._system, call_key=key, legs=tuple(legs), events=_in_order(events.pop(key, ())))
            for key, legs in calls.items()
        ]
        facts += [CallFacts(system=self._system, call_key=key, events=_in_order(told)) for key, told in events.items()]
        return facts


def _in_order(events: Iterable[CallEvent]) -> tuple[CallEvent, ...]:
    return tuple(sorted(events, key=lambda event: event.key))


def _key(leg: Leg) -> str:
    return leg.key
