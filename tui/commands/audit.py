"""`pult audit`: who did what to which call or client."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import msgspec

from backend_client.contract.audit import AuditPage, AuditRequest
from backend_client.contract.backend import Backend
from backend_client.errors import NotFound
from backend_client.model.audit import Deed
from backend_client.model.text import N_
from screens.language import _
from tui.invocation import Invocation, pass_invocation


@click.command(
    "audit",
    short_help=_("Who did what: the audit log."),
    help=_("Who did what to which call or client, newest first: ids and amounts, no names of clients, no numbers.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult audit --limit 20\n  pult audit --deed export --json",
)  # fmt: skip
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000), help=_("how many lines"))
@click.option("--before", type=int, metavar="ID", help=_("lines before this one"))
@click.option(
    "--deed", "deeds", multiple=True, type=click.Choice([one.value for one in Deed if one is not Deed.UNKNOWN]),
    help=_("only this; may be given several times"),
)  # fmt: skip
@click.option("--employee", "who", multiple=True, metavar="NAME", help=_("only what they did; login or name"))
@click.option("--check", is_flag=True, help=_("go through the whole chain of hashes, too"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def command(
    invocation: Invocation,
    limit: int,
    before: int | None,
    deeds: tuple[str, ...],
    who: tuple[str, ...],
    check: bool,
    as_json: bool,
) -> None:
    """Print lines of the log."""

    async def ask(backend: Backend) -> tuple[AuditPage, str, dict[int, str]]:
        employees = (await backend.directories()).employees
        names = {employee.id: employee.name for employee in employees}
        wanted = tuple(one.id for one in employees if {one.login, one.name} & set(who))
        if who and not wanted:
            raise NotFound(N_("There is no employee {name}."), name=", ".join(who))
        kinds = tuple(Deed(deed) for deed in deeds)
        page = await backend.audit(
            AuditRequest(limit=limit, before=before, deeds=kinds, employees=wanted, check=check)
        )  # fmt: skip
        return page, (await backend.clock()).zone, names

    page, zone, names = invocation.ask(ask)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(page)))
        return
    for entry in page.entries:
        at = datetime.fromtimestamp(entry.at, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
        name = names.get(entry.employee_id or 0, "—")
        thing = "" if entry.object_id is None else f"#{entry.object_id}"
        amount = "" if entry.amount is None else str(entry.amount)
        click.echo(f"{entry.id}\t{at}\t{name}\t{entry.deed.value}\t{thing}\t{amount}".rstrip())
    if page.broken is not None:
        click.echo(_("line {id} is not what was written").format(id=page.broken), err=True)
        raise SystemExit(1)
    click.echo(_("head {head}").format(head=page.head or "—"), err=True)
