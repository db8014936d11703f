"""A day that is played: calls ring, are answered or missed, and end, while employees come, pause and go.

It is a source like any other and is followed as one: running calls first, the records when a call has ended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from backend_client.demo.days import times_from
from backend_client.demo.exchange import Call
from backend_client.demo.history import History
from backend_client.demo.people import Numbers, Worker, make_clients
from backend_client.demo.roster import Roster
from backend_client.demo.running import moments
from backend_client.derive.channel import endpoint_of, name_of
from backend_client.ingest.follow.batch import PAUSE, Batch
from backend_client.ingest.run import DEFAULT_SYSTEM
from backend_client.model.agent_event import AgentEvent
from backend_client.model.leg import CallEvent, CallFacts
from backend_client.model.live import LiveCall

NAME = "demo"
PLAYED_DAYS, PLAYED_DENSITY = 29, 5.0
"""The store into which a day is played: four weeks stand behind the expected curve, and something always goes on."""
_BUSY = 0.25
"""How often everybody of a queue talks: only a played day has callers who wait for long."""


class _Shifts(History):
    """The demo's history, going on: calls come to those who are there and do not talk already."""

    def __init__(self, random: Random, numbers_of: Random, now: int, zone: ZoneInfo) -> None:
        numbers = Numbers(numbers_of)
        clients = make_clients(numbers_of, numbers)
        super().__init__(numbers_of, clients, numbers, now, zone, PLAYED_DAYS, PLAYED_DENSITY)
        self._roster: Roster | None = None
        self.running = [call for call in self.begun() if call.end > now]
        """Calls that the store, which was filled until now, does not hold: they have not ended."""
        self._stage.busy = _BUSY
        self._busy: dict[str, int] = {}
        self._roster = Roster(random, zone, super()._at_work, now)
        self._told: list[AgentEvent] = []

    def _at_work(self, start: int) -> list[Worker]:
        shift = super()._at_work(start)
        if self._roster is None:
            return shift
        self._told += self._roster.until(start)
        there = [worker for worker in shift if not self._roster.is_away(worker)] or shift
        return [worker for worker in there if self._busy.get(worker.extension, 0) < start] or there

    def agents(self, at: int) -> tuple[AgentEvent, ...]:
        """Who came, paused and went until then, since it was asked last."""
        assert self._roster is not None
        told, self._told = (*self._told, *self._roster.until(at)), []
        return told

    def occupy(self, call: Call) -> None:
        """Whoever is on this call takes no other one until it ends."""
        for leg in call.legs:
            for channel in (leg.dstchannel, call.channel):
                extension = name_of(endpoint_of(channel))
                self._busy[extension] = max(self._busy.get(extension, 0), int(leg.end or 0))


class LiveDay:
    """The source: `clock` says how far the day is. The same seed and begin as the store's give the same people."""

    name = NAME
    format = NAME

    def __init__(self, clock: Callable[[], float], begin: int, zone: str, seed: int = 1) -> None:
        self._clock = clock
        self._history = _Shifts(Random(seed + 1), Random(seed), begin, ZoneInfo(zone))
        coming = times_from(Random(seed + 2), begin, ZoneInfo(zone), PLAYED_DENSITY)
        self._calls = self._history.play(coming, float("inf"))
        self._next = next(self._calls)
        self._count = count()
        self._waiting: list[tuple[int, int, Call, LiveCall | None]] = []
        self._begun: set[str] = set()
        for call in self._history.running:
            self._add(call)

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """What happened since the last one, ten times a second. Nothing of it can be read again."""
        first = True
        while not stop.is_set():
            batch = self.until(int(self._clock()))
            batch.only = first
            if first and batch.live is None:
                batch.live = {}
            yield batch
            first = False
            stop.wait(PAUSE)

    def until(self, at: int) -> Batch:
        """Everything that happens until then."""
        while self._next.start <= at:
            self._add(self._next)
            self._next = next(self._calls)
        live: dict[str, LiveCall | None] = {}
        facts: dict[str, CallFacts] = {}
        newest = 0
        while self._waiting and self._waiting[0][0] <= at:
            newest, _, call, now = heappop(self._waiting)
            live[call.uniqueid] = now
            if now is None:
                self._begun.discard(call.uniqueid)
                facts[call.uniqueid] = call.facts()
            elif call.uniqueid not in self._begun:
                self._begun.add(call.uniqueid)
                facts[call.uniqueid] = _begun(call)
        agents = self._history.agents(at)
        return Batch(facts=list(facts.values()), live=live or None, agents=agents, newest=float(newest))

    def _add(self, call: Call) -> None:
        self._history.occupy(call)
        for moment in moments(call):
            heappush(self._waiting, (moment.at, next(self._count), call, moment.live))


def _begun(call: Call) -> CallFacts:
    """What a live source knows of a call at first sight: that there is one, so that it has its id."""
    begun = CallEvent(key=f"{call.uniqueid}|{NAME}", at=float(call.start), source=NAME, name="BEGIN")
    return CallFacts(system=DEFAULT_SYSTEM, call_key=call.uniqueid, events=(begun,))
