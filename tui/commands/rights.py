"""`pult rights`: what each role may in this store, and what of it an administrator changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import click
import msgspec
from msgspec.structs import replace

from backend_client.errors import Invalid, NotFound
from backend_client.model.permissions import Permission, Role
from backend_client.model.rights import MAY_BE_GIVEN, MAY_BE_NARROWED, MAY_BE_TAKEN, People, RightsSettings
from backend_client.model.text import N_
from screens.language import _
from tui.invocation import Invocation, pass_invocation

_ROLES = [role for role in Role if role is not Role.UNKNOWN]
ROLE = click.Choice([role.value for role in _ROLES])
CHANGEABLE = click.Choice(sorted(one.value for one in {*MAY_BE_TAKEN, *MAY_BE_GIVEN}))


@click.group(
    "rights",
    invoke_without_command=True,
    short_help=_("What each role may, and changes to it."),
    help=_("What each role may in this store. Prices, listening and downloading can be taken from a role, own exports "
           "given to operators and accountants, listening and downloading left to some people only.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult rights\n"
    "  pult rights take see-price operator accountant\n"
    "  pult rights give export operator\n"
    "  pult rights only listen --employee vira --department Sales\n"
    "  pult rights only listen --everybody",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Without a sub-command: the table."""
    if ctx.invoked_subcommand is None:
        _show(ctx.ensure_object(Invocation), as_json)


def _show(invocation: Invocation, as_json: bool) -> None:
    from contextlib import closing

    from backend_client.sqlite.access.rights import read_rights
    from backend_client.sqlite.directory import read_directories
    from backend_client.sqlite.file import open_file

    invocation.need_store()
    with closing(open_file(invocation.store, create=False)) as file, closing(file.reader()) as db:
        rights = read_rights(db)
        names = {employee.id: employee.name for employee in read_directories(db).employees}
    may = {role: rights.of_role(role) for role in _ROLES}
    if as_json:
        told = {
            "roles": {role.value: sorted(may[role]) for role in _ROLES},
            "only": {
                permission: {"employees": [names.get(id, str(id)) for id in people.employees],
                             "departments": people.departments}
                for permission, people in rights.only.items()
            },
        }  # fmt: skip
        click.echo(msgspec.json.format(msgspec.json.encode(told)))
        return
    width = max(len(one) for one in Permission) + 1
    click.echo(" " * width + "  ".join(role.value for role in _ROLES))
    for permission in Permission:
        if permission is not Permission.UNKNOWN:
            marks = "  ".join(("+" if permission in may[role] else "·").ljust(len(role.value)) for role in _ROLES)
            click.echo(f"{permission.value:<{width}}{marks}".rstrip())
    for permission_name, people in rights.only.items():
        who = ", ".join([*(names.get(id, str(id)) for id in people.employees), *people.departments])
        click.echo(_("{permission}: only {who}").format(permission=permission_name, who=who))


def _changes(table: str, allowed: Callable[[Permission, Role], bool], take: bool) -> Callable[..., RightsSettings]:
    """A function that puts roles into a table of the settings, or takes them out of the opposite one."""

    def change(rights: RightsSettings, permission: Permission, roles: Sequence[Role]) -> RightsSettings:
        before: dict[str, tuple[str, ...]] = getattr(rights, table)
        now = set(before.get(permission.value, ()))
        for role in roles:
            if not allowed(permission, role):
                raise Invalid(
                    N_("{permission} of {role} is fixed."), N_("pult rights --help tells what can be changed."),
                    permission=permission.value, role=role.value,
                )  # fmt: skip
            (now.add if take else now.discard)(role.value)
        after = {name: value for name, value in before.items() if name != permission.value}
        if now:
            after[permission.value] = tuple(sorted(now))
        return replace(rights, **{table: after})

    return change


def _may_take(permission: Permission, role: Role) -> bool:
    return permission in MAY_BE_TAKEN


def _may_give(permission: Permission, role: Role) -> bool:
    return role in MAY_BE_GIVEN.get(permission, ())


def _store(invocation: Invocation, change: Callable[[RightsSettings], RightsSettings]) -> None:
    from backend_client.model.audit import Deed
    from backend_client.sqlite.access.audit import record
    from backend_client.sqlite.access.rights import read_rights, write_rights

    with invocation.administering() as (writer, session), writer.transaction() as transaction:
        before = read_rights(transaction.db)
        after = change(before)
        if after != before:
            write_rights(transaction, after)
            record(transaction, session, Deed.RIGHTS, int(time.time()))
    click.echo(_("A server follows from the next request on, a console of the store from its next start."), err=True)


@command.command("take", short_help=_("Take a right from roles."), help=_("Take a right from roles."))
@click.argument("permission", type=CHANGEABLE)
@click.argument("roles", nargs=-1, required=True, type=ROLE)
@pass_invocation
def take(invocation: Invocation, permission: str, roles: Sequence[str]) -> None:
    """What was given goes; what the matrix has is taken."""
    one = Permission(permission)
    change = _changes("taken", _may_take, True) if one in MAY_BE_TAKEN else _changes("given", _may_give, False)
    _store(invocation, lambda rights: change(rights, one, [Role(role) for role in roles]))


@command.command("give", short_help=_("Give a right to roles."), help=_("Give a right to roles."))
@click.argument("permission", type=CHANGEABLE)
@click.argument("roles", nargs=-1, required=True, type=ROLE)
@pass_invocation
def give(invocation: Invocation, permission: str, roles: Sequence[str]) -> None:
    """What was taken comes back; what the matrix has not is given."""
    one = Permission(permission)
    change = _changes("taken", _may_take, False) if one in MAY_BE_TAKEN else _changes("given", _may_give, True)
    _store(invocation, lambda rights: change(rights, one, [Role(role) for role in roles]))


@command.command(
    "only",
    short_help=_("Leave a right to some people only."),
    help=_(
        "Leave listening or downloading to these people only, whatever their role; the list replaces the one before."
    ),
)
@click.argument("permission", type=click.Choice(sorted(one.value for one in MAY_BE_NARROWED)))
@click.option("--employee", "employees", multiple=True, metavar="NAME", help=_("login, name or extension"))
@click.option("--department", "departments", multiple=True, metavar="NAME", help=_("everybody of a department"))
@click.option("--everybody", is_flag=True, help=_("everybody whose role has it, as by default"))
@pass_invocation
def only(
    invocation: Invocation, permission: str, employees: Sequence[str], departments: Sequence[str], everybody: bool
) -> None:
    """Narrow to a list, or end the narrowing."""
    if everybody == bool(employees or departments):
        raise click.UsageError(_("Name people, or --everybody."))
    people = None if everybody else _people(invocation, employees, departments)

    def change(rights: RightsSettings) -> RightsSettings:
        kept = {name: value for name, value in rights.only.items() if name != permission}
        return replace(rights, only=kept if people is None else {**kept, permission: people})

    _store(invocation, change)


def _people(invocation: Invocation, employees: Sequence[str], departments: Sequence[str]) -> People:
    """By what people are called. Raises NotFound, Invalid."""
    from contextlib import closing

    from backend_client.sqlite.access.sessions import session_for
    from backend_client.sqlite.directory import read_directories

    with invocation.administering() as (writer, _session), closing(writer.file.reader()) as db:
        ids = [session_for(db, invocation.store, name).employee_id or 0 for name in employees]
        known = read_directories(db).departments
    for department in departments:
        if department not in known:
            raise NotFound(N_("There is no department {name}."), name=department)
    return People(employees=tuple(sorted(set(ids))), departments=tuple(sorted(set(departments))))
