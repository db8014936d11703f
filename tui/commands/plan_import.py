"""`pult plan import` and `pult plan generate`: tasks out of a file, and by the rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from msgspec.structs import replace

from backend_client.contract.backend import Backend
from backend_client.contract.tasks import GenerateTasks, ImportTasks
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.model.task import Task, TaskFate, TaskRecord, TaskRecordFate
from backend_client.model.text import N_
from screens.language import _, ngettext, number
from tui.commands.plan_arguments import iso_day, operator_of
from tui.commands.told_rows import tell_rows
from tui.commands.whole_json import whole_json
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

PREVIEWED = 5
FATES: dict[TaskFate, str] = {
    TaskFate.NEW: N_("new tasks"),
    TaskFate.NEW_CLIENT: N_("new tasks of new clients"),
    TaskFate.DUPLICATE: N_("in the plan already"),
    TaskFate.REJECTED: N_("rejected"),
    TaskFate.UNKNOWN: N_("unknown"),
}
_AT_ONCE = 200
"""Records of one transaction, which others wait for: a quarter of a second."""


@click.command(
    "import",
    short_help=_("Bring tasks in from a file."),
    help=_(
        "Bring tasks in from a CSV or XLSX file. One of its first rows has titles, in English, Ukrainian or Russian: "
        "Contact date (needed), Client or Phone (needed), Time, Plan date, Operator, Account manager, Contact person, "
        "Address, Order, Amount, Currency, Last delivery, Note. Each row becomes a task, is in the plan already, or is "
        "rejected with its line and the reason; what is right is taken all the same."
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("show what the columns mean and what would become of every row"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@pass_invocation
def import_tasks(invocation: Invocation, file: Path, dry_run: bool, as_json: bool) -> None:
    """Import, or rehearse it."""
    from backend_client.ingest.task_list import TaskFile, fates_in_order, read_task_file

    async def do(backend: Backend) -> tuple[list[TaskRecordFate], TaskFile, str]:
        found = read_task_file(file)
        fates = list(found.refused)
        step = PAGE_LIMIT if dry_run else _AT_ONCE
        line = ProgressLine()
        try:
            for place in range(0, len(found.records), step):
                part = found.records[place : place + step]
                request = ImportTasks(records=part, source=file.name, rehearse=dry_run)
                fates += (await backend.import_tasks(request)).fates
                line.show(_("{done} of {all} rows").format(done=place + len(part), all=len(found.records)))
        finally:
            line.clear()
        return fates_in_order(fates), found, (await backend.clock()).today

    with invocation.taking_in(rehearse=dry_run) as there:
        fates, found, today = there.ask(do)
    if as_json:
        click.echo(whole_json([replace(one, reason=_reason(one)) for one in fates]))
    else:
        if dry_run:
            _preview(found.columns, found.records)
        if found.ignored:
            click.echo(_("Columns left out: {titles}").format(titles=", ".join(found.ignored)), err=True)
        _tell(fates)
        _tell_overdue(fates, found.records, today)
    if fates and all(one.fate is TaskFate.REJECTED for one in fates):
        click.get_current_context().exit(1)


def _preview(columns: tuple[tuple[str, str], ...], records: tuple[TaskRecord, ...]) -> None:
    """How the titles and the first rows were understood."""
    for title, field in columns:
        shown = " | ".join(dict.fromkeys(filter(None, (_example(record, field) for record in records[:PREVIEWED]))))
        click.echo(f"  {title} → {field.replace('_', ' ')}: {shown}".rstrip(": "), err=True)


def _example(record: TaskRecord, field: str) -> str:
    if field != "amount":
        return str(getattr(record, field))
    from backend_client.model.tariff import amount_text

    return "" if record.amount is None else amount_text(record.amount)


def _reason(fate: TaskRecordFate) -> str:
    return _(fate.reason).format(**fate.fields) if fate.reason else ""


def _tell_overdue(fates: list[TaskRecordFate], records: tuple[TaskRecord, ...], today: str) -> None:
    """What is old is taken, since a plan may move here with its past; but not without a word."""
    new = {one.row for one in fates if one.fate in (TaskFate.NEW, TaskFate.NEW_CLIENT)}
    gone_by = sum(one.row in new and one.contact_date < today for one in records)
    if gone_by:
        told = ngettext(
            "The contact date of {count} of the new tasks has gone by: it is overdue.",
            "The contact dates of {count} of the new tasks have gone by: they are overdue.",
            gone_by,
        )
        click.echo(told.format(count=number(gone_by)), err=True)


def _tell(fates: list[TaskRecordFate]) -> None:
    if not fates:
        click.echo(_("There are titles, and no row under them."), err=True)
    for fate, count in Counter(one.fate for one in fates).most_common():
        click.echo(f"{count:>8}  {_(FATES.get(fate, fate.value))}")
    tell_rows([(one.row, one.client, _reason(one)) for one in fates if one.reason])


@click.command(
    "generate",
    short_help=_("Plan calls by the rule."),
    help=_(
        "Plan a call to each client, by address, whose last delivery is more than --days days ago, who has no open "
        "task, and whose last one is at least --repeat days ago. It goes to who had the last one."
    )
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult plan generate --days 30 --dry-run\n"
    "  pult plan generate --days 14 --repeat 3 --date tomorrow --deliver-after 1 --operator olena --operator ivan",
)  # fmt: skip
@click.option("--days", type=click.IntRange(0, 3660), default=30, show_default=True, help=_("since the last delivery"))
@click.option("--repeat", type=click.IntRange(0, 3660), default=7, show_default=True, help=_("since the last task"))
@click.option("--date", "contact", default="today", show_default=True, metavar="DAY", help=_("contact date"))
@click.option("--deliver-after", type=click.IntRange(0, 3660), help=_("days from the contact to the delivery"))
@click.option("--operator", "operators", multiple=True, metavar="NAME", help=_("to these in turn"))
@click.option("--dry-run", is_flag=True, help=_("only tell whom it would plan"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array of tasks"))
@pass_invocation
def generate(
    invocation: Invocation,
    days: int,
    repeat: int,
    contact: str,
    deliver_after: int | None,
    operators: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Generate, or rehearse it."""

    async def do(backend: Backend) -> tuple[list[Task], bool]:
        today = (await backend.clock()).today
        people = [await operator_of(backend, name) for name in operators]
        rule = GenerateTasks(
            contact_date=iso_day(contact, today), days=days, repeat=repeat, deliver_after=deliver_after,
            operators=tuple(one for one in people if one is not None), rehearse=dry_run,
        )  # fmt: skip
        made: list[Task] = []
        while True:
            page = await backend.generate_tasks(rule)
            made += page.tasks
            if dry_run or not page.more or not page.tasks:
                return made, page.more

    made, more = invocation.ask(do)
    if as_json:
        click.echo(whole_json(made))
        return
    for task in made:
        click.echo(f"{task.id:>8}  {task.contact_date}  {task.last_delivery}  {task.client}  {task.address}".rstrip())
    told = ngettext("{count} call is planned.", "{count} calls are planned.", len(made))
    if dry_run:
        told = ngettext("{count} call would be planned.", "{count} calls would be planned.", len(made))
    click.echo(told.format(count=number(len(made))) + (" …" if more else ""), err=True)


COMMANDS = (import_tasks, generate)
