"""What the start draws: one picture, when its rows are there; and roles in the colours of the theme."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from backend_client.contract.calls import Unsorted, UnsortedRequest, Window, WindowRequest
from screens.calls import calls
from screens.widgets.call_table import CallTable
from screens.words import Role
from tests.screens.conftest import ListBackend
from tui.app import PultApp


class HeldBackend(ListBackend):
    """Answers with rows when it is told to."""

    def __init__(self, backend: ListBackend) -> None:
        super().__init__(backend.calls)
        self.told = asyncio.Event()
        self.asked_for_unsorted = 0

    async def window(self, request: WindowRequest) -> Window:
        await self.told.wait()
        return await super().window(request)

    async def unsorted(self, request: UnsortedRequest) -> Unsorted:
        self.asked_for_unsorted += 1
        return await super().unsorted(request)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines of tables that were drawn."""
    lines: list[int] = []
    render_line = CallTable.render_line

    def counted(table: CallTable, y: int) -> Strip:
        lines.append(y)
        return render_line(table, y)

    monkeypatch.setattr(CallTable, "render_line", counted)
    return lines


async def until_drawn(pilot: Pilot[None], drawn: list[int]) -> None:
    async with asyncio.timeout(10):
        while not drawn:
            await pilot.pause(0.02)


async def test_nothing_is_drawn_before_the_first_rows_and_then_each_line_once(
    backend: ListBackend, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FIRST_ROWS", 3600.0)
    held = HeldBackend(backend)
    async with PultApp(held).run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.2)
        assert drawn == []
        held.told.set()
        await until_drawn(pilot, drawn)
        assert sorted(drawn) == sorted(set(drawn))


async def test_a_store_that_does_not_answer_is_not_waited_for(
    backend: ListBackend, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FIRST_ROWS", 0.01)
    async with PultApp(HeldBackend(backend)).run_test(size=(120, 40)) as pilot:
        await until_drawn(pilot, drawn)


async def test_callers_without_a_card_are_asked_for_when_the_first_picture_is_there(
    backend: ListBackend, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FIRST_ROWS", 3600.0)
    held = HeldBackend(backend)
    async with PultApp(held).run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.2)
        before = held.asked_for_unsorted
        held.told.set()
        await until_drawn(pilot, drawn)
        await pilot.pause(0.2)
        assert (before, held.asked_for_unsorted) == (0, 1)


async def test_titles_stand_while_rows_move(backend: ListBackend, drawn: list[int]) -> None:
    async with PultApp(backend).run_test(size=(120, 40)) as pilot:
        await until_drawn(pilot, drawn)
        await pilot.pause(0.2)
        drawn.clear()
        await pilot.press("pagedown")
        await until_drawn(pilot, drawn)
        assert 0 not in drawn


async def test_a_row_with_a_recording_changes_its_colour_once(backend: ListBackend, drawn: list[int]) -> None:
    async with PultApp(backend).run_test(size=(120, 40)) as pilot:
        await until_drawn(pilot, drawn)
        table = pilot.app.screen.query_one(CallTable)
        strips = [strip for strip in map(table.render_line, range(2, 30)) if "♪" in strip.text]
        assert strips
        assert {len(list(strip)) for strip in strips} == {2}


async def test_roles_take_the_colours_of_a_theme_that_differs_in_nothing_else(
    backend: ListBackend, drawn: list[int]
) -> None:
    async with PultApp(backend, theme="ansi").run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.2)
        table = pilot.app.screen.query_one(CallTable)
        before = table.style_of(Role.GOOD)
        drawn.clear()
        pilot.app.theme = "mono"
        await until_drawn(pilot, drawn)
        assert table.style_of(Role.GOOD) != before
