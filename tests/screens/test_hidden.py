"""A screen that nobody looks at: what is answered late starts nothing there."""

from __future__ import annotations

import asyncio
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from backend_client.contract.calls import Window, WindowRequest
from backend_client.errors import Unreachable
from backend_client.model.text import N_
from screens.calls.calls import CallsScreen
from screens.calls.details import DetailsScreen
from screens.failure import FailureScreen
from screens.supervision.dashboard import DashboardScreen
from screens.widgets.columns import Look
from tests.screens.conftest import NOON, ListBackend, a_call
from tests.screens.store import settled
from tests.screens.supervision import SupervisedBackend
from tests.screens.test_dashboard import dashboard, supervising
from tests.screens.test_live import shown
from tests.screens.test_states import over

SILENT = Unreachable(N_("{host} does not answer."), N_("Check the network."), host="calls.example")


class Late(ListBackend):
    """Answers for rows when it is let."""

    def __init__(self) -> None:
        super().__init__([])
        self.let = asyncio.Event()
        self.let.set()

    async def window(self, request: WindowRequest) -> Window:
        await self.let.wait()
        return await super().window(request)


def listening(pilot: Pilot[None], screen: CallsScreen) -> bool:
    """Whether the screen asks what changed."""
    return any(one.group == "feed" and one.node is screen and not one.is_finished for one in pilot.app.workers)


@pytest.mark.parametrize("refused", [False, True], ids=["answered", "refused"])
async def test_a_late_answer_to_a_hidden_screen_starts_no_feed(backend: ListBackend, refused: bool) -> None:
    late = Late()
    late.calls = backend.calls
    async with over(late) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, CallsScreen)
        assert listening(pilot, screen)
        late.let.clear()
        screen.table.reload()
        await pilot.pause()
        pilot.app.push_screen(FailureScreen("Something else is looked at."))
        await pilot.pause()
        await pilot.pause()
        assert not listening(pilot, screen)
        late.error = SILENT if refused else None
        late.let.set()
        await settled(pilot)
        assert not listening(pilot, screen)
        late.error = None
        await pilot.press("enter")
        await settled(pilot)
        assert listening(pilot, screen)


def ticks(screen: DashboardScreen) -> bool:
    """Whether the timer of running calls goes."""
    return screen._ticking is not None and screen._ticking._active.is_set()


async def test_timers_of_a_hidden_dashboard_stand() -> None:
    backend = SupervisedBackend([a_call(1, NOON - 60)])
    async with supervising(backend) as pilot:
        screen = dashboard(pilot)
        pilot.app.push_screen(FailureScreen("Something else is looked at."))
        await settled(pilot)
        screen.post_message(DashboardScreen.Answered(backend.state))
        await settled(pilot)
        assert not ticks(screen)
        await pilot.press("enter")
        await settled(pilot)
        assert ticks(screen)


@pytest.mark.parametrize("key", ["8", "9", "details"])
async def test_every_screen_says_that_there_is_no_connection_and_that_it_is_back(
    backend: ListBackend, key: str
) -> None:
    async with over(backend) as pilot:
        if key == "details":
            pilot.app.push_screen(DetailsScreen((1,), Look(ZoneInfo("UTC"), date.min)))
        else:
            await pilot.press(key)
        await settled(pilot)
        backend.error = SILENT
        backend.change_to(backend.calls)
        await shown(pilot, lambda told: "no connection" in told and "does not answer" in told)
        backend.error = None
        backend.change_to(backend.calls)
        await shown(pilot, lambda told: "no connection" not in told and "does not answer" not in told)
