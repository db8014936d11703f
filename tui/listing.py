"""Commands that print a filtered list, such as `pult calls`: their options, and what they print."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct

from backend_client.contract.backend import Backend
from backend_client.model.call_filter import CallFilter
from backend_client.model.client_filter import ClientFilter
from backend_client.model.contradiction import contradiction
from backend_client.model.filter_field import FieldKind, FilterField
from backend_client.model.filter_options import fields_of
from backend_client.model.filter_text import read_filter
from backend_client.model.filter_token import bare_or_quoted
from screens.language import _
from tui.invocation import Invocation, pass_invocation
from tui.usage import decoded, values

FORMATS = ("json", "jsonl", "csv")
Wanted = CallFilter | ClientFilter


def listing(
    name: str, kind: type[Wanted], printed: Callable[[Backend, Any, int | None], Awaitable[None]], told: str, short: str
) -> click.Command:
    """The command that lists what a kind of filter narrows; `printed` writes lines to read."""

    def run(invocation: Invocation, text: tuple[str, ...], **options: Any) -> None:
        chosen = [one for one in FORMATS if options.pop(f"as_{one}")]
        xlsx, columns = options.pop("xlsx"), options.pop("columns")
        limit, count = options.pop("limit"), options.pop("count")
        if len(chosen) + bool(xlsx) + count > 1:
            raise click.UsageError(_("Choose one of --json, --jsonl, --csv, --xlsx and --count."))
        if columns is not None and not (chosen or xlsx):
            raise click.UsageError(_("--columns goes with one of --json, --jsonl, --csv and --xlsx."))

        async def answer(backend: Backend) -> None:
            directories = await backend.directories()
            with values():
                wanted = read_filter(kind, decoded(filter_of(text, options, kind)), directories)
            if isinstance(wanted, CallFilter) and (pair := contradiction(wanted)):
                from screens.filter_words import contradiction_text

                click.echo(contradiction_text(pair.first, pair.second, wanted, directories), err=True)
            if count:
                from backend_client.export.file import count_request

                click.echo((await backend.count(count_request(wanted, limit=0))).number)
            elif chosen or xlsx:
                names = [column.strip() for column in (columns or "").split(",") if column.strip()]
                await _export(backend, wanted, limit, chosen[0] if chosen else "", xlsx, names)
            else:
                await printed(backend, wanted, limit)

        invocation.ask(answer)

    options: list[click.Parameter] = [
        click.Argument(["text"], nargs=-1, metavar="[FILTER]..."),
        click.Option(["--json", "as_json"], is_flag=True, help=_("one JSON array")),
        click.Option(["--jsonl", "as_jsonl"], is_flag=True, help=_("one JSON object a line")),
        click.Option(["--csv", "as_csv"], is_flag=True, help=_("comma-separated values with a header")),
        click.Option(["--xlsx"], metavar="FILE", help=_("a workbook, written to FILE")),
        click.Option(["--limit"], type=click.IntRange(min=0), metavar="N", help=_("at most N rows")),
        click.Option(["--count"], is_flag=True, help=_("only how many there are")),
        click.Option(["--columns"], metavar="NAMES", help=_("which columns, in order, parted by commas")),
        *filter_options(kind),
    ]
    return click.Command(name, callback=pass_invocation(run), params=options, help=told, short_help=short)


async def _export(
    backend: Backend, wanted: Wanted, limit: int | None, format: str, xlsx: str | None, names: Sequence[str]
) -> None:
    """Rows in a format to stdout, or to a workbook. stdout is closed by its reader with BrokenPipeError."""
    from backend_client.export.file import columns_of, export_list, permit_export, rows_of
    from backend_client.export.writers import Codes, Format, writer_for

    with values():
        columns = columns_of(wanted, names)
    if xlsx:
        from screens.calls.export_dialog import written_text

        path = Path(xlsx)
        number = await export_list(backend, wanted, path, Format.XLSX, columns=columns, limit=limit, overwrite=True)
        click.echo(written_text(wanted, number, path), err=True)
        return
    await permit_export(backend, wanted, limit)
    zone = ZoneInfo((await backend.clock()).zone)
    writer = writer_for(Format(format), sys.stdout.buffer, columns, zone, Codes())
    async for page in rows_of(backend, wanted, limit):
        writer.write(page)
    writer.finish()
    writer.close()


def filter_options(kind: type[Struct]) -> list[click.Option]:
    """One option for every field of a kind of filter, two for what may be denied."""
    options = []
    for field in fields_of(kind):
        declared: dict[str, Any] = {"help": _(field.help)}
        if field.kind is FieldKind.FLAG:
            options.append(click.Option([f"--{field.word}", f"has_{field.name}"], is_flag=True, **declared))
            denied = _("the opposite of --{option}").format(option=field.word)
            options.append(
                click.Option([f"--{field.negative}-{field.word}", f"not_{field.name}"], is_flag=True, help=denied)
            )
        elif field.kind is FieldKind.SWITCH:
            options.append(click.Option([f"--{field.option}", f"has_{field.name}"], is_flag=True, **declared))
        else:
            metavar = "|".join(field.values) if 0 < len(field.values) <= 5 else "VALUE"
            options.append(
                click.Option([f"--{field.key}", f"of_{field.name}"], multiple=True, metavar=metavar, **declared)
            )
    return options


def filter_of(text: Sequence[str], options: dict[str, Any], kind: type[Struct]) -> str:
    """The filter text that words and options say together."""
    parts = list(text)
    for field in fields_of(kind):
        if options.get(f"has_{field.name}"):
            parts.append(f"{field.key}:{field.word}")
        if options.get(f"not_{field.name}"):
            parts.append(f"{field.negative}:{field.word}")
        parts.extend(_written(field, value) for value in options.get(f"of_{field.name}", ()))
    return " ".join(parts)


def _written(field: FilterField, value: str) -> str:
    """An option's value as filter text; commas part alternatives as they do there."""
    if field.kind is FieldKind.SEARCH:
        return value
    return f"{field.key}:" + ",".join(bare_or_quoted(part.strip()) for part in value.split(","))
