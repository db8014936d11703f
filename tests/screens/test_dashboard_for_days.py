"""Seventy-two hours of the dashboard over a real store, on a clock that a test moves."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.model.live import LiveCall, SourceState
from backend_client.model.status import Direction, Status
from backend_client.opening import open_store
from backend_client.sqlite.supervision.live import write_live, write_source
from screens.supervision.dashboard import DashboardScreen
from screens.widgets.board import Board
from tests.screens.store import NOON, incoming, settled, text
from tests.sqlite.stores import Desk
from tui.app import PultApp

STEP = 1200
HOURS = 72
TICKS = 3
MOST_GROWTH = 100_000
"""Bytes that Python may hold more of after the third day than after the second."""


class Time:
    def __init__(self) -> None:
        self.now = float(NOON)


def happen(desk: Desk, at: int, n: int) -> None:
    """A call ends, another is answered, a third rings, and the source says that it is there."""
    # The same callers day by day: caches of numbers and widths, each of which has its bound, are full soon.
    who = n % 24
    ended, talks, rings = f"{n}-ended", f"{n}-talks", f"{n}-rings"
    desk.facts.put([incoming(ended, at - 90, caller=f"0671{who:06}", talk=0 if n % 4 == 0 else 30)])
    desk.facts.put([incoming(key, at - 3600 * 24 * 40, caller=f"0672{who:06}", talk=5) for key in (talks, rings)])
    live = LiveCall(start=at - 20, direction=Direction.INCOMING, status=Status.RINGING, since=at - 20, inside=("201",))
    answered = LiveCall(
        start=at - 60, direction=Direction.INCOMING, status=Status.TALKING, since=at - 50, answered=at - 50,
        outside=f"0673{who:06}", inside=("202",),
    )  # fmt: skip
    with desk.writer.transaction(durable=False) as transaction:
        for live_source in (True, False):
            write_source(transaction, SourceState(name=f"source {live_source}", at=at, live=live_source))
        write_live(transaction, "main", "source True", at, {talks: answered, rings: live}, only=True)


async def look(pilot: Pilot[None], screen: DashboardScreen, time: Time) -> None:
    screen._look()
    for _try in range(2000):
        await asyncio.sleep(0.005)
        if screen.answer is not None and screen.answer.now == int(time.now) and not screen.asker.asking:
            return
    raise AssertionError(f"no answer at {time.now}:\n{text(pilot)}")


async def test_three_days_and_nights_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    monkeypatch.setattr("screens.supervision.dashboard.monotonic", lambda: time.now)
    monkeypatch.setattr("screens.asker.APART", 0.0)
    desk = Desk(tmp_path / "store.db")
    happen(desk, NOON, 0)
    backend = await open_store(tmp_path / "store.db", now=lambda: time.now)
    app: PultApp = type("Console", (PultApp,), {"DEFAULT_MODE": "dashboard"})(backend, theme="dark", driver_class=None)
    dates: list[str] = []
    counted: list[int] = []
    held: list[int] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, DashboardScreen)
        tracemalloc.start()
        for step in range(1, HOURS * 3600 // STEP + 1):
            time.now += STEP - TICKS
            happen(desk, int(time.now), step)
            await look(pilot, screen, time)
            for _tick in range(TICKS):
                time.now += 1
                screen.tick()
            if step % (24 * 3600 // STEP) == 0:
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
            # Without the clock.
            date = screen.title_line.subject.partition("  ")[0]
            if not dates or dates[-1] != date:
                dates.append(date)
                assert screen.answer is not None
                counted.append(screen.answer.today.incoming)
        tracemalloc.stop()
        assert "0:00:5" in text(pilot)
        assert not any(frame.dim for frame in pilot.app.screen.query_one(Board)._frames.values())
    await backend.close()
    desk.close()
    days = ("Saturday, 21", "Sunday, 22", "Monday, 23", "Tuesday, 24")
    assert [date.partition(" November")[0] for date in dates] == list(days)
    # After each midnight the count begins anew.
    assert max(counted[1:]) <= 2
    assert held[2] - held[1] < MOST_GROWTH, held
