"""`pult login`: a token for a server, against login and password."""

from __future__ import annotations

import asyncio
import platform
import sys

import click

from screens.language import _
from tui import credentials
from tui.invocation import Invocation, pass_invocation
from tui.remote import address


@click.command(
    "login",
    short_help=_("Sign in to a server."),
    help=_("Sign in to a server. The password is asked for; what is kept is a token that expires.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult login https://pult.example.org\n"
    "  pult --remote https://pult.example.org",
)  # fmt: skip
@click.argument("url", required=False)
@click.option("--user", "login", metavar="LOGIN", help=_("your login; asked for if left out"))
@click.option("--password-stdin", is_flag=True, help=_("read the password from the first line of stdin"))
@pass_invocation
def command(invocation: Invocation, url: str | None, login: str | None, password_stdin: bool) -> None:
    """Ask for the password, and keep the token."""
    from backend_client.http.backend import sign_in
    from backend_client.http.sign_in import SignIn

    server = address(invocation, url)
    login = login or click.prompt(_("Login"), err=True)
    password = (
        sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt(_("Password"), hide_input=True, err=True)
    )
    signed_in = asyncio.run(sign_in(server, SignIn(login=login, password=password, device=platform.node())))
    kept = credentials.keep(server, signed_in.token)
    click.echo(_("You are signed in as {name}.").format(name=signed_in.session.name), err=True)
    click.echo(_("The token is kept in {place}.").format(place=kept), err=True)
