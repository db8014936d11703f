"""`pult init`: a store for several users of this machine."""

from __future__ import annotations

from pathlib import Path

import click

from screens.language import _
from tui.invocation import Invocation, pass_invocation


@click.command(
    "init",
    short_help=_("Make a store, also one that several users of this machine share."),
    help="\n\n".join(
        (
            _("Make a store. With --shared it stands in a folder that a group may read and write."),
            _("Whoever may open the file can read all of it: file access is access. Where operators may see their own"
              " calls only, let them in by the server instead: pult serve --unix PATH"),
        )
    )
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult init\n"
    "  sudo pult init --shared /srv/pult --group callcentre",
)  # fmt: skip
@click.option(
    "--shared", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help=_("folder of the shared store")
)
@click.option("--group", metavar="GROUP", help=_("who may read and write it"))
@pass_invocation
def command(invocation: Invocation, shared: Path | None, group: str | None) -> None:
    """Make the store; one that is there stays."""
    from backend_client.sqlite.access.sharing import share_store

    if (shared is None) != (group is None):
        raise click.UsageError(_("--shared and --group go together."))
    if shared is None or group is None:
        invocation.make()
        click.echo(str(invocation.store))
        return
    click.echo(str(share_store(shared.absolute(), group)))
