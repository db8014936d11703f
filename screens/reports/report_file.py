"""A report written down: as data, as a workbook with a chart, for a printer, or as a picture of its chart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

from backend_client.contract.backend import Backend
from backend_client.export.file import whole_file
from backend_client.export.reports import report_csv, report_json, report_text, report_xlsx
from backend_client.model.directory import Directories
from backend_client.model.report import Cell, Chart, ReportColumn, ReportRequest, ReportResult, ReportRow, Unit, unit_of
from backend_client.model.reports import REPORTS
from screens.language import _
from screens.reports.chart_picture import chart_svg, heat_svg, png_of
from screens.reports.report_words import (
    cell_text,
    chart_data,
    column_title,
    difference_text,
    heading,
    heat_data,
    note_text,
    period_text,
    row_label,
)

PRINTED_WIDTH = 96
"""Characters of a line on a sheet of A4 in 10 points."""


class ReportFormat(Enum):
    """How a report is written; the value is the ending of the file."""

    XLSX = ".xlsx"
    CSV = ".csv"
    JSON = ".json"
    TEXT = ".txt"
    SVG = ".svg"
    PNG = ".png"


class Words:
    """What a report is called in the language of the person."""

    def __init__(self, result: ReportResult, directories: Directories) -> None:
        self._result = result
        self._directories = directories

    def row(self, row: ReportRow) -> str:
        return row_label(row, self._result.by, self._directories)

    def column(self, column: ReportColumn) -> str:
        return column_title(column, self._result.by, self._directories)

    def group(self, column: ReportColumn) -> str:
        return heading(column.group) if column.group else ""

    def value(self, cell: Cell, column: ReportColumn) -> str:
        return cell_text(cell, self._unit(column))

    def difference(self, cell: Cell, column: ReportColumn) -> str:
        return difference_text(cell, self._unit(column)) if self._result.base_before is not None else ""

    def heading(self, result: ReportResult) -> Sequence[str]:
        title = f"{_(REPORTS[result.report].title)}, {period_text(result)}"
        return [title, *(note_text(note) for note in result.notes)]

    def corner(self) -> str:
        return _("Row")

    def before(self) -> str:
        return _("before")

    def _unit(self, column: ReportColumn) -> Unit:
        return unit_of(self._result, self._result.columns.index(column))


def picture_of(result: ReportResult, kind: Chart | None, directories: Directories) -> str:
    """The chart of a report as SVG; without a kind, as it is usually drawn."""
    report = REPORTS[result.report]
    kind = kind or report.charts[0]
    title, subject = _(report.title), period_text(result)
    if kind is Chart.HEAT:
        return heat_svg(heat_data(result, directories), title, subject)
    return chart_svg(chart_data(result, kind, directories), title, subject)


def write_report(
    result: ReportResult,
    path: Path,
    format: ReportFormat,
    directories: Directories,
    kind: Chart | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Write a report to a file, whole or not at all. Raises Conflict where the file is there and `overwrite` is not
    said, Invalid and Full where it cannot be written."""
    words = Words(result, directories)
    writers: dict[ReportFormat, Callable[[], bytes]] = {
        ReportFormat.CSV: lambda: b"\xef\xbb\xbf" + report_csv(result, words).encode(),
        ReportFormat.JSON: lambda: report_json(result) + b"\n",
        ReportFormat.TEXT: lambda: report_text(result, words, PRINTED_WIDTH).encode(),
        ReportFormat.SVG: lambda: picture_of(result, kind, directories).encode(),
        ReportFormat.PNG: lambda: png_of(picture_of(result, kind, directories)),
    }
    with whole_file(path, overwrite=overwrite) as stream:
        if format is ReportFormat.XLSX:
            report_xlsx(result, words, stream)
        else:
            stream.write(writers[format]())


async def whole_report(backend: Backend, request: ReportRequest) -> ReportResult:
    """The report with everything that takes long."""
    result = await backend.report(request)
    while not result.complete:
        await asyncio.sleep(0)
        result = await backend.report(request)
    return result
