"""Recorded sessions show the same with the filter and without it, in two judges' eyes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal
from tests.tui.thin_line.emulator import Emulator, Pair, Row, Tmux, without_joiners
from tests.tui.thin_line.recorder import ROOT, Write, record, take
from tui.thin_line.filter import LineFilter

APP = (sys.executable, str(Path(__file__).parent / "vocabulary_app.py"))
TABLE = (sys.executable, str(ROOT / "benchmarks" / "peers" / "data_table.py"))

SESSIONS: dict[str, tuple[str, ...]] = {
    "table": ("down", "down", "pagedown", "pagedown", "up", "ctrl+end", "ctrl+home", "f8", "right", "down", "left"),
    "field": ("tab", "shift+tab", "a", "б", "山", "é", "left", "backspace", "home", "end", "space"),
    "dialogs": ("f2", "escape", "f3", "f2", "f4", "escape", "f3", "down", "f4", "ctrl+p", "t", "escape"),
    "marks": ("f5", "f6", "down", "f5", "f2", "f6", "escape", "f4"),
    "suspended": ("down", "f7", "continue", "down", "f2", "f7", "continue", "escape"),
    "resizes": ("f3", "100x30", "down", "40x12", "41x12", "f2", "200x60", "120x40", "escape", "pagedown", "80x24"),
}


Judges = tuple[Tmux, Tmux]


@pytest.fixture
def panes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judges]:
    one, other = tmp_path_factory.mktemp("stock"), tmp_path_factory.mktemp("thin")
    with Tmux(one, 120, 40) as stock, Tmux(other, 120, 40) as thin:
        yield stock, thin


def written(session: list[list[Write]]) -> Iterator[Write]:
    for step in session:
        yield from step


@pytest.mark.parametrize("steps", SESSIONS.values(), ids=SESSIONS)
def test_session_looks_the_same_after_each_write(steps: tuple[str, ...]) -> None:
    session = record(APP, "ready", (*steps, "f9"))
    pair = Pair(120, 40)
    resized = False
    for write in written(session):
        if pair.filter.size != (write.width, write.height):
            pair.resize(write.width, write.height)
            resized = True
        pair.write(write.data)
        # A terminal cuts its lines where its cursor stands, and that is not where the program left it: a resize is
        # over with the whole frame that follows.
        resized = resized and len(write.data) < 1000
        assert resized or pair.differences() == []
    assert pair.thin_bytes < pair.stock_bytes * 0.8


@pytest.mark.parametrize("name", ["table", "dialogs", "marks", "suspended"])
def test_session_looks_the_same_to_tmux(name: str, panes: Judges) -> None:
    stock, thin = panes
    line = LineFilter(120, 40)
    for step in record(APP, "ready", (*SESSIONS[name], "f9")):
        data = [without_joiners(write.data) for write in step]
        stock.write("".join(data))
        thin.write("".join(map(line.feed, data)))
        assert thin.rows == stock.rows


class Watched:
    """A running program beside what its screen shows."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._emulator = Emulator(120, 40)
        self._seen = 0
        terminal.wait_for("ready")
        terminal.settle()

    def take(self, step: str) -> None:
        self.watch()
        if step[:1].isdigit():
            self._emulator.resize(*map(int, step.split("x")))
        take(self._terminal, step)

    def watch(self) -> list[Row]:
        """The screen as it is now."""
        self._terminal.settle(0.05)
        self._emulator.write(self._terminal.raw[self._seen :].decode())
        self._seen = len(self._terminal.raw)
        return self._emulator.rows


@pytest.mark.parametrize("name", ["table", "field", "marks", "suspended", "resizes"])
def test_program_looks_the_same_under_the_thin_driver(name: str) -> None:
    """Through the driver itself, its thread and its signals."""
    with Terminal.start((*APP, "stock")) as stock, Terminal.start((*APP, "thin")) as thin:
        one, other = Watched(stock), Watched(thin)
        for step in SESSIONS[name]:
            one.take(step)
            other.take(step)
            # Either may be the slower one.
            deadline = time.monotonic() + 10
            while one.watch() != other.watch():
                assert time.monotonic() < deadline, f"not the same after {step}"
        assert len(thin.raw) < len(stock.raw)
        for terminal in (stock, thin):
            terminal.send("f9")
            assert terminal.wait_exit() == 0


@pytest.mark.parametrize("stopped_by", ["a key", "a signal"])
def test_program_that_was_stopped_draws_everything_again_and_ends(stopped_by: str) -> None:
    """The terminal gives it an empty screen. Stopped by a signal, it could not leave the terminal before."""
    with Terminal.start((*APP, "thin")) as terminal:
        before, written = Watched(terminal).watch(), len(terminal.raw)
        threads = Path(f"/proc/{terminal.pid}/task")
        running = len(list(threads.iterdir()))
        if stopped_by == "a key":
            terminal.send("f7")
        else:
            os.kill(terminal.pid, signal.SIGSTOP)
        take(terminal, "continue")
        deadline = time.monotonic() + 10
        while screen_since(terminal, written) != before:
            assert time.monotonic() < deadline, "not the same after it went on"
        assert len(list(threads.iterdir())) == running
        terminal.send("f9")
        assert terminal.wait_exit() == 0


def screen_since(terminal: Terminal, written: int) -> list[Row]:
    """What is drawn on the empty screen that a terminal gives to a program that comes back."""
    terminal.settle(0.05)
    emulator = Emulator(120, 40)
    emulator.write(terminal.raw[written:].decode().rpartition("\x1b[?1049h")[2])
    return emulator.rows


def drawn_over_a_spoilt_screen(driver: str) -> list[Row]:
    """What is shown when something else has written everywhere, and the key to draw again was pressed."""
    with Terminal.start((*APP, driver)) as terminal:
        terminal.wait_for("ready")
        terminal.settle()
        size = len(terminal.raw)
        take(terminal, "ctrl+l")
        screen = Emulator(120, 40)
        screen.write("\x1b[?7l" + "\n".join(["kernel: out of paper"] * 40) + terminal.raw[size:].decode())
        return screen.rows


def test_spoilt_screen_is_drawn_again_whole() -> None:
    assert drawn_over_a_spoilt_screen("thin") == drawn_over_a_spoilt_screen("stock")


def test_table_costs_what_it_shows() -> None:
    session = record(TABLE, "Olena", ("down", "pagedown"))
    line = LineFilter(120, 40)
    start, down, page = [sum(len(line.feed(write.data).encode()) for write in step) for step in session]
    assert start < 6_000
    assert down < 400
    assert page < 1_800
