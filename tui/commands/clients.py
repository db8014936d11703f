"""`pult clients`: the list of clients as data."""

from __future__ import annotations

import csv
import sys

import click
import msgspec

from backend_client.contract import PAGE_LIMIT, Backend, ClientListRequest, ClientPlace
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientRow
from backend_client.model.client_filter import ClientFilter
from screens.language import _
from tui.invocation import Invocation, pass_invocation

KINDS = click.Choice([ClientKind.PERSON.value, ClientKind.COMPANY.value])


@click.command(
    "clients",
    short_help=_("List clients by name."),
    help=_("List clients by name; with TEXT those in whose name or number it stands.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult clients\n  pult clients 0672220001 --json",
)  # fmt: skip
@click.argument("text", nargs=-1)
@click.option("--kind", type=KINDS, help=_("persons or companies only"))
@click.option("--archived", is_flag=True, help=_("those in the archive"))
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help=_("at most N clients"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@click.option("--csv", "as_csv", is_flag=True, help=_("comma-separated values with a header"))
@pass_invocation
def command(
    invocation: Invocation,
    text: tuple[str, ...],
    kind: str | None,
    archived: bool,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print them, page by page."""
    wanted = ClientListRequest(
        filter=ClientFilter(search=" ".join(text), kinds=(ClientKind(kind),) if kind else (), archived=archived),
        below=PAGE_LIMIT,
    )
    rows = invocation.ask(lambda backend: read_clients(backend, wanted, limit))
    if as_json:
        click.echo(msgspec.json.encode(rows))
    elif as_csv:
        _write_csv(rows)
    else:
        from tui.commands.calls import fit

        for row in rows:
            click.echo(f"{row.id:>8}  {fit(row.name, 40)}  {', '.join(row.numbers)}".rstrip())
        if not rows:
            click.echo(_("No client is like this."), err=True)


async def read_clients(backend: Backend, wanted: ClientListRequest, limit: int | None) -> list[ClientRow]:
    """All pages, or as many clients as were asked for."""
    rows: list[ClientRow] = []
    while limit is None or len(rows) < limit:
        page = await backend.clients(wanted)
        fresh = page.rows[1:] if wanted.anchor else page.rows
        rows += fresh
        if not page.more_below or not fresh:
            break
        wanted = msgspec.structs.replace(wanted, anchor=ClientPlace(rows[-1].sort_key, rows[-1].id))
    return rows if limit is None else rows[:limit]


def _write_csv(rows: list[ClientRow]) -> None:
    from backend_client.export.writers import defused

    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(["id", "name", "kind", "numbers", "persons", "responsible_id", "since"])
    for row in rows:
        writer.writerow(
            [
                row.id, defused(row.name), row.kind.value, " ".join(row.numbers), defused(", ".join(row.persons)),
                "" if row.responsible_id is None else row.responsible_id, row.since or "",
            ]
        )  # fmt: skip
