"""Spreadsheets (XLSX) of calls: the first sheet, by its titles or by a mapping profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from backend_client.errors import Invalid
from backend_client.ingest.layouts import Layout, header_layout
from backend_client.ingest.profile import Profile
from backend_client.ingest.record_table import SAMPLED, Numbered, RecordTable
from backend_client.ingest.source import Source, SourceOptions
from backend_client.ingest.unpacked import too_large
from backend_client.model.text import N_, clean

SIGNATURE = b"PK\x03\x04"
LIMIT = 1_000_000_000
"""Bytes of all parts of a file, unpacked: about five million calls."""
_PORTION = 1000
_RATIO = 100
"""Sheets pack some twenty-fold; what unpacks to more than this was made to fill the memory."""
_SMALL = 64_000_000
"""Bytes under which no ratio is asked."""
WIDEST, TALLEST = 200, 1_048_576
"""Columns that are read of a sheet; rows that one may have. What a file says of its own extent may be false."""


class Spreadsheet:
    """The format: an XLSX file."""

    name = "xlsx"

    def detect(self, head: bytes, filename: str) -> float:
        return 0.9 if head.startswith(SIGNATURE) and (b"xl/" in head or filename.lower().endswith(".xlsx")) else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Raises Invalid for a damaged file, one that unpacks to too much, or columns that nothing explains."""
        profile = options.profile or Profile()
        rows = SheetRows(path, header=not (profile.columns and profile.header is not True))
        if profile.columns:
            fields = (*profile.columns, *[""] * (len(rows.titles) - len(profile.columns)))[: len(rows.titles)]
            layout: Layout | None = Layout(profile.name or "profile", fields, True)
        else:
            layout = header_layout(rows.titles, profile.titles)
        if layout is None:
            raise Invalid(
                N_("{file}: its titles do not say which column holds what."),
                N_("Make a profile with pult profile new {file}, and name it with --profile."),
                file=clean(path.name),
            )
        return RecordTable(self.name, rows, layout, options)


class SheetRows:
    """Rows of the first sheet, behind its titles. `numbers` are those that a spreadsheet shows."""

    encoding = "xlsx"

    def __init__(self, path: Path, *, header: bool = True) -> None:
        self.name = clean(path.name)
        self._path = path
        self._header = header
        check_package(path)
        first = next(self._rows(), [])
        if not first:
            raise Invalid(N_("{path} is empty."), path=clean(str(path)))
        self.titles = first if header else [str(number) for number in range(1, len(first) + 1)]
        self.size = 0

    def _rows(self) -> Iterator[list[str]]:
        # 160 ms, so here: only spreadsheets need it.
        import openpyxl

        try:
            with closing(openpyxl.load_workbook(self._path, read_only=True, data_only=True, keep_links=False)) as book:
                if not book.worksheets:
                    # Only charts stand in it.
                    return
                sheet = book.worksheets[0]
                sheet.reset_dimensions()
                for row in sheet.iter_rows(max_row=TALLEST, max_col=WIDEST, values_only=True):
                    yield _trimmed(row)
        except Invalid:
            raise
        except Exception as error:
            # openpyxl fails in as many ways as a file can be damaged; none of them is our own mistake.
            raise damaged(self._path, error) from error

    def sample(self) -> list[list[str]]:
        rows: list[list[str]] = []
        for numbered in self.read():
            rows += numbered.rows
            if len(rows) >= SAMPLED:
                break
        return rows

    def read(self, after: int = 0) -> Iterator[Numbered]:
        width = len(self.titles)
        rows: list[list[str]] = []
        numbers: list[int] = []
        number = 0
        for number, row in enumerate(self._rows(), start=1):
            if (number == 1 and self._header) or not row:
                continue
            rows.append([*row, *[""] * (width - len(row))] if len(row) <= width else row)
            numbers.append(number)
            if len(rows) >= _PORTION:
                yield Numbered(rows, numbers, number, [])
                rows, numbers = [], []
        yield Numbered(rows, numbers, number, [])


def check_package(path: Path) -> None:
    """Raises Invalid for what is no XLSX file, or one that unpacks to too much."""
    try:
        with ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            most = min(LIMIT, max(_SMALL, _RATIO * path.stat().st_size))
            if unpacked > most:
                raise too_large(path, most)
            if "[Content_Types].xml" not in packed.namelist():
                raise BadZipFile("no spreadsheet inside")
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> Invalid:
    """Why a spreadsheet cannot be read."""
    return Invalid(N_("Cannot read the spreadsheet {path}: {why}."), path=clean(str(path)), why=clean(str(error)))


def _trimmed(values: Sequence[object]) -> list[str]:
    """Cells as texts, without the blank ones at the end."""
    if values.count(None) == len(values):
        # A file of 5 KB may have a million rows of these.
        return []
    texts = [_text(value) for value in values]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(int(value.total_seconds()))
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


def columns_of(rows: Sequence[Sequence[str]]) -> int:
    """The widest row's width."""
    return max(map(len, rows), default=0)
