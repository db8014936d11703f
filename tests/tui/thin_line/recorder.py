"""Records what Textual's stock driver is given to write, by any program, as it is driven in a real pty."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from textual.drivers.linux_driver import LinuxDriver

from tests.pty.terminal import Terminal

ROOT = Path(__file__).parents[3]
_LOG = "THIN_LINE_LOG"


class Write(NamedTuple):
    """One call of the driver's `write`, and the size of the window at that time."""

    width: int
    height: int
    data: str


class Recorder(LinuxDriver):
    """Notes each write in the file that the environment names."""

    def write(self, data: str) -> None:
        width, height = os.get_terminal_size(sys.__stdin__.fileno() if sys.__stdin__ else 0)
        # Input's thread writes, too: one line is one call of the system.
        with open(os.environ[_LOG], "a") as log:
            log.write(json.dumps([width, height, data]) + "\n")
        super().write(data)


@cache
def record(
    argv: tuple[str, ...], ready: str, steps: tuple[str, ...], width: int = 120, height: int = 40
) -> list[list[Write]]:
    """What was written until `ready` was shown, and in each step, see `take`."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        driver = f"{__name__}:Recorder"
        env = {"TEXTUAL_DRIVER": driver, _LOG: str(log), "PYTHONPATH": str(ROOT)}
        taken: list[list[Write]] = []
        with Terminal.start(argv, width, height, env) as terminal:
            terminal.wait_for(ready)
            terminal.settle(0.5)
            for step in ("", *steps):
                take(terminal, step)
                so_far = [Write(*json.loads(line)) for line in log.read_text().splitlines()]
                taken.append(so_far[sum(map(len, taken)) :])
        return taken


def is_stopped(pid: int) -> bool:
    """Whether a process was stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def take(terminal: Terminal, step: str) -> None:
    """Do what a step says, and wait for what comes of it: a key's name, a size as "80x24", or "continue" after a
    key that suspended the program."""
    if step == "continue":
        # Sent to a program that has not stopped yet, the signal is lost, and it stops for good.
        deadline = time.monotonic() + 10
        while not is_stopped(terminal.pid):
            assert time.monotonic() < deadline, "it did not stop"
            terminal.settle(0.02, limit=0.02)
        os.kill(terminal.pid, signal.SIGCONT)
    elif step[:1].isdigit() and "x" in step:
        terminal.resize(*map(int, step.split("x")))
    elif step:
        terminal.send(step)
    # A lone Escape is known to be one only when nothing has followed it for a while.
    terminal.settle(0.4 if step == "escape" else 0.12)
