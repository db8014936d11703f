"""A piece of a recording as a file of its own, in any format by its suffix; pydub writes it."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from audio.decoder import open_sound
from audio.failure import Problem, SoundError
from audio.growing import GrowingFile
from audio.sound import Sound

_LONGEST_WAIT = 600.0


def export_clip(source: Path, target: Path, start: float, end: float | None) -> float:
    """Write seconds `start` to `end` (None: to its end) of a recording to `target`; gives the seconds written.

    WAV by itself, other suffixes through ffmpeg. Raises SoundError for a source that is no recording, and with
    NO_DECODER where it would take ffmpeg; OSError where the target cannot be written.
    """
    fd = os.open(source, os.O_RDONLY)
    try:
        sound = open_sound(GrowingFile(fd, source.stat().st_size), tempfile.gettempdir())
        segment = segment_of(sound, start, end)
    finally:
        os.close(fd)
    try:
        segment.export(target, format=target.suffix.lstrip(".") or "wav").close()
    except FileNotFoundError as error:
        raise SoundError(Problem.NO_DECODER, str(error)) from error
    return float(segment.duration_seconds)


def segment_of(sound: Sound, start: float, end: float | None) -> Any:
    """A pydub AudioSegment of seconds `start` to `end`; waits for the decoder."""
    with warnings.catch_warnings():
        # pydub warns of a missing ffmpeg, and of audioop, which it brings itself on newer Pythons.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    until = time.monotonic() + _LONGEST_WAIT
    while not sound.complete and time.monotonic() < until:
        time.sleep(0.01)
    first = int(max(0.0, start) * sound.rate)
    last = sound.frames if end is None else int(end * sound.rate)
    data = sound.read(first, max(0, last - first)).tobytes()
    return AudioSegment(data=data, sample_width=2, frame_rate=sound.rate, channels=sound.channels)
