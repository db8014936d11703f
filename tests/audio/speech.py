"""Recordings made up for the tests: voices as harmonics under an envelope of syllables, no two seconds alike."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
Samples = NDArray[np.int16]


def voice(seconds: float, seed: int = 1, pitch: float = 140.0, rate: int = RATE) -> Samples:
    """Speech-like sound: four syllables a second, each of a pitch and loudness of its own, over faint noise."""
    random = np.random.default_rng(seed)
    count = int(seconds * rate)
    syllables = int(seconds * 4) + 2
    at = np.arange(count) / rate * 4
    pitches = np.interp(at, np.arange(syllables), pitch * random.uniform(0.8, 1.25, syllables))
    loudness = np.repeat(random.uniform(0.3, 1.0, syllables), rate // 4)[:count]
    envelope = loudness * np.clip(np.sin(np.pi * (at % 1)) * 1.4 - 0.2, 0, 1)
    phase = 2 * np.pi * np.cumsum(pitches) / rate
    tone = sum(np.sin(phase * harmonic) / harmonic for harmonic in range(1, 9))
    return np.asarray(envelope * tone * 7000 + random.normal(0, 20, count), np.int16)


def quiet(seconds: float, seed: int = 9, rate: int = RATE) -> Samples:
    """A line on which nobody speaks."""
    return np.random.default_rng(seed).normal(0, 20, int(seconds * rate)).astype(np.int16)


def write_wav(path: Path, samples: Samples, rate: int = RATE) -> Path:
    """16-bit samples, (n,) or (n, channels)."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(samples, "<i2").tobytes())
    return path


def encode(source: Path, target: Path, *options: str) -> Path:
    """The recording in another format, by ffmpeg."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *options, target], check=True, timeout=60)
    return target
