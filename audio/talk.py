"""Who speaks when, and the long silences, by loudness alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio.waveform import STEPS, Levels, Pyramid

ABOVE_FLOOR = 9.0
"""Decibels over the line's own noise (its quietest tenth) that count as speech."""
LEAST = 20.0
"""Decibels over one unit of 16 bit under which nothing counts as speech."""
HANG_OVER = 30
SHORTEST = 8
"""Steps: a pause up to HANG_OVER joins two turns, a sound under SHORTEST is none."""
LONG_SILENCE = 1.5
KEPT_SILENCE = 0.5
"""Seconds: a silence longer than the first is skipped but for the second."""

Turn = tuple[int, int]
"""From and up to, in steps."""


def turns(loudness: Levels) -> list[Turn]:
    """The turns of one channel's speech."""
    if not len(loudness):
        return []
    decibels = np.convolve(20 * np.log10(loudness + 1), np.full(3, 1 / 3), "same")
    floor = float(np.percentile(decibels, 10))
    joined: list[Turn] = []
    for start, end in _runs(decibels > max(floor + ABOVE_FLOOR, LEAST)):
        if joined and start - joined[-1][1] < HANG_OVER:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start >= SHORTEST]


def lanes(pyramid: Pyramid) -> list[list[Turn]]:
    """The turns of each channel."""
    return [turns(pyramid.loudness[:, channel]) for channel in range(pyramid.loudness.shape[1])]


def silences(talk: Sequence[Sequence[Turn]], steps: int) -> list[tuple[float, float]]:
    """What can be skipped, in seconds: the inner part of every silence of all channels that is long."""
    speech = np.zeros(steps, bool)
    for lane in talk:
        for start, end in lane:
            speech[start:end] = True
    if not speech.any():
        return []
    kept = KEPT_SILENCE / 2
    return [
        (start / STEPS + kept, end / STEPS - kept)
        for start, end in _runs(~speech)
        if (end - start) / STEPS > LONG_SILENCE
    ]


def _runs(flags: NDArray[np.bool_]) -> list[Turn]:
    """Where the flags are set: from and up to."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return list(zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist(), strict=True))
