"""`pult demo`: the console on a generated call centre."""

from __future__ import annotations

from dataclasses import replace

import click

from screens.language import _
from tui import places
from tui.invocation import Invocation, pass_invocation


@click.command(
    "demo",
    short_help=_("Open the console on a generated call centre."),
    help=_("Open the console on a generated call centre: three months of calls, clients and comments.")
    + "\n\n" + _("Nothing of it is real, and no network is used.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult demo\n  pult demo --fresh\n  pult --lang uk demo",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help=_("make the call centre anew, as of today"))
@pass_invocation
@click.pass_context
def command(ctx: click.Context, invocation: Invocation, fresh: bool) -> None:
    """Make the demo store where there is none of today, then open it."""
    from tui.console import open_console

    ctx.exit(open_console(replace(invocation, store=places.demo_store())))
