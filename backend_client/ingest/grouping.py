"""Legs and events to calls, portion by portion: what belongs to a call may lie apart in its source."""

from __future__ import annotations

from collections.abc import Iterable

from backend_client.ingest.identity import call_key
from backend_client.ingest.source import CallLine
from backend_client.model.leg import CallEvent, CallFacts, Leg


class CallGrouper:
    """Holds a call back until a whole portion went by without a record of it, so that a call is written at once.

    Records that lie further apart come as two batches of facts; whoever writes them joins them.
    """

    def __init__(self, system: str) -> None:
        self._system = system
        self._held: dict[str, list[Leg]] = {}
        self._events: dict[str, list[CallEvent]] = {}

    def add(self, legs: Iterable[Leg], events: Iterable[CallLine] = ()) -> list[CallFacts]:
        """Take a portion; gives the calls that it did not touch."""
        touched: dict[str, list[Leg]] = {}
        held = self._held
        for leg in legs:
            key = call_key(leg.uniqueid, leg.linkedid)
            call = touched.get(key)
            if call is None:
                call = touched[key] = held.pop(key, [])
            call.append(leg)
        lines: dict[str, list[CallEvent]] = {}
        before = self._events
        for line in events:
            told = lines.get(line.call)
            if told is None:
                told = lines[line.call] = before.pop(line.call, [])
            told.append(line.event)
        self._held, self._events = touched, lines
        return self._facts(held, before)

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
