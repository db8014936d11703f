"""A clock that runs as fast as a demo plays; everywhere else time is the machine's."""

from __future__ import annotations

import time

from msgspec import Struct


class PlayedClock(Struct, frozen=True, kw_only=True):
    """`real`: a time.time() at which this clock showed `shown`; since then `pace` of its seconds pass in one."""

    real: float
    shown: float
    pace: float = 1.0

    def __call__(self) -> float:
        """UTC epoch seconds that this clock shows."""
        return self.shown + (time.time() - self.real) * self.pace
