"""`pult call`: one call with its route and the reason of its status; `pult call add` writes one down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest
from backend_client.model.call import CallDetails, RouteLeg
from backend_client.model.directory import Directories
from backend_client.model.status_rule import RULE_WORDS
from screens import words
from screens.language import _, clock_time, date_and_time, duration, locale, moment
from tui.commands.call_add import add
from tui.invocation import Invocation, pass_invocation


class _ShowsByDefault(click.Group):
    """What is no sub-command is the id of a call that is to be shown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["show", *args])


@click.group(
    "call",
    cls=_ShowsByDefault,
    # --json may stand before the id.
    context_settings={"ignore_unknown_options": True},
    short_help=_("Show one call: its details, route and why it has its status."),
    help=_("Show one call, or write down one that was made outside the telephony.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult call 1284\n  pult call 1284 --json\n"
    "  pult call add 0672220001 --minutes 5",
)  # fmt: skip
def command() -> None:
    """Sub-commands follow."""


command.add_command(add)


@command.command(
    "show",
    short_help=_("Show one call: its details, route and why it has its status."),
    help=_("Show one call: its details, route and why it has its status."),
)
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def show(invocation: Invocation, id: int, as_json: bool) -> None:
    """Print the details of a call."""

    async def ask(backend: Backend) -> tuple[CallDetails, Directories]:
        return await backend.call(CallRequest(id=id)), await backend.directories()

    details, directories = invocation.ask(ask)
    if as_json:
        click.echo(msgspec.json.encode(details))
        return
    regions = {region.key: region.names.get(locale(), region.key) for region in directories.regions}
    rows = [row for row in _rows(details, regions) if row[1]]
    width = max(len(name) for name, _value in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  " + value.replace("\n", "\n" + " " * (width + 2)))
    for leg in details.route:
        click.echo("  " + _route_line(leg, ZoneInfo(details.zone or "UTC")))


def _rows(details: CallDetails, regions: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    call, zone = details.call, ZoneInfo(details.zone or "UTC")
    yield _("Status"), words.status_sign(call).word
    yield _("Direction"), words.DIRECTIONS[call.direction].word
    yield _("From"), words.party_text(call.caller)
    yield _("To"), words.party_text(call.callee)
    yield _("Caller's name"), details.caller_name
    yield _("Employees"), words.employees_text(call)
    for name, instant in ((_("Started"), call.start), (_("Answered"), call.answered), (_("Ended"), call.ended)):
        yield name, "" if instant is None else date_and_time(moment(instant, zone))
    yield _("Waited"), duration(call.wait)
    yield _("Talk"), duration(call.talk)
    yield _("Total"), "" if call.total is None else duration(call.total)
    yield _("Price"), words.price_text(details.price)
    yield _("Line"), call.line
    yield _("Channel"), call.channel
    yield _("Region"), regions.get(details.region, details.region)
    yield _("Call result"), call.result
    yield _("Comment"), details.comment.text
    yield _("Source"), " ".join(filter(None, (details.system, details.source_id)))
    facts = "; ".join(f"{name}: {value}" for name, value in details.reason.facts)
    yield _("Why"), "\n".join(filter(None, (_(RULE_WORDS.get(details.reason.rule, "") or details.reason.rule), facts)))


def _route_line(leg: RouteLeg, zone: ZoneInfo) -> str:
    return "  ".join(
        (
            clock_time(moment(leg.start, zone), seconds=True),
            f"{words.party_text(leg.caller)} → {words.party_text(leg.callee)}",
            _("answered") if leg.answered else _("not answered"),
            duration(leg.talk) if leg.answered else "",
        )
    ).rstrip()
