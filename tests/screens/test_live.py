"""Calls in progress above Today: they come, run, change in place, look stale, and go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.model.live import SourceState
from backend_client.model.status import Status
from screens.calls import unsettled
from screens.calls.today import TodayScreen
from screens.widgets.live_lines import LiveLines
from tests.screens.conftest import NOON, ListBackend, a_call
from tests.screens.store import text
from tests.screens.test_states import over


async def shown(pilot: Pilot[None], truth: Callable[[str], bool]) -> str:
    """What is on screen, once it says what it must."""
    for _ in range(200):
        told = text(pilot)
        if truth(told):
            return told
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


async def test_no_running_call_takes_no_room(backend: ListBackend) -> None:
    async with over(backend) as pilot:
        assert not pilot.app.screen.query_one(LiveLines).display


async def test_a_running_call_rings_talks_and_goes(backend: ListBackend) -> None:
    backend.running = [a_call(9001, NOON - 65, status=Status.RINGING, ended=None, answered=None, client="Koval")]
    async with over(backend) as pilot:
        told = await shown(pilot, lambda told: "Ringing" in told)
        assert "1:0" in told
        assert "Koval" in told
        backend.running = [
            a_call(9001, NOON - 65, status=Status.TALKING, ended=None, answered=NOON - 3, client="Koval")
        ]
        backend.change_to(backend.calls)
        told = await shown(pilot, lambda told: "Talking" in told)
        assert "Ringing" not in told
        backend.running = []
        backend.change_to(backend.calls)
        await shown(pilot, lambda told: "Talking" not in told)
        assert not pilot.app.screen.query_one(LiveLines).display


async def test_more_running_calls_than_lines_are_counted(backend: ListBackend) -> None:
    backend.running = [a_call(9000 + n, NOON - n, status=Status.TALKING, ended=None) for n in range(11)]
    async with over(backend) as pilot:
        await shown(pilot, lambda told: "and 3 more running calls" in told)


async def test_a_source_that_is_away_and_one_that_is_silent_are_told(backend: ListBackend) -> None:
    backend.followed = [
        SourceState(name="ami://pult@pbx:5038", at=NOON - 2, problem="ami://pult@pbx:5038 is away: refused."),
        SourceState(name="/var/log/asterisk/queue_log", at=NOON - 300),
        SourceState(name="/old/Master.csv", at=NOON - 90_000),
    ]
    async with over(backend) as pilot:
        told = await shown(pilot, lambda told: "is away" in told)
        assert "queue_log: no word for" in told
        assert "/old/Master.csv" not in told


async def test_a_call_whose_end_was_not_seen_says_so(backend: ListBackend, tmp_path: Path) -> None:
    backend.running = [a_call(9001, NOON - 900, status=Status.ERROR, ended=NOON - 800)]
    backend.stale = True
    async with over(backend) as pilot:
        await shown(pilot, lambda told: "end not seen" in told)


async def test_the_cursor_goes_up_into_the_running_calls_and_back(backend: ListBackend) -> None:
    backend.running = [
        a_call(9001, NOON - 5, status=Status.RINGING, ended=None, answered=None, client="Koval"),
        a_call(9002, NOON - 65, status=Status.TALKING, ended=None, answered=NOON - 60, client="Bondar"),
    ]
    async with over(backend) as pilot:
        await shown(pilot, lambda told: "Bondar" in told)
        screen = pilot.app.screen
        assert isinstance(screen, TodayScreen)
        first = screen.call
        await pilot.press("up")
        assert screen.call is not None
        assert screen.call.id == 9002
        await pilot.press("k")
        assert screen.call.id == 9001
        backend.running.insert(0, a_call(9003, NOON - 1, status=Status.RINGING, ended=None, client="Shevchenko"))
        backend.change_to(backend.calls)
        await shown(pilot, lambda told: "Shevchenko" in told)
        assert screen.call.id == 9001, "the cursor stays on its call"
        await pilot.press("T")
        await shown(pilot, lambda told: "the call still runs" in told)
        await pilot.press("enter")
        await shown(pilot, lambda told: "Ringing" in told and "9001" in told)
        await pilot.press("escape", "down", "down")
        assert screen.call == first


async def test_the_focus_leaves_running_calls_that_ended(backend: ListBackend) -> None:
    backend.running = [a_call(9001, NOON - 65, status=Status.TALKING, ended=None, client="Koval")]
    async with over(backend) as pilot:
        await shown(pilot, lambda told: "Talking" in told)
        screen = pilot.app.screen
        assert isinstance(screen, TodayScreen)
        await pilot.press("up")
        assert screen.live_lines.has_focus
        backend.running = []
        backend.change_to(backend.calls)
        await shown(pilot, lambda told: "Talking" not in told)
        await pilot.pause()
        assert screen.table.has_focus


async def test_a_row_further_than_the_lines_comes_with_the_cursor(backend: ListBackend) -> None:
    backend.running = [
        a_call(9000 + n, NOON - n, status=Status.TALKING, ended=None, client=f"Client {n}") for n in range(11)
    ]
    async with over(backend) as pilot:
        told = await shown(pilot, lambda told: "and 3 more running calls" in told)
        assert "Client 10" not in told
        await pilot.press("up")
        told = await shown(pilot, lambda told: "Client 10" in told)
        assert "Client 2 " not in told


async def test_the_status_line_tells_what_is_followed(backend: ListBackend) -> None:
    backend.followed = [SourceState(name="/var/log/Master.csv", at=NOON - 1, event_at=NOON - 130, lag=2.4)]
    async with over(backend) as pilot:
        await shown(pilot, lambda told: "Master.csv: 2 s behind, heard 2 min ago" in told)


async def test_the_details_of_a_running_call_follow_it(backend: ListBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsettled, "_RUNNING", 0.05)
    backend.running = [a_call(9001, NOON - 5, status=Status.RINGING, ended=None, answered=None, client="Koval")]
    async with over(backend) as pilot:
        await shown(pilot, lambda told: "Koval" in told)
        await pilot.press("up", "enter")
        await shown(pilot, lambda told: "Ringing" in told and "9001" in told)
        backend.running = [a_call(9001, NOON - 5, status=Status.TALKING, ended=None, answered=NOON, client="Koval")]
        await shown(pilot, lambda told: "Talking" in told and "9001" in told)
