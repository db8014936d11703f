"""`pult calls`: the journal as data."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from typing import IO, Any

import click
import msgspec

from backend_client.contract import Backend, CountRequest, Position, WindowRequest
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.filter_options import FIELDS, FieldKind, FilterField
from backend_client.model.filter_text import from_text
from backend_client.model.filter_token import bare_or_quoted
from screens.language import _, ngettext
from tui.invocation import Invocation, pass_invocation

PAGE = 500
FORMATS = ("json", "jsonl", "csv")


def filter_options() -> list[click.Option]:
    """One option for every field of the filter, two for what may be denied."""
    options = []
    for field in FIELDS:
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


def filter_of(text: Sequence[str], options: dict[str, Any]) -> str:
    """The filter text that words and options say together."""
    parts = list(text)
    for field in FIELDS:
        if options.get(f"has_{field.name}"):
            parts.append(f"{field.key}:{field.word}")
        if options.get(f"not_{field.name}"):
            parts.append(f"{field.negative}:{field.word}")
        for value in options.get(f"of_{field.name}", ()):
            parts.append(_written(field, value))
    return " ".join(parts)


def _written(field: FilterField, value: str) -> str:
    """An option's value as filter text; commas part alternatives as they do there."""
    if field.kind is FieldKind.SEARCH:
        return value
    return f"{field.key}:" + ",".join(bare_or_quoted(part.strip()) for part in value.split(","))


async def each_call(backend: Backend, filter: CallFilter, limit: int | None) -> AsyncIterator[Call]:
    """The calls of a filter, newest first, a page at a time; at most `limit` of them."""
    anchor: Position | None = None
    left = sys.maxsize if limit is None else limit
    while left > 0:
        # The page's first row is the last of the page before, so one more is asked for.
        again = 0 if anchor is None else 1
        window = await backend.window(
            WindowRequest(filter=filter, anchor=anchor, below=min(PAGE, left) + again)
        )
        fresh = [call for call in window.rows if anchor is None or call.key < (anchor.start, anchor.id)]
        for call in fresh[:left]:
            yield call
        left -= len(fresh)
        if not fresh or not window.more_below:
            return
        anchor = Position(*fresh[-1].key)


def _calls(invocation: Invocation, text: tuple[str, ...], **options: Any) -> None:
    chosen = [name for name in FORMATS if options.pop(f"as_{name}")]
    xlsx, columns = options.pop("xlsx"), options.pop("columns")
    limit, count = options.pop("limit"), options.pop("count")
    if len(chosen) + bool(xlsx) + count > 1:
        raise click.UsageError(_("Choose one of --json, --jsonl, --csv, --xlsx and --count."))

    async def answer(backend: Backend) -> None:
        filter = from_text(filter_of(text, options), await backend.directories())
        if count:
            number = (await backend.count(CountRequest(filter=filter, limit=0))).number
            click.echo(number)
            return
        await _write(backend, filter, limit, chosen[0] if chosen else "", xlsx, columns)

    invocation.ask(answer)


async def _write(
    backend: Backend, filter: CallFilter, limit: int | None, format: str, xlsx: str | None, columns: str | None
) -> None:
    raise NotImplementedError


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
    help = "\n\n".join(
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
    return click.Command("calls", callback=pass_invocation(_calls), params=options, help=help,
                         short_help=_("List calls, newest first."))
