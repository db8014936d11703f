"""Recorded sessions show the same with the filter and without it, in two judges' eyes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.thin_line.emulator import Pair, Tmux
from tests.tui.thin_line.recorder import ROOT, Write, record

APP = (sys.executable, str(Path(__file__).parent / "vocabulary_app.py"))
TABLE = (sys.executable, str(ROOT / "benchmarks" / "peers" / "data_table.py"))

SESSIONS: dict[str, list[str]] = {
    "table": ["down", "down", "pagedown", "pagedown", "up", "ctrl+end", "ctrl+home", "f8", "right", "down", "left"],
    "field": ["tab", "shift+tab", "a", "б", "山", "é", "left", "backspace", "home", "end", "space"],
    "dialogs": ["f2", "escape", "f3", "f2", "f4", "escape", "f3", "down", "f4", "ctrl+p", "t", "escape"],
    "marks": ["f5", "f6", "down", "f5", "f2", "f6", "escape", "f4"],
    "resizes": ["f3", "100x30", "down", "40x12", "41x12", "f2", "200x60", "120x40", "escape", "pagedown", "80x24"],
}


def written(session: list[list[Write]]) -> Iterator[Write]:
    for step in session:
        yield from step


@pytest.mark.parametrize("steps", SESSIONS.values(), ids=SESSIONS)
def test_session_looks_the_same_after_each_write(steps: list[str]) -> None:
    session = record(APP, "ready", [*steps, "f9"])
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
