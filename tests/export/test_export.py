"""Exports: what is written can be read back, opens without running anything, and is whole or absent."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import json
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from backend_client.contract.calls import Window, WindowRequest
from backend_client.errors import BackendError, Conflict, Forbidden, Invalid, Unreachable
from backend_client.export.columns import COLUMNS, columns_named
from backend_client.export.file import export_list
from backend_client.export.pages import pages
from backend_client.export.sheet import Sheet, sheet_xlsx
from backend_client.export.writers import Codes, Format, writer_for
from backend_client.model.call import Call, Mark, Party, PartyKind
from backend_client.model.call_filter import CallFilter
from backend_client.model.cell import defused
from backend_client.model.period import Period, Preset
from backend_client.model.permissions import Role, Session
from backend_client.model.status import Direction, Status
from tests.screens.conftest import NOON, ListBackend, a_call

KYIV = ZoneInfo("Europe/Kyiv")
FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "+380-44", "-1"]


def odd_call(id: int = 1, **fields: object) -> Call:
    """A call whose texts would run in a careless spreadsheet."""
    values: dict[str, object] = {
        "id": id, "start": NOON, "answered": NOON + 7, "ended": NOON + 90_007, "wait": 7, "talk": 90_000,
        "direction": Direction.INCOMING, "status": Status.MISSED, "settled_by": 9, "number": "+380441234567",
        "client": "=cmd|' /C calc'!A0", "comment": "рядок, \"лапки\"\nдругий", "marks": int(Mark.LOST | Mark.COMMENT),
        "caller": Party(PartyKind.CLIENT, "@evil", "+380441234567"), "callee": Party(PartyKind.UNKNOWN, "", "101"),
    }  # fmt: skip
    return Call(**(values | fields))  # type: ignore[arg-type]


def written(format: Format, calls: list[Call], names: tuple[str, ...] = ()) -> bytes:
    stream = io.BytesIO()
    writer = writer_for(format, stream, columns_named(names), KYIV, Codes())
    writer.write(calls)
    writer.finish()
    writer.close()
    return stream.getvalue()


def names_in(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir()]


def csv_rows(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_only_text(text: str) -> None:
    row = csv_rows(written(Format.CSV, [odd_call(client=text)]))[0]
    assert row["client"] == "'" + text


@pytest.mark.parametrize("text", ["+380441234567", "0441234567", "101", "Ромашка", "a=b", ""])
def test_plain_numbers_and_words_stay(text: str) -> None:
    assert defused(text) == text


@given(st.text())
@example("=")
@example("+")
def test_nothing_begins_like_a_formula(text: str) -> None:
    safe = defused(text)
    assert safe.removeprefix("'") == text or safe == text
    assert not safe.startswith(("=", "@", "\t", "\r", "-"))
    assert not safe.startswith("+") or safe[1:].isdecimal()


@given(st.text(), st.text())
def test_csv_gives_back_what_was_written(client: str, comment: str) -> None:
    row = csv_rows(written(Format.CSV, [odd_call(client=client, comment=comment)]))[0]
    assert row["client"] == defused(client).encode("utf-8", "replace").decode()
    assert row["comment"] == defused(comment).encode("utf-8", "replace").decode()


def test_csv_has_local_times_seconds_and_codes() -> None:
    row = csv_rows(written(Format.CSV_SEMICOLON, [odd_call()]), ";")[0]
    assert row["start"] == "2026-11-21 14:00:00"
    assert (row["talk"], row["total"], row["queue_wait"]) == ("90000", "90007", "")
    assert (row["status"], row["lost"], row["recording"]) == ("called-back", "1", "0")
    assert row["number"] == "+380441234567"
    assert row["from"] == "'@evil (+380441234567)"


def test_a_workbook_has_typed_cells() -> None:
    sheet = load_workbook(io.BytesIO(written(Format.XLSX, [odd_call(), odd_call(id=2, ended=None)]))).active
    header, first, second = sheet.iter_rows(values_only=True)
    row = dict(zip(header, first, strict=True))
    assert row["start"] == datetime(2026, 11, 21, 14)
    assert row["talk"] == timedelta(hours=25)
    assert row["id"] == 1
    assert row["lost"] is True
    assert row["number"] == "+380441234567"
    assert row["client"] == "=cmd|' /C calc'!A0"
    assert dict(zip(header, second, strict=True))["total"] is None
    types = {name: cell.data_type for name, cell in zip(header, sheet[2], strict=True)}
    assert (types["client"], types["number"], types["talk"], types["start"]) == ("s", "s", "d", "d")


@pytest.mark.parametrize("format", [Format.JSON, Format.JSONL])
def test_json_has_codes_numbers_and_offsets(format: Format) -> None:
    data = written(format, [odd_call(), odd_call(id=2)])
    rows = json.loads(data) if format is Format.JSON else [json.loads(line) for line in data.splitlines()]
    assert [row["id"] for row in rows] == [1, 2]
    assert rows[0]["start"] == "2026-11-21T14:00:00+02:00"
    assert rows[0]["status"] == "called-back"
    assert rows[0]["employees"] == []
    assert rows[0]["talk"] == 90_000
    assert rows[0]["client"] == "=cmd|' /C calc'!A0"


def test_no_calls_are_an_empty_list() -> None:
    assert json.loads(written(Format.JSON, [])) == []
    assert csv_rows(written(Format.CSV, [])) == []


def test_columns_are_those_asked_for() -> None:
    assert written(Format.CSV, [odd_call()], ("number", "talk")) == b"number,talk\r\n+380441234567,90000\r\n"
    with pytest.raises(Invalid, match="colour"):
        columns_named(("colour",))


def test_no_column_holds_a_price() -> None:
    assert not [name for name in COLUMNS if "price" in name]


async def test_pages_hold_each_call_once(backend: ListBackend) -> None:
    found = [page async for page in pages(backend, CallFilter())]
    assert [call.id for page in found for call in page] == [call.id for call in backend.calls]
    assert len(found) == 2
    assert max(request.below for request in backend.asked) <= 1000


async def test_a_limit_is_kept(backend: ListBackend) -> None:
    lengths: list[int] = [len(page) async for page in pages(backend, CallFilter(), 1001)]
    assert sum(lengths) == 1001


async def test_a_named_period_is_settled_at_the_beginning(backend: ListBackend) -> None:
    async for _page in pages(backend, CallFilter(period=Period(preset=Preset.YESTERDAY))):
        pass
    asked = {request.filter.period for request in backend.asked}
    assert asked == {Period(start="2026-11-20", end="2026-11-20")}


@pytest.mark.parametrize("format", list(Format))
async def test_a_file_is_private_and_complete(backend: ListBackend, tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"calls{format.suffix}"
    seen: list[int] = []
    rows = await export_list(backend, CallFilter(), path, format, progress=seen.append)
    assert rows == 1500
    assert seen == [1000, 1500]
    assert path.stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == [path.name]


async def test_an_existing_file_stays_until_one_says_so(backend: ListBackend, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("mine")
    with pytest.raises(Conflict):
        await export_list(backend, CallFilter(), path, Format.CSV)
    assert path.read_text() == "mine"
    await export_list(backend, CallFilter(), path, Format.CSV, overwrite=True)
    assert path.read_text().startswith("\ufeffid,")


class Failing(ListBackend):
    """Loses its connection on the second page."""

    async def window(self, request: WindowRequest) -> Window:
        if request.anchor is not None:
            raise Unreachable("gone")
        return await super().window(request)


class Waiting(ListBackend):
    """Never answers the second page."""

    async def window(self, request: WindowRequest) -> Window:
        if request.anchor is not None:
            await asyncio.Event().wait()
        return await super().window(request)


@pytest.mark.parametrize("format", list(Format))
async def test_a_failed_export_leaves_nothing(backend: ListBackend, tmp_path: Path, format: Format) -> None:
    with pytest.raises(BackendError):
        await export_list(Failing(backend.calls), CallFilter(), tmp_path / "calls", format)
    assert names_in(tmp_path) == []


def test_a_workbook_for_which_there_is_no_room_says_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    writer_of_sheet = partial(sheet_xlsx, Sheet((), ("Client",), [("Olena",)]))
    for write in (writer_of_sheet, _write_calls):
        with open("/dev/full", "wb", buffering=0) as full:
            with pytest.raises(Exception, match="No space left"):
                write(full)
            gc.collect()
        gc.collect()
    assert told == []


def _write_calls(stream: BinaryIO) -> None:
    writer = writer_for(Format.XLSX, stream, columns_named(()), ZoneInfo("UTC"), Codes())
    try:
        writer.write([odd_call()])
        writer.finish()
    finally:
        writer.close()


@pytest.mark.parametrize("format", list(Format))
async def test_a_stopped_export_leaves_nothing(backend: ListBackend, tmp_path: Path, format: Format) -> None:
    begun = asyncio.Event()
    work = asyncio.create_task(
        export_list(Waiting(backend.calls), CallFilter(), tmp_path / "calls", format, progress=lambda rows: begun.set())
    )
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert names_in(tmp_path) == []


async def test_a_folder_that_is_none_is_told(backend: ListBackend, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be written"):
        await export_list(backend, CallFilter(), tmp_path / "none" / "calls.csv", Format.CSV)


class Operators(ListBackend):
    """Seen by somebody who may not export."""

    @property
    def session(self) -> Session:
        return Session(employee_id=1, name="Operator 1", roles=(Role.OPERATOR,))


async def test_export_is_a_right(backend: ListBackend, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        await export_list(Operators(backend.calls), CallFilter(), tmp_path / "calls.csv", Format.CSV)
    assert names_in(tmp_path) == []


def test_a_call_is_made_for_the_screens_too() -> None:
    assert csv_rows(written(Format.CSV, [a_call(1, NOON)]))[0]["employees"] == "Operator 1"
