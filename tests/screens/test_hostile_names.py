"""A client may have any name: it is drawn as it is, on every screen, in toasts and in files, and does nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.cells import cell_len
from textual.pilot import Pilot

from backend_client.contract.clients import ClientListRequest, RegisterClient
from backend_client.contract.directories import EditEmployee, EditResult, NameChannel, NameLine
from backend_client.export.file import export_list
from backend_client.export.writers import Format
from backend_client.model.client_filter import ClientFilter
from backend_client.model.text import clean
from tests.screens.store import lines, text
from tests.screens.test_registration import desk, own_state, press, store

__all__ = ["own_state", "store"]
NAMES = {
    "long": "Я" * 300 + "株式会社" * 50,
    "emoji, accents": "Родина 👩‍👩‍👧 🇺🇦 " + "é" * 50 + "\u0300" * 40,
    "right to left": "שלום מרחבא",
    "markup": "[/foo][b]X[/b][@click=app.quit]Y[/][link=x {name} %s ${HOME} \"'`; DROP TABLE client;--",
    "control": "A\x1b[2J\x1b]0;title\x07\u202eB\u2028C\x00",
    "formula": "=HYPERLINK(1)",
}


async def seen(pilot: Pilot[None], name: str, *pressed: str) -> None:
    """Press keys; the name's first characters stand on screen, no line is wider than it, and nothing ran."""
    await press(pilot, *pressed)
    shown = lines(pilot)
    assert clean(name)[:2] in "\n".join(shown), pressed
    assert all(cell_len(line) <= pilot.app.size.width for line in shown)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for line in shown for character in line)
    assert pilot.app.is_running


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_name_is_only_a_name_everywhere(store: Path, tmp_path: Path, name: str) -> None:
    async with desk(store) as (pilot, backend):
        await backend.change_client(
            RegisterClient(name=name, numbers=("0501110003",), person=name, note=f"{name}\n{name}")
        )
        assert (await backend.clients(ListOf)).rows[0].name == clean(name)
        await seen(pilot, name, "f5")
        await seen(pilot, name, "p", "end")
        await seen(pilot, name, "p", "enter", "enter")
        await seen(pilot, name, "A")
        await seen(pilot, name, "E", "escape", "N")
        await seen(pilot, name, "escape", "escape", "home", "f7", f"typed:{clean(name)[:2]}")
        await seen(pilot, name, "down", "ctrl+t")
        await press(pilot, "escape", "escape", "escape")
        await press(pilot, "f7", "typed:Інший", "enter")
        await seen(pilot, name, "colon", f"typed:{clean(name)[:1]}")
        await seen(pilot, name, "escape", "3")
        await press(pilot, "escape", "4", "r", "home", *["down"] * 6)
        await seen(pilot, name, "enter")
        for file in (Format.CSV, Format.XLSX, Format.JSON):
            path = tmp_path / f"clients{file.suffix}"
            await export_list(backend, ClientFilter(search="0501110003"), path, file)
        assert json.loads((tmp_path / "clients.json").read_text())[0]["name"] == clean(name)
        written = next(csv.DictReader((tmp_path / "clients.csv").open(encoding="utf-8-sig")))["name"]
        assert written.removeprefix("'") == clean(name)
        assert (written != clean(name)) is clean(name).startswith("=")
        cell = next(load_workbook(tmp_path / "clients.xlsx")["Sheet1"].iter_rows(min_row=2))[1]
        assert (cell.value, cell.data_type) == (clean(name), "s")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_toast_tells_a_name_as_it_is(store: Path, name: str) -> None:
    async with desk(store) as (pilot, _):
        await press(pilot, "f7")
        field = pilot.app.screen.query_one("#name")
        field.value = name  # type: ignore[attr-defined]
        await seen(pilot, name, "enter")
        assert "calls are linked to" in text(pilot)
        assert "Ctrl+Z undoes it." in text(pilot)
        await press(pilot, "ctrl+z")
        assert "Undone." in text(pilot)


async def test_names_in_directories_are_only_names(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        for name in NAMES.values():
            known = await backend.change_directory(EditResult(name=name))
            await backend.change_directory(NameLine(id=known.lines[0].id, name=name))
            await backend.change_directory(NameChannel(id=known.channels[0].id, name=name))
            employee = known.employees[0]
            from msgspec.structs import replace

            await backend.change_directory(EditEmployee(employee=replace(employee, name=name, department=name)))
            await seen(pilot, name, "9")
            await seen(pilot, name, "right")
            await seen(pilot, name, "right")
            await seen(pilot, name, "right")
            await seen(pilot, name, "right", "end")
            await press(pilot, "left", "left", "left", "left", "2")
            await seen(pilot, name, "T", "end")
            await press(pilot, "escape")


ListOf = ClientListRequest()
