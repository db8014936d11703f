"""Operational outbound work (T3): the plan by operator, its tasks, its reasons, its problem clients; drawn live."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from backend_client.contract.changes import Kind
from backend_client.contract.plan_report import PlanCounts, PlanReport, PlanReportRequest, PlanRow, cell_calls
from backend_client.contract.tasks import TaskListRequest
from backend_client.errors import BackendError
from backend_client.model.period import Period
from backend_client.model.permissions import Permission
from backend_client.model.task import Task, TaskOrder
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.feed import Changed
from screens.language import _, home_of, ngettext, number, short_date
from screens.message import FieldMessage
from screens.plan.plan_charting import CHARTS, PlanChartingScreen
from screens.plan.plan_report_words import (
    Table,
    by_operator,
    by_problem,
    by_reason,
    by_task,
    outcome_chart,
    progress_chart,
)
from screens.widgets.choice_list import Choice
from screens.widgets.report_chart import ReportChart
from screens.widgets.report_grid import GridData, ReportGrid
from screens.widgets.status_line import StatusLine
from screens.widgets.task_lines import TaskLook
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

if TYPE_CHECKING:
    from pathlib import Path

    from screens.reports.report_file import ReportFormat


TASKS_AT_MOST = 1000
VIEWS = {
    "operators": N_("By operator"),
    "tasks": N_("By operator, with every task"),
    "reasons": N_("Reasons of postponements, refusals and drops"),
    "problems": N_("Problem clients"),
    "outcomes": N_("Chart: what became of the tasks, per operator"),
    "progress": N_("Chart: progress through the day"),
}
DEFINITIONS = {
    "operators": N_(
        "Planned: every task that had a contact date in the period, those moved away too; planned = done + postponed + "
        "unsuccessful + dropped + still to call. Unsuccessful: not reached and refused. % orders: done with order ÷ "
        "planned. Active and overdue: open tasks by their contact date. Calls are counted from the journal."
    ),
    "reasons": N_("Tasks by the reason for which they were postponed, refused or dropped on a day of the period."),
    "problems": N_("Clients with a task dropped or refused, or not reached or postponed twice or more, in the period."),
    "progress": N_("Outcomes written down by each hour of the last day of the period, added up."),
}


class PlanReportScreen(PlanChartingScreen):
    """One of the views; Enter opens the tasks behind a cell, and behind a number of calls the calls."""

    TITLE = N_("Operational outbound work")
    AUTO_FOCUS = "#grid"
    DEFAULT_CSS = """
    PlanReportScreen { layout: vertical; background: $background; }
    PlanReportScreen > #definition { height: auto; max-height: 25%; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v,r", "views", N_("View"), id="plan-report.view",
                tooltip=N_("By operator, with tasks, reasons, problem clients, charts")),
        Binding("w", "by", N_("Tasks"), id="plan-report.by", tooltip=N_("Every task under its operator, and back")),
        Binding("s", "sort", N_("Sort"), id="plan-report.sort",
                tooltip=N_("Sort by the column with the cursor, and back")),
        Binding("e", "export", N_("Export"), id="plan-report.export",
                tooltip=N_("Write the report to a file, or for a printer")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="plan-report.reload", tooltip=N_("Ask again for what is shown")),
        Binding("escape", "back", N_("Back"), id="plan-report.back", tooltip=N_("Back to the plan")),
    ]  # fmt: skip
    HINTS = (
        "grid.calls", "plan-report.view", "plan-report.chart", "plan-report.by", "plan-report.period",
        "plan-report.managers", "plan-report.back",
    )  # fmt: skip

    class Answered(FieldMessage):
        """The report of the request of this number, and its tasks where every task is shown."""

        number: int
        report: PlanReport
        tasks: tuple[Task, ...]
        total: int
        overdue: int
        """Overdue tasks of the same operators and managers, of whatever contact date."""

    class Refused(FieldMessage):
        """No report for the request of this number."""

        number: int
        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self._tasks: tuple[Task, ...] = ()
        self._total = 0
        self._overdue_elsewhere = 0
        self._table = Table(GridData(), ())
        self._sorted_by: int | None = None
        self._descending = True
        self._number = 0

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield Static(id="definition", markup=False)
        yield ReportGrid(id="grid")
        chart = ReportChart(id="chart")
        chart.display = False
        yield chart
        yield StatusLine(self.HINTS, id="status")

    # Life

    def on_mount(self) -> None:
        self.grid.focus()

    def on_screen_resume(self) -> None:
        self.status.forget_keys()
        if not self.backend.session.may(Permission.PLAN_REPORT):
            self.grid.show(GridData(note=_("Your role may not see the report of the plan.")))
            return
        work(self, self.learn, "learn")

    def not_learnt(self, error: BackendError) -> None:
        self.post_message(self.Refused(self._number, error))

    def on_console_screen_learnt(self, message: ConsoleScreen.Learnt) -> None:
        self.directories, clock = message.directories, message.clock
        self.look = TaskLook(
            ZoneInfo(clock.zone),
            date.fromisoformat(clock.today),
            home_of(clock.home_country),
            {one.id: clean(one.name) for one in self.directories.employees},
            {one.id: clean(one.name) for one in self.directories.reasons},
        )
        self.ask()

    # The table

    def ask(self) -> None:
        """Ask for the report; an answer to an older question is dropped."""
        if self.backend.session.may(Permission.PLAN_REPORT):
            self._number += 1
            work(self, partial(self._fetch, self._number, self.request, self.view), "report")

    async def _fetch(self, number: int, request: PlanReportRequest, view: str) -> None:
        try:
            report = await self.backend.plan_report(replace(request, problems=view == "problems"))
            tasks: tuple[Task, ...] = ()
            total = 0
            if view == "tasks":
                asked = TaskListRequest(filter=report.base, order=TaskOrder.CONTACT, limit=TASKS_AT_MOST)
                # A list is counted to 10,000 only.
                tasks, total = (await self.backend.tasks(asked)).rows, report.total.planned
            ever = await self.backend.plan_report(replace(request, period=Period(), problems=False))
            overdue = _overdue(ever.total)
        except BackendError as error:
            self.post_message(self.Refused(number, error))
        else:
            self.post_message(self.Answered(number, report, tasks, total, overdue))

    def on_plan_report_screen_answered(self, message: Answered) -> None:
        if message.number != self._number:
            return
        self.report, self._tasks, self._total = message.report, message.tasks, message.total
        self._overdue_elsewhere = max(0, message.overdue - _overdue(message.report.total))
        self.feed.start(self.backend, message.report.change)
        self._show()

    def on_plan_report_screen_refused(self, message: Refused) -> None:
        what, hint = error_text(message.error)
        if self.report is None:
            self.grid.show(GridData(note=f"{what} {hint}"))
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def _show(self) -> None:
        report = self.report
        assert report is not None
        self._show_title(report)
        charted = self.view in CHARTS
        had_focus = self.grid.has_focus or self.chart.has_focus or self.focused is None
        self.grid.display, self.chart.display = not charted, charted
        if had_focus:
            (self.chart if charted else self.grid).focus()
        told = DEFINITIONS.get(self.view, DEFINITIONS["operators"])
        self.query_one("#definition", Static).update(_(told))
        self.status.say(self._shown())
        if charted:
            self.show_chart(report)
            return
        match self.view:
            case "tasks":
                self._table = by_task(report, self._tasks, self.look)
            case "reasons":
                self._table = by_reason(report, self.look)
            case "problems":
                self._table = by_problem(report, self.look)
            case _:
                self._table = by_operator(report, self.look, self._sorted_by, self._descending)
        self.grid.show(self._table.grid)

    def _shown(self) -> str:
        """What these days leave out, if anything."""
        if self.view == "tasks" and self._total > len(self._tasks):
            told = _("the first {shown} of {total} tasks: choose fewer days")
            return told.format(shown=number(len(self._tasks)), total=number(self._total))
        if self.view == "problems" and self.report is not None and self.report.more_problems:
            return _("there are more: choose fewer days")
        if self.view in ("operators", "tasks") and (count := self._overdue_elsewhere):
            told = ngettext("{count} overdue on other days", "{count} overdue on other days", count)
            return told.format(count=number(count))
        return ""

    def _show_title(self, report: PlanReport) -> None:
        names = self.look
        parts = [_days(report.first, report.last), "" if self.view == "operators" else _(VIEWS[self.view])]
        if self.request.delivery is not None:
            delivery = self.request.delivery
            ends = report.base.delivery or delivery
            parts.append(_("plan date {days}").format(days=_days(ends.start, ends.end)))
        if self.request.managers:
            managers = ", ".join(names.employee(id or None) for id in self.request.managers)
            parts.append(_("manager {names}").format(names=managers))
        parts += [names.employee(id or None) for id in self.request.operators]
        self.title_line.subject = " · ".join(filter(None, parts))
        self.title_line.show()

    # Live

    def on_changed(self, message: Changed) -> None:
        self.tell_stale(None)
        changes = message.changes
        if changes.everything or Kind.DIRECTORIES in changes.kinds:
            work(self, self.learn, "learn")
        elif changes.days or {Kind.TASKS, Kind.CLIENTS} & set(changes.kinds):
            self.ask()

    # What the keys do

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "export" and not self.backend.session.may(Permission.EXPORT):
            return _("your role may not export lists")
        if action == "sort" and self.view != "operators":
            return _("only the table by operator is sorted")
        return super().why_not(action)

    def on_report_grid_chosen(self, message: ReportGrid.Chosen) -> None:
        self.open_cell(self._table, message.row, message.column)

    def open_cell(self, table: Table, row: int, column: int) -> None:
        """The tasks or calls behind a cell."""
        behind = table.behind[row][column] if row < len(table.behind) else None
        if behind is None:
            return
        subject = f"{_(self.TITLE)} · {behind.subject}"
        if behind.calls is not None:
            from screens.calls.drill_down import DrillDownScreen

            self.app.push_screen(DrillDownScreen(behind.calls, subject))
        elif behind.tasks is not None:
            from screens.plan.task_drill_down import TaskDrillDownScreen

            self.app.push_screen(TaskDrillDownScreen(behind.tasks, subject))

    def action_views(self) -> None:
        """Choose a view."""
        if self._refused("views"):
            return
        from screens.dialogs.choice_dialog import ChoiceDialog

        choices = [Choice(view, _(word)) for view, word in VIEWS.items()]

        def chosen(view: Hashable | None) -> None:
            if isinstance(view, str):
                self.show_view(view)

        self.app.push_screen(ChoiceDialog(_("View"), choices, self.view), chosen)

    def action_by(self) -> None:
        """Every task under its operator, or the operators only."""
        if not self._refused("by"):
            self.show_view("operators" if self.view == "tasks" else "tasks")

    def action_sort(self) -> None:
        """Sort by the column with the cursor: greatest first, least first, by name."""
        if self._refused("sort") or self.report is None:
            return
        column = self.grid.column
        if self._sorted_by != column:
            self._sorted_by, self._descending = column, True
        elif self._descending:
            self._descending = False
        else:
            self._sorted_by, self._descending = None, True
        self._show()

    def action_export(self) -> None:
        """Write what is shown; of a chart, its table by operator beside it."""
        report = self.report
        if self._refused("export") or report is None:
            return
        # Only an export needs them.
        from backend_client.export.file import permit_export
        from screens.plan.plan_report_file import write_plan_report
        from screens.reports.report_export import ReportExportDialog

        table = by_operator(report, self.look, None, descending=True) if self.view in CHARTS else self._table
        sheet = table.sheet([_(self.TITLE), self.title_line.subject])
        chart = progress_chart(report, None) if self.view == "progress" else outcome_chart(report, self.look)

        async def write(path: Path, format: ReportFormat, overwrite: bool) -> None:
            await permit_export(self.backend, cell_calls(report, PlanRow(counts=report.total)), None)
            await asyncio.to_thread(write_plan_report, report, sheet, chart, path, format, overwrite=overwrite)

        self.app.push_screen(ReportExportDialog("plan", write), self._exported)

    def _exported(self, said: str | None) -> None:
        if said:
            self.notify(said, markup=False)

    def action_reload(self) -> None:
        self.ask()

    def action_back(self) -> None:
        """Back to where one came from."""
        self.dismiss(None)


def _overdue(counts: PlanCounts) -> int:
    return counts.overdue_planned + counts.overdue_postponed + counts.overdue_dropped


def _days(first: str, last: str) -> str:
    """Days in words: one, or from – to; an open end is blank."""
    ends = [short_date(date.fromisoformat(end[:10])) if end else "…" for end in (first, last)]
    return " – ".join(dict.fromkeys(ends))
