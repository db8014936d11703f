"""A sound server for the session, and a player with a recording in it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from audio.outputs.ways import Way
from audio.player import PartBuffer, Player
from audio.protocol import Event, Failed, Shape, State
from tests.audio.sound_server import Recorder, sound_server


@pytest.fixture(scope="session")
def server() -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="pulse") as folder, sound_server(Path(folder)) as environment:
        yield environment


@pytest.fixture
def loudspeaker(server: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], Recorder]:
    """Everything that plays is heard by the recorder that this makes."""
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    return lambda: Recorder(server)


class Listener:
    """A player, and what it told."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.player = Player(self.told.append)

    async def until(self, ready: Callable[[], object], patience: float = 10.0) -> None:
        end = time.monotonic() + patience
        while not ready():
            assert time.monotonic() < end, self.told
            await asyncio.sleep(0.005)

    async def playing(self) -> None:
        """Until sound comes out."""
        await self.until(lambda: self.player.state.playing and not self.player.state.waiting and self.player.state.way)

    async def ended(self, patience: float = 20.0) -> None:
        await self.until(lambda: self.player.state.ended, patience)

    @property
    def problems(self) -> list[Failed]:
        return [event for event in self.told if isinstance(event, Failed)]

    @property
    def states(self) -> list[State]:
        return [event for event in self.told if isinstance(event, State)]

    def shape(self, part: int = 0) -> Shape | None:
        shape = self.player.shapes.get(part)
        return shape if shape and shape.final else None


def buffers(*files: Path) -> list[PartBuffer]:
    """Files as parts that have come whole."""
    made = []
    for file in files:
        data = file.read_bytes()
        part = PartBuffer(len(data), tempfile.gettempdir())
        part.write(data)
        made.append(part)
    return made


@asynccontextmanager
async def listening(
    parts: Sequence[PartBuffer], ways: Sequence[Way] = (Way.ALSA,), **options: object
) -> AsyncIterator[Listener]:
    """A player on these parts; its process and files are gone afterwards."""
    listener = Listener()
    try:
        await listener.player.open(parts, ways, tempfile.gettempdir(), **options)  # type: ignore[arg-type]
        yield listener
    finally:
        await listener.player.close()
        for part in parts:
            part.close()
