"""`pult restore`: a new store of a copy."""

from __future__ import annotations

from pathlib import Path

import click

from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation


@click.command(
    "restore",
    short_help=_("Make a new store of a copy."),
    help="\n\n".join(
        (
            _("Make a new store at NEW of the copy FILE. A store that is there is never written over: move it away "
              "first."),
            _("What was erased after the copy was made is erased again: the ledgers beside NEW and beside the present "
              "store are read, and any named by --erasures."),
            "\b\n" + _("Examples:") + "\n"
            "  pult restore /backups/pult.sqlite /srv/calls.sqlite\n"
            "  pult --store /srv/calls.sqlite restore /backups/pult.sqlite",
        )
    ),
)  # fmt: skip
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("new", required=False, type=click.Path(path_type=Path))
@click.option(
    "--erasures", multiple=True, type=click.Path(path_type=Path, exists=True), metavar="FILE",
    help=_("a ledger of erasures, the file …-erased beside a store"),
)  # fmt: skip
@pass_invocation
def command(invocation: Invocation, file: Path, new: Path | None, erasures: tuple[Path, ...]) -> None:
    """Restore and tell where, and what was erased again."""
    from backend_client.sqlite.upkeep.backup import restore
    from backend_client.sqlite.upkeep.ledger import ledger_path

    target = (new or invocation.store).absolute()
    erased = restore(file.absolute(), target, [*erasures, ledger_path(invocation.store)])
    click.echo(_("The store is at {path}.").format(path=target), err=True)
    if erased:
        text = ngettext("{count} number was erased again.", "{count} numbers were erased again.", erased)
        click.echo(text.format(count=number(erased)), err=True)
