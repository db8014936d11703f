"""Exporting from the screen, and copying."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from openpyxl import load_workbook

from backend_client.contract.calls import Window, WindowRequest
from backend_client.model.call import Call
from backend_client.model.status import Direction
from screens.calls.export_dialog import ExportDialog
from tests.screens.conftest import NOON, ListBackend, a_call
from tests.screens.filtered import Console, NamedBackend, text_of
from tests.screens.test_filtering import console, keys


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def files(folder: Path) -> list[Path]:
    return list(folder.glob("*calls*"))


async def finished(app: Console) -> None:
    """Wait until the dialog has done its work."""
    if isinstance(app.screen, ExportDialog) and app.screen.work is not None:
        await asyncio.wait([app.screen.work])


async def test_a_workbook_in_the_language_of_the_screen(backend: ListBackend, tmp_path: Path) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "e", "enter")
        await finished(app)
        await keys(pilot)
        assert "1,500 calls are in" in text_of(app)
    sheet = load_workbook(tmp_path / "calls.xlsx").active
    assert sheet.max_row == 1501
    assert [cell.value for cell in sheet[1]][4:6] == ["Direction", "Status"]
    assert sheet["F2"].value == "Answered"


async def test_the_ending_follows_the_format(backend: ListBackend, tmp_path: Path) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "e", "down", "down", "down", "enter")
        await finished(app)
    assert (tmp_path / "calls.json").exists()


async def test_an_existing_file_is_asked_about(backend: ListBackend, tmp_path: Path) -> None:
    target = tmp_path / "calls.xlsx"
    target.write_text("mine")
    async with console(backend) as (app, pilot):
        await keys(pilot, "e", "enter")
        await finished(app)
        await keys(pilot)
        assert "There is a file" in text_of(app)
        assert target.read_text() == "mine"
        await keys(pilot, "enter")
        await finished(app)
    assert target.stat().st_size > 1000


class Waiting(NamedBackend):
    """Never answers the second page of an export."""

    def __init__(self, calls: list[Call]) -> None:
        super().__init__(calls)
        self.reached = asyncio.Event()

    async def window(self, request: WindowRequest) -> Window:
        if request.anchor is not None and request.below > 500:
            self.reached.set()
            await asyncio.Event().wait()
        return await super().window(request)


async def test_escape_stops_and_leaves_nothing(backend: ListBackend, tmp_path: Path) -> None:
    app = Console(Waiting(backend.calls))
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "e", "enter")
        await app.backend.reached.wait()  # type: ignore[attr-defined]
        await keys(pilot)
        assert "1,000 of" in text_of(app)
        await keys(pilot, "escape")
        await finished(app)
        await keys(pilot)
        assert "No file was written." in text_of(app)
        assert files(tmp_path) == []
        await keys(pilot, "escape")
        assert app.screen is app.filtering


async def test_a_number_and_a_row_go_to_the_terminal(backend: ListBackend) -> None:
    call = a_call(1, NOON, number="+380441234567", direction=Direction.INCOMING, client="=Ромашка\x1b")
    async with console(ListBackend([call])) as (app, pilot):
        await keys(pilot, "y", "Y")
        assert app.copied[0] == "+380441234567"
        assert app.copied[1].split("\t")[:4] == ["2026-11-21 14:00:00", "Incoming", "Missed", "'=Ромашка\x1b"]
        assert "Sent to the terminal" in text_of(app)


async def test_too_much_for_a_clipboard_is_refused(backend: ListBackend) -> None:
    call = a_call(1, NOON, comment="я" * 40_000)
    async with console(ListBackend([call])) as (app, pilot):
        await keys(pilot, "Y")
        assert app.copied == []
        assert "export it to a file" in text_of(app)
