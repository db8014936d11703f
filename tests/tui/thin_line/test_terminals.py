"""Recorded sessions show the same with the filter and without it in xterm, screen and mosh; the console works there."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal
from tests.tui.command import pult as run_pult
from tests.tui.records import write_records
from tests.tui.thin_line.emulator import seen_in, without_joiners
from tests.tui.thin_line.recorder import record
from tests.tui.thin_line.terminals import Inside, Start, display, mosh, screen, xterm_pictures
from tests.tui.thin_line.test_sessions import APP, SESSIONS
from tui.thin_line.colours import nearest
from tui.thin_line.filter import LineFilter
from tui.thin_line.vocabulary import SURE

PULT = Path(sys.executable).with_name("pult")
STEPS = SESSIONS["dialogs"]

_TRUE_COLOUR = re.compile(r"([34]8);2;(\d+);(\d+);(\d+)")
_WIDE = re.compile(rf"[^\x00-\x1f\x7f-\x9f{SURE}]")

Kind = Callable[[], AbstractContextManager[Start]]


def _nearest(colour: re.Match[str]) -> str:
    return f"{colour[1]};5;{nearest(*map(int, colour.groups()[1:]))}"


def both(kind: Kind | None = None) -> tuple[list[str], list[str]]:
    """What each step writes, without the filter and with it."""
    line = LineFilter(120, 40)
    stock = ["".join(without_joiners(write.data) for write in step) for step in record(APP, "ready", STEPS)]
    if kind is not None:
        # What it draws of wide characters is for the terminal around it to place.
        stock = [_WIDE.sub("?", data) for data in stock]
    if kind is screen:
        stock = [_TRUE_COLOUR.sub(_nearest, data) for data in stock]
    return stock, [line.feed(data) for data in stock]


def test_session_looks_the_same_to_xterm(tmp_path: Path) -> None:
    stock, thin = both()
    with display() as name:
        one = xterm_pictures(name, tmp_path / "stock", stock, 120, 40)
        other = xterm_pictures(name, tmp_path / "thin", thin, 120, 40)
    assert len(one) == len(stock)
    assert "Toast" in re.sub(r"\x1b\[[0-9;:]*m", "", "".join(one))
    for at, (plain, filtered) in enumerate(zip(one, other, strict=True)):
        assert seen_in(filtered, 120, 40) == seen_in(plain, 120, 40), f"step {at}"


@pytest.mark.parametrize("kind", [screen, mosh])
def test_session_looks_the_same_inside(kind: Kind, tmp_path: Path) -> None:
    one, other = tmp_path / "stock", tmp_path / "thin"
    one.mkdir()
    other.mkdir()
    # Between its steps the emulator around it does not follow it everywhere.
    redraw = "\x01l" if kind is screen else ""
    with (
        kind() as start,
        Inside(start, one, 120, 40, redraw) as plain,
        Inside(start, other, 120, 40, redraw) as filtered,
    ):
        for at, (stock, thin) in enumerate(zip(*both(kind), strict=True)):
            plain.write(stock)
            filtered.write(thin)
            # What a terminal has taken it may draw a little later.
            deadline = time.monotonic() + 20
            while plain.rows != filtered.rows:
                assert time.monotonic() < deadline, f"step {at}"


@pytest.mark.parametrize("kind", [screen, mosh])
def test_console_starts_works_and_ends_inside(kind: Kind, tmp_path: Path) -> None:
    store = tmp_path / "calls.sqlite"
    assert run_pult("--store", str(store), "import", write_records(tmp_path)).returncode == 0
    with kind() as start:
        argv, env = start((PULT, "--store", store))
        with Terminal.start(argv, 120, 40, env) as terminal:
            terminal.wait_for("Today")
            terminal.send("2")
            terminal.wait_for("Ivan Koval")
            assert any(cell.bg != "default" for cell in terminal.screen.buffer[0].values())
            terminal.resize(90, 30)
            terminal.wait_for("Ivan Koval")
            terminal.send("ctrl+q")
            terminal.wait_exit()
