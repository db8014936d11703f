"""`pult report`: the numbers of the screen as data, each with the filter that counts it."""

import csv
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from backend_client.model.report import By
from backend_client.model.reports import REPORTS
from tests.tui.command import pult
from tests.tui.records import imported_records


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = imported_records(tmp_path)
    monkeypatch.setenv("PULT_STORE", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def test_reports_are_listed_one_a_line() -> None:
    lines = pult("report", "--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(REPORTS)


def test_a_filter_of_a_cell_counts_its_value(store: Path) -> None:
    done = pult("report", "calls", "period:..", "--by", By.MONTH.value, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    cells = [cell for row in (*document["rows"], *document["totals"]) for cell in row["cells"] if cell["value"]]
    assert cells
    for cell in cells[:8]:
        counted = pult("calls", cell["filter"], "--count")
        assert counted.stdout.strip() == str(cell["value"]), cell


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_is_text_and_csv(store: Path, report: str) -> None:
    text = pult("report", report, "period:..")
    assert text.returncode == 0, text.stderr
    table = pult("report", report, "period:..", "--csv")
    assert table.returncode == 0, table.stderr
    rows = list(csv.reader(io.StringIO(table.stdout)))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > 1


def test_a_workbook_has_numbers_and_a_chart(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "calls.xlsx"
    done = pult("report", "calls", "period:..", "--by", "month", "--xlsx", path)
    assert done.returncode == 0, done.stderr
    with ZipFile(path) as book:
        names = book.namelist()
        assert any(name.startswith("xl/charts/chart") for name in names)
        assert "<v>" in book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("report",), "--list"),
        (("report", "nothing"), "nothing"),
        (("report", "calls", "--by", "hour"), "hour"),
        (("report", "calls", "--json", "--csv"), "--json"),
        (("report", "calls", "--columns", "total"), "always the same"),
        (("report", "service", "--columns", "asa,nothing"), "service_level"),
        (("report", "calls", "--chart", "heat", "--svg", "calls.svg"), "stacked"),
        (("report", "calls", "--from", "2026-11-20", "--to", "2026-11-01"), "ends before it begins"),
        (("report", "calls", "--filter", "foo:bar"), "foo"),
        (("report", "calls", "--xlsx", "nowhere/calls.xlsx"), "nowhere/calls.xlsx"),
        (("report", "calls", "--from", "0001-01-01", "--to", "9999-12-31"), "0001-01-01"),
    ],
)
def test_what_cannot_be_asked_says_why(store: Path, arguments: tuple[str, ...], told: str) -> None:
    done = pult(*arguments)
    assert done.returncode != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr
