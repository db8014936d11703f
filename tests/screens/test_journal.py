"""The journal over a real store: places, live rows, details."""

import asyncio
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.model.permissions import Role
from backend_client.opening import open_store
from screens.calls.calls import CallsScreen
from screens.calls.details import DetailsScreen
from tests.screens.store import NOON, console, every_minute, fill, incoming, lines, settled, text, until
from tests.sqlite.stores import Desk
from tui.settings import Settings, load


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "store.db"
    fill(path, every_minute(2000))
    return path


@pytest.fixture
def store(tmp_path: Path, filled: Path) -> Path:
    """2,000 calls: more than the table's cache holds."""
    return Path(shutil.copy(filled, tmp_path / "store.db"))


def screen_of(pilot: Pilot[None]) -> CallsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, CallsScreen)
    return screen


def cursor_start(pilot: Pilot[None]) -> int:
    call = screen_of(pilot).call
    assert call is not None
    return call.start


def minutes_back(pilot: Pilot[None]) -> int:
    """Which of the calls the cursor is on: they are a minute apart."""
    return (NOON - cursor_start(pilot)) // 60


async def test_the_newest_call_comes_first_and_the_count_is_exact(store: Path) -> None:
    async with console(store) as pilot:
        assert minutes_back(pilot) == 0
        assert "2,000 calls" in lines(pilot)[-1]


@pytest.mark.parametrize("height", [80, 200])
async def test_keys_walk_the_whole_journal_without_a_gap(store: Path, height: int) -> None:
    async with console(store, (110, height)) as pilot:
        table = screen_of(pilot).table
        seen = [minutes_back(pilot)]
        while seen[-1] < 1999:
            await pilot.press("pagedown")
            await settled(pilot)
            assert minutes_back(pilot) == min(seen[-1] + table.page_rows, 1999)
            seen.append(minutes_back(pilot))
            assert len(table.cache) <= table.cache.capacity
        await pilot.press("pagedown", "down")
        assert minutes_back(pilot) == 1999
        for _page in range(len(seen)):
            await pilot.press("pageup")
            await settled(pilot)
        assert minutes_back(pilot) == 0


async def test_rows_on_screen_are_neighbours_at_any_depth(store: Path) -> None:
    async with console(store) as pilot:
        table = screen_of(pilot).table
        for _page in range(40):
            await pilot.press("pagedown")
        await settled(pilot)
        shown = [table.cache[offset].start for offset in range(table.top, table.top + table.page_rows)]
        assert [a - b for a, b in pairwise(shown)] == [60] * (len(shown) - 1)


async def test_bottom_and_top_are_one_key_away(store: Path) -> None:
    async with console(store) as pilot:
        await pilot.press("end")
        await settled(pilot)
        assert minutes_back(pilot) == 1999
        assert len(screen_of(pilot).table.cache) < 2000, "the calls between were never fetched"
        await pilot.press("home")
        await settled(pilot)
        assert minutes_back(pilot) == 0


async def test_keys_pressed_faster_than_rows_come_are_not_lost(store: Path) -> None:
    async with console(store) as pilot:
        table = screen_of(pilot).table
        for _key in range(30):
            table.action_page(1)
        await settled(pilot)
        assert minutes_back(pilot) == 30 * table.page_rows


async def test_a_jump_to_a_date_lands_on_its_newest_call(store: Path) -> None:
    async with console(store) as pilot:
        await pilot.press("D", "left", "enter")
        await settled(pilot)
        # Yesterday's newest call began at 23:59 in Kyiv, 14 hours and a minute before noon UTC.
        assert minutes_back(pilot) == 14 * 60 + 1
        await pilot.press("up")
        await settled(pilot)
        assert minutes_back(pilot) == 14 * 60


async def test_the_date_of_a_jump_may_have_no_calls(store: Path) -> None:
    async with console(store) as pilot:
        screen_of(pilot).jump_to(date(2020, 1, 1))
        await settled(pilot)
        assert minutes_back(pilot) == 1999
        screen_of(pilot).jump_to(date(2030, 1, 1))
        await settled(pilot)
        assert minutes_back(pilot) == 0


async def arrival(pilot: Pilot[None], path: Path, key: str, start: int) -> None:
    """A call written over another connection, and shown."""
    await asyncio.to_thread(fill, path, [incoming(key, start, caller="0509998877")])
    for _try in range(100):
        await pilot.pause(0.05)
        if screen_of(pilot).table.first_key == (-start, -2001) or screen_of(pilot).title_line.new:
            return
    raise AssertionError("the call never came")


async def test_the_cursor_stays_on_its_call_when_rows_arrive(store: Path) -> None:
    async with console(store) as pilot:
        await pilot.press("down", "down")
        await arrival(pilot, store, "newcomer", NOON + 30)
        assert minutes_back(pilot) == 2
        assert screen_of(pilot).table.cursor == 3
        assert "050 999 88 77" in text(pilot)


async def test_scrolled_away_the_view_stays_and_a_badge_counts(store: Path) -> None:
    async with console(store) as pilot:
        for _page in range(3):
            await pilot.press("pagedown")
        await settled(pilot)
        before = lines(pilot)[2:-1]
        await arrival(pilot, store, "newcomer", NOON + 30)
        assert lines(pilot)[2:-1] == before
        assert "1 new" in lines(pilot)[0]
        await pilot.press("n")
        await settled(pilot)
        assert cursor_start(pilot) == NOON + 30
        assert "new" not in lines(pilot)[0]


async def test_enter_opens_the_call_under_its_row_and_closes_it(store: Path) -> None:
    async with console(store) as pilot:
        plain = text(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        opened = text(pilot)
        for label in ("Started", "Answered", "Ended", "Wait", "Talk", "Total", "Price", "Line", "Source id", "Route"):
            assert label in opened
        assert "Why this status" in opened
        assert "call-1" in opened
        await pilot.press("enter")
        await settled(pilot)
        assert text(pilot).replace("►", " ") == plain.replace("►", " ")


async def test_the_last_row_on_screen_opens_in_full(store: Path) -> None:
    async with console(store, (110, 30)) as pilot:
        table = screen_of(pilot).table
        for _row in range(table.page_rows - 1):
            await pilot.press("down")
        await pilot.press("enter")
        await settled(pilot)
        assert "Why this status" in text(pilot)
        assert "►" in text(pilot)


async def test_details_longer_than_the_window_are_moved_through(store: Path) -> None:
    async with console(store, (80, 14)) as pilot:
        await pilot.press("enter")
        await settled(pilot)
        assert "▾" in text(pilot)
        assert "Why this status" not in text(pilot)
        await pilot.press(*["down"] * 4, "pagedown")
        assert "Why this status" in text(pilot)
        assert "▴" in text(pilot)
        assert "▾" not in text(pilot)
        assert minutes_back(pilot) == 0
        await pilot.press("down")
        assert minutes_back(pilot) == 1
        await pilot.press("up", "pageup", "pageup")
        assert "▾" in text(pilot)
        assert minutes_back(pilot) == 0


async def test_the_bottom_may_be_asked_for_before_there_are_rows(store: Path) -> None:
    async with console(store) as pilot:
        table = screen_of(pilot).table
        table.cache.replace([], more_above=False, more_below=False)
        table.action_bottom()
        await settled(pilot)
        assert minutes_back(pilot) == 1999


async def test_the_panel_follows_the_cursor(store: Path) -> None:
    async with console(store, (150, 30)) as pilot:
        await pilot.press("p")
        await settled(pilot)
        assert "call-0" in text(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "call-1" in text(pilot)
        assert "call-0" not in text(pilot)
        await pilot.press("p")
        await settled(pilot)
        assert "Source id" not in text(pilot)


async def test_the_panel_lies_below_where_the_screen_is_narrow(store: Path) -> None:
    async with console(store, (80, 24), settings=Settings(details_panel=True)) as pilot:
        screen = screen_of(pilot)
        assert screen.panel.region.y >= screen.table.region.bottom
        assert screen.table.region.width == 80


async def test_a_missed_call_and_the_call_that_settled_it_open_each_other(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fill(path, [incoming("lost", NOON - 600, talk=0), incoming("found", NOON - 60)])
    async with console(path) as pilot:
        assert "Called back" in text(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert type(pilot.app.screen) is DetailsScreen
        assert "lost" in text(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert "found" in text(pilot)
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert screen_of(pilot).call is not None


async def test_hostile_names_are_drawn_as_text_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    name = "[/foo] [@click=app.quit]x[/]"
    fill(path, [incoming("one", NOON, caller="[bold]@host", name=name)])
    async with console(path, (150, 30)) as pilot:
        await pilot.press("p")
        await settled(pilot)
        shown = text(pilot)
        assert "[bold]@host" in shown
        assert name in shown


async def test_the_person_chooses_columns_and_names(store: Path) -> None:
    wishes = Settings(columns=("when", "status", "number"), status_names="families")
    async with console(store, settings=wishes) as pilot:
        assert lines(pilot)[2].split() == ["Date", "and", "time", "Status", "Number"]
        assert "↯ No reply" in text(pilot) or "⊗ Lost" in text(pilot)
        assert "Missed" not in text(pilot)


async def test_columns_are_chosen_on_screen_and_kept(store: Path) -> None:
    async with console(store) as pilot:
        assert "Talk" in lines(pilot)[2]
        await pilot.press("K")
        await settled(pilot)
        await pilot.press("end", "space", *["up"] * 2, "space", "enter")
        await settled(pilot)
        assert lines(pilot)[2].split()[-1] == "Comment"
        assert "Talk" not in lines(pilot)[2]
        assert load().columns[-1] == "comment"
        await pilot.press("K", "delete")
        await settled(pilot)
        assert "Talk" in lines(pilot)[2]
        assert load().columns == ()


async def test_keys_of_a_cyrillic_layout_move_the_cursor(store: Path) -> None:
    async with console(store) as pilot:
        await pilot.press("о", "о", "л")
        assert minutes_back(pilot) == 1


async def test_a_resize_keeps_the_cursor_in_view(store: Path) -> None:
    async with console(store, (150, 40)) as pilot:
        for _row in range(30):
            await pilot.press("down")
        await pilot.resize_terminal(80, 12)
        await settled(pilot)
        assert minutes_back(pilot) == 30
        assert "►" in text(pilot)
        assert all(len(line) <= 80 for line in lines(pilot))


async def test_the_key_to_the_help_is_the_last_to_go(store: Path) -> None:
    async with console(store, size=(40, 24)) as pilot:
        assert lines(pilot)[-1].endswith("⏎ Details  f1 Help")


@pytest.mark.parametrize("mode", ["today", "journal"])
async def test_a_small_window_shows_when_and_with_whom(tmp_path: Path, mode: str) -> None:
    fill(tmp_path / "store.db", [incoming("one", NOON - 60, caller="0671234567")])
    async with console(tmp_path / "store.db", size=(40, 12), mode=mode) as pilot:
        assert "13:59" in lines(pilot)[3]
        assert "067 123 45 67" in lines(pilot)[3]


async def test_the_details_of_a_call_are_whole_in_a_small_window(tmp_path: Path) -> None:
    missed = [incoming(f"missed-{n}", NOON - 600 + n, talk=0) for n in range(12)]
    fill(tmp_path / "store.db", [*missed, incoming("answered", NOON - 60)])
    async with console(tmp_path / "store.db", size=(40, 60)) as pilot:
        await pilot.press("enter")
        await settled(pilot)
        told = " ".join(text(pilot).replace("│", " ").split())
        ids = ", ".join(str(n) for n in range(12, 0, -1))
        assert f"Settled 12 missed calls: {ids}" in told
        assert "1 13:59:00 14:00:05 answered 0:01:00 0671234567 → 201" in told


async def test_the_key_to_the_signs_scrolls_in_a_small_window(store: Path) -> None:
    async with console(store, size=(40, 12)) as pilot:
        await pilot.press("L")
        await settled(pilot)
        seen = text(pilot)
        for _page in range(4):
            await pilot.press("pagedown")
            seen += text(pilot)
        assert "No free channels" in seen
        assert "Not reached" in lines(pilot)[-2]


async def test_an_administrator_who_says_who_they_are_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fill(path, [])
    async with console(path) as pilot:
        await pilot.press("M")
        await settled(pilot)
        assert "No employee here is without a login" in text(pilot)
    desk = Desk(path)
    desk.employee("Vira")
    desk.close()
    async with console(path) as pilot:
        await pilot.press("M")
        await until(pilot, lambda: "Who are you?" in text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: not pilot.app.is_running)
    backend = await open_store(path)
    assert backend.session.name == "Vira"
    assert Role.ADMINISTRATOR in backend.session.roles
    await backend.close()
