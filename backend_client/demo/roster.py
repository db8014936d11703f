"""Who of the demo's employees is at the telephone: they come, have lunch, take breaks and go home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from backend_client.demo.people import WORKERS, Worker
from backend_client.demo.scenes import QUEUES
from backend_client.model.agent_event import AgentEvent, Presence, queue_place

_STEP = 300
"""Seconds between two looks at the clock on the wall."""
_LUNCH_HOURS = (12, 13)
_LUNCH_CHANCE, _BREAK_CHANCE = 0.09, 0.015
LUNCH, BREAK = "Обід", "Перерва"


class Roster:
    """`at_work` gives who has a shift at an instant. Events are told in order, up to the instant that was asked for."""

    def __init__(self, random: Random, zone: ZoneInfo, at_work: Callable[[int], list[Worker]], start: int) -> None:
        self._random = random
        self._zone = zone
        self._at_work = at_work
        self._next = start
        self._there = {worker.extension: worker for worker in WORKERS}
        self._back: dict[str, int] = {}
        """Extension of somebody who is away → when they are back."""
        self._lunched: set[tuple[str, int]] = set()

    def is_away(self, worker: Worker) -> bool:
        """Whether they have a break, as of the last look."""
        return worker.extension in self._back

    def until(self, at: int) -> Iterator[AgentEvent]:
        """What happens until then."""
        while self._next <= at:
            yield from self._look(self._next)
            self._next += _STEP

    def _look(self, at: int) -> Iterator[AgentEvent]:
        shift = {worker.extension: worker for worker in self._at_work(at)}
        for extension in sorted(self._there.keys() - shift.keys()):
            self._back.pop(extension, None)
            yield self._event(self._there.pop(extension), Presence.OUT, at)
        for extension in sorted(shift.keys() - self._there.keys()):
            self._there[extension] = shift[extension]
            yield self._event(shift[extension], Presence.IN, at)
        for extension, worker in self._there.items():
            if extension in self._back:
                if self._back[extension] <= at:
                    del self._back[extension]
                    yield self._event(worker, Presence.IN, at)
                continue
            yield from self._pause(worker, at)

    def _pause(self, worker: Worker, at: int) -> Iterator[AgentEvent]:
        local = datetime.fromtimestamp(at, self._zone)
        today = (worker.extension, local.toordinal())
        if local.hour in _LUNCH_HOURS and today not in self._lunched and self._random.random() < _LUNCH_CHANCE:
            self._lunched.add(today)
            self._back[worker.extension] = at + self._random.randrange(25, 45) * 60
            yield self._event(worker, Presence.PAUSED, at, LUNCH)
        elif self._random.random() < _BREAK_CHANCE:
            self._back[worker.extension] = at + self._random.randrange(5, 16) * 60
            yield self._event(worker, Presence.PAUSED, at, BREAK)

    def _event(self, worker: Worker, presence: Presence, at: int, reason: str = "") -> AgentEvent:
        place = queue_place(QUEUES[worker.department])
        return AgentEvent(address=worker.extension, place=place, presence=presence, at=at, reason=reason)
