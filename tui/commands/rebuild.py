"""`pult rebuild`: derive every call again from the records."""

from __future__ import annotations

import click

from backend_client.model.permissions import Permission
from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine


@click.command(
    "rebuild",
    short_help=_("Derive all calls, marks and totals again from the records."),
    help="\n\n".join(
        (
            _("Derive all calls, marks and totals again from the records."),
            _("Consoles may stay open, and it goes on where it was stopped."),
            "\b\n" + _("Examples:") + "\n  pult rebuild\n  pult rebuild --check",
        )
    ),
)
@click.option("--check", "only_check", is_flag=True, help=_("change nothing; say whether something would change"))
@click.pass_context
@pass_invocation
def command(invocation: Invocation, ctx: click.Context, only_check: bool) -> None:
    """Rebuild or check; exit code 1 where a check finds differences."""
    from backend_client.sqlite.upkeep.rebuild import check, rebuild

    invocation.need_store()
    bar = ProgressLine()

    def progress(done: int, last: int) -> None:
        bar.show(f"{100 * done // max(1, last):3} %")

    with invocation.writer(Permission.ADMINISTER) as writer:
        try:
            if only_check:
                report = check(writer, progress)
            else:
                changed = rebuild(writer, progress)
        finally:
            bar.clear()
    if not only_check:
        text = ngettext("Done: {count} call changed.", "Done: {count} calls changed.", changed)
        click.echo(text.format(count=number(changed)))
        return
    if report.sound:
        click.echo(_("Everything is as the records say."))
        return
    told = _("{calls} calls and {cells} totals differ from what the records say.")
    click.echo(told.format(calls=number(report.calls), cells=number(report.tallies)))
    click.echo(_("Mend them with: pult rebuild"), err=True)
    ctx.exit(1)
