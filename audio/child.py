"""The process that owns sound: `python -m audio.child`. A crash of a C library is a return code here, and what it
prints reaches no screen. It ends with its console: when its input closes."""

from __future__ import annotations

import os
import sys
import threading
import time
from queue import Empty, SimpleQueue
from typing import BinaryIO

from audio.deck import TICK, Deck
from audio.decoder import open_sound
from audio.failure import Problem, SoundError
from audio.protocol import (
    Broken,
    Command,
    Event,
    Failed,
    Load,
    Pause,
    Play,
    Seek,
    Shape,
    Tune,
    framed,
    read_command,
)
from audio.sound import GrowingFile, Sound
from audio.talk import lanes, silences
from audio.waveform import STEPS, columns, measure

_LOOK_AGAIN = 0.1


class Child:
    """Threads: commands in, parts opened and measured one after another, and the deck on the main one."""

    def __init__(self, load: Load, output: int) -> None:
        self._load = load
        self._output = output
        self._lock = threading.Lock()
        self._files = [GrowingFile(part.fd, part.size) for part in load.parts]
        self._inbox: SimpleQueue[Command | str] = SimpleQueue()
        self._deck = Deck(load, self.tell)

    def tell(self, event: Event) -> None:
        data = memoryview(framed(event))
        with self._lock:
            while data:
                data = data[os.write(self._output, data) :]

    def run(self, commands: BinaryIO) -> None:
        threading.Thread(target=self._listen, args=(commands,), daemon=True).start()
        threading.Thread(target=self._open_parts, daemon=True).start()
        while True:
            try:
                message = self._inbox.get(timeout=TICK if self._deck.busy else None)
            except Empty:
                message = ""
            while message:
                if message == "gone":
                    self._deck.close()
                    return
                self._do(message)
                message = "" if self._inbox.empty() else self._inbox.get()
            self._deck.settle()

    def _listen(self, commands: BinaryIO) -> None:
        while (command := read_command(commands)) is not None:
            self._inbox.put(command)
        self._inbox.put("gone")

    def _do(self, message: Command | str) -> None:
        match message:
            case Play():
                self._deck.play()
            case Pause():
                self._deck.pause()
            case Seek(part, second):
                self._deck.seek(part, second)
            case Tune(speed, volume, skip_silence):
                self._deck.tune(speed, volume, skip_silence)
            case Broken(part):
                self._files[part].broken = True

    def _open_parts(self) -> None:
        """The part that is wanted first, then the others; each is measured when it is whole."""
        wanted = self._load.part
        order = [*range(wanted, len(self._files)), *range(wanted)]
        opened = []
        for part in order:
            try:
                sound = open_sound(self._files[part], self._load.folder)
            except SoundError as error:
                self._deck.opened[part] = error.problem
                self.tell(Failed(error.problem, part))
                self._inbox.put("opened")
                continue
            self._deck.opened[part] = sound
            self._inbox.put("opened")
            self.tell(Shape(part, sound.seconds, final=False, channels=sound.channels))
            opened.append((part, sound))
        for part, sound in opened:
            self._measure(part, sound)

    def _measure(self, part: int, sound: Sound) -> None:
        told = sound.seconds
        while not sound.complete:
            time.sleep(_LOOK_AGAIN)
            if sound.seconds != told:
                told = sound.seconds
                self.tell(Shape(part, told, final=False, channels=sound.channels))
        if not sound.frames:
            self.tell(Failed(Problem.EMPTY, part))
            return
        pyramid = measure(sound)
        talk = lanes(pyramid)
        gaps = silences(talk, len(pyramid.peaks))
        self._deck.silences[part] = gaps
        width = self._load.columns
        self.tell(
            Shape(
                part, sound.seconds, final=True, channels=sound.channels, columns=columns(pyramid, width).tobytes(),
                lanes=tuple(tuple((start / STEPS, end / STEPS) for start, end in lane) for lane in talk),
                silence=sum(end - start for start, end in gaps),
            )
        )  # fmt: skip


def main() -> None:
    """Speak the protocol on what were stdin and stdout; nobody else may write there."""
    commands, events = os.fdopen(os.dup(0), "rb"), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    first = read_command(commands)
    if not isinstance(first, Load):
        sys.exit(2)
    try:
        Child(first, events).run(commands)
    except BrokenPipeError:
        pass
    # Threads of C libraries may never end, and nothing is left that would have to.
    os._exit(0)


if __name__ == "__main__":
    main()
