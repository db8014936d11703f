"""Legs to calls, portion by portion: the legs of a call may lie apart in their source."""

from __future__ import annotations

from collections.abc import Iterable

from backend_client.ingest.identity import call_key
from backend_client.model.leg import CallFacts, Leg


class CallGrouper:
    """Holds a call back until a whole portion went by without a leg of it, so that a call is written at once.

    Legs that lie further apart come as two batches of facts; whoever writes them joins them.
    """

    def __init__(self, system: str) -> None:
        self._system = system
        self._held: dict[str, list[Leg]] = {}

    def add(self, legs: Iterable[Leg]) -> list[CallFacts]:
        """Take a portion; gives the calls that it did not touch."""
        touched: dict[str, list[Leg]] = {}
        held = self._held
        for leg in legs:
            key = call_key(leg.uniqueid, leg.linkedid)
            call = touched.get(key)
            if call is None:
                call = touched[key] = held.pop(key, [])
            call.append(leg)
        self._held = touched
        return self._facts(held)

    def rest(self) -> list[CallFacts]:
        """The calls held back at the end of the source."""
        held, self._held = self._held, {}
        return self._facts(held)

    def _facts(self, calls: dict[str, list[Leg]]) -> list[CallFacts]:
        """Legs in key order; of one key the last is the newest."""
        for legs in calls.values():
            if len(legs) > 1:
                legs.sort(key=_key)
        return [CallFacts(system=self._system, call_key=key, legs=tuple(legs)) for key, legs in calls.items()]


def _key(leg: Leg) -> str:
    return leg.key
