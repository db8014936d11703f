"""A report written to a file: every format holds the numbers of the screen, and pictures are pictures."""

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.widgets import Input

from backend_client.model.report import By, Chart, Measure, ReportRequest
from backend_client.model.reports import REPORTS
from backend_client.opening import open_store
from screens.reports.report_export import ReportExportDialog
from screens.reports.report_file import ReportFormat, picture_of, write_report
from tests.screens.store import NOON, console, every_minute, fill, settled, text


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "calls.sqlite"
    fill(path, every_minute(60))
    return path


@pytest.mark.parametrize("format", list(ReportFormat))
async def test_the_shown_report_is_written_as_chosen(store: Path, tmp_path: Path, format: ReportFormat) -> None:
    path = tmp_path / f"report{format.value}"
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("e", *["down"] * list(ReportFormat).index(format))
        await settled(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, ReportExportDialog)
        field = dialog.query_one(Input)
        assert Path(field.value).suffix == format.value
        field.value = str(path)
        await pilot.press("enter")
        for _try in range(200):
            await pilot.pause(0.02)
            if pilot.app.screen is not dialog:
                break
        assert "The report is in" in text(pilot) or path.exists()
    assert path.stat().st_mode & 0o777 == 0o600
    written = path.read_bytes()
    match format:
        case ReportFormat.PNG:
            assert written.startswith(b"\x89PNG")
        case ReportFormat.SVG:
            assert ElementTree.fromstring(written).tag.endswith("svg")
        case ReportFormat.XLSX:
            names = zipfile.ZipFile(path).namelist()
            assert "xl/charts/chart1.xml" in names
        case ReportFormat.JSON:
            assert json.loads(written)["totals"][0]["cells"][2]["value"] == 60
        case _:
            assert "60" in written.decode("utf-8-sig").splitlines()[-1]


async def test_a_file_that_is_there_is_replaced_only_when_asked_again(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "kept.csv"
    path.write_text("mine")
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("e", "down")
        await settled(pilot)
        dialog = pilot.app.screen
        dialog.query_one(Input).value = str(path)
        await pilot.press("enter")
        for _try in range(200):
            await pilot.pause(0.02)
            if "already" in text(pilot):
                break
        assert path.read_text() == "mine"
        await pilot.press("enter")
        for _try in range(200):
            await pilot.pause(0.02)
            if pilot.app.screen is not dialog:
                break
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


async def test_every_chart_of_every_report_is_a_picture(store: Path) -> None:
    backend = await open_store(store, now=lambda: NOON + 7200)
    directories = await backend.directories()
    for report in REPORTS.values():
        result = await backend.report(ReportRequest(report=report.id))
        for kind in report.charts:
            shapes = ElementTree.fromstring(picture_of(result, kind, directories))
            drawn = [shape for shape in shapes if shape.tag.endswith(("rect", "polyline"))]
            assert len(drawn) > 1, (report.id, kind)
    await backend.close()


async def test_a_native_chart_has_the_second_axis_of_the_screen(store: Path, tmp_path: Path) -> None:
    backend = await open_store(store, now=lambda: NOON + 7200)
    directories = await backend.directories()
    result = await backend.report(ReportRequest(report="leads", by=By.DAY, measure=Measure.COUNT, compared=True))
    path = tmp_path / "leads.xlsx"
    write_report(result, path, ReportFormat.XLSX, directories, Chart.STACKED_SHARES)
    with zipfile.ZipFile(path) as book:
        chart = book.read("xl/charts/chart1.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "percentStacked" in chart
    assert "lineChart" in chart
    assert sheet.count("<v>") > 10
    await backend.close()
