"""miniaudio: finds PulseAudio, PipeWire or ALSA by itself, and needs no compiler. It asks for frames when it wants
them."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from audio.outputs.alsa import quiet_alsa
from audio.outputs.output import Pull

_BUFFER = 0.04
"""Seconds asked for. So little is safe only in a process that does nothing else."""
_LOST = 2.0


class DeviceOutput:
    """Raises OSError where miniaudio is missing or finds no device."""

    def __init__(self, rate: int, channels: int) -> None:
        try:
            import miniaudio
        except ImportError as error:
            raise OSError(str(error)) from error
        quiet_alsa()
        self.delay = _BUFFER
        self.rate = rate
        self.channels = channels
        self._pull: Pull | None = None
        self._given = 0
        """Frames given since start, and when the last were."""
        self._at = 0.0
        self._before = 0
        try:
            self._device: Any = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16, nchannels=channels, sample_rate=rate,
                buffersize_msec=int(_BUFFER * 1000), app_name="Pult",
            )  # fmt: skip
            frames = self._frames()
            next(frames)
            self._device.start(frames)
        except miniaudio.MiniaudioError as error:
            raise OSError(str(error)) from error

    def _frames(self) -> Generator[bytes, int, None]:
        """What the device's thread runs: frames of the stream, or silence."""
        block = 2 * self.channels
        rest = b""
        owner: Pull | None = None
        count = yield b""
        while True:
            pull = self._pull
            if pull is not owner:
                rest, owner = b"", pull
            wanted = count * block
            while pull is not None and len(rest) < wanted:
                more = pull(count)
                if not more:
                    break
                rest += more
            data, rest = rest[:wanted], rest[wanted:]
            if data and pull is self._pull:
                self._before, self._at = self._given, time.monotonic()
                self._given += len(data) // block
            count = yield data + bytes(wanted - len(data))

    def start(self, pull: Pull) -> None:
        self._pull = None
        self._given = self._before = 0
        self._at = time.monotonic()
        # A new function each time: the generator knows by it that the stream is another.
        self._pull = lambda frames: pull(frames)

    def stop(self) -> None:
        self._pull = None

    def heard(self) -> float:
        if self._pull is None:
            return 0.0
        since = min(time.monotonic() - self._at, _LOST)
        return max(0.0, self._before + (since - self.delay) * self.rate)

    def close(self) -> None:
        """The process ends right after: closing the device may hang on a slow server."""
        self._pull = None
