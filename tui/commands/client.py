"""`pult client`: one client – add, show, assign numbers, merge, archive, undo – and lists brought in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.clients import (
    ArchiveClient,
    ClientChange,
    ClientDeed,
    ClientRequest,
    ImportClients,
    MergeClients,
    RegisterClient,
    UndoClientDeed,
    UnlinkNumber,
)
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import Invalid
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientCard, ClientFate, RecordFate
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean, fold
from screens.filter_words import CLIENT_KINDS
from screens.language import _, moment, ngettext, number, short_date
from tui.commands.told_rows import tell_rows
from tui.invocation import Invocation, pass_invocation

FATES = {
    ClientFate.NEW: N_("new"),
    ClientFate.EXTENDED: N_("known, completed"),
    ClientFate.UNCHANGED: N_("known, nothing new"),
    ClientFate.SAME_NAME: N_("left alone: a client of this name has other numbers"),
    ClientFate.TAKEN: N_("left alone: a number belongs to somebody else"),
    ClientFate.REJECTED: N_("cannot be read"),
}
KINDS = click.Choice([ClientKind.PERSON.value, ClientKind.COMPANY.value])


@click.group(
    "client",
    short_help=_("Add, show, change or bring in clients."),
    help=_("Add, show, change or bring in clients. Every change can be undone.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    '  pult client add "Olena Bondar" --number 0672220002\n'
    "  pult client assign 12 0501110003 --person Anna\n"
    "  pult client undo\n"
    "  pult client import clients.xlsx --dry-run",
)  # fmt: skip
def command() -> None:
    """Sub-commands follow."""


as_json = click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))


@command.command("add", short_help=_("Make a client."), help=_("Make a client of a name, with its numbers."))
@click.argument("name")
@click.option("--number", "numbers", multiple=True, metavar="NUMBER", help=_("may be given several times"))
@click.option("--kind", type=KINDS, default=ClientKind.PERSON.value, help=_("person or company"))
@click.option("--responsible", metavar="NAME", default="", help=_("employee: name, login or extension"))
@click.option("--note", metavar="TEXT", default="")
@as_json
@pass_invocation
def add(
    invocation: Invocation,
    name: str,
    numbers: tuple[str, ...],
    kind: str,
    responsible: str,
    note: str,
    as_json: bool,
) -> None:
    """Register a client."""

    async def do(backend: Backend) -> ClientChange:
        return await backend.change_client(
            RegisterClient(
                numbers=numbers, name=name, kind=ClientKind(kind), note=note,
                responsible_id=await employee_of(backend, responsible),
            )
        )  # fmt: skip

    _tell(invocation.ask(do), as_json)


@command.command("show", short_help=_("Show a client's card."), help=_("Show a client's card."))
@click.argument("id", type=int)
@as_json
@pass_invocation
def show(invocation: Invocation, id: int, as_json: bool) -> None:
    """Print the card."""

    async def read(backend: Backend) -> tuple[ClientCard, str, str]:
        card = await backend.client(ClientRequest(id=id))
        clock = await backend.clock()
        return card, clock.zone, clock.home_country

    card, zone, home = invocation.ask(read)
    if as_json:
        click.echo(msgspec.json.encode(card))
        return
    click.echo(f"{card.id}  {card.name}  {_(CLIENT_KINDS[card.kind])}")
    for one in card.numbers:
        click.echo("  " + "  ".join(filter(None, (format_number(one.key, home), card.person(one.person_id)))))
    for line in filter(None, card.note.split("\n")):
        click.echo("  " + line)
    if card.last_call is not None:
        day = short_date(moment(card.last_call, ZoneInfo(zone)).date())
        click.echo("  " + _("calls: {count}, the last one {date}").format(count=number(card.calls), date=day))


@command.command("assign", short_help=_("Give numbers to a client."), help=_("Give numbers to a client that is there."))
@click.argument("id", type=int)
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@click.option("--person", metavar="NAME", default="", help=_("a contact person of the client, found or made"))
@click.option("--move", is_flag=True, help=_("take numbers from other clients, too"))
@as_json
@pass_invocation
def assign(invocation: Invocation, id: int, numbers: tuple[str, ...], person: str, move: bool, as_json: bool) -> None:
    """Link numbers."""

    async def do(backend: Backend) -> ClientChange:
        persons = (await backend.client(ClientRequest(id=id))).persons
        known = next((one.id for one in persons if fold(one.name) == fold(clean(person))), None)
        return await backend.change_client(
            RegisterClient(
                numbers=numbers, client_id=id, person_id=known, person="" if known else person, move=move
            )
        )  # fmt: skip

    _tell(invocation.ask(do), as_json)


@command.command("merge", short_help=_("Make one client of two."), help=_("Give all that OTHER has to client ID."))
@click.argument("id", type=int)
@click.argument("other", type=int)
@as_json
@pass_invocation
def merge(invocation: Invocation, id: int, other: int, as_json: bool) -> None:
    """Merge."""
    _tell(_do(invocation, MergeClients(id=id, other=other)), as_json)


@command.command("unlink", short_help=_("Take a number away."), help=_("Say that a number belongs to no client."))
@click.argument("telephone", metavar="NUMBER")
@as_json
@pass_invocation
def unlink(invocation: Invocation, telephone: str, as_json: bool) -> None:
    """Unlink."""
    _tell(_do(invocation, UnlinkNumber(number=telephone)), as_json)


@command.command("archive", short_help=_("Take a client off the lists."), help=_("Take a client off the lists."))
@click.argument("id", type=int)
@click.option("--back", is_flag=True, help=_("put it back"))
@as_json
@pass_invocation
def archive(invocation: Invocation, id: int, back: bool, as_json: bool) -> None:
    """Archive, or put back."""
    _tell(_do(invocation, ArchiveClient(id=id, archived=not back)), as_json)


@command.command(
    "undo", short_help=_("Undo a change of clients."), help=_("Undo your latest change of clients, or the one of DEED.")
)
@click.argument("deed", type=int, required=False)
@as_json
@pass_invocation
def undo(invocation: Invocation, deed: int | None, as_json: bool) -> None:
    """Undo."""
    change = _do(invocation, UndoClientDeed(deed=deed))
    if as_json:
        click.echo(msgspec.json.encode(change))
    else:
        click.echo(_("Undone."), err=True)


@command.command(
    "import",
    short_help=_("Bring a list of clients in."),
    help=_(
        "Bring clients in from a CSV, XLSX or vCard file. The first row has titles: Name, Phone (several), Kind, "
        "Contact person, Responsible, Note, Known since. Calls after “known since” stop being new; without that "
        "column the clients are known since always. What contradicts the store is told and left alone."
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("only tell what would become of every row"))
@click.option("--same-name", is_flag=True, help=_("a client of the same name with other numbers is the same one"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def import_list(invocation: Invocation, file: Path, dry_run: bool, same_name: bool, as_json: bool) -> None:
    """Import, or rehearse it."""
    from backend_client.ingest.client_list import read_client_file

    async def do(backend: Backend) -> tuple[list[RecordFate], tuple[str, ...]]:
        found = read_client_file(file, ZoneInfo((await backend.clock()).zone))
        fates: list[RecordFate] = list(found.refused)
        # As many at a time as one transaction takes in a quarter of a second.
        step = PAGE_LIMIT if dry_run else 200
        for place in range(0, len(found.records), step):
            part = found.records[place : place + step]
            request = ImportClients(records=part, source=file.name, same_name=same_name, rehearse=dry_run)
            fates += (await backend.import_clients(request)).fates
        return sorted(fates, key=lambda one: one.row), found.ignored

    with invocation.taking_in(rehearse=dry_run) as there:
        fates, ignored = there.ask(do)
    if as_json:
        click.echo(msgspec.json.encode([msgspec.structs.replace(one, reason=_reason(one)) for one in fates]))
    else:
        _tell_fates(fates, ignored)
    if fates and all(one.fate is ClientFate.REJECTED for one in fates):
        click.get_current_context().exit(1)


def _tell_fates(fates: list[RecordFate], ignored: tuple[str, ...]) -> None:
    if ignored:
        click.echo(_("Columns left out: {titles}").format(titles=", ".join(ignored)), err=True)
    if not fates:
        click.echo(_("There are titles, and no row under them."), err=True)
    for fate, count in Counter(one.fate for one in fates).most_common():
        click.echo(f"{count:>8}  {_(FATES.get(fate, fate.value))}")
    tell_rows([(one.row, one.name, _reason(one)) for one in fates if one.reason])


def _reason(fate: RecordFate) -> str:
    return _(fate.reason).format(**fate.fields) if fate.reason else ""


def _do(invocation: Invocation, deed: ClientDeed) -> ClientChange:
    return invocation.ask(lambda backend: backend.change_client(deed))


async def employee_of(backend: Backend, text: str) -> int | None:
    """The employee of this name, login or extension."""
    if not text:
        return None
    wanted = fold(clean(text))
    found = [
        one.id
        for one in (await backend.directories()).employees
        if wanted in (fold(one.name), fold(one.login)) or any(wanted == one.number for one in one.extensions)
    ]
    if len(found) != 1:
        raise Invalid(N_("No one employee is called {name}."), name=text)
    return found[0]


def _tell(change: ClientChange, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(change))
        return
    if change.client is not None:
        click.echo(change.client.id)
        linked = ngettext("{count} call is linked to {name}.", "{count} calls are linked to {name}.", change.calls)
        click.echo(linked.format(count=number(change.calls), name=change.client.name), err=True)
    click.echo(_("Undo it with: pult client undo {deed}").format(deed=change.deed), err=True)
