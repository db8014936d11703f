"""What the console says where there is nothing to show, or nobody answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from backend_client.contract.changes import Clock
from backend_client.errors import BackendError, Unreachable
from backend_client.model.text import N_
from screens.calls.calls import CallsScreen
from screens.calls.today import UNSORTED
from tests.screens.conftest import NOON, ListBackend, a_call
from tests.screens.store import console, fill, incoming, lines, settled, text
from tui.app import PultApp

SILENT = Unreachable(N_("{host} does not answer."), N_("Check the network."), host="calls.example\x1b[31m[/foo]")
DAY = 86400


@asynccontextmanager
async def over(backend: ListBackend) -> AsyncIterator[Pilot[None]]:
    async with PultApp(backend, theme="dark", driver_class=None).run_test(
        size=(110, 24), notifications=True, tooltips=True
    ) as pilot:
        await settled(pilot)
        yield pilot


async def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    fill(tmp_path / "store.db", [])
    async with console(tmp_path / "store.db") as pilot:
        assert "There are no calls in this store yet." in text(pilot)
        assert "pult import FILE" in text(pilot)
        assert "pult demo" in text(pilot)


async def test_calls_that_arrive_in_an_empty_store_appear(tmp_path: Path) -> None:
    fill(tmp_path / "store.db", [])
    async with console(tmp_path / "store.db") as pilot:
        fill(tmp_path / "store.db", [incoming("first", NOON)])
        for _try in range(100):
            await pilot.pause(0.05)
            if "067 123 45 67" in text(pilot):
                return
    raise AssertionError("the call never came")


async def test_no_call_today_is_another_matter(tmp_path: Path) -> None:
    fill(tmp_path / "store.db", [incoming("old", NOON - 3 * DAY)])
    async with console(tmp_path / "store.db", mode="today") as pilot:
        assert "No calls yet today." in text(pilot)
        await pilot.press("2")
        await settled(pilot)
        assert "067 123 45 67" in text(pilot)


async def test_a_filter_without_a_match_says_so(tmp_path: Path) -> None:
    fill(tmp_path / "store.db", [incoming("one", NOON)])
    async with console(tmp_path / "store.db") as pilot:
        await pilot.press("o")
        await settled(pilot)
        assert "No call matches the filter." in text(pilot)
        await pilot.press("x")
        await settled(pilot)
        assert "067 123 45 67" in text(pilot)


async def test_conditions_that_exclude_each_other_say_so(tmp_path: Path) -> None:
    fill(tmp_path / "store.db", [incoming("one", NOON)])
    async with console(tmp_path / "store.db") as pilot:
        await pilot.press("o", "m")
        await settled(pilot)
        body = "\n".join(lines(pilot)[4:-1])
        assert "No call is both" in body
        assert "Take one of the two away" in body


async def test_an_error_takes_the_place_of_rows_with_its_hint(backend: ListBackend) -> None:
    backend.error = SILENT
    async with over(backend) as pilot:
        assert "calls.example[31m[/foo] does not answer." in text(pilot)
        assert "Check the network." in text(pilot)


async def test_rows_stay_and_look_stale_while_nobody_answers(backend: ListBackend) -> None:
    async with over(backend) as pilot:
        before = lines(pilot)[3:-1]
        backend.error = SILENT
        backend.change_to(backend.calls)
        for _try in range(60):
            await pilot.pause(0.05)
            if "no connection" in lines(pilot)[0]:
                break
        assert "no connection" in lines(pilot)[0]
        assert lines(pilot)[3:-1] == before
        backend.error = None
        backend.change_to([*backend.calls, a_call(1501, NOON + 10)])
        for _try in range(80):
            await pilot.pause(0.05)
            if "no connection" not in lines(pilot)[0]:
                break
        await settled(pilot)
        assert "no connection" not in lines(pilot)[0]
        assert "1,501 calls" in lines(pilot)[-1]


async def test_a_late_answer_to_an_old_question_is_dropped(backend: ListBackend) -> None:
    async with over(backend) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, CallsScreen)
        table = screen.table
        old = table._numbers
        table.open()
        assert not table.supply(old, [a_call(9999, NOON + 999)], more_above=False, more_below=False)
        await settled(pilot)
        assert screen.call is not None
        assert screen.call.id == 1500


async def test_callers_without_a_card_are_counted_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fill(path, [incoming("one", NOON - 60), incoming("two", NOON - 30), incoming("three", NOON, caller="0509998877")])
    async with console(path, mode="today") as pilot:
        assert "2 callers without a card" in lines(pilot)[0]
        await pilot.press("U")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, CallsScreen)
        assert screen.filter == UNSORTED
        assert "3 calls" in lines(pilot)[-1]
        await pilot.press("escape")
        await settled(pilot)
        assert screen.filter != UNSORTED


class Midnight(ListBackend):
    """A clock that stands on the next day once asked again."""

    asked_clock = 0

    async def clock(self) -> Clock:
        self.asked_clock += 1
        today = "2026-11-21" if self.asked_clock == 1 else "2026-11-22"
        return Clock(now=NOON, zone="Europe/Kyiv", today=today, first_start=1, last_start=NOON, calls_anywhere=True)


async def test_a_new_day_changes_every_today() -> None:
    async with over(Midnight([a_call(1, NOON)])) as pilot:
        assert "21 November" in lines(pilot)[0]
        await pilot.press("f5")
        await settled(pilot)
        assert "22 November" in lines(pilot)[0]
        assert "14:00:00" not in text(pilot)


def test_an_error_whose_fields_are_missing_is_still_told() -> None:
    from screens.words import error_text

    assert error_text(BackendError("{path} is gone")) == ("{path} is gone", "")


async def test_what_is_told_in_place_of_rows_is_told_whole_on_a_narrow_screen(tmp_path: Path) -> None:
    fill(tmp_path / "store.db", [])
    async with console(tmp_path / "store.db", size=(40, 10)) as pilot:
        told = " ".join(" ".join(lines(pilot)).split())
        assert "There are no calls in this store yet." in told
        assert "Bring in your own records: pult import FILE" in told
        assert "Or look around in a demo call centre: pult demo" in told
        assert "…" not in told
