"""`pult whoami`: who acts, and what they may."""

from __future__ import annotations

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.model.permissions import Session
from screens.language import _
from tui.invocation import Invocation, pass_invocation


@click.command(
    "whoami",
    short_help=_("Tell who you are here, and what you may."),
    help=_("Tell who you are in this store or on this server, your roles and what they permit.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult whoami\n  pult --remote https://pult.example.org whoami --json",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Name, roles, permissions."""

    async def ask(backend: Backend) -> Session:
        return backend.session

    session = invocation.ask(ask)
    permissions = sorted(permission.value for permission in session.permissions)
    roles = [role.value for role in session.roles]
    if as_json:
        told = {"name": session.name, "employee": session.employee_id, "roles": roles, "permissions": permissions}
        click.echo(msgspec.json.format(msgspec.json.encode(told)))
    else:
        click.echo(f"{session.name}: {', '.join(roles)}\n{', '.join(permissions)}")
