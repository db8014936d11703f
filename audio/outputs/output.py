"""The interface of an output, and the base of those that are filled ahead of a clock."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

Pull = Callable[[int], bytes]
"""Asked for so many frames it gives about as many, fewer or none where there are no more now."""


class Output(Protocol):
    """One stream of 16-bit frames at a time. Opening raises OSError where there is no way to play."""

    delay: float
    """Seconds from `start` to the first frame in the air."""

    def start(self, pull: Pull) -> None:
        """Begin to play what `pull` gives; a stream that plays already is stopped first. Raises OSError."""
        ...

    def stop(self) -> None:
        """Fall silent as fast as the device can."""
        ...

    def heard(self) -> float:
        """Frames that have been heard since `start`."""
        ...

    def close(self) -> None: ...


class Clocked(ABC):
    """An output that is kept filled `LEAD` seconds ahead by a thread; what has been heard is told by the clock."""

    LEAD = 0.6
    FIRST = 0.25
    STEP = 0.1
    delay = 0.0

    def __init__(self, rate: int, channels: int) -> None:
        self.rate = rate
        self.channels = channels
        self._began = 0.0
        self._filled = 0
        self._turn = 0
        """Counts starts and stops: a filler of an earlier turn ends by itself."""
        self._filler: threading.Thread | None = None

    def start(self, pull: Pull) -> None:
        self.stop()
        self._turn += 1
        self._filled = 0
        self._begin()
        self._fill(pull, self.FIRST)
        self._launch()
        self._began = time.monotonic()
        self._filler = threading.Thread(target=self._run, args=(pull, self._turn), name="filler", daemon=True)
        self._filler.start()

    def stop(self) -> None:
        if self._filler is None:
            return
        self._turn += 1
        self._halt()
        if self._filler is not threading.current_thread():
            self._filler.join(1.0)
        self._filler = None

    def heard(self) -> float:
        return max(0.0, time.monotonic() - self._began) * self.rate if self._filler is not None else 0.0

    def close(self) -> None:
        self.stop()

    def _run(self, pull: Pull, turn: int) -> None:
        while self._turn == turn:
            ahead = self._filled - self.heard()
            if ahead >= self.LEAD * self.rate or not self._fill(pull, self.STEP):
                time.sleep(0.03)
            self._tidy()

    def _fill(self, pull: Pull, seconds: float) -> bool:
        data = pull(int(seconds * self.rate))
        if data:
            self._emit(data)
            self._filled += len(data) // (2 * self.channels)
        return bool(data)

    @abstractmethod
    def _begin(self) -> None:
        """Make ready to take frames."""

    @abstractmethod
    def _emit(self, data: bytes) -> None:
        """Take frames."""

    def _launch(self) -> None:
        """Begin to play: the first frames are there."""
        return

    def _halt(self) -> None:
        """Fall silent."""
        return

    def _tidy(self) -> None:
        """Give back what has been played."""
        return


class SilentOutput(Clocked):
    """No sound, but time passes: position and transcript can be followed without a device."""

    def _begin(self) -> None:
        return

    def _emit(self, data: bytes) -> None:
        return
