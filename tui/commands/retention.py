"""`pult retention`: how long recordings and names of callers are kept."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import click
import msgspec

from backend_client.model.permissions import Permission
from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

if TYPE_CHECKING:
    from backend_client.sqlite.upkeep.retention import Retention
    from backend_client.sqlite.writer import Writer


@click.command(
    "retention",
    short_help=_("How long recordings and callers are kept."),
    help="\n\n".join(
        (
            _("Show or say how long things are kept. By default everything is kept for good."),
            _("Calls are never removed: after their time they become nameless and stay in all counts. Nothing happens "
              "until --apply, which belongs into a nightly timer."),
            "\b\n" + _("Examples:") + "\n"
            "  pult retention\n"
            "  pult retention --recordings-days 180 --calls-months 36\n"
            "  pult retention --apply",
        )
    ),
)  # fmt: skip
@click.option(
    "--recordings-days", type=click.IntRange(min=0), metavar="N", help=_("keep recordings for N days; 0: for good")
)
@click.option(
    "--calls-months", type=click.IntRange(min=0), metavar="N", help=_("keep who called for N months; 0: for good")
)
@click.option("--apply", "do_apply", is_flag=True, help=_("delete now what is past its time"))
@pass_invocation
def command(invocation: Invocation, recordings_days: int | None, calls_months: int | None, do_apply: bool) -> None:
    """Set, show, apply."""
    from backend_client.sqlite.upkeep.retention import read_retention, write_retention

    invocation.need_store()
    with invocation.writer(Permission.ADMINISTER) as writer:
        with closing(writer.file.reader()) as db:
            settings = read_retention(db)
        wished = msgspec.structs.replace(
            settings,
            recordings_days=settings.recordings_days if recordings_days is None else recordings_days,
            calls_months=settings.calls_months if calls_months is None else calls_months,
        )
        if wished != settings:
            with writer.transaction() as transaction:
                write_retention(transaction, wished)
        if do_apply:
            _apply(invocation, writer)
        else:
            _show(writer, wished)


def _show(writer: Writer, settings: Retention) -> None:
    from backend_client.sqlite.upkeep.retention import due

    for what, kept in (
        (_("recordings"), ngettext("{count} day", "{count} days", settings.recordings_days)),
        (_("who called"), ngettext("{count} month", "{count} months", settings.calls_months)),
    ):
        count = settings.recordings_days if what == _("recordings") else settings.calls_months
        how_long = kept.format(count=number(count)) if count else _("for good")
        click.echo(f"{what}: {how_long}")
    with closing(writer.file.reader()) as db:
        calls, recordings = due(db, settings, int(time.time()))
    if calls or recordings:
        told = _(
            "Past their time: {calls} calls, recordings of {recordings} calls. Take them by: pult retention --apply"
        )
        click.echo(told.format(calls=number(calls), recordings=number(recordings)))


def _apply(invocation: Invocation, writer: Writer) -> None:
    from backend_client.sqlite.access.sessions import session_for
    from backend_client.sqlite.upkeep.retention import retain

    bar = ProgressLine()
    with closing(writer.file.reader()) as db:
        session = session_for(db, invocation.store, invocation.acting_as)
    try:
        done = retain(writer, session, invocation.store, int(time.time()), lambda calls: bar.show(number(calls)))
    finally:
        bar.clear()
    told = _("{calls} calls became nameless, recordings of {recordings} calls were deleted.")
    click.echo(told.format(calls=number(done.calls), recordings=number(done.recordings)), err=True)
    for name in done.kept:
        click.echo(_("Could not be deleted from here: {name}").format(name=name), err=True)
