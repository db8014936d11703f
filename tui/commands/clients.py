"""`pult clients`: the list of clients as data."""

from __future__ import annotations

import click

from backend_client.contract.backend import Backend
from backend_client.export.clients import client_pages
from backend_client.model.client_filter import ClientFilter
from screens.language import _
from tui.commands.calls import fit
from tui.listing import listing


async def _list(backend: Backend, wanted: ClientFilter, limit: int | None) -> None:
    """Clients as lines to read."""
    number = 0
    async for page in client_pages(backend, wanted, limit):
        number += len(page)
        click.echo("\n".join(f"{row.id:>8}  {fit(row.name, 40)}  {', '.join(row.numbers)}".rstrip() for row in page))
    if not number and limit != 0:
        click.echo(_("No client is like this."), err=True)


command = listing(
    "clients",
    ClientFilter,
    _list,
    "\n\n".join(
        (
            _("List clients by name."),
            _(
                "FILTER is what the search line over the list of clients takes: words to look for and key:value pairs. "
                "Every option below is such a pair, too."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult clients 0672220001\n"
            "  pult clients --kind company --without-number --json\n"
            "  pult clients --registered last-30-days --xlsx november.xlsx",
        )
    ),
    _("List clients by name."),
)
