"""`pult logout`: end the token of a server, there and here."""

from __future__ import annotations

import asyncio

import click

from backend_client.errors import Unauthorised
from screens.language import _
from tui import credentials
from tui.invocation import Invocation, pass_invocation
from tui.remote import address


@click.command(
    "logout",
    short_help=_("Sign out of a server."),
    help=_("Sign out of a server: the token ends.") + "\n\n\b\n" + _("Examples:") + "\n  pult logout https://pult.example.org",
)  # fmt: skip
@click.argument("url", required=False)
@pass_invocation
def command(invocation: Invocation, url: str | None) -> None:
    """End the token on the server; it is forgotten here even where the server does not answer."""
    from backend_client.http.backend import sign_out

    server = address(invocation, url)
    token = credentials.token_for(server)
    credentials.forget(server)
    if token:
        try:
            asyncio.run(sign_out(server, token))
        except Unauthorised:
            # It had ended already.
            pass
    click.echo(_("You are signed out."), err=True)
