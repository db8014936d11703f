"""The shape of a recording: peak and loudness of every 10 ms, from which any width is drawn without the samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from audio.sound import Sound

STEPS = 100
"""Steps a second."""
_BLOCK = 3000
"""Steps gone through at once: 30 s."""
_QUIETEST = 50.0
"""Decibels under full scale that are drawn as nothing."""

Levels = NDArray[np.float32]


class Pyramid:
    """`peaks` and `loudness` (root mean square) as (steps, channels), of 16-bit full scale."""

    def __init__(self, peaks: Levels, loudness: Levels) -> None:
        self.peaks = peaks
        self.loudness = loudness

    @property
    def seconds(self) -> float:
        return len(self.peaks) / STEPS


def measure(sound: Sound, stop: Callable[[], bool] = lambda: False) -> Pyramid:
    """Go through the frames that are there, 30 s at a time; what was measured before `stop` said so."""
    step = max(1, sound.rate // STEPS)
    total = sound.frames // step
    peaks = np.zeros((total, sound.channels), np.float32)
    loudness = np.zeros((total, sound.channels), np.float32)
    for first in range(0, total, _BLOCK):
        if stop():
            break
        count = min(_BLOCK, total - first)
        block = sound.read(first * step, count * step)
        count = len(block) // step
        for channel in range(sound.channels):
            # A channel by itself and contiguous: five times as fast as the interleaved frames.
            steps = np.ascontiguousarray(block[: count * step, channel]).reshape(count, step).astype(np.float32)
            peaks[first : first + count, channel] = np.maximum(steps.max(axis=1), -steps.min(axis=1))
            loudness[first : first + count, channel] = np.sqrt(np.einsum("ij,ij->i", steps, steps) / step)
    return Pyramid(peaks, loudness)


def columns(pyramid: Pyramid, count: int) -> NDArray[np.uint8]:
    """The loudest peak of each of `count` equal spans as (count, channels), 0–255 on a scale of decibels:
    quiet speech stays visible."""
    steps = len(pyramid.peaks)
    if not steps:
        return np.zeros((count, pyramid.peaks.shape[1]), np.uint8)
    edges = np.minimum(np.linspace(0, steps, count, endpoint=False).astype(np.intp), steps - 1)
    peaks = np.maximum.reduceat(pyramid.peaks, edges, axis=0)
    decibels = 20 * np.log10(peaks / 32768 + 1e-6)
    return (np.clip(1 + decibels / _QUIETEST, 0, 1) * 255).astype(np.uint8)
