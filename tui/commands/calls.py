"""`pult calls`: the journal as data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct

from backend_client.contract import Backend, CountRequest
from backend_client.export.pages import pages
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.filter_field import FieldKind, FilterField
from backend_client.model.filter_options import fields_of
from backend_client.model.filter_text import from_text
from backend_client.model.filter_token import bare_or_quoted
from screens import words
from screens.language import _, date_and_time, duration, moment, ngettext
from tui.invocation import Invocation, pass_invocation

FORMATS = ("json", "jsonl", "csv")


def filter_options(kind: type[Struct] = CallFilter) -> list[click.Option]:
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


def filter_of(text: Sequence[str], options: dict[str, Any], kind: type[Struct] = CallFilter) -> str:
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


def _calls(invocation: Invocation, text: tuple[str, ...], **options: Any) -> None:
    chosen = [name for name in FORMATS if options.pop(f"as_{name}")]
    xlsx, columns = options.pop("xlsx"), options.pop("columns")
    limit, count = options.pop("limit"), options.pop("count")
    if len(chosen) + bool(xlsx) + count > 1:
        raise click.UsageError(_("Choose one of --json, --jsonl, --csv, --xlsx and --count."))

    async def answer(backend: Backend) -> None:
        wanted = from_text(filter_of(text, options), await backend.directories())
        if count:
            click.echo((await backend.count(CountRequest(filter=wanted, limit=0))).number)
        elif chosen or xlsx:
            names = [name.strip() for name in (columns or "").split(",") if name.strip()]
            await _export(backend, wanted, limit, chosen[0] if chosen else "", xlsx, names)
        else:
            await _list(backend, wanted, limit)

    invocation.ask(answer)


async def _export(
    backend: Backend, wanted: CallFilter, limit: int | None, format: str, xlsx: str | None, names: Sequence[str]
) -> None:
    """Calls in a format to stdout, or to a workbook. stdout is closed by its reader with BrokenPipeError."""
    from backend_client.export.columns import columns_named
    from backend_client.export.file import export_calls, permit_export
    from backend_client.export.writers import Codes, Format, writer_for

    columns = columns_named(names)
    if xlsx:
        path = Path(xlsx)
        number = await export_calls(backend, wanted, path, Format.XLSX, columns=columns, limit=limit, overwrite=True)
        told = ngettext("{count} call is in {path}", "{count} calls are in {path}", number)
        click.echo(told.format(count=number, path=path), err=True)
        return
    await permit_export(backend, wanted, limit)
    zone = ZoneInfo((await backend.clock()).zone)
    writer = writer_for(Format(format), sys.stdout.buffer, columns, zone, Codes())
    async for page in pages(backend, wanted, limit):
        writer.write(page)
    writer.finish()
    writer.close()


async def _list(backend: Backend, wanted: CallFilter, limit: int | None) -> None:
    """Calls as lines to read."""
    zone = ZoneInfo((await backend.clock()).zone)
    number = 0
    async for page in pages(backend, wanted, limit):
        number += len(page)
        click.echo("\n".join(_line(call, zone) for call in page))
    if not number and limit != 0:
        click.echo(_("No call is like this."), err=True)


def _line(call: Call, zone: ZoneInfo) -> str:
    sign, direction = words.status_sign(call), words.DIRECTIONS[call.direction]
    when = date_and_time(moment(call.start, zone))
    return (
        f"{call.id:>8}  {when}  {direction.glyph} {fit(sign.word, 22)}  {fit(words.client_text(call), 28)}  "
        f"{fit(words.employees_text(call), 22)}  {duration(call.talk) if call.talk else ''}"
    ).rstrip()


def fit(text: str, width: int) -> str:
    """Text in exactly so many cells, cut with "…"."""
    # 12 ms, and only a list to read needs it.
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _build() -> click.Command:
    options: list[click.Parameter] = [
        click.Argument(["text"], nargs=-1, metavar="[FILTER]..."),
        click.Option(["--json", "as_json"], is_flag=True, help=_("one JSON array")),
        click.Option(["--jsonl", "as_jsonl"], is_flag=True, help=_("one JSON object a line")),
        click.Option(["--csv", "as_csv"], is_flag=True, help=_("comma-separated values with a header")),
        click.Option(["--xlsx"], metavar="FILE", help=_("a workbook, written to FILE")),
        click.Option(["--limit"], type=click.IntRange(min=0), metavar="N", help=_("at most N calls")),
        click.Option(["--count"], is_flag=True, help=_("only how many there are")),
        click.Option(["--columns"], metavar="NAMES", help=_("which columns, in order, parted by commas")),
        *filter_options(),
    ]
    told = "\n\n".join(
        (
            _("List calls, newest first."),
            _(
                "FILTER is what the search line of the console takes: words to look for and key:value pairs. "
                "Every option below is such a pair, too. Without a period it is every call that you may see."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult calls --period today --lost\n"
            "  pult calls family:missed period:last-7-days --csv > missed.csv\n"
            "  pult calls --search 380441 --limit 20 --json\n"
            "  pult calls --period 2026-11-01..2026-11-21 --xlsx november.xlsx\n"
            "  pult calls --employee Olena --count",
        )
    )
    return click.Command(
        "calls", callback=pass_invocation(_calls), params=options, help=told, short_help=_("List calls, newest first.")
    )


command = _build()
