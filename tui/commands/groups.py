"""`pult groups`: queues and groups of phones, and naming them."""

from __future__ import annotations

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.directories import NameGroup
from backend_client.model.directory import Group
from screens.language import _
from tui.commands.calls import fit
from tui.invocation import Invocation, pass_invocation


@click.command(
    "groups",
    short_help=_("List queues and groups, or name one."),
    help=_("List queues and groups of phones, unnamed ones first; with NUMBER and NAME give that number a name.")
    + "\n\n\b\n" + _("Examples:") + '\n  pult groups\n  pult groups 600 "Sales"',
)  # fmt: skip
@click.argument("number", required=False)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def command(invocation: Invocation, number: str | None, name: str | None, as_json: bool) -> None:
    """Print them."""
    if number is not None and name is None:
        raise click.UsageError(_("Give the number and the name that it shall have."))

    async def do(backend: Backend) -> tuple[Group, ...]:
        if number is None or name is None:
            return (await backend.directories()).groups
        return (await backend.change_directory(NameGroup(number=number, name=name))).groups

    groups = sorted(invocation.ask(do), key=lambda one: (bool(one.name), one.name, one.number))
    if as_json:
        click.echo(msgspec.json.encode(groups))
        return
    for one in groups:
        click.echo(f"{fit(one.number, 20)}  {one.name}".rstrip())
