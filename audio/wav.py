"""The header of a WAV file: what its samples are and where they lie. Lengths written in it are not trusted."""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

Pread = Callable[[int, int], bytes]
"""(count, offset) → bytes, fewer where the file ends."""

_LONGEST_HEADER = 1 << 20
"""Bytes: chunks before the samples are looked through so far."""


class WavCode(IntEnum):
    """`wFormatTag` of the codings met in call recordings."""

    PCM = 1
    A_LAW = 6
    MU_LAW = 7
    GSM = 0x31
    EXTENSIBLE = 0xFFFE


class WavHeader(NamedTuple):
    """`offset` is where the samples begin; `size` their bytes as told, None where nothing sensible is told."""

    code: int
    channels: int
    rate: int
    bits: int
    offset: int
    size: int | None


def read_header(pread: Pread) -> WavHeader | None:
    """The header, or None where there is none, or none that makes sense."""
    start = pread(12, 0)
    if start[:4] not in (b"RIFF", b"RF64") or start[8:12] != b"WAVE":
        return None
    format_, position = b"", 12
    while position < _LONGEST_HEADER:
        chunk = pread(8, position)
        if len(chunk) < 8:
            return None
        name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        if name == b"data":
            return _checked(format_, position + 8, size)
        if name == b"fmt ":
            format_ = pread(min(size, 40), position + 8)
        position += 8 + size + size % 2
    return None


def _checked(format_: bytes, offset: int, size: int) -> WavHeader | None:
    if len(format_) < 16:
        return None
    code, channels, rate, _per_second, _block, bits = struct.unpack("<HHIIHH", format_[:16])
    if code == WavCode.EXTENSIBLE and len(format_) >= 26:
        code = int.from_bytes(format_[24:26], "little")
    if not (1 <= channels <= 32 and 1000 <= rate <= 384_000):
        return None
    # Recorders and pipes that never came back to fill it in leave 0 or the largest number.
    told = size if 0 < size < 0xFFFFFF00 else None
    return WavHeader(code, channels, rate, bits, offset, told)


def header_bytes(channels: int, rate: int) -> bytes:
    """The header of 16-bit samples whose number is not known yet."""
    block = 2 * channels
    format_ = struct.pack("<HHIIHH", WavCode.PCM, channels, rate, rate * block, block, 16)
    unknown = b"\xff\xff\xff\xff"
    return b"RIFF" + unknown + b"WAVEfmt " + struct.pack("<I", len(format_)) + format_ + b"data" + unknown
