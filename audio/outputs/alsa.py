"""simpleaudio: ALSA's `default`. It has no stream, but its thread reads the buffer only as it plays: a sparse buffer
is handed to it whole and filled just ahead of where it reads.

`is_playing` is never asked: it reads a list that another thread may be freeing (1 crash in 45,000 plays).
"""

from __future__ import annotations

import ctypes
import mmap
import time
from typing import Any

from audio.outputs.output import Clocked

RATES = frozenset({8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000})
_SPAN = 1800
"""Seconds of sound in one buffer. Anonymous memory that was never written costs nothing."""
_BUSY_TRIES = 20
_NORESERVE = 0x4000
"""MAP_NORESERVE on Linux; Python names it from 3.13 on."""


def quiet_alsa() -> None:
    """ALSA complains on stderr, which is the terminal that the screen is drawn on."""
    global _handler
    try:
        library = ctypes.CDLL("libasound.so.2")
    except OSError:
        return
    kind = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
    )  # fmt: skip
    _handler = kind(lambda *_: None)
    library.snd_lib_error_set_handler(_handler)


_handler: Any = None
"""Kept, or ALSA would call into freed memory."""


class AlsaOutput(Clocked):
    """Raises OSError where simpleaudio is missing, cannot play the rate, or finds no device."""

    def __init__(self, rate: int, channels: int) -> None:
        super().__init__(rate, channels)
        if rate not in RATES:
            raise OSError(f"simpleaudio plays no {rate} Hz")
        try:
            import simpleaudio
        except ImportError as error:
            raise OSError(str(error)) from error
        quiet_alsa()
        self._library = simpleaudio
        self._buffer: mmap.mmap | None = None
        self._play: Any = None
        self._freed = 0

    def _begin(self) -> None:
        size = _SPAN * self.rate * 2 * self.channels
        self._buffer = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE)
        self._freed = 0

    def _emit(self, data: bytes) -> None:
        assert self._buffer is not None
        at = self._filled * 2 * self.channels
        room = len(self._buffer) - at
        self._buffer[at : at + min(room, len(data))] = data[:room]

    def _launch(self) -> None:
        for attempt in range(_BUSY_TRIES):
            try:
                self._play = self._library.play_buffer(self._buffer, self.channels, 2, self.rate)
            except Exception as error:
                # A raw device still drains the play before (EBUSY).
                if "CODE: -16" not in str(error) or attempt == _BUSY_TRIES - 1:
                    raise OSError(str(error)) from error
                time.sleep(0.02)
            else:
                return

    def _halt(self) -> None:
        """Silence what ALSA has not taken yet, then stop; what it has taken drains, at most 100 ms."""
        if self._play is None or self._buffer is None:
            return
        block = 2 * self.channels
        start = min(len(self._buffer), int((time.monotonic() - self._began + 0.01) * self.rate) * block)
        end = min(len(self._buffer), start + self.rate * block)
        self._buffer[start:end] = bytes(end - start)
        self._play.stop()
        self._play = self._buffer = None

    def _tidy(self) -> None:
        played = int((time.monotonic() - self._began - 1) * self.rate) * 2 * self.channels
        played = played // mmap.PAGESIZE * mmap.PAGESIZE
        buffer = self._buffer
        if buffer is not None and played - self._freed > 1 << 18:
            buffer.madvise(mmap.MADV_DONTNEED, self._freed, min(played, len(buffer)) - self._freed)
            self._freed = played
