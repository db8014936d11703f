"""`pult backup`: a whole copy of the store while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from backend_client.model.permissions import Permission
from screens.language import _, number
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine


@click.command(
    "backup",
    short_help=_("Copy the store to a file while it is in use."),
    help="\n\n".join(
        (
            _("Copy the store to FILE while it is in use. FILE is replaced only when the copy is whole and checked."),
            "\b\n" + _("Examples:") + "\n"
            "  pult backup /backups/pult.sqlite\n"
            "  pult backup /backups/pult-$(date +%F).sqlite",
        )
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@pass_invocation
def command(invocation: Invocation, file: Path) -> None:
    """Write the copy and tell its size."""
    from backend_client.sqlite.upkeep.backup import back_up

    store = invocation.need(Permission.ADMINISTER)
    bar = ProgressLine()
    try:
        size = back_up(store, file.absolute(), lambda done, of: bar.show(f"{min(99, 100 * done // max(of, 1)):3} %"))
    finally:
        bar.clear()
    told = _("Copied to {path}: {size} MB, whole.").format(path=file, size=number(max(size // 1_000_000, 1)))
    click.echo(told, err=True)
