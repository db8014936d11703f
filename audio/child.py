"""The process that owns sound: `python -m audio.child`. A crash of a C library is a return code here, and what it
prints reaches no screen. It ends with its console: when its input closes.

It may be started before anybody knows what is to be heard: it gets ready meanwhile.
"""

from __future__ import annotations

import os
import socket
import threading
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

from audio.parts import Parts
from audio.protocol import (
    Broken,
    Command,
    Event,
    Load,
    Pause,
    Play,
    Seek,
    Tune,
    framed,
    read_command,
    take_over,
)  # fmt: skip

if TYPE_CHECKING:
    from audio.deck import Deck

Inbox = SimpleQueue[Command | str]


class Voice:
    """Tells events to the console; used by several threads."""

    def __init__(self, output: int) -> None:
        self._output = output
        self._lock = threading.Lock()

    def tell(self, event: Event) -> None:
        data = memoryview(framed(event))
        with self._lock:
            while data:
                data = data[os.write(self._output, data) :]


class Child:
    """Threads: commands in, parts, and the deck on the main one."""

    def __init__(self, parts: Parts, deck: Deck, inbox: Inbox) -> None:
        self._parts = parts
        self._deck = deck
        self._inbox = inbox

    def run(self, commands: BinaryIO) -> None:
        threading.Thread(target=self._listen, args=(commands,), daemon=True).start()
        while True:
            try:
                message = self._inbox.get(timeout=self._deck.patience)
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
                self._parts.files[part].broken = True


def play(line: socket.socket, events: int) -> None:
    """Play what the console loads, until it is gone."""
    files = take_over(line)
    commands = line.makefile("rb")
    first = None if files is None else read_command(commands)
    if files is None or not isinstance(first, Load):
        return
    voice, inbox = Voice(events), Inbox()
    parts = Parts(first, files, voice.tell, lambda: inbox.put("opened"))
    # A decoder begins its work while numpy is read.
    parts.start()
    from audio.deck import Deck

    Child(parts, Deck(first, parts, voice.tell), inbox).run(commands)


def main() -> None:
    """Speak the protocol on what were stdin and stdout; nobody else may write there."""
    line, events = socket.socket(fileno=os.dup(0)), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    threading.Thread(target=import_module, args=("audio.deck",), daemon=True).start()
    try:
        play(line, events)
    except (BrokenPipeError, ConnectionError):
        pass
    # Threads of C libraries may never end, and nothing is left that would have to.
    os._exit(0)


if __name__ == "__main__":
    main()
