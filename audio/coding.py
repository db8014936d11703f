"""Codings that are read in place, a frame at any offset: linear 8 and 16 bit, µ-law and A-law (ITU-T G.711)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio.wav import WavCode, WavHeader

Samples = NDArray[np.int16]


class Coding(NamedTuple):
    """Bytes a sample, and how they become 16-bit numbers."""

    width: int
    decode: Callable[[bytes], Samples]


def _mu_law_table() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    # The sign bit was turned over with the others.
    table: Samples = np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)
    return table


def _a_law_table() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment = (code & 0x70) >> 4
    linear = ((code & 0x0F) << 4) + np.where(segment == 0, 8, 0x108)
    magnitude = linear << np.maximum(segment - 1, 0)
    table: Samples = np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)
    return table


def _by_table(table: Samples) -> Coding:
    return Coding(1, lambda data: table[np.frombuffer(data, np.uint8)])


def _unsigned(data: bytes) -> Samples:
    signed = (np.frombuffer(data, np.uint8) ^ np.uint8(0x80)).view(np.int8)
    return signed.astype(np.int16) * np.int16(256)


def _linear(data: bytes) -> Samples:
    return np.frombuffer(data, "<i2").astype(np.int16, copy=False)


LINEAR = Coding(2, _linear)
MU_LAW = _by_table(_mu_law_table())
A_LAW = _by_table(_a_law_table())
UNSIGNED = Coding(1, _unsigned)


_CODINGS: dict[tuple[int, int], Coding] = {
    (WavCode.PCM, 16): LINEAR,
    (WavCode.PCM, 8): UNSIGNED,
    (WavCode.MU_LAW, 8): MU_LAW,
    (WavCode.A_LAW, 8): A_LAW,
}


def coding_of(header: WavHeader) -> Coding | None:
    """The coding of a WAV file's samples; None for one that has to be decoded first."""
    return _CODINGS.get((header.code, header.bits))
