"""The dashboard lives: it ticks, ages, heals, rolls over, and opens what it counts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.geometry import Region
from textual.pilot import Pilot

from backend_client.contract.calls import CountRequest
from backend_client.contract.now import Now
from backend_client.errors import Unreachable
from backend_client.model.now import DayFigures, Freshness, ServiceLevel
from backend_client.model.permissions import Role
from backend_client.model.status import Status
from backend_client.model.text import N_
from backend_client.opening import open_store
from screens.calls.drill_down import DrillDownScreen
from screens.heartbeat import Heartbeat
from screens.plan.task_drill_down import TaskDrillDownScreen
from screens.supervision.blocks_dialog import BlocksDialog
from screens.supervision.dashboard import DashboardScreen
from screens.supervision.dashboard_view import Behind, BehindTasks
from screens.widgets.board import Board, Spot
from tests.screens.conftest import NOON, a_call
from tests.screens.plan_store import NOW, fill_plan
from tests.screens.store import console, every_minute, fill, incoming, settled, text
from tests.screens.supervision import SupervisedBackend, morning, running
from tui.app import PultApp
from tui.settings import Settings

DAY = 86400


class Clock:
    """The clocks of a machine, moved by a test."""

    def __init__(self) -> None:
        self.steady = self.wall = 1000.0

    def pass_by(self, seconds: float, *, asleep: bool = False) -> None:
        self.wall += seconds
        if not asleep:
            self.steady += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("screens.supervision.dashboard.monotonic", lambda: clock.steady)
    monkeypatch.setattr("screens.asker.APART", 0.0)
    return clock


@pytest.fixture
def backend() -> SupervisedBackend:
    return SupervisedBackend([a_call(1, NOON - 60)])


@asynccontextmanager
async def supervising(
    backend: SupervisedBackend, size: tuple[int, int] = (120, 40), settings: Settings | None = None
) -> AsyncIterator[Pilot[None]]:
    kind = type("Console", (PultApp,), {"DEFAULT_MODE": "dashboard"})
    app = kind(backend, settings, theme="dark", driver_class=None)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        yield pilot


def dashboard(pilot: Pilot[None]) -> DashboardScreen:
    screen = pilot.app.screen
    assert isinstance(screen, DashboardScreen)
    return screen


def app_of(pilot: Pilot[None]) -> PultApp:
    assert isinstance(pilot.app, PultApp)
    return pilot.app


async def shown(pilot: Pilot[None], truth: Callable[[str], bool]) -> str:
    for _try in range(200):
        if truth(told := text(pilot)):
            return told
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


def ticks(pilot: Pilot[None]) -> bool:
    timer = dashboard(pilot)._ticking
    assert timer is not None
    return timer._active.is_set()


def quiet(now: int = NOON) -> Now:
    return morning(now, calls=())


async def test_a_change_is_shown(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        assert "Kava Plus" in text(pilot)
        backend.put(morning(calls=(running(9, NOON - 3, Status.RINGING, client="Novyi Klient"),)))
        told = await shown(pilot, lambda told: "Novyi Klient" in told)
        assert "Kava Plus" not in told


async def test_only_what_runs_ticks_and_nothing_ticks_when_nothing_runs(
    backend: SupervisedBackend, clock: Clock
) -> None:
    async with supervising(backend) as pilot:
        assert ticks(pilot)
        before = text(pilot).splitlines()
        clock.pass_by(7)
        dashboard(pilot).tick()
        await pilot.pause()
        after = text(pilot).splitlines()
        changed = [line for line, old in zip(after, before, strict=True) if line != old]
        assert any("0:00:15" in line for line in changed)
        assert all(re.search(r"\d:\d\d:\d\d", line) for line in changed)
        backend.put(morning(calls=()))
        await shown(pilot, lambda told: "No calls in progress" in told)
        assert not ticks(pilot)


async def test_on_a_slow_line_nothing_runs_by_the_second(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend, settings=Settings(line="slow")) as pilot:
        told = []
        for _tick in range(8):
            clock.pass_by(7)
            dashboard(pilot).tick()
            await pilot.pause()
            told.append(text(pilot))
        assert "Kava Plus" in told[0]
        assert not re.search(r"\d:\d\d:\d\d", told[0])
        # Within a minute each of the three timers comes to a whole one once at most.
        assert sum(one != after for one, after in pairwise(told)) <= 3


async def test_a_tick_refreshes_only_lines_that_differ(
    backend: SupervisedBackend, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with supervising(backend) as pilot:
        refreshed: list[int] = []

        def refresh(_board: Board, *regions: Region, **_more: object) -> None:
            refreshed.extend(region.y for region in regions)

        monkeypatch.setattr(Board, "refresh", refresh)
        dashboard(pilot)._draw()
        assert refreshed == []
        clock.pass_by(1)
        dashboard(pilot).tick()
        # Five calls, the longest wait, and the agents who talk or are rung.
        assert 0 < len(refreshed) <= 10


async def test_a_silent_source_dims_its_blocks_alone_and_says_since_when(
    backend: SupervisedBackend, clock: Clock
) -> None:
    async with supervising(backend) as pilot:
        silent = Freshness(followed=True, at=NOON - 600, source="ami://pbx")
        backend.put(replace(morning(), live_source=silent))
        told = await shown(pilot, lambda told: "silent since 13:50" in told)
        assert "Service level ── < 15 s" in told
        assert not ticks(pilot)
        frames = pilot.app.screen.query_one(Board)._frames
        assert {id for id, frame in frames.items() if frame.dim} == {"waiting", "calls", "agents"}
        before = text(pilot)
        clock.pass_by(60)
        dashboard(pilot)._draw()
        await pilot.pause()
        assert text(pilot) == before
        backend.put(morning())
        await shown(pilot, lambda told: "silent" not in told)
        assert ticks(pilot)


async def test_a_source_that_is_away_is_told(backend: SupervisedBackend, clock: Clock) -> None:
    away = Freshness(followed=True, at=NOON - 5, source="Master.csv", problem="it is gone")
    backend.state = replace(morning(), record_source=away)
    async with supervising(backend) as pilot:
        assert "away since 13:59" in text(pilot)


async def test_without_any_source_nothing_is_claimed(backend: SupervisedBackend, clock: Clock) -> None:
    backend.state = replace(morning(calls=()), live_source=Freshness(), record_source=Freshness(at=NOON - DAY))
    async with supervising(backend) as pilot:
        told = text(pilot)
        assert "No source tells of calls in progress" in told
        assert "no source since 11-20 14:00" in told
        assert "nobody waits" not in told


async def test_a_lost_server_looks_stale_and_heals(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        backend.error = Unreachable(N_("{host} does not answer."), host="calls.example")
        backend.change_to(backend.calls)
        told = await shown(pilot, lambda told: "no connection" in told)
        assert "Kava Plus" in told
        assert not ticks(pilot)
        backend.error = None
        backend.state = morning(NOON + 30)
        await shown(pilot, lambda told: "no connection" not in told)
        assert ticks(pilot)


async def test_after_a_sleep_everything_is_asked_again(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        screen = dashboard(pilot)
        screen._beat = Heartbeat(5.0, wall=lambda: clock.wall, steady=lambda: clock.steady)
        clock.pass_by(5)
        screen._look()
        await settled(pilot)
        asked = backend.asked_now
        clock.pass_by(7200, asleep=True)
        backend.state = morning(NOON + 7205, calls=(running(9, NOON + 7200, Status.RINGING, client="After"),))
        screen._look()
        assert screen._silent == 7200
        told = await shown(pilot, lambda told: "After" in told)
        assert backend.asked_now > asked
        assert "no connection" not in told


@pytest.mark.parametrize(
    ("seconds", "asleep", "noticed"), [(5, False, 0), (12, False, 0), (60, False, 60), (60, True, 60)]
)
def test_a_gap_in_time_is_noticed(seconds: float, asleep: bool, noticed: float) -> None:
    clock = Clock()
    beat = Heartbeat(5.0, wall=lambda: clock.wall, steady=lambda: clock.steady)
    clock.pass_by(seconds, asleep=asleep)
    assert beat.beat() == noticed
    assert beat.beat() == 0


async def test_midnight_rolls_over_by_itself(backend: SupervisedBackend, clock: Clock) -> None:
    late = NOON + 10 * 3600 - 10
    backend.state = morning(late)
    async with supervising(backend) as pilot:
        assert "Saturday, 21 November 2026" in text(pilot)
        backend.state = replace(morning(late + 20), today=DayFigures(day="2026-11-22"), service=ServiceLevel())
        # Nothing changed: only the look at the sources comes round.
        dashboard(pilot)._look()
        told = await shown(pilot, lambda told: "Sunday, 22 November 2026" in told)
        assert "55" not in told.partition("yesterday")[0]


async def test_who_has_no_right_is_told_so_and_nothing_is_asked(backend: SupervisedBackend, clock: Clock) -> None:
    backend.role = Role.OPERATOR
    async with supervising(backend) as pilot:
        assert "Your role may not see the dashboard." in text(pilot)
        for key in ("w", "b", "f5"):
            await pilot.press(key)
        assert backend.asked_now == 0


async def test_a_supervisor_without_the_plan_has_no_block_of_it(backend: SupervisedBackend, clock: Clock) -> None:
    backend.role = Role.SUPERVISOR
    async with supervising(backend) as pilot:
        assert "Plan" not in text(pilot)


async def test_the_wall_and_the_choice_of_blocks_are_kept(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend, (80, 24)) as pilot:
        await pilot.press("w")
        await settled(pilot)
        assert "██████" in text(pilot)
        assert app_of(pilot).settings.wall
        await pilot.press("w", "b", "space", "down", "minus", "enter")
        await settled(pilot)
        assert app_of(pilot).settings.blocks[:2] == ("service", "attention")
        assert "Waiting" not in text(pilot)


async def test_what_has_no_room_is_counted(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend, (80, 14)) as pilot:
        assert "3 blocks have no room here" in text(pilot)


async def test_a_resize_places_everything_anew(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend, (200, 50)) as pilot:
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        told = text(pilot)
        assert "By the hour" in told
        assert all(len(line) <= 80 for line in told.splitlines())


async def test_the_bell_rings_once_for_each_thing_that_goes_wrong(
    backend: SupervisedBackend, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.state = quiet()
    rung: list[int] = []
    monkeypatch.setattr(PultApp, "bell", lambda _app: rung.append(1))
    async with supervising(backend, settings=Settings(dashboard_bell=True)) as pilot:
        rung.clear()
        waits = running(9, NOON, Status.RINGING, client="Novyi")
        backend.put(morning(calls=(waits,)))
        await shown(pilot, lambda told: "Novyi" in told)
        assert rung == []
        for _second in range(40):
            clock.pass_by(1)
            dashboard(pilot).tick()
        assert rung == [1]


async def test_enter_opens_the_queue_and_the_calls(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        board = pilot.app.screen.query_one(Board)
        spot = next(spot for spot in board.spots if spot.key == "offered")
        board._go(spot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, DrillDownScreen)
        assert pilot.app.screen.filter.offered == (5,)
        await pilot.press("escape")
        await settled(pilot)
        assert dashboard(pilot).query_one(Board).spot == spot


async def test_the_keys_reach_every_number(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        board = pilot.app.screen.query_one(Board)
        reached = {board.spot}
        waiting = [board.spot]
        while waiting:
            here = waiting.pop()
            assert here is not None
            for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                board._go(here)
                board.action_go(right, down)
                if board.spot not in reached:
                    reached.add(board.spot)
                    waiting.append(board.spot)
        assert reached == set(board.spots)
        for _block in board.placed:
            await pilot.press("tab")
        assert board.spot is not None


@pytest.mark.parametrize(
    ("size", "wall", "least"), [((200, 50), False, 29), ((80, 24), False, 25), ((120, 40), True, 7)]
)
async def test_every_number_is_the_number_of_the_calls_behind_it(
    tmp_path: Path, size: tuple[int, int], wall: bool, least: int
) -> None:
    late = [incoming(f"late-{n}", NOON - 30 - n * 60, caller=f"0672{n:06}", wait=25 + n) for n in range(7)]
    late += [incoming(f"given-up-{n}", NOON - 40 - n * 60, talk=0, wait=2 + 3 * n) for n in range(4)]
    calls = late + every_minute(400) + every_minute(300, NOON - DAY) + every_minute(200, NOON - 7 * DAY)
    fill(tmp_path / "store.db", [replace(one, call_key=f"{n}-{one.call_key}") for n, one in enumerate(calls)])
    async with console(tmp_path / "store.db", size, mode="dashboard", settings=Settings(wall=wall)) as pilot:
        board = pilot.app.screen.query_one(Board)
        answer = dashboard(pilot).answer
        assert answer is not None
        large = {"attention": answer.attention, "lost": answer.lost, "days": answer.today.incoming}
        counted = set()
        for place in board.placed:
            for line in board._frames[place.id].lines:
                for cell in line:
                    if cell.key == "figure" and isinstance(cell.opens, Behind) and place.id in large:
                        count = await app_of(pilot).backend.count(CountRequest(filter=cell.opens.filter))
                        assert count.number == large[str(place.id)]
                    shown = re.fullmatch(r"\D*([\d,]+)", cell.text)
                    if isinstance(cell.opens, Behind) and shown:
                        count = await app_of(pilot).backend.count(CountRequest(filter=cell.opens.filter))
                        assert count.number == int(shown[1].replace(",", "")), (place.id, cell)
                        counted.add((place.id, cell.key))
        assert {("service", key) for key in ("in time", "offered", "late", "unanswered")} <= counted
        assert len(counted) >= least


async def test_in_a_narrow_block_the_calls_past_the_goal_are_told_by_signs(
    backend: SupervisedBackend, clock: Clock
) -> None:
    async with supervising(backend, (80, 24)) as pilot:
        assert "43 of 55 !4 ✗8" in text(pilot)
        board = pilot.app.screen.query_one(Board)
        assert {"late", "unanswered"} <= {spot.key for spot in board.spots}
    async with supervising(backend, (200, 50)) as pilot:
        assert "43 of 55, late 4, missed 8" in text(pilot)


async def test_what_is_said_of_the_figures_of_a_wall_stands_on_one_line(
    backend: SupervisedBackend, clock: Clock
) -> None:
    backend.state = replace(morning(), attention=1234, plan=None)
    async with supervising(backend, (120, 40), Settings(wall=True)) as pilot:
        board = pilot.app.screen.query_one(Board)
        tops = {place.id: place.y for place in board.placed}
        assert len({spot.y - tops[spot.block] for spot in board.spots if spot.key == "figure"}) == 1


async def test_the_clock_stands_by_the_minute_and_not_on_a_slow_line(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        assert "21 November 2026  14:00" in text(pilot)
        backend.state = morning(NOON + 60)
        dashboard(pilot)._look()
        await shown(pilot, lambda told: "21 November 2026  14:01" in told)
    async with supervising(backend, settings=Settings(line="slow")) as pilot:
        assert "14:01" not in text(pilot).splitlines()[0]


async def test_of_a_source_that_died_nothing_good_is_claimed(backend: SupervisedBackend, clock: Clock) -> None:
    dead = Freshness(followed=True, at=NOON - 1500, source="player")
    kept = ServiceLevel(in_time=50, offered=55)
    state = replace(quiet(), live_source=dead, record_source=dead, service=kept, attention=0, lost=0)
    for wall in (False, True):
        backend.state = state
        async with supervising(backend, settings=Settings(wall=wall)) as pilot:
            told = text(pilot)
            assert "silent since 13:35" in told
            assert "tells nothing" in told
            assert not any(claim in told for claim in ("nobody waits", "goal kept", "✓ none"))


async def test_the_numbers_of_the_plan_open_exactly_their_tasks(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await fill_plan(path)
    kind = type("Console", (PultApp,), {"DEFAULT_MODE": "dashboard"})
    backend = await open_store(path, acting_as="vira", now=lambda: float(NOW))
    async with kind(backend, driver_class=None).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await shown(pilot, lambda told: "overdue" in told)
        answer = dashboard(pilot).answer
        assert answer is not None
        assert answer.plan is not None
        for name, count in (
            ("done", answer.plan.done), ("planned", answer.plan.planned), ("overdue", answer.plan.overdue),
        ):  # fmt: skip
            board = pilot.app.screen.query_one(Board)
            spots = [cell for frame in board._frames.values() for line in frame.lines for cell in line]
            opens = next(cell.opens for cell in spots if isinstance(cell.opens, BehindTasks) and cell.key == name)
            await dashboard(pilot).on_board_chosen(Board.Chosen(Spot("plan", name, 0, 0, 1, opens)))
            await settled(pilot)
            opened = pilot.app.screen
            assert isinstance(opened, TaskDrillDownScreen)
            for _try in range(200):
                if opened.total == count:
                    break
                await pilot.pause(0.02)
            assert opened.total == count
            await pilot.press("escape")
            await settled(pilot)
            dashboard(pilot)
        assert (answer.plan.planned, answer.plan.overdue) != (0, 0)
    await backend.close()


async def test_a_dashboard_without_any_block_is_not_taken(backend: SupervisedBackend, clock: Clock) -> None:
    async with supervising(backend) as pilot:
        await pilot.press("b", *(["space", "down"] * 9), "enter")
        await settled(pilot)
        assert "Check at least one block" in text(pilot)
        assert isinstance(pilot.app.screen, BlocksDialog)
        await pilot.press("delete")
        await settled(pilot)
        assert app_of(pilot).settings.blocks == ()
        assert isinstance(pilot.app.screen, DashboardScreen)
