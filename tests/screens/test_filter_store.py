"""Filters, comments and exports of the console over a real store."""

from __future__ import annotations

import asyncio
import csv
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.contract.calls import CallRequest, CommentRequest, CountRequest
from backend_client.export.file import export_list
from backend_client.export.writers import Format
from backend_client.model.call import Mark
from backend_client.model.filter_text import from_text
from backend_client.opening import open_store
from screens.calls.calls import CallsScreen
from screens.calls.export_dialog import ExportDialog
from tests.screens.store import console, every_minute, fill, lines, settled, text
from tests.screens.test_filtering import keys


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filtered") / "store.db"
    fill(path, every_minute(300))
    return path


@pytest.fixture
def store(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """300 incoming calls, every third missed, by four employees in turn."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(filled, tmp_path / "store.db"))


def screen_of(pilot: Pilot[None]) -> CallsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, CallsScreen)
    return screen


async def test_a_key_narrows_the_rows_and_the_count(store: Path) -> None:
    async with console(store) as pilot:
        await keys(pilot, "m")
        await settled(pilot)
        assert "100 calls" in lines(pilot)[-1]
        assert "Answered" not in text(pilot)
        await keys(pilot, "x")
        await settled(pilot)
        assert "300 calls" in lines(pilot)[-1]


async def test_search_finds_any_part_of_a_number(store: Path) -> None:
    async with console(store) as pilot:
        await keys(pilot, "slash", "typed:00277", "enter")
        await settled(pilot)
        assert "1 call" in lines(pilot)[-1]
        call = screen_of(pilot).call
        assert call is not None
        assert call.number.endswith("000277")


async def test_an_employee_is_picked_by_extension(store: Path) -> None:
    async with console(store) as pilot:
        await keys(pilot, "slash", "typed:employee:202 ", "enter")
        await settled(pilot)
        assert "75 calls" in lines(pilot)[-1]


async def test_a_comment_marks_its_row_at_once(store: Path) -> None:
    async with console(store) as pilot:
        await keys(pilot, "c", "typed:Передзвонити", "enter")
        await settled(pilot)
        while not (screen_of(pilot).call.marks & Mark.COMMENT):  # type: ignore[union-attr]
            await pilot.pause(0.05)
        await keys(pilot, "C")
        await settled(pilot)
        assert "1 call" in lines(pilot)[-1]


async def test_two_consoles_meet_over_one_comment(store: Path) -> None:
    async with console(store) as pilot:
        call = screen_of(pilot).call
        assert call is not None
        await keys(pilot, "c", "typed:mine")
        other = await open_store(store)
        await other.comment(CommentRequest(call_id=call.id, text="theirs", revision=0))
        await keys(pilot, "enter")
        await settled(pilot)
        assert "Somebody changed this comment" in text(pilot)
        assert "theirs" in text(pilot)
        await keys(pilot, "enter")
        await settled(pilot)
        details = await other.call(CallRequest(id=call.id))
        await other.close()
        assert details.comment.text == "mine"
        assert [version.text for version in details.history] == ["theirs"]


async def test_what_is_filtered_is_what_is_exported(store: Path, tmp_path: Path) -> None:
    async with console(store) as pilot:
        await keys(pilot, "m", "e", "down", "enter")
        dialog = pilot.app.screen
        if isinstance(dialog, ExportDialog) and dialog.work is not None:
            await asyncio.wait([dialog.work])
    rows = list(csv.DictReader((tmp_path / "calls.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 100
    assert {row["Status"] for row in rows} == {"Missed"}


@pytest.mark.parametrize("wanted", ["", "family:missed", "employee:201", "talk:100..", "hour:9..12", "00001"])
async def test_an_export_has_as_many_rows_as_the_count(store: Path, tmp_path: Path, wanted: str) -> None:
    backend = await open_store(store)
    chosen = from_text(wanted, await backend.directories())
    rows = await export_list(backend, chosen, tmp_path / "calls.jsonl", Format.JSONL)
    count = await backend.count(CountRequest(filter=chosen, limit=0))
    await backend.close()
    assert rows == count.number > 0
