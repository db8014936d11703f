"""`pult report`: every report as data, the same numbers as on screen."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from backend_client.contract import Backend
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.filter_text import from_text
from backend_client.model.report import By, Cell, Measure, ReportColumn, ReportRequest, ReportResult, ReportRow
from backend_client.model.reports import REPORTS
from screens.language import _
from tui.invocation import Invocation, pass_invocation

FORMATS = ("json", "csv", "text")


class Words:
    """What a report is called in the language of the command line."""

    def __init__(self, result: ReportResult, directories: Directories) -> None:
        self._result = result
        self._directories = directories

    def row(self, row: ReportRow) -> str:
        from screens.report_words import row_label

        return row_label(row, self._result.by, self._directories)

    def column(self, column: ReportColumn) -> str:
        from screens.report_words import column_title

        return column_title(column, self._result.by, self._directories) or column.label

    def group(self, column: ReportColumn) -> str:
        return _(column.group) if column.group else ""

    def value(self, cell: Cell, column: ReportColumn) -> str:
        from screens.report_words import cell_text

        return cell_text(cell, column.unit)

    def difference(self, cell: Cell, column: ReportColumn) -> str:
        from screens.report_words import difference_text

        return difference_text(cell, column.unit)

    def heading(self, result: ReportResult) -> Sequence[str]:
        from screens.report_words import note_text, period_text

        title = f"{_(REPORTS[result.report].title)}, {period_text(result)}"
        return [title, *(note_text(note) for note in result.notes)]

    def corner(self) -> str:
        return _("Row")

    def before(self) -> str:
        return _("before")


def _report(invocation: Invocation, report: str | None, **options: Any) -> None:
    if options["list_them"]:
        for one in REPORTS.values():
            click.echo(f"{one.id:<12} {_(one.title)}")
        return
    if report is None:
        raise click.UsageError(_("Name a report; pult report --list has them all."))
    chosen = [name for name in FORMATS if options[f"as_{name}"]]
    if len(chosen) + bool(options["xlsx"]) > 1:
        raise click.UsageError(_("Choose one of --json, --csv, --xlsx and --text."))

    async def answer(backend: Backend) -> None:
        directories = await backend.directories()
        result = await _whole(backend, _request(report, options, directories))
        if options["xlsx"] or "json" in chosen or "csv" in chosen:
            await _permit(backend, result)
        _write(result, Words(result, directories), chosen[0] if chosen else "text", options["xlsx"])

    invocation.ask(answer)


def _request(report: str, options: dict[str, Any], directories: Directories) -> ReportRequest:
    texts = [*options["filter_text"], *options["more"]]
    start, end = options["start"], options["end"]
    if start or end:
        texts.append(f"period:{start or ''}..{end or ''}")
    against = from_text(f"period:{options['against']}").period if options["against"] else None
    return ReportRequest(
        report=report,
        filter=from_text(" ".join(texts), directories) if texts else CallFilter(),
        by=By(options["by"]) if options["by"] else None,
        measure=Measure(options["measure"]) if options["measure"] else None,
        against=against,
        top=options["top"],
        columns=tuple(name.strip() for name in (options["columns"] or "").split(",") if name.strip()),
    )


async def _whole(backend: Backend, request: ReportRequest) -> ReportResult:
    """The report with everything that takes long."""
    result = await backend.report(request)
    while not result.complete:
        await asyncio.sleep(0)
        result = await backend.report(request)
    return result


async def _permit(backend: Backend, result: ReportResult) -> None:
    from backend_client.export.file import permit_export

    await permit_export(backend, result.base, len(result.rows))


def _write(result: ReportResult, words: Words, format: str, xlsx: str | None) -> None:
    from backend_client.export.reports import report_csv, report_json, report_text, report_xlsx

    if xlsx:
        report_xlsx(result, words, Path(xlsx))
        click.echo(_("The report is in {path}.").format(path=xlsx), err=True)
    elif format == "json":
        sys.stdout.buffer.write(report_json(result) + b"\n")
        sys.stdout.buffer.flush()
    elif format == "csv":
        click.echo(report_csv(result, words), nl=False)
    else:
        click.echo(report_text(result, words), nl=False)


def _build() -> click.Command:
    bys = sorted({by.value for report in REPORTS.values() for by in report.bys})
    measures = sorted({measure.value for report in REPORTS.values() for measure in report.measures})
    options: list[click.Parameter] = [
        click.Argument(["report"], required=False, type=click.Choice(list(REPORTS)), metavar="[REPORT]"),
        click.Argument(["more"], nargs=-1, metavar="[FILTER]..."),
        click.Option(["--list", "list_them"], is_flag=True, help=_("name the reports, one a line")),
        click.Option(["--from", "start"], metavar="DATE", help=_("first day, as 2026-11-01")),
        click.Option(["--to", "end"], metavar="DATE", help=_("last day")),
        click.Option(["--by"], type=click.Choice(bys), help=_("what the rows are")),
        click.Option(["--measure"], type=click.Choice(measures), help=_("what is measured")),
        click.Option(["--filter", "filter_text"], multiple=True, metavar="TEXT", help=_("only calls like these")),
        click.Option(["--against"], metavar="PERIOD", help=_("compare with another period")),
        click.Option(["--top"], type=click.IntRange(min=0), metavar="N", help=_("rows before the others; 0: all")),
        click.Option(["--columns"], metavar="NAMES", help=_("which columns, parted by commas")),
        click.Option(["--json", "as_json"], is_flag=True, help=_("each cell with the filter that counts it")),
        click.Option(["--csv", "as_csv"], is_flag=True, help=_("comma-separated values with a header")),
        click.Option(["--xlsx"], metavar="FILE", help=_("a workbook with a chart, written to FILE")),
        click.Option(["--text", "as_text"], is_flag=True, help=_("for a printer; so without a format, too")),
    ]
    told = "\n\n".join(
        (
            _("Show a report."),
            _(
                "Without a period it is the first one that the console offers. In JSON every count carries the text "
                "of a filter; pult calls with that text and --count gives the same number."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult report calls --by week\n"
            "  pult report missed --from 2026-11-01 --to 2026-11-21 --json\n"
            "  pult report employees period:this-month line:main --csv\n"
            "  pult report hours --measure peak --filter weekday:mon..fri",
        )
    )
    return click.Command(
        "report", callback=pass_invocation(_report), params=options, help=told, short_help=_("Show a report.")
    )


command = _build()
