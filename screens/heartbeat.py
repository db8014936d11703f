"""Noticing that time went by unseen: a laptop that slept, a program that was stopped."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, time

SLACK = 3.0
"""Seconds by which two clocks may drift apart, or a timer be late, without anybody having slept."""


class Heartbeat:
    """Beaten at a steady pace; tells when a beat comes much too late."""

    def __init__(
        self, every: float, *, wall: Callable[[], float] = time, steady: Callable[[], float] = monotonic
    ) -> None:
        self._every = every
        self._wall, self._steady = wall, steady
        self._last = (wall(), steady())

    def beat(self) -> float:
        """Seconds that went by unseen since the last beat; 0.0 where all went as it should.

        While a machine sleeps its steady clock stands and only the wall clock tells; while a program is stopped both
        go on. A wall clock that somebody sets forward looks like a sleep, and costs a question to the backend.
        """
        wall, steady = self._wall(), self._steady()
        passed = max(wall - self._last[0], steady - self._last[1])
        self._last = (wall, steady)
        return passed if passed > 2 * self._every + SLACK else 0.0
