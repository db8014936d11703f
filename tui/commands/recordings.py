"""`pult recordings`: where recordings lie, linking what lies there, and saving one to a file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from audio.failure import SoundError
from backend_client.contract.backend import Backend
from backend_client.errors import Invalid
from backend_client.model.ordinary_file import check_target
from backend_client.model.permissions import Permission
from backend_client.model.recording import Purpose
from backend_client.model.text import N_
from screens.language import _, ngettext, number
from screens.recordings.playing_time import playing_time, seconds_of
from screens.recordings.recording_words import PROBLEMS
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

SHOWN = 20
"""Orphans that are named; --json names all."""


@click.group(
    "recordings",
    short_help=_("Say where recordings lie, link them to calls, save one."),
    help=_("Say where recordings lie, link them to calls, save one.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult recordings roots --add /var/spool/asterisk/monitor\n"
    "  pult recordings scan\n"
    "  pult recordings get 1284 -o call.wav\n"
    "  pult recordings get 1284 -o claim.mp3 --from 1:20 --to 1:45",
)  # fmt: skip
def command() -> None:
    """The group."""


@command.command(
    "roots",
    short_help=_("Show or change where recordings lie."),
    help=_("Show or change the folders and addresses under which recordings are looked for, in their order."),
)
@click.option("--add", metavar="ROOT", multiple=True, help=_("a folder, or an address that begins with https://"))
@click.option("--remove", metavar="ROOT", multiple=True, help=_("one that is in the list"))
@pass_invocation
def roots(invocation: Invocation, add: Sequence[str], remove: Sequence[str]) -> None:
    """Change the list where asked to, then print it."""
    from backend_client.recordings.names import is_address
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.recordings import read_recording_settings, write_recording_settings

    invocation.need_store()
    if add or remove:
        new = [root if is_address(root) or root == "demo:" else str(Path(root).expanduser().absolute()) for root in add]
        for root in new:
            if not is_address(root) and root != "demo:" and not Path(root).is_dir():
                raise Invalid(N_("There is no folder {path}."), path=root)
        with invocation.writer(Permission.ADMINISTER) as writer, writer.transaction() as transaction:
            before = read_recording_settings(transaction.db)
            kept = [root for root in before.roots if root not in remove]
            write_recording_settings(transaction, replace(before, roots=tuple(dict.fromkeys([*kept, *new]))))
    with closing(open_file(invocation.store, create=False)) as file, closing(file.reader()) as db:
        known = read_recording_settings(db).roots
    for root in known:
        click.echo(root)
    if not known:
        click.echo(_("None yet: pult recordings roots --add FOLDER"), err=True)


@command.command(
    "channels",
    short_help=_("Say who speaks on which of two channels."),
    help=_(
        "Show, or say, who speaks on the first channel of recordings that have two: the player then names its lanes."
    ),
)
@click.argument("first", required=False, type=click.Choice(["caller", "callee", "client", "employee", "unknown"]))
@pass_invocation
def channels(invocation: Invocation, first: str | None) -> None:
    """Change it where asked to, then print it."""
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.recordings import read_recording_settings, write_recording_settings

    invocation.need_store()
    if first is not None:
        with invocation.writer(Permission.ADMINISTER) as writer, writer.transaction() as transaction:
            known = read_recording_settings(transaction.db)
            said = "" if first == "unknown" else first
            write_recording_settings(transaction, replace(known, first_channel=said))
    with closing(open_file(invocation.store, create=False)) as file, closing(file.reader()) as db:
        click.echo(read_recording_settings(db).first_channel or "unknown")


@command.command(
    "scan",
    short_help=_("Link the files of a folder to their calls."),
    help=_(
        "Link recordings that no record names to their calls, by unique id or by time and numbers in their names; "
        "without FOLDER all folders of the roots. What belongs to no call is listed."
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("only tell what would be linked"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def scan_folder(invocation: Invocation, folder: Path | None, dry_run: bool, as_json: bool) -> None:
    """Go through the folders and tell what was found."""
    from backend_client.ingest.recording_scan import ScanReport, scan
    from backend_client.recordings.names import is_address
    from backend_client.sqlite.recordings import read_recording_settings

    invocation.need_store()
    bar = ProgressLine()
    total = ScanReport()
    with invocation.writer(Permission.IMPORT) as writer, closing(writer.file.reader()) as db:
        known = [Path(root) for root in read_recording_settings(db).roots if not is_address(root) and root != "demo:"]
        for place, root in _places(folder, known):
            try:
                report = scan(writer, db, place, root, keep=not dry_run, progress=lambda files: bar.show(number(files)))
            finally:
                bar.clear()
            for name in ("files", "linked", "known", "empty"):
                setattr(total, name, getattr(total, name) + getattr(report, name))
            total.orphans.extend(report.orphans)
    if as_json:
        click.echo(msgspec.json.encode(total))
        return
    _tell_scan(total)


def _places(folder: Path | None, roots_: Sequence[Path]) -> Sequence[tuple[Path, Path]]:
    """Folders to go through, each with its root. Raises Invalid for a folder outside of all roots."""
    if folder is None:
        if not roots_:
            raise Invalid(
                N_("Nobody has said where recordings lie."), N_("Say it first: pult recordings roots --add FOLDER")
            )
        return [(root, root) for root in roots_]
    place = folder.expanduser().absolute()
    for root in roots_:
        if place.is_relative_to(root):
            return [(place, root)]
    raise Invalid(
        N_("{path} lies in no folder of recordings."), N_("Say it first: pult recordings roots --add FOLDER"),
        path=str(place),
    )  # fmt: skip


def _tell_scan(report: object) -> None:
    from backend_client.ingest.recording_scan import ScanReport

    assert isinstance(report, ScanReport)
    files = ngettext("{count} file", "{count} files", report.files).format(count=number(report.files))
    click.echo(
        _("{files}: {linked} linked, {known} known already, {empty} empty, {orphans} without a call").format(
            files=files, linked=number(report.linked), known=number(report.known), empty=number(report.empty),
            orphans=number(len(report.orphans)),
        )
    )  # fmt: skip
    for name in report.orphans[:SHOWN]:
        click.echo(f"  {name}")
    if len(report.orphans) > SHOWN:
        click.echo("  " + _("and {count} more: --json lists all").format(count=number(len(report.orphans) - SHOWN)))


@command.command(
    "link",
    short_help=_("An address that plays a recording in a browser."),
    help=_("Print an address for each part, which a browser opens for a few minutes without signing in."),
)
@click.argument("id", type=int)
@pass_invocation
def link(invocation: Invocation, id: int) -> None:
    """Print the addresses."""
    from screens.recordings.recording_file import link_to

    async def ask(backend: Backend) -> tuple[Sequence[str], int]:
        return await link_to(backend, id)

    addresses, seconds = invocation.ask(ask)
    for address in addresses:
        click.echo(address)
    told = ngettext("valid for {count} minute", "valid for {count} minutes", seconds // 60)
    click.echo(told.format(count=seconds // 60), err=True)


@command.command(
    "address",
    short_help=_("Say under which address a server of this store is reached."),
    help=_("Show, or say, under which address people's own computers reach a server of this store: links to "
           "recordings begin with it. An empty text takes it back."),
)  # fmt: skip
@click.argument("url", required=False)
@pass_invocation
def address(invocation: Invocation, url: str | None) -> None:
    """Change it where asked to, then print it."""
    from backend_client.http.line import UNIX, check_address
    from backend_client.sqlite.clients.links import ADDRESS, public_address
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.settings import write_setting

    invocation.need_store()
    if url is not None:
        checked = check_address(url) if url else ""
        if checked.startswith(UNIX):
            raise Invalid(N_("A browser opens no Unix socket."), N_("It looks like https://pult.example.org"))
        with invocation.writer(Permission.ADMINISTER) as writer, writer.transaction() as transaction:
            write_setting(transaction, ADDRESS, checked or None)
    with closing(open_file(invocation.store, create=False)) as file, closing(file.reader()) as db:
        click.echo(public_address(db) or _("None yet: pult recordings address https://…"), err=not public_address(db))


@command.command(
    "get",
    short_help=_("Save the recording of a call."),
    help=_("Save every part as it is; with --from or --to a piece of the first part, in the format of FILE's suffix."),
)
@click.argument("id", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path(), metavar="FILE",
              help=_("a file, or a folder in which the parts keep their names; by default this folder"))  # fmt: skip
@click.option("--from", "start", metavar="TIME", default="", help=_("where the piece begins, such as 1:20"))
@click.option("--to", "end", metavar="TIME", default="", help=_("where the piece ends"))
@pass_invocation
def get(invocation: Invocation, id: int, output: Path, start: str, end: str) -> None:
    """Write the files and print their names."""
    if start or end:
        _get_piece(invocation, id, output, _second(start) or 0, _second(end))
        return
    from screens.recordings.recording_file import save_recording

    async def save(backend: Backend) -> Sequence[Path]:
        return await save_recording(backend, id, output)

    for path in invocation.ask(save):
        click.echo(path)


def _second(text: str) -> int | None:
    if not text:
        return None
    second = seconds_of(text)
    if second is None:
        raise Invalid(N_("“{text}” is no time."), N_("Write it like 1:05."), text=text)
    return second


def _get_piece(invocation: Invocation, id: int, output: Path, start: int, end: int | None) -> None:
    from audio.clip import export_clip
    from screens.recordings.recording_file import fetch, look_at

    if output.is_dir():
        raise Invalid(N_("A piece needs the name of a file."), N_("Name it with -o, such as -o piece.wav"))
    check_target(output)
    with tempfile.NamedTemporaryFile() as whole:

        async def bring(backend: Backend) -> None:
            recording = await look_at(backend, id)
            index = next(index for index, part in enumerate(recording.parts) if part.missing is None)
            part = recording.parts[index]
            await fetch(backend, recording.call_id, index, part, whole.fileno(), Purpose.DOWNLOAD)

        invocation.ask(bring)
        try:
            seconds = export_clip(Path(whole.name), output, start, end)
        except SoundError as error:
            raise Invalid(PROBLEMS[error.problem]) from error
    click.echo(f"{output}  {playing_time(seconds)}")
