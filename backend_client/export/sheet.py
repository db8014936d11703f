"""A table of texts and numbers as CSV, a workbook or plain text; whoever has it words it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from backend_client.export.reports import cells_of
from backend_client.export.zip_stream import ZipStream
from backend_client.model.cell import defused

Value = str | int | float | None
"""Shares are floats from 0 to 1."""


@dataclass(frozen=True)
class Sheet:
    """What is written: lines over it, titles of the columns, rows whose first cell is a label."""

    heading: Sequence[str]
    titles: Sequence[str]
    rows: Sequence[Sequence[Value]]


def sheet_csv(sheet: Sheet, *, delimiter: str = ",") -> str:
    """The titles and a line a row; texts that a spreadsheet would take for formulas are defused."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=delimiter)
    for row in (sheet.titles, *sheet.rows):
        writer.writerow([defused(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return lines.getvalue()


def sheet_text(sheet: Sheet) -> str:
    """For a printer: columns as wide as their widest cell, numbers at the right."""
    texts = [[_text(cell) for cell in row] for row in (sheet.titles, *sheet.rows)]
    widths = [max(map(cells_of, column)) for column in zip(*texts, strict=True)]
    right = [all(not isinstance(row[place], str) for row in sheet.rows) for place in range(len(sheet.titles))]
    lines = [*sheet.heading, ""]
    for number, row in enumerate(texts):
        padded = []
        for text, width, at_right in zip(row, widths, right, strict=True):
            gap = " " * (width - cells_of(text))
            padded.append(gap + text if at_right else text + gap)
        lines.append("  ".join(padded).rstrip())
        if not number:
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines) + "\n"


def _text(cell: Value) -> str:
    if cell is None:
        return ""
    return f"{cell:.1%}" if isinstance(cell, float) else str(cell)


def sheet_xlsx(sheet: Sheet, stream: BinaryIO) -> None:
    """A workbook in which numbers are numbers and texts are texts."""
    # 60 ms, and only an export needs it.
    import xlsxwriter

    with xlsxwriter.Workbook(
        ZipStream(stream), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    ) as book:
        page = book.add_worksheet()
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        page.set_column(0, 0, 40)
        top = len(sheet.heading)
        for place, line in enumerate(sheet.heading):
            page.write_string(place, 0, line)
        for column, title in enumerate(sheet.titles):
            page.write_string(top, column, title, bold)
        for at, row in enumerate(sheet.rows, top + 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(at, column, cell)
                elif cell is not None:
                    page.write_number(at, column, cell, share if isinstance(cell, float) else None)
