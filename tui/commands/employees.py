"""`pult employees`: who makes and takes calls."""

from __future__ import annotations

import click
import msgspec

from screens.language import _
from tui.commands.calls import fit
from tui.invocation import Invocation, pass_invocation


@click.command(
    "employees",
    short_help=_("List employees with their internal numbers."),
    help=_("List employees with their internal numbers.") + "\n\n\b\n" + _("Examples:") + "\n  pult employees --json",
)
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Print them."""
    employees = invocation.ask(lambda backend: backend.directories()).employees
    if as_json:
        click.echo(msgspec.json.encode(employees))
        return
    for one in employees:
        numbers = ", ".join(extension.number for extension in one.extensions if extension.until is None)
        notes = (one.login, one.department, "" if one.active else _("not active"))
        click.echo(f"{one.id:>6}  {fit(one.name, 30)}  {fit(numbers, 12)}  {' · '.join(filter(None, notes))}".rstrip())
