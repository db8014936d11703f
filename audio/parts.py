"""The parts of one recording, opened one after another and measured when they are whole, on a thread of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from audio.decoder import open_sound
from audio.failure import Problem, SoundError
from audio.growing import GrowingFile
from audio.protocol import Event, Failed, Load, Shape

if TYPE_CHECKING:
    from audio.sound import Sound

_LOOK_AGAIN = 0.1


class Parts:
    """`tell` gets what is found, `wake` is called after each part."""

    def __init__(
        self, load: Load, files: Sequence[int], tell: Callable[[Event], None], wake: Callable[[], None]
    ) -> None:
        self._load = load
        self._tell = tell
        self._wake = wake
        self.files = [GrowingFile(file, part.size) for file, part in zip(files, load.parts, strict=True)]
        self.opened: list[Sound | Problem | None] = [None] * len(load.parts)
        """Per part: its sound, why there is none, or None while it is being opened."""
        self.silences: list[Sequence[tuple[float, float]]] = [()] * len(load.parts)

    def start(self) -> None:
        """Open the part that is wanted first, then the others."""
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        wanted = self._load.part
        opened = []
        for part in [*range(wanted, len(self.files)), *range(wanted)]:
            try:
                sound = open_sound(self.files[part], self._load.folder)
            except SoundError as error:
                self.opened[part] = error.problem
                self._tell(Failed(error.problem, part))
                self._wake()
                continue
            self.opened[part] = sound
            self._wake()
            self._tell(Shape(part, sound.seconds, final=False, channels=sound.channels))
            opened.append((part, sound))
        for part, sound in opened:
            self._measure(part, sound)

    def _measure(self, part: int, sound: Sound) -> None:
        told = sound.seconds
        while not sound.complete:
            time.sleep(_LOOK_AGAIN)
            if sound.seconds != told:
                told = sound.seconds
                self._tell(Shape(part, told, final=False, channels=sound.channels))
        if not sound.frames:
            self._tell(Failed(Problem.EMPTY, part))
            return
        from audio.talk import lanes, silences
        from audio.waveform import STEPS, columns, measure

        pyramid = measure(sound)
        talk = lanes(pyramid)
        gaps = silences(talk, len(pyramid.peaks))
        self.silences[part] = gaps
        width = self._load.columns
        self._tell(
            Shape(
                part, sound.seconds, final=True, channels=sound.channels, columns=columns(pyramid, width).tobytes(),
                lanes=tuple(tuple((start / STEPS, end / STEPS) for start, end in lane) for lane in talk),
                silence=sum(end - start for start, end in gaps),
            )
        )  # fmt: skip
