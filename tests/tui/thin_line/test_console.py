"""Recorded sessions over every screen of the console show the same with the filter and without it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_client.contract.calls import WindowRequest
from backend_client.contract.clients import RegisterClient
from backend_client.demo.centre import build_demo
from backend_client.model.call_filter import CallFilter
from backend_client.opening import open_store
from tests.tui.thin_line.emulator import Pair, Tmux, seen_in, without_joiners
from tests.tui.thin_line.recorder import Write, record
from tui.thin_line.filter import LineFilter

PULT = Path(sys.executable).with_name("pult")
CONSOLE = Path(__file__).with_name("recorded_console.py")

SESSIONS: dict[str, tuple[str, ...]] = {
    "calls": (
        "down", "enter", "escape", "2", "pagedown", "pagedown", "p", "down", "end", "home", "m", "f", "escape", "v",
        "escape", "K", "escape", "L", "escape",
    ),
    "clients": ("3", "down", "enter", "down", "E", "escape", "escape", "f7", "T", "e", "escape", "y", "1", "f7"),
    "reports": ("4", "r", "home", "enter", "t", "left", "t", "r", "home", *["down"] * 4, "enter", "t", "down", "right"),
    "plan and queue": ("5", "t", "escape", "6", "w", "w", "b", "escape", "7", "down", "f", "escape"),
    "office": ("8", "down", "enter", "escape", "9", "enter", "down", "escape", "0", "down", "f1", "down", "escape"),
    "finding": (
        "ctrl+p", "c", "o", "escape", ",", "down", "escape", "\\", "escape", "/", "0", "6", "escape",
    ),
    "resizes": ("2", "100x30", "pagedown", "41x12", "42x12", "enter", "200x50", "120x40", "escape", "6", "80x24", "4"),
}  # fmt: skip
HOSTILE = (
    "[/foo][b]X[/b][@click=app.quit]Y[/]",
    "株式会社" * 12,
    "שלום מרחבא",
    "é" * 30 + "\u0300" * 9,
    "Родина 👩‍👩‍👧 🇺🇦",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call centre with some clients whose names are no terminal's friends."""
    path = tmp_path_factory.mktemp("centre") / "calls.sqlite"
    build_demo(path, int(time.time()))
    asyncio.run(add_hostile_clients(path))
    return path


async def add_hostile_clients(path: Path) -> None:
    backend = await open_store(path)
    window = await backend.window(WindowRequest(filter=CallFilter(unregistered=True), below=60))
    numbers = list(dict.fromkeys(call.number for call in window.rows if call.number))
    for name, number in zip(HOSTILE, numbers, strict=False):
        await backend.change_client(RegisterClient(name=name, numbers=(number,)))
    await backend.close()


def session(store: Path, steps: tuple[str, ...]) -> list[list[Write]]:
    argv = (sys.executable, str(CONSOLE), "--store", str(store), "--driver", "stock", "--lang", "uk")
    return record(argv, "дзвін", (*steps, "ctrl+q"))


@pytest.mark.parametrize("name", SESSIONS)
def test_console_looks_the_same_after_each_step(name: str, store: Path, tmp_path: Path) -> None:
    """To the emulator, and while the window keeps its size to tmux, too: it cuts lines where its cursor stands."""
    one, other = tmp_path / "stock", tmp_path / "thin"
    one.mkdir()
    other.mkdir()
    pair, line = Pair(120, 40), LineFilter(120, 40)
    with Tmux(one, 120, 40) as stock, Tmux(other, 120, 40) as thin:
        for at, step in enumerate(session(store, SESSIONS[name])):
            for write in step:
                if pair.filter.size != (write.width, write.height):
                    pair.resize(write.width, write.height)
                pair.write(write.data)
            assert pair.differences() == [], f"step {at}"
            if name != "resizes":
                data = [without_joiners(write.data) for write in step]
                stock.write("".join(data))
                thin.write("".join(map(line.feed, data)))
                assert thin.rows == stock.rows, f"step {at}"
    assert pair.thin_bytes < pair.stock_bytes * 0.8


def test_console_in_tmux_survives_a_storm_of_sizes(store: Path, tmp_path: Path) -> None:
    """What it shows then is what it shows when all is drawn again."""
    console = f"{PULT} --store {store} --lang uk"
    with Tmux(tmp_path, 120, 40, console) as tmux:
        wait(tmux, lambda picture: "дзвін" in picture)
        tmux.press("2")
        for width, height in (*((120 - n * 7, 40 - n) for n in range(9)), (30, 8), (200, 60), (100, 30)):
            tmux.resize(width, height)
        tmux.press("Down", "PageDown")
        steady = settled(tmux)
        assert "Журнал" in steady
        tmux.press("C-l")
        assert seen_in(settled(tmux), 100, 30) == seen_in(steady, 100, 30)


def settled(tmux: Tmux) -> str:
    """The picture when it has stood still for a while."""
    picture, since = tmux.picture, time.monotonic()
    while time.monotonic() < since + 0.7:
        time.sleep(0.1)
        if tmux.picture != picture:
            picture, since = tmux.picture, time.monotonic()
    return picture


def wait(tmux: Tmux, truth: Callable[[str], bool]) -> None:
    deadline = time.monotonic() + 20
    while not truth(tmux.picture):
        assert time.monotonic() < deadline, tmux.picture
        time.sleep(0.1)
