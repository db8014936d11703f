"""Time stretch that keeps the pitch: WSOLA (Verhelst and Roelands, 1993) over a sound, a frame at any place.

Each output hop is taken from where the input looks most like what would have followed the hop before; hops overlap
by half under a Hann window. The nominal position advances by hop × speed, so the map from output to input is exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio.coding import Samples
from audio.sound import Sound

SLOWEST, FASTEST = 0.5, 3.0
_WINDOW = 0.040
_SEARCH = 0.010
"""Seconds: the window, and how far from its nominal place a hop may be taken."""
_QUIET = 1e3
"""Keeps the likeness of silence with silence finite."""

Floats = NDArray[np.float32]


class Stretch:
    """Reads a sound from `position` (in its frames) on at `speed`; both may be set at any time."""

    def __init__(self, sound: Sound, position: float, speed: float) -> None:
        self._sound = sound
        self.speed = speed
        self._window = int(sound.rate * _WINDOW) // 2 * 2
        self._hop = self._window // 2
        self._reach = int(sound.rate * _SEARCH)
        phase = np.arange(self._window, dtype=np.float32) / self._window
        self._fade = (0.5 - 0.5 * np.cos(2 * np.pi * phase)).astype(np.float32)[:, None]
        self.position = float(position)
        self._taken: int | None = None
        """Where the last hop was taken."""
        self._tail: Floats | None = None
        """The second half of the last window, still to be overlapped."""

    @property
    def need(self) -> int:
        """Frames after `position` that must be there for the next hop."""
        return self._window + self._hop + 2 * self._reach

    def jump(self, position: float) -> None:
        """Go on elsewhere; the hop before fades into the new place."""
        self.position = float(position)
        self._taken = None

    def read(self, frames: int) -> Samples:
        """About so many frames, in whole hops when stretched; none at the end of the sound."""
        if abs(self.speed - 1.0) < 1e-3:
            return self._plain(frames)
        hops = []
        made = 0
        while made < frames and self.position < self._sound.frames:
            hops.append(self._next_hop())
            made += self._hop
        if not hops:
            return np.empty((0, self._sound.channels), np.int16)
        return _to_int16(np.concatenate(hops))

    def _plain(self, frames: int) -> Samples:
        start = int(self.position)
        samples = self._sound.read(start, frames)
        self.position = start + len(samples)
        self._taken = None
        if self._tail is None or not len(samples):
            return samples
        blended = samples.astype(np.float32)
        length = min(self._hop, len(blended))
        blended[:length] = self._tail[:length] + blended[:length] * self._fade[:length]
        self._tail = None
        return _to_int16(blended)

    def _next_hop(self) -> Floats:
        place = round(self.position)
        if self._taken is None:
            window = self._sound.read_padded(place, self._window)
            self._taken = place
            hop = window[: self._hop]
        else:
            around = self._sound.read_padded(place - self._reach, self._window + 2 * self._reach)
            natural = self._sound.read_padded(self._taken + self._hop, self._window)
            shift = _most_alike(around.mean(axis=1), natural.mean(axis=1))
            window = around[shift : shift + self._window]
            self._taken = place - self._reach + shift
            hop = window[: self._hop]
        if self._tail is not None:
            hop = self._tail + hop * self._fade[: self._hop]
        self._tail = window[self._hop :] * self._fade[self._hop :]
        self.position += self._hop * self.speed
        return hop


def _most_alike(around: Floats, wanted: Floats) -> int:
    """The offset in `around` at which it correlates best with `wanted`, loudness aside."""
    likeness = np.correlate(around, wanted, "valid")
    squares = np.concatenate(([0.0], np.cumsum(around.astype(np.float64) ** 2)))
    energy = squares[len(wanted) :] - squares[: -len(wanted)]
    return int(np.argmax(likeness / np.sqrt(energy + _QUIET)))


def _to_int16(frames: Floats) -> Samples:
    return np.clip(frames, -32768, 32767).astype(np.int16)
