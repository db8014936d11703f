"""A recording as 16-bit frames at any offset, while its file or its decoder may still be growing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio.coding import Coding, Samples, coding_of
from audio.failure import Problem, SoundError
from audio.growing import Bytes
from audio.wav import WavHeader, read_header

MOST_CHANNELS = 2


class Sound:
    """The frames of one recording, at most two channels of it."""

    def __init__(self, data: Bytes, header: WavHeader, coding: Coding) -> None:
        self._data = data
        self._header = header
        self._coding = coding
        self._block = coding.width * header.channels
        self.rate = header.rate
        self.channels = min(MOST_CHANNELS, header.channels)

    @property
    def complete(self) -> bool:
        """Whether `frames` is final."""
        return self._data.complete

    @property
    def frames(self) -> int:
        """Frames that can be read now."""
        size = max(0, self._data.available - self._header.offset)
        if self._header.size is not None:
            size = min(size, self._header.size)
        return size // self._block

    @property
    def expected(self) -> int:
        """Frames that there will be, as far as known now."""
        if self.complete:
            return self.frames
        size = max(0, self._data.size - self._header.offset)
        if self._header.size is not None:
            size = min(size, self._header.size)
        return max(self.frames, size // self._block)

    @property
    def seconds(self) -> float:
        return self.expected / self.rate

    def read(self, start: int, count: int) -> Samples:
        """Frames from `start` on as (n, channels); n is less than `count` where there are no more."""
        start = max(0, start)
        count = max(0, min(count, self.frames - start))
        data = self._data.pread(count * self._block, self._header.offset + start * self._block)
        whole = len(data) // self._block * self._block
        samples = self._coding.decode(data[:whole]).reshape(-1, self._header.channels)
        return samples[:, : self.channels]

    def read_padded(self, start: int, count: int) -> NDArray[np.float32]:
        """Exactly `count` frames as floats; silence stands before the beginning and after the end."""
        frames = np.zeros((count, self.channels), np.float32)
        before = max(0, -start)
        if before < count:
            found = self.read(start + before, count - before)
            frames[before : before + len(found)] = found
        return frames


def direct_sound(data: Bytes) -> Sound | None:
    """The sound of a WAV file that is read in place; None where it has to be decoded. Raises SoundError."""
    header = read_header(data.pread)
    if header is None:
        return None
    coding = coding_of(header)
    if coding is None:
        return None
    if data.complete and data.available <= header.offset:
        raise SoundError(Problem.EMPTY)
    return Sound(data, header, coding)
