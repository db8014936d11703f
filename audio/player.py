"""The console's end of the player: starts the process that plays, gives it commands, and knows the position."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

from audio.failure import Problem
from audio.outputs.ways import Way
from audio.place import Place
from audio.protocol import (
    LENGTH,
    LONGEST,
    Broken,
    Command,
    Event,
    Failed,
    Load,
    PartFile,
    Pause,
    Play,
    Seek,
    Shape,
    State,
    Tune,
    decode_event,
    framed,
    hand_over,
)

_SMALL = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""numpy's algebra is not used, and its threads cost memory."""
_GRACE = 1.0
"""Seconds that the process is given to end by itself."""


class PartBuffer:
    """The bytes of one part on their way: an unnamed file, so that nothing is left of it however a process ends."""

    def __init__(self, size: int, folder: str) -> None:
        self.size = size
        self.received = 0
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    @property
    def fd(self) -> int:
        return self._file.fileno()

    def write(self, data: bytes) -> None:
        """The next bytes."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self.fd, view, self.received)
            self.received += written
            view = view[written:]

    def close(self) -> None:
        self._file.close()


class Player:
    """One recording, played by one process; both end together. Used by one event loop."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        """`tell` gets each event, in the loop."""
        self._tell = tell
        self._process: asyncio.subprocess.Process | None = None
        self._line: socket.socket | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.Task[None] | None = None
        self._closing = False
        self.state = State(playing=False, part=0, second=0.0, speed=1.0, at=0.0)
        self.shapes: dict[int, Shape] = {}

    @property
    def pid(self) -> int | None:
        """The process that plays, while it lives."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process is not None else None

    @property
    def place(self) -> Place:
        """What is heard now, told by the clock."""
        state = self.state
        second = state.second
        if state.playing and not state.waiting:
            second += max(0.0, time.monotonic() - state.at) * state.speed
        shape = self.shapes.get(state.part)
        return Place(state.part, second if shape is None else min(second, shape.seconds))

    async def start(self) -> None:
        """Start the process; it gets ready while somebody finds out what is to be heard."""
        if self._process is not None:
            return
        ours, its = socket.socketpair()
        with its:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "audio.child",
                stdin=its.fileno(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True, env={**os.environ, **_SMALL},
            )  # fmt: skip
        self._line = ours
        self._reader = asyncio.create_task(self._read(self._process))

    async def open(
        self,
        parts: Sequence[PartBuffer],
        ways: Sequence[Way],
        folder: str,
        *,
        place: Place = Place(0, 0.0),  # noqa: B008
        speed: float = 1.0,
        volume: float = 1.0,
        skip_silence: bool = False,
        playing: bool = True,
    ) -> None:
        """Hear these parts, whose bytes may still be coming. `folder`: for decoded sound. Raises OSError."""
        await self.start()
        assert self._line is not None
        hand_over(self._line, [part.fd for part in parts])
        _reader, self._writer = await asyncio.open_connection(sock=self._line)
        self.send(
            Load(
                parts=tuple(PartFile(part.size) for part in parts), ways=tuple(ways), folder=folder,
                part=place.part, second=place.second, speed=speed, volume=volume, skip_silence=skip_silence,
                playing=playing,
            )
        )  # fmt: skip

    def send(self, command: Command) -> None:
        """Give a command; one to a process that has gone is forgotten."""
        if self._writer is not None and self.pid is not None:
            with suppress(ConnectionError, RuntimeError):
                self._writer.write(framed(command))

    def play(self) -> None:
        self.send(Play())

    def pause(self) -> None:
        self.send(Pause())

    def seek(self, place: Place) -> None:
        self.send(Seek(place.part, place.second))

    def tune(self, *, speed: float, volume: float, skip_silence: bool) -> None:
        self.send(Tune(speed, volume, skip_silence))

    def broken(self, part: int) -> None:
        """No more bytes of this part will come: what is there is all."""
        self.send(Broken(part))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
                if length > LONGEST:
                    break
                self._take(decode_event(await process.stdout.readexactly(length)))
        await process.wait()
        if not self._closing:
            place = self.place
            self._take(State(playing=False, part=place.part, second=place.second, speed=1.0, at=time.monotonic()))
            self._take(Failed(Problem.CRASHED, text=str(process.returncode)))

    def _take(self, event: Event) -> None:
        if isinstance(event, State):
            self.state = event
        elif isinstance(event, Shape):
            self.shapes[event.part] = event
        self._tell(event)

    async def close(self) -> None:
        """End the process; one that hangs is killed. Nothing of it is left afterwards."""
        self._closing = True
        process = self._process
        if process is None:
            return
        if self._writer is not None:
            self._writer.close()
        elif self._line is not None:
            self._line.close()
        try:
            await asyncio.wait_for(process.wait(), _GRACE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader
        if self._writer is not None:
            with suppress(ConnectionError):
                await self._writer.wait_closed()
