"""Recordings of the demo: two made-up voices in turns, the same for the same name, made when they are first asked for.

A µ-law WAV of two channels, the client on the first and the operator on the second, as long as the talk was.
"""

from __future__ import annotations

import os
import struct
from hashlib import sha256
from pathlib import Path

from backend_client.errors import NotFound
from backend_client.model.recording import Missing
from backend_client.model.text import N_
from backend_client.recordings.names import Unsafe, safe_parts
from backend_client.recordings.place import Named

RATE = 8000
MOST_KEPT = 40
"""Files: older ones are made again when they are asked for."""
_HEADER = 58


class MadeUp:
    """The root `demo:`."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "made-up"

    def find(self, named: Named) -> tuple[str, int] | Missing:
        try:
            name = safe_parts(named.text)[-1]
        except Unsafe:
            return Missing.OUTSIDE
        frames = int(max(1.0, named.seconds) * RATE)
        return f"{frames}/{name}", _HEADER + 2 * frames

    def read(self, place: str, start: int, length: int) -> bytes:
        frames, _slash, name = place.partition("/")
        path = self._folder / sha256(place.encode()).hexdigest()
        try:
            if not path.exists():
                self._make(path, name, int(frames))
            with path.open("rb") as file:
                file.seek(start)
                return file.read(length)
        except OSError as error:
            raise NotFound(N_("There is no room to make up a recording for the demo.")) from error

    def delete(self, place: str) -> bool:
        return True

    def _make(self, path: Path, name: str, frames: int) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
        for old in kept[: max(0, len(kept) - MOST_KEPT)]:
            old.unlink(missing_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(_header(frames) + conversation(name, frames))
        fresh.replace(path)


def _header(frames: int) -> bytes:
    format_ = struct.pack("<HHIIHHH", 7, 2, RATE, RATE * 2, 2, 8, 0)
    fact = b"fact" + struct.pack("<II", 4, frames)
    body = b"WAVEfmt " + struct.pack("<I", len(format_)) + format_ + fact + b"data" + struct.pack("<I", frames * 2)
    return b"RIFF" + struct.pack("<I", len(body) + frames * 2) + body


def conversation(name: str, frames: int) -> bytes:
    """Frames of two channels in µ-law: who is silent hears the other faintly, as on a real line."""
    # 70 ms, and only in the demo.
    import numpy as np

    random = np.random.default_rng(int.from_bytes(sha256(name.encode()).digest()[:8], "little"))
    lines = random.normal(0, 25, (frames, 2)).astype(np.float32)
    pitches = random.uniform(170, 240), random.uniform(95, 150)
    at, speaker = int(0.3 * RATE), 1
    while at < frames:
        length = int(random.uniform(0.8, 6.0) * RATE)
        at_most = min(length, frames - at)
        seconds = np.arange(at_most, dtype=np.float32) / RATE
        beat = seconds * random.uniform(3.2, 4.6)
        syllables = random.uniform(0.5, 1.0, int(beat[-1]) + 2).astype(np.float32)
        steps = random.uniform(0.85, 1.2, len(syllables))
        melody = np.interp(beat, np.arange(len(syllables)), steps) * pitches[speaker]
        phase = 2 * np.pi * np.cumsum(melody / RATE)
        tone = sum(np.sin(phase * n) / n for n in (1, 2, 3, 5))
        envelope = syllables[beat.astype(np.intp)] * np.clip(np.sin(np.pi * (beat % 1)) * 1.5 - 0.2, 0, 1)
        lines[at : at + at_most, speaker] += (6000 * envelope * tone).astype(np.float32)
        # Now and then somebody looks something up.
        pause = random.uniform(2.5, 9.0) if random.random() < 0.08 else random.uniform(0.15, 0.7)
        at += length + int(pause * RATE)
        speaker = 1 - speaker
    return _mu_law(lines)


def _mu_law(lines: object) -> bytes:
    """ITU-T G.711: eight segments, each twice as coarse as the one before."""
    import numpy as np

    linear = np.asarray(lines)
    magnitude = np.minimum(np.abs(linear), 32635).astype(np.int32) + 132
    segment = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = magnitude >> (segment + 3) & 0x0F
    sign = np.where(linear < 0, 0x80, 0)
    codes = (~(sign | segment << 4 | mantissa) & 0xFF).astype(np.uint8)
    return bytes(codes)
