"""`pult profile new`: make a mapping profile by asking which column holds what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from backend_client.errors import Invalid
from backend_client.model.ordinary_file import check_target
from backend_client.model.text import N_
from screens.language import _
from tui.invocation import Invocation, pass_invocation

ASKED = {
    "start": N_("when the call started"),
    "src": N_("who called"),
    "dst": N_("who was called"),
    "direction": N_("incoming or outgoing"),
    "duration": N_("seconds in all"),
    "billsec": N_("seconds of talk"),
    "disposition": N_("how it ended"),
    "uniqueid": N_("the call's own id"),
    "cnam": N_("the caller's name"),
    "did": N_("the company's number that was dialled"),
    "recordingfile": N_("the recording"),
    "price": N_("the price"),
    "currency": N_("the currency"),
    "note": N_("a note"),
}
"""Fields that tables of calls have, in the order of asking; others can be written into the profile by hand."""
NEEDED = ("start", "src", "dst")


@click.group(
    "profile",
    short_help=_("Say which column of a table holds what."),
    help="\n\n".join(
        (
            _("Say which column of a table holds what: a mapping profile, for tables that are not recognised."),
            "\b\n" + _("Examples:") + "\n"
            "  pult profile new calls.xlsx\n"
            "  pult import --profile calls.xlsx.toml calls.xlsx",
        )
    ),
)
def command() -> None:
    """The group of what can be done with profiles."""


@command.command("new", short_help=_("Make a profile for a file by asking."))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="TOML", help=_("where to write it; by default beside")
)
@pass_invocation
def new(invocation: Invocation, file: Path, output: Path | None) -> None:
    """Show the columns with samples, ask for each field, show what would be read, and write the profile."""
    from backend_client.ingest.profile import load_profile
    from backend_client.ingest.run import ImportOptions, preview_files
    from backend_client.model.derive_settings import DeriveSettings

    titles, rows = _table(file)
    for number, title in enumerate(titles, start=1):
        samples = dict.fromkeys(row[number - 1] for row in rows if len(row) >= number and row[number - 1])
        click.echo(f"{number:>3}  {title}: {', '.join(list(samples)[:3])}", err=True)
    click.echo(_("For each question the number of the column, or Enter for none."), err=True)
    chosen = {field: number for field, text in ASKED.items() if (number := _ask(field, _(text), titles))}
    missing = [field for field in NEEDED if field not in chosen]
    if missing:
        raise Invalid(N_("A call needs a start, a caller and a called number."), missing=", ".join(missing))
    target = output or Path(f"{file.name}.toml")
    check_target(target)
    words = _words(chosen.get("disposition", 0), rows)
    target.write_text(_toml(file.name, titles, chosen, words), "utf-8")
    profile = load_profile(target)
    [preview] = preview_files([file], DeriveSettings(), ImportOptions(profile=profile))
    for column in preview.columns:
        click.echo(f"{column.number:>4} {column.title} → {column.field or '—'}: {', '.join(column.samples)}")
    click.echo(_("Written: {path}. Import with: pult import --profile {path} {file}").format(path=target, file=file))


def _table(file: Path) -> tuple[list[str], list[list[str]]]:
    """Titles and the first rows."""
    from backend_client.ingest.rows import CsvFile, read_head
    from backend_client.ingest.spreadsheet import SIGNATURE, SheetRows
    from backend_client.model.text import clean

    if read_head(file).startswith(SIGNATURE):
        sheet = SheetRows(file)
        return [clean(title) for title in sheet.titles], sheet.sample()[:200]
    text = CsvFile(file)
    rows = [[clean(value) for value in row] for row in text.sample()[:200]]
    return [clean(title) for title in text.first_row()], rows[1:]


def _ask(field: str, text: str, titles: Sequence[str]) -> int:
    """The number of the column that holds a field; 0 for none."""
    from backend_client.ingest.layouts import field_of_title

    guess = next((number for number, title in enumerate(titles, start=1) if field_of_title(title) == field), 0)
    answer = click.prompt(f"  {text}", default=str(guess or ""), show_default=bool(guess), err=True)
    return int(answer) if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(titles) else 0


def _words(column: int, rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What each of the file's own words for an outcome means, where Asterisk has another."""
    from backend_client.ingest.layouts import is_disposition

    if not column:
        return {}
    values = dict.fromkeys(row[column - 1] for row in rows if len(row) >= column and row[column - 1])
    meanings = {}
    for value in list(values)[:20]:
        if not is_disposition(value):
            text = _("  “{word}” means").format(word=value)
            choice = click.Choice(["ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL"])
            meanings[value] = click.prompt(text, type=choice, err=True)
    return meanings


def _toml(name: str, titles: Sequence[str], chosen: dict[str, int], words: dict[str, str]) -> str:
    """The profile as TOML: by titles, which outlive a changed order of columns."""
    lines = [f"name = {_quoted(name)}", "header = true", "", "[titles]"]
    lines += [f"{_quoted(titles[number - 1])} = {_quoted(field)}" for field, number in chosen.items()]
    if words:
        lines += ["", "[dispositions]", *(f"{_quoted(word)} = {_quoted(meaning)}" for word, meaning in words.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string; what was cleaned holds no control characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
