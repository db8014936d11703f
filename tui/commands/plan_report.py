"""`pult plan report`: the report of the outbound plan as data, the same numbers as on screen."""

from __future__ import annotations

import click

from backend_client.contract.backend import Backend
from backend_client.contract.plan_report import PlanCounts, PlanReport, PlanReportRequest
from backend_client.model.directory import Directories
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_
from screens.language import NO_VALUE, _, decimal
from tui.commands.calls import fit
from tui.commands.plan_arguments import people_of, period_of
from tui.commands.whole_json import whole_json
from tui.invocation import Invocation, pass_invocation

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("planned", N_("planned")), ("done", N_("done")), ("orders", N_("% orders")), ("postponed", N_("postponed")),
    ("failed", N_("failed")), ("left", N_("left")), ("dropped", N_("dropped")), ("calls", N_("calls")),
    ("done_without_call", N_("no call")),
)  # fmt: skip
_STATES = ("planned", "postponed", "dropped")
_WIDTH = 24
_CELL = 12


@click.command(
    "report",
    short_help=_("Operational outbound work, by operator."),
    help=_(
        "Count, for each operator, the tasks that have or had a contact date in the period: done, postponed (moved "
        "away too), failed (not reached and refused), left, dropped; active and overdue ones by planned, postponed "
        "and dropped. Calls are counted from the journal."
    )
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult plan report\n"
    "  pult plan report --period 2026-11-01..2026-11-30 --manager vira --json\n"
    "  pult plan report --period this-week --problems",
)  # fmt: skip
@click.option("--period", default="today", show_default=True, metavar="DAYS", help=_("contact dates"))
@click.option("--delivery", default="", metavar="DAYS", help=_("plan dates"))
@click.option("--manager", "managers", multiple=True, metavar="NAME", help=_("account manager; several times: any"))
@click.option("--operator", "operators", multiple=True, metavar="NAME", help=_("operator; several times: any"))
@click.option("--problems", is_flag=True, help=_("with the problem clients"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def report(
    invocation: Invocation,
    period: str,
    delivery: str,
    managers: tuple[str, ...],
    operators: tuple[str, ...],
    problems: bool,
    as_json: bool,
) -> None:
    """Print it."""

    async def ask(backend: Backend) -> tuple[PlanReport, Directories]:
        today = (await backend.clock()).today
        request = PlanReportRequest(
            period=period_of(period, today), delivery=period_of(delivery, today) if delivery else None,
            managers=await people_of(backend, managers), operators=await people_of(backend, operators),
            problems=problems,
        )  # fmt: skip
        return await backend.plan_report(request), await backend.directories()

    found, directories = invocation.ask(ask)
    if as_json:
        click.echo(whole_json(found))
        return
    _print(found, directories)


def _print(found: PlanReport, directories: Directories) -> None:
    names = {one.id: one.name for one in directories.employees}
    titles = [*(_(title) for _column, title in _COLUMNS)]
    waiting = [_("active*"), _("overdue*")]
    click.echo(_("Contact dates {first} … {last}").format(first=found.first, last=found.last), err=True)
    head = "  ".join(f"{fit(title, _CELL)}" for title in titles)
    click.echo(f"{fit('', _WIDTH)}  {head}  {'  '.join(waiting)}".rstrip())
    for row in found.rows:
        name = names.get(row.operator_id or 0, "") or _("nobody")
        click.echo(_counts(name, row.counts))
    click.echo(_counts(_("Total"), found.total))
    click.echo(_("* planned/postponed/dropped"), err=True)
    reasons = {one.id: one.name for one in directories.reasons}
    events = {TaskEvent.POSTPONE: _("postponed"), TaskEvent.REFUSE: _("refused"), TaskEvent.DROP: _("dropped")}
    for one in found.reasons:
        reason = reasons.get(one.reason_id, "") or _("in other words")
        click.echo(f"{one.tasks:>8}  {events.get(one.event, one.event.value)}: {reason}")
    for problem in found.problems:
        click.echo(
            _("{client}: dropped {dropped}, refused {refused}, not reached {missed}, postponed {postponed}").format(
                client=problem.name or problem.number, dropped=problem.dropped, refused=problem.refused,
                missed=problem.not_reached, postponed=problem.postponed,
            )
        )  # fmt: skip


def _counts(name: str, counts: PlanCounts) -> str:
    cells = "  ".join(fit(_cell(counts, column), _CELL) for column, _title in _COLUMNS)
    parts = ["/".join(str(getattr(counts, f"{group}_{state}")) for state in _STATES) for group in ("active", "overdue")]
    return f"{fit(name, _WIDTH)}  {cells}  {'  '.join(parts)}"


def _cell(counts: PlanCounts, column: str) -> str:
    if column != "orders":
        return str(getattr(counts, column))
    return NO_VALUE if counts.orders is None else f"{decimal(counts.orders * 100)} % /{counts.planned}"
