"""`pult plan add`, `done`, `postpone` and the other deeds on tasks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.directories import EditReason
from backend_client.contract.tasks import (
    AddTask,
    ConfirmDrop,
    DoneTask,
    DropTask,
    MissTask,
    PostponeTask,
    RefuseTask,
    ReopenTask,
    ReturnTask,
    SkippedTask,
    TaskChange,
    TaskDeed,
    TaskRequest,
    reassignments,
)
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import Invalid, NotFound
from backend_client.model.directory import Directories
from backend_client.model.task import Task, TaskFilter
from backend_client.model.task_event import REASONED, TaskEvent, TaskReason
from backend_client.model.text import N_, fold
from screens.language import _, ngettext
from tui.commands.plan_arguments import client_of, iso_day, operator_of, people_of, reason_of
from tui.commands.whole_json import whole_json
from tui.invocation import Invocation, pass_invocation

as_json = click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
_text = click.option("--text", metavar="TEXT", default="", help=_("a remark"))
_reason = click.option("--reason", metavar="NAME", default="", help=_("of the list of reasons"))
_why = click.option("--text", metavar="TEXT", default="", help=_("the reason in words"))
_id = click.argument("id", type=int)


def _amount(text: str) -> int | None:
    """Millionths of a sum. Raises Invalid."""
    from backend_client.model.tariff import amount_of

    amount = amount_of(text) if text else None
    if text and amount is None:
        raise Invalid(N_("{text} is no amount."), text=text)
    return amount


def _do(invocation: Invocation, id: int, json: bool, made: Callable[[Backend, Task, str], Awaitable[TaskDeed]]) -> None:
    """Do to a task, as it stands now, what `made` makes of it and of today."""

    async def do(backend: Backend) -> TaskChange:
        task = (await backend.task(TaskRequest(id=id))).task
        return await backend.change_task(await made(backend, task, (await backend.clock()).today))

    _tell(invocation.ask(do), json)


def _tell(change: TaskChange, json: bool) -> None:
    if json:
        click.echo(whole_json(change))
    elif change.task is None:
        # It draws, so it costs 0.3 s, which --json does without.
        from screens.plan.task_words import SKIPS

        told = ngettext("{count} task was changed.", "{count} tasks were changed.", change.changed)
        click.echo(told.format(count=change.changed), err=True)
        for one in change.skipped:
            click.echo(_("task {id} stays as it is: {reason}").format(id=one.id, reason=_(SKIPS[one.why])), err=True)
    else:
        task = change.task
        click.echo(task.id)
        name = task.client or task.number
        click.echo(f"{name}: {task.state.value}, {task.contact_date} {task.contact_time}".rstrip(), err=True)


@click.command("add", short_help=_("Plan a call."), help=_("Plan a call on DAY to a client or a number."))
@click.argument("day")
@click.option("--client", metavar="NAME", default="", help=_("name or #id of a client"))
@click.option("--number", metavar="NUMBER", default="", help=_("the number to call"))
@click.option("--call", "call_id", type=int, metavar="ID", help=_("the (missed) call that it is made from"))
@click.option("--time", metavar="HH:MM", default="", help=_("hour of the call"))
@click.option("--plan-date", metavar="DAY", default="", help=_("day of the delivery"))
@click.option("--operator", metavar="NAME", default="", help=_("who calls"))
@click.option("--manager", metavar="NAME", default="", help=_("account manager"))
@click.option("--person", metavar="NAME", default="", help=_("contact person"))
@click.option("--address", metavar="TEXT", default="")
@click.option("--order", metavar="TEXT", default="", help=_("number of an order"))
@click.option("--amount", metavar="SUM", default="", help=_("of the order"))
@click.option("--currency", metavar="CODE", default="")
@click.option("--last-delivery", metavar="DAY", default="")
@click.option("--note", metavar="TEXT", default="")
@click.option("--past", is_flag=True, help=_("take a DAY that has gone by, too"))
@as_json
@pass_invocation
def add(invocation: Invocation, day: str, as_json: bool, **given: Any) -> None:
    """Add one."""

    async def do(backend: Backend) -> TaskChange:
        today = (await backend.clock()).today
        plan_date, last_delivery = given.pop("plan_date"), given.pop("last_delivery")
        operator, manager, client = given.pop("operator"), given.pop("manager"), given.pop("client")
        return await backend.change_task(
            AddTask(
                contact_date=iso_day(day, today), contact_time=given.pop("time"), amount=_amount(given.pop("amount")),
                plan_date=iso_day(plan_date, today) if plan_date else "",
                last_delivery=iso_day(last_delivery, today) if last_delivery else "",
                operator_id=await operator_of(backend, operator), manager_id=await operator_of(backend, manager),
                client_id=await client_of(backend, client), **given,
            )
        )  # fmt: skip

    _tell(invocation.ask(do), as_json)


@click.command("done", short_help=_("Say that a call was made."), help=_("Close a task as done, with an order or not."))
@_id
@click.option("--without-order", is_flag=True, help=_("nothing was ordered"))
@click.option("--order", metavar="TEXT", default="", help=_("number of the order"))
@click.option("--amount", metavar="SUM", default="", help=_("of the order"))
@click.option("--currency", metavar="CODE", default="")
@_text
@as_json
@pass_invocation
def done(
    invocation: Invocation,
    id: int,
    without_order: bool,
    order: str,
    amount: str,
    currency: str,
    text: str,
    as_json: bool,
) -> None:
    """Done."""

    async def made(backend: Backend, task: Task, today: str) -> TaskDeed:
        return DoneTask(
            id=id, revision=task.revision, with_order=not without_order, order=order, amount=_amount(amount),
            currency=currency, text=text,
        )  # fmt: skip

    _do(invocation, id, as_json, made)


@click.command("postpone", short_help=_("Call on another day."), help=_("Postpone a task to DAY; a reason is needed."))
@_id
@click.argument("day")
@click.option("--time", metavar="HH:MM", default="", help=_("hour of the call"))
@click.option("--plan-date", metavar="DAY", default="", help=_("the delivery's new day, if it moves too"))
@_reason
@_why
@as_json
@pass_invocation
def postpone(
    invocation: Invocation, id: int, day: str, time: str, plan_date: str, reason: str, text: str, as_json: bool
) -> None:
    """Postpone."""

    async def made(backend: Backend, task: Task, today: str) -> TaskDeed:
        return PostponeTask(
            id=id, revision=task.revision, contact_date=iso_day(day, today), contact_time=time, text=text,
            plan_date=iso_day(plan_date, today) if plan_date else "",
            reason_id=await reason_of(backend, TaskEvent.POSTPONE, reason),
        )  # fmt: skip

    _do(invocation, id, as_json, made)


def _reasoned(name: str, deed: type[RefuseTask] | type[DropTask], event: TaskEvent, short: str) -> click.Command:
    """A deed that needs nothing but its reason."""

    @click.command(name, short_help=short, help=short)
    @_id
    @_reason
    @_why
    @as_json
    @pass_invocation
    def run(invocation: Invocation, id: int, reason: str, text: str, as_json: bool) -> None:
        async def made(backend: Backend, task: Task, today: str) -> TaskDeed:
            return deed(id=id, revision=task.revision, text=text, reason_id=await reason_of(backend, event, reason))

        _do(invocation, id, as_json, made)

    return run


def _plain(name: str, deed: type[MissTask] | type[ConfirmDrop] | type[ReopenTask], short: str) -> click.Command:
    """A deed that needs nothing."""

    @click.command(name, short_help=short, help=short)
    @_id
    @_text
    @as_json
    @pass_invocation
    def run(invocation: Invocation, id: int, text: str, as_json: bool) -> None:
        async def made(backend: Backend, task: Task, today: str) -> TaskDeed:
            return deed(id=id, revision=task.revision, text=text)

        _do(invocation, id, as_json, made)

    return run


@click.command(
    "return", short_help=_("Return a dropped task."), help=_("Return a dropped task to the plan, or to DAY.")
)
@_id
@click.argument("day", required=False)
@_text
@as_json
@pass_invocation
def put_back(invocation: Invocation, id: int, day: str | None, text: str, as_json: bool) -> None:
    """Return it."""

    async def made(backend: Backend, task: Task, today: str) -> TaskDeed:
        date = iso_day(day, today) if day else ""
        return ReturnTask(id=id, revision=task.revision, contact_date=date, text=text)

    _do(invocation, id, as_json, made)


@click.command(
    "reassign",
    short_help=_("Give open tasks to another operator."),
    help=_("Give tasks by their ids, or all open ones of --from, to another operator, or to “nobody”."),
)
@click.argument("ids", nargs=-1, type=int)
@click.option("--from", "owners", multiple=True, metavar="NAME", help=_("whose tasks; several times: any"))
@click.option("--to", "operator", required=True, metavar="NAME", help=_("who gets them"))
@_text
@as_json
@pass_invocation
def reassign(
    invocation: Invocation, ids: tuple[int, ...], owners: tuple[str, ...], operator: str, text: str, as_json: bool
) -> None:
    """Reassign."""
    if not ids and not owners:
        raise click.UsageError(_("Name tasks by their ids, or whose they are with --from."))

    async def do(backend: Backend) -> TaskChange:
        chosen = TaskFilter(ids=ids, operators=await people_of(backend, owners))
        receiver = await operator_of(backend, operator)
        changed, skipped = 0, list[SkippedTask]()
        for deed in reassignments(chosen, receiver, text, at_once=PAGE_LIMIT):
            change = await backend.change_task(deed)
            while change.more:
                changed += change.changed
                change = await backend.change_task(deed)
            changed += change.changed
            skipped += change.skipped
        return TaskChange(changed=changed, skipped=tuple(skipped))

    change = invocation.ask(do)
    _tell(change, as_json)
    if ids and not change.changed:
        raise SystemExit(1)


@click.command(
    "reasons",
    short_help=_("The list of reasons."),
    help=_("List the reasons for postponing, refusing and dropping; add one, rename it, or take it off the list."),
)
@click.option("--for", "event", type=click.Choice([event.value for event in REASONED]), help=_("what it is for"))
@click.option("--add", metavar="NAME", default="", help=_("add it"))
@click.option("--rename", nargs=2, metavar="NAME NEW", help=_("call it otherwise"))
@click.option("--retire", metavar="NAME", default="", help=_("offer it no more"))
@as_json
@pass_invocation
def reasons(
    invocation: Invocation, event: str | None, add: str, rename: tuple[str, str] | None, retire: str, as_json: bool
) -> None:
    """List or edit."""
    if (add or rename or retire) and event is None:
        raise click.UsageError(_("Say with --for what the reason is for."))
    wanted = TaskEvent(event) if event else None

    async def do(backend: Backend) -> Directories:
        if wanted is None:
            return await backend.directories()
        if add:
            return await backend.change_directory(EditReason(reason=TaskReason(id=0, name=add, event=wanted)))
        known = (await backend.directories()).reasons
        if rename:
            old = _known(known, wanted, rename[0])
            return await backend.change_directory(EditReason(reason=msgspec.structs.replace(old, name=rename[1])))
        if retire:
            old = _known(known, wanted, retire)
            return await backend.change_directory(EditReason(reason=msgspec.structs.replace(old, active=False)))
        return await backend.directories()

    found = [one for one in invocation.ask(do).reasons if wanted in (None, one.event)]
    if as_json:
        click.echo(whole_json(found))
        return
    for one in found:
        offered = one.name if one.active else _("{reason} (not offered)").format(reason=one.name)
        click.echo(f"{one.event.value:<10} {offered}")


def _known(reasons: tuple[TaskReason, ...], event: TaskEvent, name: str) -> TaskReason:
    for one in reasons:
        if one.event is event and fold(one.name) == fold(name):
            return one
    raise NotFound(N_("There is no reason {name} in the list."), name=name)


COMMANDS = (
    add,
    done,
    _plain("not-reached", MissTask, _("Say that nobody was reached.")),
    postpone,
    _reasoned("refuse", RefuseTask, TaskEvent.REFUSE, _("Say that the client refused; a reason is needed.")),
    _reasoned("drop", DropTask, TaskEvent.DROP, _("Say that the address fell away; a reason is needed.")),
    _plain("confirm", ConfirmDrop, _("Confirm that the address of a dropped task fell away.")),
    put_back,
    _plain("reopen", ReopenTask, _("Take an outcome back.")),
    reassign,
    reasons,
)
