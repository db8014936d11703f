"""What is asked of a report, and the keys that change it: its rows, measure, period, filter, columns and settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec import structs
from textual.binding import Binding, BindingType

from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.permissions import Permission
from backend_client.model.report import ServiceGoal, presets_of
from backend_client.model.reports import MENU, REPORTS, RESULTS
from backend_client.model.text import N_
from screens.calls.filtering import FilteringScreen
from screens.filter_words import PRESETS
from screens.language import _
from screens.reports.report_state import Asked, ReportStates
from screens.widgets.choice_list import Choice
from screens.work import work

if TYPE_CHECKING:
    from collections.abc import Hashable


PLAN = "plan"
"""In the list of reports, the one of the outbound plan."""


class AskingScreen(FilteringScreen):
    """The base of the report screen: `ask` is called whenever something else is asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "choose", N_("Report"), id="report.choose", tooltip=N_("Choose another report")),
        Binding("w", "by", N_("By"), id="report.by", tooltip=N_("Rows by day, week, month or what the report has")),
        Binding("a", "measure", N_("Measure"), id="report.measure",
                tooltip=N_("Another measure, such as average or peak")),
        Binding("equals_sign", "compare", N_("Compare"), id="report.compare",
                tooltip=N_("Compare with the period before, and back")),
        Binding("T", "all_rows", N_("All rows"), id="report.all", tooltip=N_("All rows, or the greatest and the rest")),
        Binding("h", "hide_empty", N_("Hide empty"), id="report.hide-empty",
                tooltip=N_("Leave out employees without calls; the average divides by those that are left")),
        Binding("K", "columns", N_("Columns"), id="report.columns", tooltip=N_("Choose the columns of the report")),
        Binding("G", "goal", N_("Goals"), id="report.goal",
                tooltip=N_("Service level, short calls and what else the indicators are measured by")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="report.reload", tooltip=N_("Ask again for what is shown")),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.states = ReportStates()
        self.report = REPORTS[self.states.open]

    @property
    def asked(self) -> Asked:
        """How the report is asked now."""
        return self.states.of(self.report)

    def ask(self) -> None:
        """Ask for the table."""
        raise NotImplementedError

    def opened(self) -> None:
        """Another report is shown."""

    def remember(self, **changes: object) -> None:
        """The report is shown otherwise from now on, in any console."""
        self.states.put(self.report, structs.replace(self.asked, **changes))
        self._keep()

    def _keep(self) -> None:
        report = self.report
        # Not cancelled by the next one: a half-done write would be the last to arrive.
        work(self, partial(self.states.save, self.backend, report), "keep", exclusive=False)

    def ask_so(self, **changes: object) -> None:
        """Ask the report otherwise, and remember it."""
        self.remember(**changes)
        self.ask()

    def set_filter(self, filter: CallFilter) -> None:
        self.ask_so(filter=filter)

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "by" and len(self.report.bys) < 2:
            return _("this report has one kind of rows")
        if action == "measure" and len(self.report.measures) < 2:
            return _("this report has one measure")
        if action == "columns" and not self._choices():
            return _("this report has no other columns")
        if action == "goal" and self.report.id != "service":
            return _("the goals are those of the service indicators")
        if action == "hide_empty" and self.report.id != "compared":
            return _("the employees compared have this switch")
        return super().why_not(action)

    # What the keys do

    def action_choose(self) -> None:
        """Choose another report."""
        from screens.dialogs.choice_dialog import ChoiceDialog

        choices = [
            Choice(report.id, _(report.title), _(group))
            for group in MENU
            for report in REPORTS.values()
            if report.group == group
        ]
        choices.append(Choice(PLAN, _("Operational outbound work"), _("Outbound plan")))
        self.app.push_screen(ChoiceDialog(_("Report"), choices, self.report.id), self._take_report)

    def _take_report(self, id: object) -> None:
        if id == PLAN:
            self._open_plan()
        elif isinstance(id, str) and id in REPORTS:
            self.report = REPORTS[id]
            self._keep()
            self.opened()
            self.ask()

    def _open_plan(self) -> None:
        """The plan's report is of tasks: it has a screen of its own."""
        if not self.backend.session.may(Permission.PLAN_REPORT):
            self.notify(_("your role may not see the report of the plan"), severity="warning", markup=False)
            return
        from screens.plan.plan_report import PlanReportScreen

        self.app.push_screen(PlanReportScreen())

    def action_by(self) -> None:
        """The next kind of rows."""
        self._step("by", self.report.bys, self.asked.by)

    def action_measure(self) -> None:
        """The next measure."""
        self._step("measure", self.report.measures, self.asked.measure)

    def _step(self, name: str, values: tuple[object, ...], now: object) -> None:
        if self._refused(name):
            return
        following = values[(values.index(now) + 1) % len(values)]
        self.ask_so(**{name: following, "sorted_by": None})

    async def action_period(self) -> None:
        """Choose the days: the report's own presets first."""
        from screens.dialogs.choice_dialog import ChoiceDialog

        presets = [Choice(preset, _(PRESETS[preset])) for preset in presets_of(self.asked.by)]
        choices = [*presets, Choice("custom", _("Other days …"))]
        period = self.asked.filter.period
        here = period.preset if period and period.preset else presets[0].value
        self.app.push_screen(ChoiceDialog(_("Period"), choices, here), self._take_period)

    def _take_period(self, chosen: object) -> None:
        if chosen == "custom":
            work(self, super().action_period, "period")
        elif chosen is not None:
            self.filter_bar.change(structs.replace(self.asked.filter, period=Period(preset=chosen)))  # type: ignore[arg-type]

    def action_compare(self) -> None:
        """Compare with the period before, and back."""
        self.ask_so(compared=not self.asked.compared)

    def action_all_rows(self) -> None:
        """All rows, or the greatest and Others."""
        self.ask_so(all_rows=not self.asked.all_rows)

    def action_hide_empty(self) -> None:
        """Leave out rows without calls, and back."""
        if not self._refused("hide_empty"):
            self.ask_so(hide_empty=not self.asked.hide_empty)

    def _choices(self) -> list[tuple[str, str]]:
        """Ids and titles of the columns that may be chosen."""
        if self.report.id == "service":
            return [(column.id, column.title) for column in self.report.columns]
        return [(RESULTS, N_("Calls by result"))] if self.report.id == "compared" else []

    def action_columns(self) -> None:
        """Choose the columns."""
        if self._refused("columns"):
            return
        from screens.calls.columns_dialog import ColumnsDialog

        usual = () if self.report.id == "compared" else tuple(c.id for c in self.report.columns if not c.optional)
        dialog = ColumnsDialog(self._choices(), self.asked.columns or usual, _("the usual ones"))
        self.app.push_screen(dialog, self._take_columns)

    def _take_columns(self, chosen: tuple[Hashable, ...] | None) -> None:
        if chosen is not None:
            self.ask_so(columns=tuple(map(str, chosen)), sorted_by=None)

    def action_goal(self) -> None:
        """Change what the service indicators are measured by."""
        if self._refused("goal"):
            return
        from screens.reports.goal_dialog import GoalDialog

        self.app.push_screen(GoalDialog(self.asked.goal), self._take_goal)

    def _take_goal(self, goal: ServiceGoal | None) -> None:
        if goal is not None:
            self.ask_so(goal=goal)

    def action_reload(self) -> None:
        """Ask again."""
        self.ask()
