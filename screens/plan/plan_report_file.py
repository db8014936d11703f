"""The report of the plan written down: as data, as a workbook, for a printer, or as a picture of its chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from backend_client.contract.plan_report import PlanReport
from backend_client.export.file import whole_file
from backend_client.export.sheet import Sheet, sheet_csv, sheet_text, sheet_xlsx
from screens.reports.chart_picture import chart_svg, png_of
from screens.reports.report_file import ReportFormat
from screens.widgets.chart_drawing import ChartData


def write_plan_report(
    report: PlanReport,
    sheet: Sheet,
    chart: ChartData,
    path: Path,
    format: ReportFormat,
    *,
    overwrite: bool = False,
) -> None:
    """Write the report to a file, whole or not at all. JSON holds all of it, the others the table or the chart.

    Raises Conflict where the file is there and `overwrite` is not said, Invalid and Full where it cannot be written.
    """
    title, subject = _title(sheet.heading)

    def picture() -> str:
        return chart_svg(chart, title, subject)

    writers: dict[ReportFormat, Callable[[], bytes]] = {
        ReportFormat.CSV: lambda: b"\xef\xbb\xbf" + sheet_csv(sheet).encode(),
        ReportFormat.JSON: lambda: msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n",
        ReportFormat.TEXT: lambda: sheet_text(sheet).encode(),
        ReportFormat.SVG: lambda: picture().encode(),
        ReportFormat.PNG: lambda: png_of(picture()),
    }
    with whole_file(path, overwrite=overwrite) as stream:
        if format is ReportFormat.XLSX:
            sheet_xlsx(sheet, stream)
        else:
            stream.write(writers[format]())


def _title(heading: Sequence[str]) -> tuple[str, str]:
    """The first line, and the second."""
    return heading[0], heading[1] if len(heading) > 1 else ""
