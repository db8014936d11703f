"""A PulseAudio server of the test's own with one sink that plays in real time into nothing, and a recorder of what
was played. ALSA's `default` leads there, too."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ClassVar, NamedTuple, ParamSpec

import numpy as np
from numpy.typing import NDArray

RATE = 8000
LATE = 0.015
"""Seconds by which a record may come later than it began to, on a machine with time for all: 2 to 8 ms are usual."""
_TRIES = 3

P = ParamSpec("P")


@contextmanager
def sound_server(folder: Path) -> Iterator[Mapping[str, str]]:
    """The environment in which programs play into the server."""
    socket = folder / "native"
    (folder / "server.pa").write_text(
        f"load-module module-null-sink sink_name=ci norewinds=1 rate={RATE} channels=1 format=s16le\n"
        f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\nset-default-sink ci\n"
    )
    alsa = f'{{ type pulse server "unix:{socket}" }}'
    (folder / "asound.conf").write_text(f"pcm.!default {alsa}\nctl.!default {alsa}\n")
    own = {name: str(folder) for name in ("HOME", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "PULSE_CONFIG_PATH")}
    server = subprocess.Popen(
        ["pulseaudio", "-n", "-F", folder / "server.pa", "--daemonize=no", "--use-pid-file=no",
         "--exit-idle-time=-1", "--log-level=error"],
        env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _until(socket.exists, "the sound server did not start")
        yield {
            "PULSE_SERVER": f"unix:{socket}",
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{folder / 'asound.conf'}",
        }
    finally:
        server.terminate()
        server.wait(5)


def _until(ready: Callable[[], object], complaint: str, patience: float = 10.0) -> None:
    end = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < end, complaint
        time.sleep(0.01)


class Found(NamedTuple):
    """Where a piece was found in what was heard, and how alike it is (1 is the same)."""

    second: float
    likeness: float


class Recorder:
    """Records what the sink plays while the block runs."""

    last: ClassVar[Recorder | None] = None
    """The one that was begun last."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._data = bytearray()
        self.began = float("inf")
        """Monotonic instant of the first sample, by the piece that came soonest."""
        self._latest = float("-inf")

    def __enter__(self) -> Recorder:
        Recorder.last = self
        self._process = subprocess.Popen(
            ["parec", "-d", "ci.monitor", "--raw", f"--rate={RATE}", "--channels=1", "--format=s16le",
             "--latency-msec=20"],
            env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            bufsize=0,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        _until(lambda: self._data, "the recorder hears nothing")
        return self

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 4096):
            began = time.monotonic() - (len(self._data) + len(data)) / 2 / RATE
            self.began, self._latest = min(self.began, began), max(self._latest, began)
            self._data += data

    def __exit__(self, *error: object) -> None:
        time.sleep(0.3)
        self._process.terminate()
        self._process.wait(5)
        self._thread.join(2)

    @property
    def late(self) -> float:
        """Seconds by which a piece came later than the one that came soonest: the machine had no time for it."""
        return self._latest - self.began

    @property
    def heard(self) -> NDArray[np.float64]:
        return np.frombuffer(bytes(self._data[: len(self._data) // 2 * 2]), "<i2").astype(np.float64)

    def find(self, piece: NDArray[np.int16], after: float = 0.0) -> Found:
        """Where a piece of a recording was heard, at or after a second of the record."""
        return find(self.heard, piece, after)


def find(heard: NDArray[np.float64], piece: NDArray[np.int16], after: float = 0.0) -> Found:
    """The best place by normalised cross-correlation."""
    first = int(after * RATE)
    sound, wanted = heard[first:], piece.astype(np.float64)
    size = 1 << (len(sound) + len(wanted)).bit_length()
    product = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size))
    correlation = np.fft.irfft(product, size)[: max(1, len(sound) - len(wanted) + 1)]
    squares = np.concatenate(([0.0], np.cumsum(sound**2)))
    energy = squares[len(wanted) :][: len(correlation)] - squares[: len(correlation)]
    alike = correlation / np.sqrt(energy * (wanted @ wanted) + 1e6)
    best = int(alike.argmax())
    return Found((first + best) / RATE, float(alike[best]))


def in_real_time(test: Callable[P, Awaitable[None]]) -> Callable[P, Coroutine[None, None, None]]:
    """A test of what is heard, for which a machine needs time: where the record came late, which is no fault of the
    player's, it is made anew."""

    @wraps(test)
    async def tried(*args: P.args, **kwargs: P.kwargs) -> None:
        for left in reversed(range(_TRIES)):
            Recorder.last = None
            try:
                await test(*args, **kwargs)
            except AssertionError:
                if not left or not _was_late():
                    raise
            else:
                return

    return tried


def _was_late() -> bool:
    return Recorder.last is not None and Recorder.last.late >= LATE
