"""Three months of the demo's calls, in order of time: who calls whom, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import accumulate, chain
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.demo.days import call_times
from backend_client.demo.exchange import Call, Exchange
from backend_client.demo.people import WORKERS, Client, Numbers, Worker
from backend_client.demo.remarks import ANSWERED, MISSED
from backend_client.demo.scenes import Stage
from backend_client.model.leg import CallFacts

DAYS = 92
_DAY_SHIFT = range(8, 20)
_CALLED_BACK, _CALLS_AGAIN = 0.6, 0.2
_STRANGERS = 0.36
"""Share of incoming calls from numbers that belong to nobody."""


class Remark(Struct, frozen=True):
    """A comment that an employee writes on a call."""

    call_key: str
    extension: str
    text: str
    at: int


class History:
    """Plays the calls; `remarks` and `results` fill while `calls` is iterated."""

    def __init__(
        self, random: Random, clients: list[Client], numbers: Numbers, now: int, zone: ZoneInfo,
        days: int = DAYS, density: float = 1.0,
    ) -> None:  # fmt: skip
        self._random = random
        self._numbers = numbers
        self._now = now
        self._zone = zone
        self._days = days
        self._density = density
        self._stage = Stage(Exchange(random, zone), random)
        self._clients = [number for client in clients for number in client.numbers]
        self._weights = list(accumulate(1 / (place + 6) ** 0.75 for place in range(len(self._clients))))
        self._strangers: list[str] = []
        self._later: list[tuple[int, int, str, bool]] = []
        self._until: float = now
        self.remarks: list[Remark] = []
        self.results: list[str] = []
        """Keys of answered calls whose outcome somebody noted."""

    def calls(self) -> Iterator[CallFacts]:
        """Every call that ended by now."""
        for call in self.begun():
            if call.end <= self._now:
                yield call.facts()

    def begun(self) -> Iterator[Call]:
        """Every call that started by now."""
        return self.play(call_times(self._random, self._now, self._zone, self._days, self._density), self._now)

    def play(self, times: Iterable[int], until: float) -> Iterator[Call]:
        """Calls that start then, and those that follow from them, in order of their starts, before an instant."""
        self._until = until
        for at in chain(times, (until,)):
            while self._later and self._later[0][0] <= at:
                start, _, number, by_us = heappop(self._later)
                yield self._follow_up(start, number, by_us)
            if at >= until:
                return
            yield self._some_call(int(at))

    def _at_work(self, start: int) -> list[Worker]:
        local = datetime.fromtimestamp(start, self._zone)
        if local.hour not in _DAY_SHIFT:
            return [worker for worker in WORKERS if worker.night]
        if local.weekday() >= 5:
            return [worker for place, worker in enumerate(WORKERS[:12]) if (place + local.day) % 2 or worker.night]
        return list(WORKERS)

    def _some_call(self, start: int) -> Call:
        at_work = self._at_work(start)
        luck = self._random.random()
        if luck < 0.66:
            return self._incoming(start, self._caller(), at_work)
        worker = self._random.choices(at_work, [worker.pace for worker in at_work])[0]
        if luck < 0.93 or len(at_work) < 2:
            known = self._random.random() < 0.85 or not self._strangers
            number = self._client() if known else self._random.choice(self._strangers)
            return self._noted(self._stage.outgoing(start, number, worker), worker, missed=False)
        other = self._random.choice([other for other in at_work if other is not worker])
        return self._stage.inside(start, worker, other)

    def _client(self) -> str:
        return self._random.choices(self._clients, cum_weights=self._weights)[0]

    def _caller(self) -> str:
        """A number; blank for one that is withheld."""
        luck = self._random.random()
        if luck < 0.02:
            return ""
        if luck > _STRANGERS:
            return self._client()
        if self._strangers and self._random.random() < 0.25:
            return self._random.choice(self._strangers)
        number = self._numbers.any()
        self._strangers.append(number)
        return number

    def _incoming(self, start: int, number: str, at_work: list[Worker]) -> Call:
        call, worker = self._stage.incoming(start, number, at_work)
        if worker is None and number:
            luck = self._random.random()
            if luck < _CALLED_BACK:
                self._plan(start + 60 + int(self._random.expovariate(1 / 1500)), number, by_us=True)
            elif luck < _CALLED_BACK + _CALLS_AGAIN:
                self._plan(start + 45 + int(self._random.expovariate(1 / 900)), number, by_us=False)
        return self._noted(call, worker or self._random.choice(at_work), missed=worker is None)

    def _plan(self, at: int, number: str, *, by_us: bool) -> None:
        if at < self._until:
            heappush(self._later, (at, len(self.remarks), number, by_us))

    def _follow_up(self, start: int, number: str, by_us: bool) -> Call:
        at_work = self._at_work(start)
        if by_us:
            worker = self._random.choice(at_work)
            return self._noted(self._stage.outgoing(start, number, worker, reached=0.82), worker, missed=False)
        return self._incoming(start, number, at_work)

    def _noted(self, call: Call, worker: Worker, *, missed: bool) -> Call:
        """Now and then somebody writes a comment, or notes the outcome."""
        answered = any(leg.answer is not None and leg.dstchannel for leg in call.legs)
        if self._random.random() < (0.05 if missed or answered else 0.01):
            text = self._random.choice(ANSWERED if answered else MISSED)
            at = min(call.end + self._random.randrange(5, 900), self._now)
            self.remarks.append(Remark(call.uniqueid, worker.extension, text, at))
        if answered and self._random.random() < 0.3:
            self.results.append(call.uniqueid)
        return call
