"""`pult channels`: acquisition channels, and naming them."""

from __future__ import annotations

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.directories import NameChannel
from backend_client.errors import NotFound
from backend_client.model.directory import Channel
from backend_client.model.text import N_
from screens.language import _
from tui.commands.calls import fit
from tui.invocation import Invocation, pass_invocation


@click.command(
    "channels",
    short_help=_("List acquisition channels, or name one."),
    help=_("List acquisition channels, unnamed ones first; with DID and NAME give that number a name.")
    + "\n\n\b\n" + _("Examples:") + '\n  pult channels\n  pult channels 380441112233 "Billboard"',
)  # fmt: skip
@click.argument("did", required=False)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def command(invocation: Invocation, did: str | None, name: str | None, as_json: bool) -> None:
    """Print them."""
    if did is not None and name is None:
        raise click.UsageError(_("Give the number and the name that it shall have."))

    async def do(backend: Backend) -> tuple[Channel, ...]:
        channels = (await backend.directories()).channels
        if did is None or name is None:
            return channels
        wanted = next((one for one in channels if one.did == did), None)
        if wanted is None:
            raise NotFound(N_("No call came in by {did}."), did=did)
        return (await backend.change_directory(NameChannel(id=wanted.id, name=name))).channels

    channels = sorted(invocation.ask(do), key=lambda one: (bool(one.name), one.name, one.did))
    if as_json:
        click.echo(msgspec.json.encode(channels))
        return
    for one in channels:
        click.echo(f"{fit(one.did, 20)}  {one.name}".rstrip())
