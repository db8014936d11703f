"""`pult call add`: write down a call that was made outside the telephony (J11)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.calls import LogCall
from backend_client.errors import Invalid
from backend_client.model.call import Call
from backend_client.model.text import N_, clean, fold
from screens.language import _
from tui.invocation import Invocation, pass_invocation

WRITTEN = "%Y-%m-%d %H:%M"


@click.command(
    "add",
    short_help=_("Write down a call made outside the telephony."),
    help=_("Write down a call made outside the telephony, as your own. It is marked “by hand”.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult call add 0672220001 --minutes 5 --comment \"met at the fair\"\n"
    "  pult call add 0672220001 --incoming --at \"2026-11-21 14:05\"",
)  # fmt: skip
@click.argument("telephone", metavar="NUMBER")
@click.option("--incoming", is_flag=True, help=_("they called; by default you did"))
@click.option("--at", metavar="DATE TIME", help=_("when it began, like 2026-11-21 14:05; by default it ended just now"))
@click.option(
    "--minutes", type=click.FloatRange(0, 1440), default=0.0, help=_("how long you talked; 0: nobody answered")
)
@click.option("--result", metavar="NAME", default="", help=_("with what outcome"))
@click.option("--comment", metavar="TEXT", default="")
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def add(
    invocation: Invocation,
    telephone: str,
    incoming: bool,
    at: str | None,
    minutes: float,
    result: str,
    comment: str,
    as_json: bool,
) -> None:
    """Write the call down; its id goes to stdout."""
    talk = round(minutes * 60)

    async def do(backend: Backend) -> Call:
        clock = await backend.clock()
        start = clock.now - talk if at is None else _instant(at, ZoneInfo(clock.zone))
        return await backend.log_call(
            LogCall(
                number=telephone, outgoing=not incoming, start=start, talk=talk, comment=comment,
                result_id=await _result(backend, result),
            )
        )  # fmt: skip

    call = invocation.ask(do)
    click.echo(msgspec.json.encode(call) if as_json else call.id)


def _instant(text: str, zone: ZoneInfo) -> int:
    try:
        return int(datetime.strptime(text.strip(), WRITTEN).replace(tzinfo=zone).timestamp())
    except ValueError:
        raise click.UsageError(_("The start is written like {example}.").format(example="2026-11-21 14:05")) from None


async def _result(backend: Backend, name: str) -> int | None:
    if not clean(name):
        return None
    results = (await backend.directories()).results
    found = next((one.id for one in results if fold(one.name) == fold(clean(name))), None)
    if found is None:
        raise Invalid(N_("There is no call result {name}."), name=name)
    return found
