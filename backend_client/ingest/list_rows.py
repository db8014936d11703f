"""Rows of the lists that people keep – clients, tasks, prices – in a CSV or XLSX file, each with the line it begins
at. A line that is no row, for a quotation mark that stays open or for its length, takes no other along."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from msgspec import Struct

from backend_client.errors import Invalid, NotFound
from backend_client.ingest.rows import DELIMITERS, CsvFile
from backend_client.ingest.spreadsheet import TALLEST, WIDEST, check_package, damaged
from backend_client.model.ordinary_file import check_source
from backend_client.model.reason import Reason
from backend_client.model.text import N_, clean, fold

LARGEST = 100 << 20
"""Bytes of a file that is read."""
HEADER_ROWS = 20
"""The titles stand in one of so many first rows."""
_NO_RESULT = re.compile(rb'<c (?![^>]*t="str")[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
"""A cell with a formula and no value; a text that a formula left blank is a value."""
_LONGEST_CELL = 10_000
"""Bytes of a formula."""
BROKEN: dict[Reason, str] = {
    Reason.OPEN_QUOTE: N_("A quotation mark is opened in this line and never closed."),
    Reason.TOO_LONG: N_("The line is too long to be a row."),
}


class ListRow(Struct, frozen=True):
    """A row, or why (a msgid) the line is none. `line` counts from 1, as editors and spreadsheets show it."""

    line: int
    cells: Sequence[Any] = ()
    broken: str = ""


def rows_of(path: Path, titles: Mapping[str, Iterable[str]]) -> list[ListRow]:
    """The rows of a list in a CSV or XLSX file; `titles`: how the column of each field may be called. Raises NotFound,
    and Invalid for one that is no such file."""
    check_list(path)
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        return [ListRow(line, cells) for line, cells in enumerate(_sheet(path), 1) if cells.count(None) < len(cells)]
    return sorted(_csv(path, titles), key=lambda row: row.line)


def check_list(path: Path) -> None:
    """Raises NotFound without the file, Invalid for one that is no ordinary file or too large."""
    check_source(path)
    if not path.is_file():
        raise NotFound(N_("There is no file {path}."), path=str(path))
    if path.stat().st_size > LARGEST:
        raise Invalid(N_("The file {path} is too large for such a list."), path=str(path))


def _csv(path: Path, titles: Mapping[str, Iterable[str]]) -> Iterator[ListRow]:
    file = CsvFile(path, least=2)
    file.delimiter = _delimiter(file, titles)
    for block in file.blocks(file.usual_width()):
        for line, cells in zip(block.lines, block.rows, strict=True):
            yield ListRow(line, cells)
        for one in block.rejections:
            yield ListRow(one.line, broken=BROKEN[one.reason])


def _delimiter(file: CsvFile, titles: Mapping[str, Iterable[str]]) -> str:
    """What parts the titles that are known; else what the rows look like, in which an address has commas too."""

    def known(delimiter: str) -> int:
        rows = csv.reader(file.first_lines(HEADER_ROWS), delimiter=delimiter)
        return max((sum(bool(meaning_of(clean(cell), titles)) for cell in row) for row in rows), default=0)

    best = max(DELIMITERS, key=known)
    return best if known(best) > 1 else file.delimiter


def _sheet(path: Path) -> Iterator[Sequence[Any]]:
    check_package(path)
    try:
        if not _lacks_results(path):
            yield from _sheet_rows(path, results=True)
            return
        for results, formulas in zip(_sheet_rows(path, results=True), _sheet_rows(path, results=False), strict=True):
            # A formula without its result is shown as what it is, not as a blank.
            yield [_formula(cell) if result is None else result for result, cell in zip(results, formulas, strict=True)]
    except Exception as error:
        # openpyxl fails in as many ways as a file can be damaged; none of them is our own mistake.
        raise damaged(path, error) from error


def _sheet_rows(path: Path, *, results: bool) -> Iterator[Sequence[Any]]:
    # 150 ms, and only an import needs it.
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=results, keep_links=False)
    try:
        if book.active is not None:
            book.active.reset_dimensions()
            yield from book.active.iter_rows(max_row=TALLEST, max_col=WIDEST, values_only=True)
    finally:
        book.close()


def _lacks_results(path: Path) -> bool:
    """Whether a program wrote formulas that no spreadsheet has worked out yet."""
    with ZipFile(path) as packed:
        parts = [name for name in packed.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        for part in parts:
            rest = b""
            with packed.open(part) as sheet:
                while chunk := sheet.read(1 << 20):
                    if _NO_RESULT.search(rest + chunk):
                        return True
                    rest = chunk[-_LONGEST_CELL:]
    return False


def _formula(cell: object) -> object:
    """An array formula keeps its text apart."""
    return getattr(cell, "text", cell)


def meaning_of(title: str, known: Mapping[str, Iterable[str]]) -> str:
    """The field whose column is called so, in any of the languages; blank where it means nothing. `known`: how the
    column of each field may be called; a number after it ("phone 2") makes no difference."""
    # The numero sign goes first: folding makes letters of it.
    text = re.sub(r"[\s#:.*]*\d*$", "", fold(title.replace("№", " ")))
    return next((field for field, titles in known.items() if text in map(fold, titles)), "")


def cell_text(value: object) -> str:
    """A cell as text; a number that a spreadsheet keeps as one stays whole."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return clean(str(value), multiline=True)
