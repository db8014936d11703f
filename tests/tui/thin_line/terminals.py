"""Real terminals as judges of what is shown: xterm by its own print of its screen, and screen and mosh by what they
draw in turn."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.pty.terminal import Terminal
from tests.tui.thin_line.emulator import Emulator, Row

Command = Sequence[str | Path]
Start = Callable[[Command], tuple[Command, Mapping[str, str]]]

_PRINT = "\x1b[i"
_RECEIVER = Path(__file__).with_name("receiver.py")


@contextmanager
def display() -> Iterator[str]:
    """The name of a display that nobody sees."""
    reads, writes = os.pipe()
    argv = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(argv, pass_fds=(writes,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writes)
    try:
        assert select.select([reads], [], [], 20)[0], "no display"
        yield f":{os.read(reads, 16).decode().strip()}"
    finally:
        os.close(reads)
        server.terminate()
        server.wait()


def xterm_pictures(display: str, folder: Path, steps: Sequence[str], width: int, height: int) -> list[str]:
    """What xterm shows after each step: all cells with their styles, as it prints them."""
    folder.mkdir()
    printed = folder / "printed"
    printed.touch()
    # Each picture comes from a process of its own, so the next step waits for all of its lines.
    script = ["stty -echo -icanon"]
    for at, step in enumerate(steps, 1):
        (folder / str(at)).write_bytes(f"{step}{_PRINT}".encode())
        script.append(f"cat {at}; while [ $(wc -l <printed) -lt {at * height} ]; do sleep 0.01; done")
    (folder / "play").write_text("\n".join(script))
    argv = ["xterm", "-u8", "-fn", "fixed", "-geometry", f"{width}x{height}"]
    for name, value in (("printerCommand", "cat >>printed"), ("printAttributes", "2")):
        argv += ["-xrm", f"*{name}: {value}"]
    env = {**os.environ, "DISPLAY": display, "LC_ALL": "C.UTF-8"}
    subprocess.run([*argv, "-e", "sh", "play"], cwd=folder, env=env, check=True, timeout=60, capture_output=True)
    lines = printed.read_bytes().decode().split("\n")
    return ["\n".join(lines[at : at + height]) for at in range(0, len(lines) - 1, height)]


class Inside:
    """A terminal that runs in another one: what it draws there is what it shows. A context manager.

    `start` gives, for a program to run in it, what to start and with which environment. `redraw`: what to type so that
    it draws all of its screen again.
    """

    def __init__(self, start: Start, folder: Path, width: int, height: int, redraw: str = "") -> None:
        self._folder, self._redraw = folder, redraw
        self._emulator = Emulator(width, height)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._steps = self._seen = 0
        pipe, self._taken = folder / "pipe", folder / "taken"
        os.mkfifo(pipe)
        self._taken.touch()
        argv, env = start((sys.executable, _RECEIVER, pipe, self._taken))
        self._terminal = Terminal.start(argv, width, height, env)
        # Opened only when the program has: both ends at once, lest opening waits for ever.
        self._pipe = os.open(pipe, os.O_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._pipe)
        self._terminal.close()

    def write(self, data: str) -> None:
        """Write, and wait until the terminal has taken it all."""
        self._steps += 1
        step = self._folder / f"step{self._steps}"
        step.write_bytes(data.encode())
        os.write(self._pipe, f"{step}\n".encode())
        deadline = time.monotonic() + 20
        while self._taken.read_text().count("taken") < self._steps:
            assert time.monotonic() < deadline, f"not taken:\n{self._terminal.text}"
            self._terminal.settle(0.02, limit=0.05)

    @property
    def rows(self) -> list[Row]:
        """All cells with their styles, when nothing more comes."""
        self._terminal.type(self._redraw)
        self._terminal.settle(0.06)
        self._emulator.write(self._decode(bytes(self._terminal.raw[self._seen :])))
        self._seen = len(self._terminal.raw)
        return self._emulator.rows


@contextmanager
def screen() -> Iterator[Start]:
    """GNU screen, without its own messages."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "screenrc"
        settings.write_text("startup_message off\nvbell off\ndeflogin off\ndefutf8 on\naltscreen on\n")
        sockets = Path(folder) / "sockets"
        sockets.mkdir(mode=0o700)
        argv = ("screen", "-U", "-c", str(settings), "-T", "xterm-256color")
        yield lambda command: ((*argv, *command), {"SCREENDIR": str(sockets)})


@contextmanager
def mosh() -> Iterator[Start]:
    """A mosh server on this machine, without a sign-in, and its client."""
    yield _behind_mosh


def _behind_mosh(command: Command) -> tuple[Command, Mapping[str, str]]:
    server = ("mosh-server", "new", "-i", "127.0.0.1", "-c", "256", "--", *map(str, command))
    env = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "MOSH_SERVER_NETWORK_TMOUT": "60"}
    told = subprocess.run(server, env=env, check=True, capture_output=True, text=True, timeout=20).stdout
    port, key = next(line for line in told.splitlines() if line.startswith("MOSH CONNECT")).split()[2:]
    return ("mosh-client", "127.0.0.1", port), {"MOSH_KEY": key, "MOSH_PREDICTION_DISPLAY": "never"}
