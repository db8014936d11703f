"""`pult tariffs`: what calls cost by prefix, where the records bring no prices."""

from __future__ import annotations

import io
from pathlib import Path

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.tariffs import ChangeTariffs, Tariffs
from backend_client.errors import Invalid
from backend_client.ingest.tariff_list import read_tariff_file, write_tariff_file
from backend_client.model.tariff import Tariff, amount_of
from backend_client.model.text import N_
from screens.language import _, money, ngettext, number
from tui.commands.calls import fit
from tui.invocation import Invocation, pass_invocation

currency_option = click.option("--currency", metavar="ISO", default="", help=_("such as UAH"))
step_option = click.option(
    "--step", type=click.IntRange(1, 3600), default=1, help=_("seconds; each begun step is counted whole")
)


@click.group(
    "tariffs",
    invoke_without_command=True,
    short_help=_("Show or change what calls cost by prefix."),
    help="\n\n".join(
        (
            _("Show or change what calls cost by prefix."),
            _(
                "Outgoing calls to which the records bring no price are priced by the longest prefix of the number "
                "that is here. Another tariff holds at once, for calls of the past too."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult tariffs\n"
            "  pult tariffs set 38067 0.85 --currency UAH --step 60 --name Kyivstar\n"
            "  pult tariffs import prices.csv --replace --currency UAH\n"
            "  pult tariffs --csv > prices.csv",
        )
    ),
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@click.option("--csv", "as_csv", is_flag=True, help=_("CSV that can be imported again"))
@click.pass_context
@pass_invocation
def command(invocation: Invocation, ctx: click.Context, as_json: bool, as_csv: bool) -> None:
    """Without a sub-command: print them."""
    if ctx.invoked_subcommand is not None:
        return
    tariffs = invocation.ask(lambda backend: backend.tariffs()).tariffs
    if as_json:
        click.echo(msgspec.json.encode(tariffs))
    elif as_csv:
        out = io.StringIO()
        write_tariff_file(tariffs, out)
        click.echo(out.getvalue(), nl=False)
    else:
        for one in tariffs:
            price = "—" if one.per_minute is None else money(one.per_minute, one.currency)
            per = _("per minute, by {step} s").format(step=number(one.step))
            click.echo(f"{fit(one.prefix, 15)}  {fit(one.name, 30)}  {price} {per}".rstrip())


def _change(invocation: Invocation, request: ChangeTariffs) -> Tariffs:
    async def do(backend: Backend) -> Tariffs:
        return await backend.change_tariffs(request)

    return invocation.ask(do)


@command.command("set", short_help=_("Set the price of a prefix."), help=_("Set the price of a minute to a prefix."))
@click.argument("prefix")
@click.argument("price")
@click.option("--name", metavar="TEXT", default="")
@currency_option
@step_option
@pass_invocation
def set_one(invocation: Invocation, prefix: str, price: str, name: str, currency: str, step: int) -> None:
    """Put one in."""
    amount = amount_of(price)
    if amount is None:
        raise Invalid(N_("“{value}” is no amount."), N_("Write it like 0.85."), value=price)
    tariff = Tariff(prefix=prefix, name=name, per_minute=amount, step=step, currency=currency)
    _change(invocation, ChangeTariffs(put=(tariff,)))


@command.command("remove", short_help=_("Take prefixes out."), help=_("Take prefixes out."))
@click.argument("prefixes", nargs=-1, required=True, metavar="PREFIX...")
@pass_invocation
def remove(invocation: Invocation, prefixes: tuple[str, ...]) -> None:
    """Take some out."""
    _change(invocation, ChangeTariffs(remove=prefixes))


@command.command(
    "import",
    short_help=_("Read a price list."),
    help=_("Read a price list out of CSV or XLSX: prefix, name, per_minute, step, currency; whole or not at all."),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help=_("take all other prefixes out"))
@currency_option
@step_option
@pass_invocation
def import_file(invocation: Invocation, file: Path, replace: bool, currency: str, step: int) -> None:
    """Put a list in."""
    tariffs = read_tariff_file(file, currency, step)
    _change(invocation, ChangeTariffs(put=tariffs, replace=replace))
    told = ngettext("{count} tariff was read.", "{count} tariffs were read.", len(tariffs))
    click.echo(told.format(count=number(len(tariffs))), err=True)
