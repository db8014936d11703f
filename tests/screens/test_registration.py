"""Registering a caller with keys: a name and Enter, or ↓ and Enter; nothing typed is lost, nothing moves silently."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientListRequest, ClientRequest, RegisterClient
from backend_client.errors import Unreachable
from backend_client.model.client import ClientCard
from backend_client.opening import open_store
from screens.clients.registration import RegistrationForm
from tests.screens.store import NOON, console, fill, incoming, lines, settled, text
from tests.screens.test_filtering import keys
from tui.app import PultApp
from tui.settings import Settings


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two calls of one stranger, the later on top, and one of another."""
    path = tmp_path / "store.db"
    fill(
        path,
        [
            incoming("1", NOON - 300, caller="0501110003"),
            incoming("2", NOON - 200, caller="0672220002", talk=0),
            incoming("3", NOON - 100, caller="0672220002"),
        ],
    )
    return path


@asynccontextmanager
async def desk(path: Path, settings: Settings | None = None) -> AsyncIterator[tuple[Pilot[None], Backend]]:
    async with console(path, settings=settings) as pilot:
        assert isinstance(pilot.app, PultApp)
        yield pilot, pilot.app.backend


async def press(pilot: Pilot[None], *pressed: str) -> None:
    await keys(pilot, *pressed)
    await settled(pilot)


async def clients(backend: Backend) -> list[ClientCard]:
    rows = (await backend.clients(ClientListRequest())).rows
    return [await backend.client(ClientRequest(id=row.id)) for row in rows]


@pytest.mark.parametrize("key", ["f7", "a"])
async def test_key_name_enter_registers_the_caller(store: Path, key: str) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, key, "typed:Олена Петренко", "enter")
        [card] = await clients(backend)
        assert (card.name, card.calls) == ("Олена Петренко", 2)
        assert "2 calls are linked to Олена Петренко." in text(pilot)
        assert sum("Олена Петренко" in line for line in lines(pilot)) >= 3


async def test_what_the_exchange_knows_is_filled_in_and_typing_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "named.db"
    fill(
        path,
        [incoming("1", NOON - 200, caller="0672220002", name="Ганна [/foo]"), incoming("2", NOON - 100, name="Петро")],
    )
    async with desk(path) as (pilot, backend):
        await press(pilot, "f7")
        assert "Петро" in text(pilot)
        assert "Mobile" in text(pilot)
        await press(pilot, "typed:Павло", "enter", "end", "f7", "escape", "f7")
        assert "left unfinished" not in text(pilot)
        await press(pilot, "enter")
        assert [card.name for card in await clients(backend)] == ["Ганна [/foo]", "Павло"]


async def test_ctrl_z_takes_it_back(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "f7", "typed:X", "enter", "ctrl+z")
        assert await clients(backend) == []
        assert "Undone." in text(pilot)
        await press(pilot, "ctrl+z")
        assert "nothing was done to a client" in text(pilot)


async def test_nothing_is_highlighted_until_down_so_enter_creates(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="Олена Бондар"))
        await press(pilot, "f7", "typed:Олена")
        assert "Олена Бондар" in text(pilot)
        await press(pilot, "enter")
        assert [card.name for card in await clients(backend)] == ["Олена", "Олена Бондар"]


async def test_down_enter_assigns_to_the_client_that_is_there(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="ТОВ Ромашка", numbers=("0441112233",)))
        await press(pilot, "f7", "typed:ром", "down", "enter")
        [card] = await clients(backend)
        assert [one.key for one in card.numbers] == ["+380672220002", "+380441112233"]


async def test_down_and_ctrl_t_assign_to_a_contact_person(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="ТОВ Ромашка", person="Анна"))
        await press(pilot, "f7", "typed:ром", "down", "ctrl+t")
        assert "Contact person of ТОВ Ромашка" in text(pilot)
        await press(pilot, "typed:Борис", "enter")
        [card] = await clients(backend)
        assert [(card.person(one.person_id), one.key) for one in card.numbers] == [("Борис", "+380672220002")]
        await press(pilot, "end", "f7", "typed:ром", "down", "ctrl+t", "down", "enter")
        [card] = await clients(backend)
        assert [card.person(one.person_id) for one in card.numbers] == ["Анна", "Борис"]


async def test_an_exactly_equal_name_asks_first(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="Ольга"))
        await press(pilot, "f7", "typed:ольга", "enter")
        assert "There is a client Ольга already" in text(pilot)
        await press(pilot, "escape", "typed:!", "backspace", "enter", "y")
        assert [card.name for card in await clients(backend)] == ["Ольга", "ольга"]


async def test_kind_responsible_numbers_and_note_are_one_tab_away(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "f7", "typed:ТОВ", "tab", "right", "tab", "typed:201", "tab", "typed:0631112233", "tab")
        await press(pilot, "typed:від Ганни", "ctrl+g")
        [card] = await clients(backend)
        assert (card.kind, card.note, len(card.numbers)) == ("company", "від Ганни", 2)
        assert card.responsible_id is not None
        assert isinstance(pilot.app.screen, RegistrationForm)
        await press(pilot, "typed:!", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "typed: Дім", "enter")
        [card] = await clients(backend)
        assert (card.name, card.note) == ("ТОВ Дім", "від Ганни!")


async def test_the_other_of_two_who_register_at_once_is_told_and_offered_to_assign(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "f7", "typed:Мій клієнт")
        other = await open_store(store, now=lambda: NOON + 60.0)
        await other.change_client(RegisterClient(numbers=("0672220002",), name="Їх клієнт"))
        await press(pilot, "enter")
        assert "belongs to Їх клієнт" in text(pilot)
        await press(pilot, "p", "enter")
        [card] = await clients(backend)
        assert (card.name, card.persons[0].name) == ("Їх клієнт", "Мій клієнт")
        assert card.numbers[0].person_id == card.persons[0].id
        await other.close()


async def test_a_number_is_moved_only_when_asked_to(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "f7", "typed:Мій")
        await backend.change_client(RegisterClient(numbers=("0672220002",), name="Їх"))
        await press(pilot, "enter", "m")
        cards = {card.name: card for card in await clients(backend)}
        assert (len(cards["Мій"].numbers), len(cards["Їх"].numbers)) == (1, 0)


async def test_a_half_filled_form_survives_a_lost_connection_and_a_closed_console(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(store) as (pilot, backend):

        async def lost(request: object) -> None:
            raise Unreachable("The server does not answer.")

        with monkeypatch.context() as patch:
            patch.setattr(backend, "change_client", lost)
            await press(pilot, "f7", "typed:Наполовину", "tab", "right", "shift+tab", "enter")
            assert "The server does not answer." in text(pilot)
            assert "kept as a draft" in text(pilot)
    async with desk(store) as (pilot, backend):
        await press(pilot, "f7")
        assert "left unfinished" in text(pilot)
        await press(pilot, "enter")
        [card] = await clients(backend)
        assert (card.name, card.kind) == ("Наполовину", "company")
        await press(pilot, "end", "f7")
        assert "left unfinished" not in text(pilot)


async def test_registration_method_card_shows_everything_and_then_the_card(store: Path) -> None:
    async with desk(store, Settings(registration="card")) as (pilot, _):
        await press(pilot, "f7")
        assert "Responsible" in text(pilot)
        await press(pilot, "typed:Олена", "enter")
        assert "Client" in lines(pilot)[0]
        assert "067 222 00 02" in text(pilot)
        await press(pilot, "escape")
        assert "Journal" in lines(pilot)[0]


@pytest.mark.parametrize("name", ["[/foo]", "[@click=app.quit]x[/]", "я" * 500, "👩‍👩‍👧", "שלום"])
async def test_hostile_names_are_shown_as_they_are(store: Path, name: str) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name=name, person=name, note=name))
        await press(pilot, "f7", f"typed:{name[:1]}", "down", "ctrl+t", "down", "enter")
        [card] = await clients(backend)
        assert card.name == name
        await press(pilot, "f5", "A")
        assert name[:3] in text(pilot)
        await press(pilot, "E", "escape", "N", "escape", "escape", "f7")
        assert name[:3] in text(pilot)


async def test_a_similar_number_is_suggested_before_anything_is_typed(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="Схожий", numbers=("+70672220002",)))
        await press(pilot, "f7")
        assert "Схожий" in text(pilot)
        await press(pilot, "typed:Інший", "enter")
        assert len(await clients(backend)) == 2


async def test_typing_never_shows_older_matches(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="Ааа"))
        real = backend.find_clients

        async def slow_first(request: object) -> object:
            if getattr(request, "text", "") == "А":
                await asyncio.sleep(0.2)
            return await real(request)  # type: ignore[arg-type]

        monkeypatch.setattr(backend, "find_clients", slow_first)
        await press(pilot, "f7", "typed:Аб")
        await pilot.pause(0.3)
        assert "Ааа" not in text(pilot)
