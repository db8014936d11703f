"""The list of clients, their cards, directories, call results and calls by hand, over a real store."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.contract.calls import WindowRequest
from backend_client.contract.clients import ClientRequest, RegisterClient
from backend_client.contract.directories import EditEmployee, EditResult
from backend_client.model.audit import Deed
from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter, ClientKind
from backend_client.opening import open_store
from screens.directories.directory_entries import entry_choice
from screens.directories.employee_dialog import extensions_of, extensions_text
from tests.screens.store import NOON, console, fill, incoming, lines, settled, text, until
from tests.screens.test_filtering import keys
from tests.screens.test_palette import hold_back
from tests.screens.test_registration import clients, desk, own_state, press, store
from tui.settings import Settings

__all__ = ["own_state", "store"]


async def test_the_list_shows_clients_by_name_and_opens_the_card(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        for name in ("Яна", "Анна", "[/foo]"):
            await backend.change_client(RegisterClient(name=name))
        await backend.change_client(RegisterClient(name="Борис", numbers=("0672220002",), person="Ганна"))
        await press(pilot, "3")
        shown = [line for line in lines(pilot) if any(n in line for n in ("Яна", "Анна", "[/foo]", "Борис"))]
        assert [line.split()[-1] if "067" not in line else "Борис" for line in shown]
        assert ["Анна" in shown[1], "067 222 00 02" in shown[2], "Яна" in shown[3]] == [True] * 3
        await press(pilot, "slash", "typed:067222", "enter", "enter")
        assert "Борис" in lines(pilot)[0]
        assert "Ганна: 067 222 00 02" in text(pilot)
        assert "calls: 2" in text(pilot)
        await press(pilot, "escape")
        assert "Clients" in lines(pilot)[0]
        await press(pilot, "x")
        assert "4 clients" in text(pilot)


async def test_the_list_of_clients_fits_its_window(store: Path) -> None:
    async with console(store, (80, 24), mode="clients") as pilot:
        assert lines(pilot)[2].split() == ["Client", "Numbers", "Responsible"]


async def test_a_client_without_a_call_is_made_on_the_list(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "3")
        assert "There are no clients yet." in text(pilot)
        await press(pilot, "a", "typed:Нова", "enter")
        assert [card.name for card in await clients(backend)] == ["Нова"]
        await press(pilot, "escape", "ctrl+z")
        assert await clients(backend) == []


async def test_the_card_is_edited_merged_and_archived(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        made = await backend.change_client(RegisterClient(name="Перша", numbers=("0672220002",)))
        await backend.change_client(RegisterClient(name="Друга", numbers=("0501110003",)))
        assert made.client is not None
        await press(pilot, "f5")
        await press(pilot, "A", "E", "typed: картка", "tab", "right", "tab", "tab", "typed:VIP", "ctrl+g")
        card = await backend.client(ClientRequest(id=made.client.id))
        assert (card.name, card.kind, card.note) == ("Перша картка", "company", "VIP")
        assert "VIP" in text(pilot)
        await press(pilot, "J", "typed:друг", "enter")
        [card] = await clients(backend)
        assert (card.calls, len(card.numbers)) == (3, 2)
        await until(pilot, lambda: "050 111 00 03" in text(pilot))
        await press(pilot, "ctrl+z")
        assert len(await clients(backend)) == 2
        await press(pilot, "X")
        assert [one.name for one in await clients(backend)] == ["Друга"]
        assert "in the archive" in text(pilot)


@pytest.mark.parametrize("shown_before", ["", "Анн"], ids=["no line yet", "lines of the text before"])
async def test_enter_before_the_answer_takes_the_client_it_brings(
    store: Path, monkeypatch: pytest.MonkeyPatch, shown_before: str
) -> None:
    async with desk(store) as (pilot, backend):
        for name in ("Анна", "Анна Друга", "Яна"):
            await backend.change_client(RegisterClient(name=name))
        await press(pilot, "3", "enter", "J", *([f"typed:{shown_before}"] if shown_before else []))
        answer = hold_back(pilot, monkeypatch)
        await keys(pilot, *["backspace"] * len(shown_before), *"Яна", "enter")
        answer.set()
        await settled(pilot)
        assert "Saved." in text(pilot)
        assert sorted(card.name for card in await clients(backend)) == ["Анна", "Анна Друга"]


async def test_numbers_and_people_are_added_renamed_and_taken_away(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="Клієнт", numbers=("0672220002",)))
        await press(pilot, "f5")
        await press(pilot, "A", "N", "p", "typed:Анна", "enter", "down", "n", "typed:0631112233", "enter")
        [card] = await clients(backend)
        assert [card.person(one.person_id) for one in card.numbers] == ["", "Анна"]
        await press(pilot, "r", "typed:!", "enter")
        [card] = await clients(backend)
        assert card.persons[0].name == "Анна!"
        await press(pilot, "n", "typed:0501110003x", "enter")
        assert "is no number" in text(pilot)
        await press(pilot, "escape", "home", "d", "escape")
        [card] = await clients(backend)
        assert len(card.numbers) == 1


async def test_a_result_is_set_with_two_keys_and_filtered(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "T")
        assert "No call results are entered yet." in text(pilot)
        await press(pilot, "escape")
        for name in ("Замовлення", "[/foo]"):
            await backend.change_directory(EditResult(name=name))
        await press(pilot, "T", "2")
        call = (await backend.window(WindowRequest())).rows[0]
        assert call.result == "[/foo]"
        await press(pilot, "T", "delete")
        assert (await backend.window(WindowRequest())).rows[0].result == ""


async def test_the_same_result_is_set_with_one_key_a_call(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_directory(EditResult(name="Замовлення"))
        await press(pilot, "T", "1", "down", "Q", "down", "Q")
        assert [call.result for call in (await backend.window(WindowRequest())).rows] == ["Замовлення"] * 3
        assert "Call result: Замовлення" in text(pilot)


async def test_a_call_is_written_down_from_the_card(store: Path) -> None:
    path = store
    backend = await open_store(path, now=lambda: NOON + 60.0)
    employee = next(one for one in (await backend.directories()).employees if one.extensions)
    from msgspec.structs import replace

    from backend_client.sqlite.access.sessions import os_login

    await backend.change_directory(EditEmployee(employee=replace(employee, login=os_login(), roles=("administrator",))))
    await backend.change_client(RegisterClient(name="Клієнт", numbers=("0672220002",)))
    await backend.close()
    async with desk(path) as (pilot, backend):
        await press(pilot, "f5")
        await press(pilot, "A", "W")
        assert "Write down a call with Клієнт" in text(pilot)
        await press(pilot, "typed:x", "enter")
        assert "The talk is written in minutes" in text(pilot)
        await press(pilot, "backspace", "shift+tab", *["backspace"] * 16, "typed:2026-11-21 12:00", "tab")
        await press(pilot, "typed:2:30", "tab", "tab", "typed:на виставці", "enter")
        [call] = (await backend.window(WindowRequest(filter=CallFilter(by_hand=True)))).rows
        assert (call.talk, call.client, call.comment) == (150, "Клієнт", "на виставці")
        assert call.marks & Mark.BY_HAND


async def test_directories_are_edited_in_place_unnamed_first(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "9")
        assert "[Employees]" in text(pilot)
        await press(pilot, "right", "right", "enter", "typed:Реклама [/x]", "enter")
        assert [one.name for one in (await backend.directories()).channels] == ["Реклама [/x]"]
        while "[Call results]" not in text(pilot):
            await press(pilot, "right")
        await press(pilot, "a", "typed:Продано", "enter")
        await press(pilot, "d")
        [result] = (await backend.directories()).results
        assert (result.name, result.active) == ("Продано", False)
        assert "not offered any more" in entry_choice(result).note


async def test_reasons_of_the_plan_are_kept_among_the_directories(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "9")
        while "[Reasons]" not in text(pilot):
            await press(pilot, "right")
        await press(pilot, "a", "typed:Refused", "enter", "typed:Дорого [/x]", "enter")
        await press(pilot, "enter", "typed:!", "enter")
        [reason] = (await backend.directories()).reasons
        assert (reason.name, reason.event.value, reason.active) == ("Дорого [/x]!", "refuse", True)
        await press(pilot, "d")
        [reason] = (await backend.directories()).reasons
        assert not reason.active


async def test_an_employee_is_edited_with_extensions_by_day(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "9", "a", "typed:Нова", "tab", "typed:Продажі", "tab", "typed:299 2026-11-01..", "enter")
        employee = next(one for one in (await backend.directories()).employees if one.name == "Нова")
        assert (employee.department, employee.extensions[0].number) == ("Продажі", "299")
        assert employee.extensions[0].since is not None


@pytest.mark.parametrize(
    "text_of", ["201", "201, 305 2026-11-01..2026-11-20", "305 2026-11-01..", "305 ..2026-11-20", ""]
)
def test_internal_numbers_read_as_they_are_written(text_of: str) -> None:
    zone = ZoneInfo("Europe/Kyiv")
    extensions = extensions_of(text_of, zone)
    assert extensions is not None
    assert extensions_text(extensions, zone) == text_of


@pytest.mark.parametrize("wrong", ["201 2026-11-01", "201 tomorrow..", "201 2026-13-01.."])
def test_wrong_days_are_not_guessed(wrong: str) -> None:
    assert extensions_of(wrong, ZoneInfo("Europe/Kyiv")) is None


async def test_unnamed_channels_come_first(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fill(path, [incoming("1", NOON - 300)])
    async with console(path) as pilot:
        await press(pilot, "9", "right", "right")
        assert "380441112233" in text(pilot)


async def test_numbers_are_shown_with_their_country_where_the_person_wants(store: Path) -> None:
    async with desk(store, Settings(numbers="international")) as (pilot, _):
        assert "+380 67 222 00 02" in text(pilot)
        await press(pilot, "f7")
        assert "+380 67 222 00 02" in text(pilot)
        await press(pilot, "escape")
        pilot.app.keep("numbers", "national")  # type: ignore[attr-defined]
        await press(pilot, "f5")
        assert "067 222 00 02" in text(pilot)


async def test_the_list_is_narrowed_by_the_keys_of_the_journal(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="ТОВ Ромашка", kind=ClientKind.COMPANY, note="VIP"))
        await backend.change_client(RegisterClient(name="Олена", numbers=("0672220002",), person="Ганна"))
        await press(pilot, "3", "t", "t")
        shown = text(pilot)
        assert ("Client is: Company" in shown, "Олена" in shown, "1 client" in shown) == (True, False, True)
        await press(pilot, "x", "slash", "typed:with:number ган", "enter")
        assert ("With a number" in text(pilot), "Олена" in text(pilot), "Ромашка" in text(pilot)) == (True, True, False)
        await press(pilot, "x", "z")
        assert "Ромашка" not in text(pilot)
        await press(pilot, "x", "f", *["typed:note"], "enter", "escape")
        assert ("With a note" in text(pilot), "Олена" in text(pilot)) == (True, False)
        await press(pilot, "b", "delete", "escape")
        assert "2 clients" in text(pilot)
        await press(pilot, "d", "down", "enter")
        assert "Registered: Today" in text(pilot)


async def test_the_list_is_exported_as_it_is_narrowed(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    async with desk(store) as (pilot, backend):
        await backend.change_client(RegisterClient(name="ТОВ Ромашка", kind=ClientKind.COMPANY))
        await backend.change_client(RegisterClient(name="Олена", numbers=("0672220002",)))
        await press(pilot, "3", "t", "t", "e", "down", "enter")
        assert "1 client is in" in text(pilot)
        assert "ТОВ Ромашка" in (tmp_path / "clients.csv").read_text()
        entry = (await backend.audit(AuditRequest())).entries[0]
        assert (entry.deed, entry.amount) == (Deed.EXPORT, 1)


async def test_what_is_done_to_a_row_is_done_to_a_call_alone(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        call = (await backend.window(WindowRequest())).rows[0]
        pilot.app.screen.show_calls((call.id,))  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "f7", "typed:Олена", "enter")
        assert "calls are linked to Олена." in text(pilot)
        assert "Олена" in lines(pilot)[2] + lines(pilot)[3]
        await press(pilot, "A")
        assert "Client" in lines(pilot)[0]
        await press(pilot, "escape", "c", "typed:передзвонити", "enter")
        assert "передзвонити" in text(pilot)
        await backend.change_directory(EditResult(name="Продано"))
        await press(pilot, "T", "1")
        assert "Продано" in text(pilot)
        await press(pilot, "W")
        assert "Write down a call with Олена" in text(pilot)
        await press(pilot, "escape", "ctrl+z")
        assert [card.name for card in await clients(backend)] == []
