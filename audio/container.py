"""What a recording's first bytes say it is; its name is not asked, for names lie."""

from __future__ import annotations

from enum import StrEnum

LOOK = 4096
"""Bytes that are looked at."""
HEADER_ONLY = 44
"""A file of so many bytes or fewer holds a WAV header and no sound."""
_GSM_FRAME = 33


class Container(StrEnum):
    """The value is ffmpeg's name of the format."""

    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    WEBM = "matroska"
    FLAC = "flac"
    GSM = "gsm"
    """Raw GSM 06.10: frames of 33 bytes without a header, each beginning with the bits 1101."""


def recognise(first: bytes, size: int) -> Container | None:
    """The container of a file of `size` bytes that begins with `first`; None for what is no recording."""
    if first[:4] in (b"RIFF", b"RF64") and first[8:12] == b"WAVE":
        return Container.WAV
    for magic, container in (
        (b"OggS", Container.OGG), (b"\x1a\x45\xdf\xa3", Container.WEBM), (b"fLaC", Container.FLAC),
        (b"ID3", Container.MP3),
    ):  # fmt: skip
        if first.startswith(magic):
            return container
    if _is_gsm(first, size):
        return Container.GSM
    return Container.MP3 if _is_mpeg_frame(first) else None


def opus_rate(first: bytes) -> int | None:
    """The rate of what was encoded, in hertz; None without Opus. Opus itself always decodes to 48,000."""
    at = first.find(b"OpusHead")
    if at < 0 or len(first) < at + 16:
        return None
    told = int.from_bytes(first[at + 12 : at + 16], "little")
    return next((rate for rate in (8000, 16000, 24000) if told <= rate), 48000) if told else 16000


def _is_gsm(first: bytes, size: int) -> bool:
    starts = first[::_GSM_FRAME]
    return size % _GSM_FRAME == 0 and len(starts) > 1 and all(byte >> 4 == 0b1101 for byte in starts)


def _is_mpeg_frame(first: bytes) -> bool:
    """Sync bits, layer III, and a bit rate and sampling rate that exist."""
    return (
        len(first) >= 4
        and first[0] == 0xFF
        and first[1] & 0xE0 == 0xE0
        and first[1] & 0x06 == 0x02
        and first[2] >> 4 not in (0, 15)
        and first[2] >> 2 & 3 != 3
    )
