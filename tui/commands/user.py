"""`pult user`: the accounts of a server, kept on its own machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import click
import msgspec

from backend_client.model.permissions import Permission, Role
from screens.language import _
from tui.invocation import Invocation, pass_invocation

ROLES = click.Choice([role.value for role in Role if role is not Role.UNKNOWN])


@click.group(
    "user",
    short_help=_("Accounts for signing in to this store's server."),
    help=_("Accounts for signing in to this store's server. An account is an employee with a login.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult user add vira --name \"Vira\" --role head\n"
    "  pult user list\n"
    "  pult user token vira --name crm --days 365 --only export --only all-calls",
)  # fmt: skip
def command() -> None:
    """Sub-commands follow."""


def _password(stdin: bool) -> str:
    from backend_client.sqlite.access.accounts import hash_password

    if stdin:
        return hash_password(sys.stdin.readline().rstrip("\n"))
    return hash_password(click.prompt(_("Password"), hide_input=True, confirmation_prompt=_("Once more"), err=True))


password_stdin = click.option(
    "--password-stdin", is_flag=True, help=_("read the password from the first line of stdin")
)


@command.command("add", short_help=_("Give somebody an account."), help=_("Give somebody an account."))
@click.argument("login")
@click.option("--name", metavar="NAME", help=_("the employee's name; found among the employees, or made"))
@click.option("--role", "roles", multiple=True, type=ROLES, help=_("role; may be given several times"))
@click.option("--no-password", is_flag=True, help=_("tokens only"))
@password_stdin
@pass_invocation
def add(
    invocation: Invocation,
    login: str,
    name: str | None,
    roles: tuple[str, ...],
    no_password: bool,
    password_stdin: bool,
) -> None:
    """Make the account, and the employee where there is none."""
    from backend_client.model.audit import Deed
    from backend_client.sqlite.access.accounts import employee_for, put_account
    from backend_client.sqlite.access.audit import record

    invocation.need_store()
    hashed = None if no_password else _password(password_stdin)
    now = int(time.time())
    with invocation.administering() as (writer, session), writer.transaction() as transaction:
        employee = employee_for(transaction, login, name or "", tuple(Role(role) for role in roles))
        put_account(transaction, employee, hashed, now)
        record(transaction, session, Deed.ACCOUNT, now, object_id=employee)
    click.echo(_("{login} may sign in now.").format(login=login), err=True)


@command.command("list", short_help=_("Tell every account."), help=_("Tell every account."))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """Accounts and their tokens in force."""
    from backend_client.sqlite.access.accounts import list_accounts, list_tokens

    now = int(time.time())
    with invocation.administering() as (writer, _session), closing(writer.file.reader()) as db:
        accounts = [(account, list_tokens(db, account.employee_id, now)) for account in list_accounts(db)]
    if as_json:
        told = [{**msgspec.to_builtins(account), "tokens": tokens} for account, tokens in accounts]
        click.echo(msgspec.json.format(msgspec.json.encode(told)))
        return
    for account, tokens in accounts:
        state = _("disabled") if account.disabled else "" if account.password else _("tokens only")
        click.echo(f"{account.login}\t{account.name}\t{', '.join(account.roles)}\t{state}".rstrip())
        for one in tokens:
            until = datetime.fromtimestamp(one.expires, UTC).date().isoformat()
            click.echo("\t" + _("token {id} “{name}” until {day}").format(id=one.id, name=one.name, day=until))


@command.command("passwd", short_help=_("Change a password."), help=_("Change a password; every token of theirs ends."))
@click.argument("login")
@password_stdin
@pass_invocation
def passwd(invocation: Invocation, login: str, password_stdin: bool) -> None:
    """Another password."""
    from backend_client.sqlite.access.accounts import put_account

    invocation.need_store()
    hashed = _password(password_stdin)
    _change(invocation, login, lambda transaction, employee, now: put_account(transaction, employee, hashed, now))
    click.echo(_("The password is changed."), err=True)


@command.command(
    "disable", short_help=_("Let somebody sign in no more."), help=_("Let somebody sign in no more; their tokens end.")
)
@click.argument("login")
@pass_invocation
def disable(invocation: Invocation, login: str) -> None:
    """Close the account."""
    from backend_client.sqlite.access.accounts import disable_account

    _change(invocation, login, disable_account)
    click.echo(_("{login} cannot sign in any more.").format(login=login), err=True)


@command.command(
    "token",
    short_help=_("Give out or end a token for a program."),
    help=_("Give out a token for a program, told this once on stdout, or end one."),
)
@click.argument("login")
@click.option("--name", default="", metavar="NAME", help=_("what it is for"))
@click.option("--days", default=30.0, show_default=True, help=_("how long it is valid"))
@click.option(
    "--only", multiple=True, type=click.Choice([one.value for one in Permission if one is not Permission.UNKNOWN]),
    help=_("all that it may, of what its owner may; may be given several times"),
)  # fmt: skip
@click.option("--end", type=int, metavar="ID", help=_("end this token instead"))
@pass_invocation
def token(invocation: Invocation, login: str, name: str, days: float, only: tuple[str, ...], end: int | None) -> None:
    """A token, or its end."""
    from backend_client.sqlite.access.accounts import issue_token, revoke_tokens

    if end is not None:
        ended = _change(invocation, login, lambda tx, employee, now: revoke_tokens(tx, employee, now, end))
        click.echo(_("The token has ended.") if ended else _("There is no such token in force."), err=True)
        return
    narrowed = tuple(Permission(one) for one in only) or None
    click.echo(
        _change(
            invocation, login,
            lambda tx, employee, now: issue_token(tx, employee, now, days=days, name=name, only=narrowed),
        )
    )  # fmt: skip


def _change(invocation: Invocation, login: str, deed: Callable[..., object]) -> object:
    from backend_client.model.audit import Deed
    from backend_client.sqlite.access.accounts import employee_of_login
    from backend_client.sqlite.access.audit import record

    now = int(time.time())
    with invocation.administering() as (writer, session), writer.transaction() as transaction:
        employee = employee_of_login(transaction.db, login)
        done = deed(transaction, employee, now)
        record(transaction, session, Deed.ACCOUNT, now, object_id=employee)
    return done
