"""`pult plan`: the outbound plan as data, and what is done to its tasks."""

from __future__ import annotations

from datetime import date

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.tasks import TaskCard, TaskList, TaskListRequest, TaskRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.model.directory import Directories
from backend_client.model.phone import format_number
from backend_client.model.task import Task, TaskFilter, TaskOrder, TaskState
from screens.language import _, counted, short_date
from tui.commands import plan_deeds, plan_import, plan_report
from tui.commands.calls import fit
from tui.commands.plan_arguments import client_of, people_of, period_of
from tui.commands.whole_json import whole_json
from tui.invocation import Invocation, pass_invocation

_STATES = [state.value for state in TaskState if state is not TaskState.UNKNOWN]
_ORDERS = [order.value for order in TaskOrder if order is not TaskOrder.UNKNOWN]


@click.group(
    "plan",
    short_help=_("The outbound plan: its tasks and its report."),
    help=_("The outbound plan: calls to make, what became of them, and the report. An operator sees the own tasks.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult plan import tasks.xlsx --dry-run\n"
    "  pult plan list --json\n"
    "  pult plan add tomorrow --client Stroysnab --operator olena\n"
    "  pult plan done 12 --order A-7 --amount 1250\n"
    '  pult plan postpone 12 +1w --text "on holiday"\n'
    "  pult plan report --period this-month",
)  # fmt: skip
def command() -> None:
    """The group."""


for _one in (*plan_deeds.COMMANDS, *plan_import.COMMANDS, plan_report.report):
    command.add_command(_one)


@command.command(
    "list",
    short_help=_("List tasks."),
    help=_(
        "List tasks in the order of work: overdue ones, then those longest since their last delivery, then by time. "
        "Without a date: the open ones of today and before."
    ),
)
@click.option("--date", "contact", metavar="DAYS", default="", help=_("contact date: a day, a named period, from..to"))
@click.option("--delivery", metavar="DAYS", default="", help=_("plan date, likewise"))
@click.option("--operator", "operators", multiple=True, metavar="NAME", help=_("whose task; several times: any"))
@click.option("--manager", "managers", multiple=True, metavar="NAME", help=_("account manager; several times: any"))
@click.option("--client", metavar="NAME", default="", help=_("name or #id of a client"))
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help=_("state; several times: any"))
@click.option("--overdue", is_flag=True, help=_("open, and the contact date has gone by"))
@click.option("--without-call", is_flag=True, help=_("no call is attached"))
@click.option("--mine", is_flag=True, help=_("your own"))
@click.option("--all", "everything", is_flag=True, help=_("closed ones and all dates too"))
@click.option("--search", metavar="TEXT", default="", help=_("part of a client, number, address or order"))
@click.option("--order", type=click.Choice(_ORDERS), default=TaskOrder.WORK.value, help=_("how they are sorted"))
@click.option("--descending", is_flag=True, help=_("the other way round"))
@click.option("--limit", type=click.IntRange(min=0), default=200, show_default=True, metavar="N")
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def list_tasks(
    invocation: Invocation,
    contact: str,
    delivery: str,
    operators: tuple[str, ...],
    managers: tuple[str, ...],
    client: str,
    states: tuple[str, ...],
    overdue: bool,
    without_call: bool,
    mine: bool,
    everything: bool,
    search: str,
    order: str,
    descending: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Print them."""

    async def ask(backend: Backend) -> tuple[TaskList, Directories, str]:
        clock = await backend.clock()
        today = clock.today
        bounded = contact or delivery or states or overdue or everything or search or client
        chosen = period_of(contact or ("" if bounded else f"..{today}"), today) if contact or not bounded else None
        of_client = await client_of(backend, client)
        wanted = TaskFilter(
            contact=chosen, delivery=period_of(delivery, today) if delivery else None,
            operators=await people_of(backend, operators), managers=await people_of(backend, managers),
            clients=() if of_client is None else (of_client,), states=tuple(map(TaskState, states)),
            overdue=True if overdue else None, called=False if without_call else None, mine=mine, search=search,
            open=None if bounded else True,
        )  # fmt: skip
        request = TaskListRequest(filter=wanted, order=TaskOrder(order), descending=descending)
        return await _pages(backend, request, limit), await backend.directories(), clock.home_country

    found, directories, home = invocation.ask(ask)
    if as_json:
        click.echo(whole_json(found.rows))
        return
    _print(found, directories, home)


async def _pages(backend: Backend, request: TaskListRequest, limit: int) -> TaskList:
    """As many as asked for, a page at a time."""
    rows: list[Task] = []
    while True:
        step = min(PAGE_LIMIT, limit - len(rows))
        page = await backend.tasks(msgspec.structs.replace(request, offset=len(rows), limit=step))
        rows += page.rows
        if len(rows) >= limit or len(page.rows) < step:
            return msgspec.structs.replace(page, rows=tuple(rows))


def _print(found: TaskList, directories: Directories, home: str) -> None:
    names = {one.id: one.name for one in directories.employees}
    for task in found.rows:
        click.echo(_line(task, names, home))
    if not found.rows:
        click.echo(_("No task is like this."), err=True)
    elif found.total > len(found.rows):
        total = counted(found.total, found.exact)
        click.echo(_("{shown} of {total}; --limit shows more.").format(shown=len(found.rows), total=total), err=True)


def _line(task: Task, names: dict[int, str], home: str) -> str:
    # It draws, so it costs 0.3 s, which --json does without.
    from screens.plan.task_words import client_text, state_pieces

    state = "".join(text for text, _role in state_pieces(task))
    when = f"{short_date(date.fromisoformat(task.contact_date))} {task.contact_time}".rstrip()
    return (
        f"{task.id:>8}  {when:<16} {fit(state, 24)}  {fit(client_text(task, home), 28)}  "
        f"{fit(format_number(task.number, home), 18)}  {fit(names.get(task.operator_id or 0, '—'), 18)}  {task.address}"
    ).rstrip()


@command.command("show", short_help=_("Show a task."), help=_("Show a task with its history and its calls."))
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def show(invocation: Invocation, id: int, as_json: bool) -> None:
    """Print one."""

    async def ask(backend: Backend) -> tuple[TaskCard, Directories, str, str]:
        clock = await backend.clock()
        card = await backend.task(TaskRequest(id=id))
        return card, await backend.directories(), clock.home_country, clock.zone

    card, directories, home, zone = invocation.ask(ask)
    if as_json:
        click.echo(whole_json(card))
        return
    _print_card(card, directories, home, zone)


def _print_card(card: TaskCard, directories: Directories, home: str, zone: str) -> None:
    from zoneinfo import ZoneInfo

    from screens.language import date_and_time, moment
    from screens.plan.task_words import EVENTS
    from tui.commands.calls import call_line

    names = {one.id: one.name for one in directories.employees}
    reasons = {one.id: one.name for one in directories.reasons}
    click.echo(_line(card.task, names, home))
    for line in card.history:
        when = date_and_time(moment(line.at, ZoneInfo(zone)))
        moved = f"{line.from_date} → {line.to_date}" if line.from_date not in ("", line.to_date) else ""
        given = names.get(line.to_operator, "—") if line.to_operator else ""
        why = ", ".join(filter(None, (moved, given, reasons.get(line.reason_id or 0, ""), line.text)))
        click.echo(f"  {when}  {line.author}: {_(EVENTS[line.event])}{f' ({why})' if why else ''}")
    for call in card.attempts:
        click.echo(call_line(call, ZoneInfo(zone)))
