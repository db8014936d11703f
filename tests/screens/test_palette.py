"""The palette finds actions at once, calls and clients when they answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.contract.clients import Clients, ClientSearch
from screens.palette import PaletteScreen
from tests.screens.store import NOON, console, fill, incoming, settled, text
from tests.screens.test_filtering import keys
from tests.sqlite.stores import Desk
from tui.app import PultApp


def hold_back(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let no search of clients answer before the event."""
    assert isinstance(pilot.app, PultApp)
    backend, answer = pilot.app.backend, asyncio.Event()
    find = backend.find_clients

    async def later(request: ClientSearch) -> Clients:
        await answer.wait()
        return await find(request)

    monkeypatch.setattr(backend, "find_clients", later)
    return answer


def is_open(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, PaletteScreen)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    fill(path, [incoming("1", NOON - 300, caller="0501110003"), incoming("2", NOON - 200, caller="0672220002")])
    return path


async def test_enter_before_the_answer_opens_what_it_brings(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(store) as pilot:
        answer = hold_back(pilot, monkeypatch)
        await keys(pilot, "ctrl+p", *"0672220002", "enter")
        assert is_open(pilot)
        answer.set()
        await settled(pilot)
        assert not is_open(pilot)
        assert "067 222 00 02" in text(pilot)


async def test_enter_is_forgotten_where_somebody_types_on(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(store) as pilot:
        answer = hold_back(pilot, monkeypatch)
        await keys(pilot, "ctrl+p", *"067", "enter", "2")
        answer.set()
        await settled(pilot)
        assert is_open(pilot)


async def test_the_first_line_of_the_help_is_whole_in_a_small_window(store: Path) -> None:
    async with console(store, size=(60, 24)) as pilot:
        await keys(pilot, "f1")
        assert "Esc goes back." in text(pilot)


async def test_a_client_that_was_found_is_named_over_the_journal(store: Path) -> None:
    desk = Desk(store)
    desk.link("+380501110003", "Мир Магнітів")
    desk.close()
    async with console(store) as pilot:
        await keys(pilot, "ctrl+p", *"Магнітів")
        await settled(pilot)
        await keys(pilot, "enter")
        await settled(pilot)
        assert "[Client: Мир Магнітів ×]" in text(pilot)
