"""What a console listens to: one recording, whatever screen is shown. Fetches its bytes, drives its player."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from audio.failure import Problem
from audio.outputs.ways import Way, ways
from audio.place import Place
from audio.protocol import Event, Failed, Shape, State
from backend_client.contract.recordings import HeardRequest, RangeRequest, RecordingRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call, RecordingState
from backend_client.model.recording import Purpose, Recording, RecordingPart
from screens.language import _
from screens.recordings.recording_words import PROBLEMS, no_way, why_not_heard
from screens.words import error_text

if TYPE_CHECKING:
    from audio.player import PartBuffer, Player
    from backend_client.contract.backend import Backend

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_FIRST_RANGE = 256 << 10
_RANGE = 1 << 20
"""Bytes asked for at once: little at first, so that the first sound comes soon."""


class Listening:
    """Used by one event loop. `changed` of every watcher is called when there is something else to show."""

    def __init__(
        self, backend: Backend, way: Callable[[], str] = str, folder: Callable[[], str] = tempfile.gettempdir
    ) -> None:
        """`way` gives the way of sound that the person settled on, blank for the best that there is; `folder` where
        sound may lie while it is heard, in files without a name."""
        self._backend = backend
        self._way = way
        self._folder = folder
        self._lock = asyncio.Lock()
        self._player: Player | None = None
        self._buffers: list[PartBuffer] = []
        self._fetching: asyncio.Task[None] | None = None
        self._heard = 0.0
        """Seconds of sound since the last word to the audit log, up to the state before."""
        self.watchers: set[Callable[[], None]] = set()
        self.call: Call | None = None
        self.parts: Sequence[RecordingPart] = ()
        self.first_channel = ""
        """Who speaks on the first channel of two; blank where it is not known."""
        self.problem = ""
        """Why nothing is heard, in words; blank when all is well."""
        self.speed = 1.0
        self.volume = 1.0
        self.skip_silence = False

    # What is shown

    @property
    def state(self) -> State | None:
        return None if self._player is None else self._player.state

    @property
    def playing(self) -> bool:
        return self._player is not None and self._player.state.playing

    @property
    def place(self) -> Place:
        """What is heard now."""
        return Place(0, 0.0) if self._player is None else self._player.place

    @property
    def shape(self) -> Shape | None:
        """What the part that is heard looks like."""
        return None if self._player is None else self._player.shapes.get(self.place.part)

    # What a person does

    async def open(self, call: Call) -> None:
        """Listen to a call from its beginning; what was heard before is closed."""
        async with self._lock:
            await self._close()
            self.call, self.problem = call, ""
            self._tell()
            # Reading its code costs 10 ms, and only who listens pays it.
            from audio.player import Player

            self._player = Player(self._take)
            try:
                # The process gets ready while the store is asked.
                starting = asyncio.create_task(self._player.start())
                try:
                    recording = await self._backend.recording(RecordingRequest(call_id=call.id))
                finally:
                    await starting
                if recording.state is not RecordingState.AVAILABLE:
                    self.problem = why_not_heard(recording)
                else:
                    await self._begin(recording, self._player)
            except BackendError as error:
                self.problem = " ".join(part for part in error_text(error) if part)
            except OSError as error:
                self.problem = _("The player cannot be started: {reason}").format(reason=error.strerror or error)
            if self._fetching is None:
                await self._end_player()
            self._tell()

    async def close(self) -> None:
        """Listen to nothing any more."""
        async with self._lock:
            await self._close()
            self.call, self.problem = None, ""
            self._tell()

    def toggle(self) -> None:
        """Pause, or go on."""
        if self._player is not None:
            (self._player.pause if self.playing else self._player.play)()

    def skip(self, seconds: float) -> None:
        """Go on or back by seconds; past the beginning of a part into the one before, past its end into the next."""
        place, shape = self.place, self.shape
        second = place.second + seconds
        if second < 0 and place.part > 0 and self._player is not None:
            before = self._player.shapes.get(place.part - 1)
            self.seek(Place(place.part - 1, max(0.0, (before.seconds if before else 0.0) + second)))
        elif shape is not None and second > shape.seconds and place.part + 1 < len(self.parts):
            self.seek(Place(place.part + 1, second - shape.seconds))
        else:
            self.seek(Place(place.part, max(0.0, second)))

    def change_part(self, by: int) -> None:
        """The next or the previous part; back goes to the beginning of this one first."""
        place = self.place
        if by < 0 and place.second > 3:
            self.seek(Place(place.part, 0.0))
        else:
            self.seek(Place(max(0, min(place.part + by, len(self.parts) - 1)), 0.0))

    def seek(self, place: Place) -> None:
        if self._player is not None:
            self._player.seek(place)

    def change_speed(self, by: int) -> None:
        """The next faster or slower of SPEEDS."""
        at = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.speed))
        self.speed = SPEEDS[max(0, min(at + by, len(SPEEDS) - 1))]
        self._tune()

    def change_volume(self, by: float) -> None:
        self.volume = round(max(0.0, min(self.volume + by, 2.0)), 2)
        self._tune()

    def turn_silence(self) -> None:
        """Pass over long silences, or hear them."""
        self.skip_silence = not self.skip_silence
        self._tune()

    # The work

    def _tune(self) -> None:
        if self._player is not None:
            self._player.tune(speed=self.speed, volume=self.volume, skip_silence=self.skip_silence)
        self._tell()

    async def _begin(self, recording: Recording, player: Player) -> None:
        from audio.player import PartBuffer

        there = [(index, part) for index, part in enumerate(recording.parts) if part.missing is None]
        self.parts = [part for _index, part in there]
        self.first_channel = recording.first_channel
        open_ways = tuple(ways(os.environ, self._way()))
        if not open_ways:
            self.problem = no_way(os.environ)
        folder = self._folder()
        self._buffers = [PartBuffer(part.size, folder) for part in self.parts]
        # Without a way out the recording is opened all the same: its waveform can be seen, its time can pass.
        await player.open(
            self._buffers, open_ways or (Way.SILENT,), folder, speed=self.speed, volume=self.volume,
            skip_silence=self.skip_silence, playing=bool(open_ways),
        )  # fmt: skip
        indexes = [index for index, _part in there]
        self._fetching = asyncio.create_task(self._fetch(recording.call_id, indexes, player))

    async def _fetch(self, call_id: int, indexes: Sequence[int], player: Player) -> None:
        """Bring the bytes of all parts, one after another."""
        for number, (index, buffer) in enumerate(zip(indexes, self._buffers, strict=True)):
            try:
                length = _FIRST_RANGE
                while buffer.received < buffer.size:
                    wanted = RangeRequest(
                        call_id=call_id, part=index, start=buffer.received, length=length, purpose=Purpose.LISTEN
                    )
                    got = await self._backend.recording_range(wanted)
                    if not got.data:
                        break
                    buffer.write(got.data[: buffer.size - buffer.received])
                    length = _RANGE
            except BackendError as error:
                self.problem = " ".join(part for part in error_text(error) if part)
                self._tell()
            except OSError as error:
                self.problem = _("There is no room for the recording: {reason}").format(reason=error.strerror or error)
                self._tell()
            if buffer.received < buffer.size:
                player.broken(number)

    def _take(self, event: Event) -> None:
        """An event of the player."""
        if isinstance(event, Failed):
            self.problem = self.problem or _(PROBLEMS[event.problem])
            if event.problem is Problem.NO_DEVICE:
                self.problem = no_way(os.environ)
        elif isinstance(event, State):
            self._count()
            self._counted = event
            # A failure may be told before the state of the player that met it.
            if event.playing and event.second > 0:
                self.problem = ""
        self._tell()

    _counted: State | None = None
    """The state that has not been counted yet."""

    def _count(self) -> None:
        state = self._counted
        if state is not None and state.playing and not state.waiting:
            self._heard += max(0.0, time.monotonic() - state.at) * state.speed
        self._counted = None

    async def _close(self) -> None:
        self._count()
        heard, self._heard = round(self._heard), 0.0
        call = self.call
        if self._fetching is not None:
            self._fetching.cancel()
            with suppress(asyncio.CancelledError):
                await self._fetching
            self._fetching = None
        await self._end_player()
        for buffer in self._buffers:
            buffer.close()
        self._buffers, self.parts = [], ()
        if call is not None and heard:
            # The beginning is in the log already; a store that is away must not keep the player open.
            with suppress(BackendError):
                await self._backend.heard(HeardRequest(call_id=call.id, seconds=heard))

    async def _end_player(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            await player.close()

    def _tell(self) -> None:
        for changed in tuple(self.watchers):
            changed()
