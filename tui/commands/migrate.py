"""`pult migrate`: bring the store up to this program."""

from __future__ import annotations

import click

from backend_client.model.permissions import Permission
from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine


@click.command(
    "migrate",
    short_help=_("Bring a store of an older Pult up to this one."),
    help="\n\n".join(
        (
            _("Bring a store of an older Pult up to this one. It is copied first, and after a kill the same command "
              "goes on."),
            _("Consoles may stay open: those of the older Pult can only read from then on, until they are started "
              "again."),
            "\b\n" + _("Examples:") + "\n  pult migrate --dry-run\n  pult migrate",
        )
    ),
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help=_("say what would be done and how long it takes"))
@click.option("--no-backup", is_flag=True, help=_("make no copy first"))
@pass_invocation
def command(invocation: Invocation, dry_run: bool, no_backup: bool) -> None:
    """Tell the plan, then carry it out."""
    from backend_client.sqlite.upkeep.upgrade import plan, upgrade

    store = invocation.need(Permission.ADMINISTER)
    planned = plan(store, copy=not no_backup)
    if not planned.needed:
        click.echo(_("The store is up to date (version {version}).").format(version=planned.version), err=True)
        return
    minutes = max(1, round(planned.seconds / 60))
    long = ngettext("about {count} minute", "about {count} minutes", minutes).format(count=number(minutes))
    if planned.version == planned.to:
        click.echo(_("Not all calls are counted and derived again yet: {long}.").format(long=long), err=True)
    else:
        versions = _("From version {version} to {to}: {long}.")
        click.echo(versions.format(version=planned.version, to=planned.to, long=long), err=True)
    if planned.copy is not None:
        click.echo(_("The store as it is goes to {path}.").format(path=planned.copy), err=True)
    if dry_run:
        return
    bar = ProgressLine()
    try:
        upgrade(planned, lambda done, of: bar.show(f"{min(99, 100 * done // max(of, 1)):3} %"))
    finally:
        bar.clear()
    click.echo(_("The store is up to date (version {version}).").format(version=planned.to), err=True)
