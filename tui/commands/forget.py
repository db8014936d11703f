"""`pult forget`: erase a person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from backend_client.errors import Invalid, NotFound
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    import sqlite3

    from backend_client.sqlite.upkeep.erasure import Erased


@click.command(
    "forget",
    short_help=_("Erase a person: number or client, with records, comments and recordings."),
    help="\n\n".join(
        (
            _("Erase a person for good: a telephone number, or a client (by name or id:NUMBER) with all numbers."),
            _("The number, caller ids, raw records, comments, the client and recordings on this machine are erased; "
              "the calls stay in all counts as those of a nameless number. If the records are imported again or an "
              "older copy is restored, they are erased again. The audit log says that it was done, not to whom."),
            "\b\n" + _("Examples:") + "\n"
            "  pult forget +380671234567\n"
            '  pult forget "Olena Bondar"\n'
            "  pult forget --yes id:1284",
        )
    ),
)  # fmt: skip
@click.argument("who")
@click.option("--yes", is_flag=True, help=_("do not ask"))
@click.option("--everywhere", is_flag=True, help=_("also look through the records of all other calls (minutes)"))
@pass_invocation
def command(invocation: Invocation, who: str, yes: bool, everywhere: bool) -> None:
    """Find who is meant, ask, erase, and tell what is left to do by hand."""
    from contextlib import closing

    from backend_client.sqlite.access.sessions import session_for
    from backend_client.sqlite.recordings import delete_recordings
    from backend_client.sqlite.upkeep.erasure import forget, forget_everywhere

    invocation.need_store()
    kept: list[str] = []

    with invocation.writer(Permission.ADMINISTER) as writer:
        with closing(writer.file.reader()) as db:
            session = session_for(db, invocation.store, invocation.acting_as)
            keys, clients, calls = _meant(db, who)
        if not yes:
            text = ngettext(
                "{count} call becomes nameless. This cannot be undone. Go on?",
                "{count} calls become nameless. This cannot be undone. Go on?", calls,
            )  # fmt: skip
            click.confirm(text.format(count=number(calls)), abort=True, err=True)
        erased = forget(
            writer, session, keys, clients, now=int(time.time()),
            before=lambda db, ids: kept.extend(delete_recordings(db, invocation.store, ids)),
        )  # fmt: skip
        elsewhere = forget_everywhere(writer, keys) if everywhere else 0
    _tell(erased, elsewhere, kept)


def _meant(db: sqlite3.Connection, who: str) -> tuple[list[str], list[int], int]:
    """Number keys, client ids, and how many calls they have. Raises NotFound, Invalid."""
    from backend_client.model.phone import NumberKind, number_key
    from backend_client.model.text import fold
    from backend_client.sqlite.settings import read_derive_settings

    if who.startswith("id:") and who[3:].isdigit():
        found = db.execute("SELECT id FROM client WHERE id = ?", (int(who[3:]),)).fetchall()
    else:
        found = db.execute("SELECT id FROM client WHERE fold = ? AND merged_into IS NULL", (fold(who),)).fetchall()
    if len(found) > 1:
        ids = ", ".join(f"id:{id}" for (id,) in found)
        raise Invalid(N_("Several clients are called {name}: {ids}."), N_("Name one by its id."), name=who, ids=ids)
    if found:
        (client,) = found[0]
        calls = db.execute(
            "SELECT count(*) FROM call WHERE number_id IN (SELECT id FROM number WHERE client_id = ?)", (client,)
        ).fetchone()[0]
        return [], [client], calls
    key = number_key(who, read_derive_settings(db).home_country)
    if (
        key.kind in (NumberKind.WITHHELD, NumberKind.SIP)
        and not db.execute("SELECT 1 FROM number WHERE key = ?", (key.key,)).fetchone()
    ):
        raise NotFound(
            N_("There is no client and no number {who}."),
            N_("Write the number with its country code, or find the client's id on its card."),
            who=who,
        )
    calls = db.execute(
        "SELECT count(*) FROM call WHERE number_id = (SELECT id FROM number WHERE key = ?)", (key.key,)
    ).fetchone()[0]
    return [key.key], [], calls


def _tell(erased: Erased, elsewhere: int, kept: list[str]) -> None:
    text = ngettext("Forgotten: {count} call is nameless now.", "Forgotten: {count} calls are nameless now.",
                    erased.calls + elsewhere)  # fmt: skip
    click.echo(text.format(count=number(erased.calls + elsewhere)), err=True)
    if erased.other_numbers:
        click.echo(_("The client has other numbers and stays; the client's name erases all of them."), err=True)
    if not erased.log_cut:
        click.echo(_("Somebody reads an old state of the store, so its log still holds the erased data. Close the "
                     "other consoles and run pult forget again."), err=True)  # fmt: skip
    if kept:
        text = ngettext("{count} recording could not be deleted from here:",
                        "{count} recordings could not be deleted from here:", len(kept))  # fmt: skip
        click.echo(text.format(count=number(len(kept))), err=True)
        for name in kept:
            click.echo(f"  {name}", err=True)
    click.echo(
        _("Backups made before hold the data until they are deleted; restored, they are erased again."), err=True
    )
