"""What is to be heard next: parts one after another, at a speed, without long silences; and where each frame of it
comes from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from audio.coding import Samples
from audio.place import Place
from audio.sound import Sound
from audio.stretch import Stretch


class Span(NamedTuple):
    """From output frame `out` on, part `part` is heard from `second` on at `speed`."""

    out: int
    part: int
    second: float
    speed: float


class Reel:
    """Parts of one format from a place on. Read by one thread."""

    def __init__(
        self,
        sounds: Sequence[Sound | None],
        place: Place,
        *,
        speed: float = 1.0,
        volume: float = 1.0,
        silences: Sequence[Sequence[tuple[float, float]]] = (),
    ) -> None:
        """`sounds` None: a part that cannot be heard, passed over. `silences`: what to skip of each part, seconds."""
        self._sounds = sounds
        self._silences = silences
        self._speed = speed
        self._volume = volume
        first = sounds[place.part]
        assert first is not None
        self._sound = first
        self.rate, self.channels = first.rate, first.channels
        self._part = place.part
        self._stretch = Stretch(first, place.second * first.rate, speed)
        self._made = 0
        self.spans: list[Span] = [Span(0, place.part, place.second, speed)]
        self.ended = False
        self.starving = False
        """Set when a read gave less because the recording is still on its way."""

    @property
    def made(self) -> int:
        """Output frames given so far."""
        return self._made

    def read(self, frames: int) -> bytes:
        """Up to about so many frames as bytes; fewer, or none, at the end or while starving."""
        pieces: list[Samples] = []
        wanted = frames
        self.starving = False
        while wanted > 0 and not self.ended:
            self._skip_silence()
            if not self._is_there(wanted):
                self.starving = True
                break
            position = self._stretch.position
            piece = self._stretch.read(min(wanted, self._until_silence()))
            if not len(piece):
                self._next_part()
                continue
            self.spans.append(Span(self._made, self._part, position / self._sound.rate, self._speed))
            self._made += len(piece)
            wanted -= len(piece)
            pieces.append(piece)
        if not pieces:
            return b""
        samples = np.concatenate(pieces)
        if self._volume != 1.0:
            samples = np.clip(samples * np.float32(self._volume), -32768, 32767).astype(np.int16)
        return samples.tobytes()

    def place_at(self, out: float) -> Place:
        """Where output frame `out` comes from."""
        index = max(0, bisect_right(self.spans, out, key=lambda span: span.out) - 1)
        span = self.spans[index]
        return Place(span.part, span.second + max(0.0, out - span.out) / self.rate * span.speed)

    def forget_before(self, out: float) -> None:
        """Spans that have been heard are needed no more."""
        index = bisect_right(self.spans, out, key=lambda span: span.out) - 1
        if index > 64:
            del self.spans[:index]

    def _is_there(self, frames: int) -> bool:
        if self._sound.complete:
            return True
        return self._sound.frames >= self._stretch.position + frames * self._speed + self._stretch.need

    def _skip_silence(self) -> None:
        second = self._stretch.position / self._sound.rate
        for start, end in self._silences[self._part] if self._silences else ():
            if start <= second < end:
                self._stretch.jump(end * self._sound.rate)
                return

    def _until_silence(self) -> int:
        """Output frames to the next silence that is skipped."""
        second = self._stretch.position / self._sound.rate
        starts = [start for start, _end in (self._silences[self._part] if self._silences else ()) if start > second]
        if not starts:
            return 1 << 30
        return max(1, int((min(starts) - second) * self._sound.rate / self._speed))

    def _next_part(self) -> None:
        """Go on with the next part that can be heard, in the same stream where its format is the same."""
        for part in range(self._part + 1, len(self._sounds)):
            sound = self._sounds[part]
            if sound is None:
                continue
            if (sound.rate, sound.channels) == (self.rate, self.channels):
                self._part, self._sound = part, sound
                self._stretch = Stretch(sound, 0, self._speed)
                return
            break
        self.ended = True
