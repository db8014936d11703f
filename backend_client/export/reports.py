"""A report as JSON, CSV, a workbook or plain text: the same numbers everywhere, worded by whoever asks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from textwrap import fill
from typing import Any, BinaryIO, Protocol

import msgspec

from backend_client.export.zip_stream import ZipStream
from backend_client.model.cell import defused
from backend_client.model.filter_text import to_text
from backend_client.model.report import (
    Cell,
    Chart,
    ReportColumn,
    ReportResult,
    ReportRow,
    RowKind,
    Unit,
    before_filter,
    cell_filter,
    denominator_filter,
    narrowed,
    unit_of,
)
from backend_client.model.reports import REPORTS, TALKED

SPANS = (Unit.SECONDS, Unit.MEAN_SECONDS, Unit.MEDIAN_SECONDS)
_DAY = 86_400
_CHARTED_ROWS = 60
"""A native chart of more rows cannot be read."""


class ReportWording(Protocol):
    """How rows, columns and values are written."""

    def row(self, row: ReportRow) -> str: ...
    def column(self, column: ReportColumn) -> str: ...
    def group(self, column: ReportColumn) -> str: ...
    def value(self, cell: Cell, column: ReportColumn) -> str: ...
    def difference(self, cell: Cell, column: ReportColumn) -> str: ...
    def heading(self, result: ReportResult) -> Sequence[str]: ...
    def corner(self) -> str: ...
    def before(self) -> str: ...


def report_json(result: ReportResult) -> bytes:
    """Codes and numbers; each cell with the text of the filter that counts it."""
    document = {
        "report": result.report,
        "by": result.by.value,
        "measure": result.measure.value,
        "filter": to_text(result.base),
        "against": to_text(result.base_before) if result.base_before is not None else None,
        "complete": result.complete,
        "columns": [_column_json(column) for column in result.columns],
        "rows": [_row_json(result, row) for row in result.rows],
        "totals": [_row_json(result, row) for row in result.totals],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _column_json(column: ReportColumn) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": column.id,
        "title": column.label or column.title,
        "group": column.group,
        "unit": column.unit.value,
    }
    if column.kind is not None:
        document |= {"kind": column.kind.value, "key": column.key}
    return document


def _row_json(result: ReportResult, row: ReportRow) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": row.kind.value}
    if row.kind is RowKind.BUCKET:
        document |= {"first": row.first, "last": row.last, "partial": row.partial}
    elif row.key or row.kind is RowKind.HOUR:
        document["key"] = row.key
    if row.label:
        document["label"] = row.label
    document["cells"] = [_cell_json(result, row, i) for i in range(len(row.cells))]
    return document


def _cell_json(result: ReportResult, row: ReportRow, column: int) -> dict[str, Any]:
    """The value, and the filters of its parts: of a share two, of an average its calls and days, of an average row the
    calls of its sum and the rows; of operators needed the calls, the days, and the calls whose talk is taken."""
    cell, unit = row.cells[column], unit_of(result, column)
    document: dict[str, Any] = {"value": None if cell.value is None else _plain(cell.value)}
    if cell.pending:
        document["pending"] = True
    if cell.n is not None:
        document[_N.get(unit, "n") if row.kind is not RowKind.AVERAGE else "rows"] = cell.n
    document["sum_filter" if row.kind is RowKind.AVERAGE else "filter"] = to_text(cell_filter(result, row, column))
    of = denominator_filter(result, row, column)
    if of is not None:
        document["of"] = to_text(of)
    if unit is Unit.OPERATORS:
        document["talk_filter"] = to_text(narrowed(result.base, row.fragment, TALKED))
    if cell.before is not None:
        document["before"] = _plain(cell.before)
        if cell.value is not None:
            document["difference"] = _plain(cell.value - cell.before)
        before = before_filter(result, row, column)
        if before is not None and not cell.day:
            document["before_filter"] = to_text(before)
    return document


_N = {
    Unit.SHARE: "n",
    Unit.AVERAGE_CALLS: "days",
    Unit.OPERATORS: "days",
    Unit.MEAN_SECONDS: "calls",
    Unit.MEDIAN_SECONDS: "calls",
}
"""What the number beside a value is called."""


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def report_csv(result: ReportResult, wording: ReportWording, *, delimiter: str = ",") -> str:
    """A header and a line a row, totals last; spans in seconds, shares from 0 to 1."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=delimiter)
    compared = result.base_before is not None
    header = [wording.corner()]
    for column in result.columns:
        title = _full_title(column, wording)
        header += [title, f"{title} ({wording.before()})"] if compared else [title]
    writer.writerow([defused(text) for text in header])
    for row in (*result.rows, *result.totals):
        values: list[str] = [defused(wording.row(row))]
        for cell in row.cells:
            values.append(_number_text(cell.value))
            if compared:
                values.append(_number_text(cell.before))
        writer.writerow(values)
    return lines.getvalue()


def _full_title(column: ReportColumn, wording: ReportWording) -> str:
    group = wording.group(column)
    return f"{group}: {wording.column(column)}" if group else wording.column(column)


def _number_text(value: float | None) -> str:
    return "" if value is None else f"{_plain(value)}"


def report_text(result: ReportResult, wording: ReportWording, width: int = 100) -> str:
    """For a printer: a heading, and columns aligned to the right in as many blocks as the width needs."""
    rows = [*result.rows, *result.totals]
    first = [wording.corner(), *(wording.row(row) for row in rows)]
    label_width = min(36, max(map(cells_of, first)))
    blocks: list[list[list[str]]] = [[]]
    used = label_width
    for i, column in enumerate(result.columns):
        texts = [wording.column(column)] + [_text(row.cells[i], column, wording) for row in rows]
        texts.insert(0, wording.group(column))
        wide = max(map(cells_of, texts)) + 2
        if used + wide > width and blocks[-1]:
            blocks.append([])
            used = label_width
        blocks[-1].append([_right(text, wide) for text in texts])
        used += wide
    labels = ["", *first]
    parts = ["\n".join(fill(line, width) for line in wording.heading(result))]
    for block in blocks:
        lines = [
            (_left(label, label_width) + "".join(column[at] for column in block)).rstrip()
            for at, label in enumerate(labels)
        ]
        lines.insert(2, "-" * (label_width + sum(cells_of(column[0]) for column in block)))
        parts.append("\n".join(lines if lines[0] else lines[1:]))
    return "\n\n".join(parts) + "\n"


def _text(cell: Cell, column: ReportColumn, wording: ReportWording) -> str:
    difference = wording.difference(cell, column)
    value = wording.value(cell, column)
    return f"{value} {difference}" if difference else value


def cells_of(text: str) -> int:
    """Cells of a terminal or a printer; East Asian wide characters take two."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _left(text: str, width: int) -> str:
    if cells_of(text) > width:
        while cells_of(text) >= width:
            text = text[:-1]
        text += "…"
    return text + " " * (width - cells_of(text))


def _right(text: str, width: int) -> str:
    return " " * (width - cells_of(text)) + text


def report_xlsx(result: ReportResult, wording: ReportWording, stream: BinaryIO) -> None:
    """A workbook with numbers that are numbers and a chart of Excel's own."""
    # 60 ms, and only an export needs it.
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(ZipStream(stream), options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        top = 0
        for line in wording.heading(result):
            sheet.write_string(top, 0, line)
            top += 1
        sheet.set_column(0, 0, 32)
        sheet.write_string(top, 0, wording.corner(), bold)
        places = _places(result)
        for place, column in zip(places, result.columns, strict=True):
            title = _full_title(column, wording)
            sheet.write_string(top, place, title, bold)
            if result.base_before is not None:
                sheet.write_string(top, place + 1, f"{title} ({wording.before()})", bold)
        _write_cells(book, sheet, result, wording, top)
        _add_chart(book, sheet, result, wording, top, places)


def _places(result: ReportResult) -> list[int]:
    """The sheet's column of each column; the period compared with stands beside it."""
    step = 1 if result.base_before is None else 2
    return [1 + step * i for i in range(len(result.columns))]


def _write_cells(book: Any, sheet: Any, result: ReportResult, wording: ReportWording, top: int) -> None:
    formats = {
        Unit.SHARE: book.add_format({"num_format": "0.0%"}),
        Unit.AVERAGE_CALLS: book.add_format({"num_format": "0.0"}),
        **{unit: book.add_format({"num_format": "[h]:mm:ss"}) for unit in SPANS},
    }
    units = [unit_of(result, i) for i in range(len(result.columns))]
    for at, row in enumerate((*result.rows, *result.totals), top + 1):
        sheet.write_string(at, 0, wording.row(row))
        for place, cell, unit in zip(_places(result), row.cells, units, strict=True):
            for beside, value in enumerate((cell.value, cell.before)):
                if value is not None:
                    number = value / _DAY if unit in SPANS else value
                    sheet.write_number(at, place + beside, number, formats.get(unit))


_KINDS = {
    Chart.BARS: ("column", None),
    Chart.STACKED: ("column", "stacked"),
    Chart.STACKED_SHARES: ("column", "percent_stacked"),
    Chart.HORIZONTAL: ("bar", "stacked"),
    Chart.SHARES: ("bar", "stacked"),
    Chart.LINES: ("line", None),
    Chart.HEAT: ("column", "stacked"),
}
"""Type and subtype of Excel's charts."""


def _add_chart(
    book: Any, sheet: Any, result: ReportResult, wording: ReportWording, top: int, places: Sequence[int]
) -> None:
    count = min(len(result.rows), _CHARTED_ROWS)
    charted = [(i, column) for i, column in zip(places, result.columns, strict=True) if column.charted]
    bars = [(i, column) for i, column in charted if not column.line]
    if not count or not bars:
        return

    def series(place: int, column: ReportColumn) -> dict[str, object]:
        name = sheet.get_name()
        return {
            "name": _full_title(column, wording),
            "categories": [name, top + 1, 0, top + count, 0],
            "values": [name, top + 1, place, top + count, place],
        }

    kind, subtype = _KINDS[REPORTS[result.report].charts[0]]
    chart = book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
    for place, column in bars:
        chart.add_series(series(place, column))
    lines = [(i, column) for i, column in charted if column.line]
    if lines:
        beside = book.add_chart({"type": "line"})
        for place, column in lines:
            beside.add_series({**series(place, column), "y2_axis": True})
        chart.combine(beside)
    if kind == "bar":
        # Excel draws the first row at the foot.
        chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 900, "height": 420})
    sheet.insert_chart(top + len(result.rows) + len(result.totals) + 3, 0, chart)
