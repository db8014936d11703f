"""`pult import`: read call records into the store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from backend_client.errors import BackendError, Invalid
from backend_client.ingest.run import FileReport, ImportOptions, ImportReport, Progress, import_files, preview_files
from backend_client.ingest.source import Preview, Sides, ZoneFrom
from backend_client.model.permissions import Permission
from backend_client.model.reason import REASON_TEXT, Reason
from backend_client.model.text import N_
from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine
from tui.usage import check_reading

ADDRESS = re.compile(r"(mysql|mikopbx|mikopbx\+http|ami):/")
"""What a path becomes that was meant as an address."""
ZONES = {
    ZoneFrom.RECORDS: N_("read off the records' unique ids"),
    ZoneFrom.DATES: N_("the dates say it themselves"),
    ZoneFrom.OPTION: N_("as asked for"),
    ZoneFrom.STORE: N_("the store's own"),
    ZoneFrom.UNKNOWN: "",
}


@click.command(
    "import",
    short_help=_("Read call records of a telephone exchange into the store."),
    help="\n\n".join(
        (
            _("Read call records of a telephone exchange into the store."),
            _(
                "The format, the columns and the time zone are recognised. Reading the same records again changes "
                "nothing; what could not be read is written to a file beside the work, with line and reason."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult import /var/log/asterisk/cdr-csv/Master.csv\n"
            "  pult import --dry-run export.csv\n"
            "  pult import --timezone Europe/Kyiv 2026-10.csv 2026-11.csv\n"
            "  pult import --profile columns.toml cdr_custom.csv",
        )
    ),
)  # fmt: skip
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, readable=False))
@click.option("--format", "format_", metavar="NAME", default="", help=_("the format, if it is not recognised"))
@click.option("--profile", type=click.Path(path_type=Path), metavar="TOML", help=_("which column holds what"))
@click.option("--timezone", metavar="ZONE", default="", help=_("where the records do not tell, such as Europe/Kyiv"))
@click.option("--system", metavar="NAME", default="main", help=_("the telephone exchange, if there are several"))
@click.option("--internal", metavar="PATTERN", multiple=True, help=_("numbers that are inside, such as '7*'"))
@click.option("--assume-external", is_flag=True, help=_("take every number for an outside one"))
@click.option("--dry-run", is_flag=True, help=_("show what would be read and how; write nothing"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@click.pass_context
@pass_invocation
def command(
    invocation: Invocation,
    ctx: click.Context,
    files: tuple[Path, ...],
    format_: str,
    profile: Path | None,
    timezone: str,
    system: str,
    internal: tuple[str, ...],
    assume_external: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Preview or import the files; exit code 1 where every record of a file was rejected."""
    from backend_client.ingest.profile import load_profile

    check_reading(format_, timezone)
    for file in files:
        if ADDRESS.match(str(file)):
            raise Invalid(
                N_("{source} is no file, but an address."), N_("Read what there is:  pult follow --once ADDRESS"),
                source=str(file).rpartition("@")[2],
            )  # fmt: skip
    options = ImportOptions(
        format=format_, profile=load_profile(profile) if profile else None, timezone=timezone, system=system,
        internal=internal, assume_external=assume_external, rejected_folder=Path.cwd(),
    )  # fmt: skip
    if dry_run:
        _preview(invocation, files, options, as_json)
        return
    begun: list[FileReport] = []
    try:
        report = _imported(invocation, files, options, begun)
    except BackendError:
        if any(file.new or file.updated for file in begun):
            _tell_report(ImportReport(files=tuple(begun)), as_json)
        raise
    _tell_report(report, as_json)
    if any(file.rejected and not file.taken for file in report.files):
        ctx.exit(1)


def _imported(
    invocation: Invocation, files: Sequence[Path], options: ImportOptions, reports: list[FileReport]
) -> ImportReport:
    """Import the files, and show how far it is; `reports` are those of the files that were begun."""
    from backend_client.ingest.local_store import LocalImportStore

    bar = ProgressLine()
    begun = False

    def tell(progress: Progress) -> None:
        nonlocal begun
        begun = True
        bar.show(_told(progress))

    with invocation.writer(Permission.IMPORT) as writer:
        try:
            return import_files(files, LocalImportStore(writer), options, tell, reports=reports)
        except BackendError:
            if len(files) > 1 and not begun:
                click.echo(_("Nothing was read: all files are looked at first, and one stops the import."), err=True)
            raise
        finally:
            bar.clear()


def _preview(invocation: Invocation, files: Sequence[Path], options: ImportOptions, as_json: bool) -> None:
    """Show how the files would be read, by the store's settings where there is a store."""
    from backend_client.ingest.local_store import LocalImportStore
    from backend_client.model.derive_settings import DeriveSettings

    settings = DeriveSettings()
    if invocation.store.exists():
        with invocation.writer(Permission.IMPORT) as writer:
            settings = LocalImportStore(writer).settings()
    previews = preview_files(files, settings, options)
    if as_json:
        click.echo(msgspec.json.encode(previews))
        return
    for preview in previews:
        _tell_preview(preview)


def _told(progress: Progress) -> str:
    """How far the import is, in one line."""
    share = f"{100 * progress.position // progress.size:3} %" if progress.size else ""
    records = ngettext("{count} record", "{count} records", progress.records).format(count=number(progress.records))
    which = f"  ({progress.number}/{progress.files})" if progress.files > 1 else ""
    return f"{share}  {progress.file}  {records}{which}"


def _tell_preview(preview: Preview) -> None:
    zone = f"{preview.zone} ({_(ZONES[preview.zone_from])})" if ZONES[preview.zone_from] else preview.zone
    for name, value in (
        (_("File"), preview.file),
        (_("Format"), ", ".join(dict.fromkeys((preview.format, preview.layout)))),
        (_("Text"), f"{preview.encoding}, {preview.delimiter!r}"),
        (_("Header"), _("yes") if preview.header else _("no")),
        (_("Dates"), preview.dates),
        (_("Time zone"), zone),
    ):
        click.echo(f"{name}: {value}")
    if preview.sides is Sides.NOT_TOLD:
        click.echo(_("Nothing tells inside numbers from outside ones: name them with --internal."))
    if preview.words:
        click.echo(_("Say in a profile what these words mean: {words}").format(words=", ".join(preview.words)))
    for column in preview.columns:
        title = f" {column.title}" if column.title else ""
        click.echo(f"{column.number:>4}{title} → {column.field or '—'}: {', '.join(column.samples)}")
    click.echo()


def _tell_report(report: ImportReport, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(report))
        return
    for file in report.files:
        click.echo(_("{file}: {new} new, {updated} updated, {unchanged} unchanged").format(
            file=file.preview.file, new=number(file.new), updated=number(file.updated),
            unchanged=number(file.unchanged),
        ))  # fmt: skip
        _tell_rejected(file)
        if file.finished and not (file.taken or file.rejected or file.half_written):
            click.echo("  " + _("No record was found in it."), err=True)
    if not report.finished:
        click.echo(
            _("Stopped before the end. What is counted here is in the store; importing again completes the work."),
            err=True,
        )


def _tell_rejected(file: FileReport) -> None:
    for reason, count in sorted(file.rejected.items(), key=lambda pair: -pair[1]):
        text = ngettext("{count} record rejected: {reason}", "{count} records rejected: {reason}", count)
        click.echo("  " + text.format(count=number(count), reason=_(REASON_TEXT[Reason(reason)])))
    if file.rejected_file:
        click.echo("  " + _("The rejected rows are in {path}").format(path=file.rejected_file))
    if file.half_written:
        click.echo("  " + _("Line {line} is not complete yet and was left for the next time.").format(
            line=file.half_written
        ))  # fmt: skip
