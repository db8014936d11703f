"""`pult report`: every report as data, the same numbers as on screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backend_client.contract.backend import Backend
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.filter_text import from_text
from backend_client.model.report import By, Chart, Measure, ReportRequest, ReportResult, ServiceGoal
from backend_client.model.reports import REPORTS
from screens.language import _
from tui.invocation import Invocation, pass_invocation
from tui.usage import decoded, values

if TYPE_CHECKING:
    from backend_client.export.reports import ReportWording

FORMATS = ("json", "csv", "text")
FILES = ("xlsx", "svg", "png")
BEFORE = "before"


def _report(invocation: Invocation, report: str | None, **options: Any) -> None:
    if options["list_them"]:
        for one in REPORTS.values():
            click.echo(f"{one.id:<12} {_(one.title)}")
        return
    if report is None:
        raise click.UsageError(_("Name a report; pult report --list has them all."))
    chosen = [name for name in FORMATS if options[f"as_{name}"]]
    files = [name for name in FILES if options[name]]
    if len(chosen) + len(files) > 1:
        raise click.UsageError(_("Choose one of --json, --csv, --text, --xlsx, --svg and --png."))
    drawn = [chart.value for chart in REPORTS[report].charts]
    if options["chart"] and options["chart"] not in drawn:
        raise click.UsageError(
            _("The report “{name}” is not drawn as “{chart}”. It has: {allowed}.").format(
                name=report, chart=options["chart"], allowed=", ".join(drawn)
            )
        )

    # Drawing is loaded where a report is asked for, not with the commands.
    from backend_client.export.file import permit_export
    from screens.reports.report_file import ReportFormat, Words, whole_report, write_report

    async def answer(backend: Backend) -> None:
        directories = await backend.directories()
        with values():
            result = await whole_report(backend, _request(report, options, directories))
        if files or "json" in chosen or "csv" in chosen:
            await permit_export(backend, result.base, len(result.rows))
        if files:
            path, kind = Path(options[files[0]]), Chart(options["chart"]) if options["chart"] else None
            write_report(result, path, ReportFormat(f".{files[0]}"), directories, kind, overwrite=True)
            click.echo(_("The report is in {path}.").format(path=path), err=True)
        else:
            _show(result, Words(result, directories), chosen[0] if chosen else "text")

    invocation.ask(answer)


def _request(report: str, options: dict[str, Any], directories: Directories) -> ReportRequest:
    texts = [*options["filter_text"], *options["more"]]
    start, end = options["start"], options["end"]
    if start or end:
        texts.append(f"period:{start or ''}..{end or ''}")
    before = options["against"] == BEFORE
    against = from_text(f"period:{options['against']}").period if options["against"] and not before else None
    return ReportRequest(
        report=report,
        filter=from_text(decoded(" ".join(texts)), directories) if texts else CallFilter(),
        by=By(options["by"]) if options["by"] else None,
        measure=Measure(options["measure"]) if options["measure"] else None,
        against=against,
        compared=before,
        hide_empty=options["hide_empty"],
        goal=_goal(options),
        top=options["top"],
        columns=tuple(name.strip() for name in (options["columns"] or "").split(",") if name.strip()),
    )


def _show(result: ReportResult, words: ReportWording, format: str) -> None:
    from backend_client.export.reports import report_csv, report_json, report_text

    if format == "json":
        sys.stdout.buffer.write(report_json(result) + b"\n")
        sys.stdout.buffer.flush()
    elif format == "csv":
        click.echo(report_csv(result, words), nl=False)
    else:
        click.echo(report_text(result, words), nl=False)


def _goal(options: dict[str, Any]) -> ServiceGoal:
    """The settings of the service indicators; those that are not given are the usual ones."""
    given = {name: options[name] for name in ServiceGoal.__struct_fields__ if options.get(name) is not None}
    return ServiceGoal(**given)


def _build() -> click.Command:
    bys = sorted({by.value for report in REPORTS.values() for by in report.bys})
    measures = sorted({measure.value for report in REPORTS.values() for measure in report.measures})
    charts = sorted({chart.value for report in REPORTS.values() for chart in report.charts})
    options: list[click.Parameter] = [
        click.Argument(["report"], required=False, type=click.Choice(list(REPORTS)), metavar="[REPORT]"),
        click.Argument(["more"], nargs=-1, metavar="[FILTER]..."),
        click.Option(["--list", "list_them"], is_flag=True, help=_("name the reports, one a line")),
        click.Option(["--from", "start"], metavar="DATE", help=_("first day, as 2026-11-01")),
        click.Option(["--to", "end"], metavar="DATE", help=_("last day")),
        click.Option(["--by"], type=click.Choice(bys), help=_("what the rows are")),
        click.Option(["--measure"], type=click.Choice(measures), help=_("what is measured")),
        click.Option(["--filter", "filter_text"], multiple=True, metavar="TEXT", help=_("only calls like these")),
        click.Option(["--against"], metavar="PERIOD|before", help=_("compare with other days, or the days before")),
        click.Option(["--top"], type=click.IntRange(min=0), metavar="N", help=_("rows before the others; 0: all")),
        click.Option(["--columns"], metavar="NAMES", help=_("which columns, parted by commas")),
        click.Option(["--hide-empty"], is_flag=True, help=_("leave out employees without calls")),
        click.Option(["--level", "percent"], type=click.IntRange(1, 99), help=_("service level wanted, %")),
        click.Option(["--seconds"], type=click.IntRange(0, 3600), help=_("answered within so many seconds")),
        click.Option(["--short-abandon"], type=click.IntRange(0, 3600), help=_("given up sooner is left out, seconds")),
        click.Option(["--short-call"], type=click.IntRange(1, 3600), help=_("a shorter talk is short, seconds")),
        click.Option(["--resolved-days"], type=click.IntRange(1, 60), help=_("no further call for so many days")),
        click.Option(["--json", "as_json"], is_flag=True, help=_("each cell with the filter that counts it")),
        click.Option(["--csv", "as_csv"], is_flag=True, help=_("comma-separated values with a header")),
        click.Option(["--xlsx"], metavar="FILE", help=_("a workbook with a chart, written to FILE")),
        click.Option(["--svg"], metavar="FILE", help=_("a picture of the chart, written to FILE")),
        click.Option(["--png"], metavar="FILE", help=_("the same in pixels; needs the extra png")),
        click.Option(["--chart"], type=click.Choice(charts), help=_("how the picture is drawn")),
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
            "  pult report hours --measure peak --filter weekday:mon..fri\n"
            "  pult report heat --svg week.svg",
        )
    )
    return click.Command(
        "report", callback=pass_invocation(_report), params=options, help=told, short_help=_("Show a report.")
    )


command = _build()
