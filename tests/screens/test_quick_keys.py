"""Keys that come faster than a screen answers: none closes another screen, takes what is gone, or ends the console."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

from screens.calls.calls import CallsScreen
from screens.calls.details import DetailsScreen
from screens.help import HelpScreen
from screens.palette import PaletteScreen
from screens.settings import SettingsScreen
from screens.widgets.details_panel import DetailsPanel
from screens.widgets.status_line import StatusLine
from tests.screens.store import NOON, console, fill, incoming, settled
from tests.screens.test_filtering import keys
from tui.app import PultApp


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    fill(path, [incoming("1", NOON - 300, caller="0501110003")])
    return path


async def at_once(pilot: Pilot[None], *pressed: str) -> None:
    """As a held key or a fast line brings them: all before the first is dealt with."""
    for key in pressed:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await settled(pilot)


@pytest.mark.parametrize(("opened", "kind"), [("question_mark", HelpScreen), ("ctrl+p", PaletteScreen)])
async def test_a_second_enter_closes_nothing_more(store: Path, opened: str, kind: type) -> None:
    async with console(store) as pilot:
        await keys(pilot, opened)
        assert isinstance(pilot.app.screen, kind)
        await at_once(pilot, "enter", "enter", "enter")
        assert isinstance(pilot.app.screen, CallsScreen)


async def test_a_second_enter_leaves_the_screen_below_open(store: Path) -> None:
    async with console(store) as pilot:
        await keys(pilot, "4", "enter")
        below = pilot.app.screen
        assert len(pilot.app.screen_stack) == 2
        await keys(pilot, "question_mark")
        await at_once(pilot, "enter", "enter")
        assert pilot.app.screen is below


@pytest.mark.parametrize("opened", ["question_mark", "ctrl+p"])
async def test_enter_right_after_a_word_takes_what_the_word_finds(store: Path, opened: str) -> None:
    async with console(store) as pilot:
        await keys(pilot, opened)
        screen = pilot.app.screen
        await at_once(pilot, *"zq", "enter")
        assert pilot.app.screen is screen, "nothing is called so"
        await at_once(pilot, "backspace", "backspace", *"theme", "enter")
        assert isinstance(pilot.app.screen, SettingsScreen)


@pytest.mark.parametrize("key", ["pagedown", "pageup"])
async def test_no_page_is_turned_where_there_is_room_for_no_line(store: Path, key: str) -> None:
    async with console(store) as pilot:
        await keys(pilot, "comma")
        await pilot.resize_terminal(1, 1)
        await keys(pilot, key)
        assert isinstance(pilot.app.screen, SettingsScreen)


async def test_a_console_is_left_while_a_screen_opens(store: Path) -> None:
    async with console(store) as pilot:
        assert isinstance(pilot.app, PultApp)
        pilot.app.action_settings()
        pilot.app.exit()
    assert pilot.app.return_code == 0


async def test_a_key_for_the_screen_before_does_nothing_to_one_that_is_not_there_yet(store: Path) -> None:
    async with console(store) as pilot:
        assert isinstance(pilot.app, PultApp)
        assert isinstance(pilot.app.screen, CallsScreen)
        pilot.app.push_screen(DetailsScreen((1,), pilot.app.screen.look))
        # As it comes up from the field that got it.
        assert not await pilot.app._check_bindings("y")
        await keys(pilot, "escape")
        assert isinstance(pilot.app.screen, CallsScreen)


async def test_a_click_on_what_is_just_being_removed_selects_nothing(store: Path) -> None:
    async with console(store) as pilot:
        line = pilot.app.screen.query_one(StatusLine)
        parent, line._parent = line._parent, None
        await pilot.mouse_down(offset=(2, pilot.app.size.height - 1))
        line._parent = parent
        assert isinstance(pilot.app.screen, CallsScreen)


async def test_what_a_closed_screen_asked_for_is_not_missed(store: Path) -> None:
    async with console(store) as pilot:
        assert isinstance(pilot.app.screen, CallsScreen)
        opened = DetailsScreen((1,), pilot.app.screen.look)
        await pilot.app.push_screen(opened)
        answer = asyncio.Event()

        async def look() -> None:
            # Goes on when its screen is closed, as what waits for a thread does.
            with suppress(asyncio.CancelledError):
                await answer.wait()
            opened.query_one(DetailsPanel)

        opened.run_worker(look())
        await keys(pilot, "escape")
        answer.set()
        await settled(pilot)
        assert isinstance(pilot.app.screen, CallsScreen)
