"""What the report of the plan is asked for: contact dates, plan dates, account managers, operators (T3)."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.binding import Binding, BindingType

from backend_client.contract.plan_report import PlanReportRequest
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.period import Period
from backend_client.model.permissions import Permission
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.language import _
from screens.widgets.choice_list import Choice
from screens.widgets.task_lines import TaskLook


class PlanParametersScreen(ConsoleScreen):
    """The base of the report's screen: it holds the request, and says in `ask` what another one means."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "period", N_("Contact date"), id="plan-report.period", tooltip=N_("Choose the contact dates")),
        Binding("D", "delivery", N_("Plan date"), id="plan-report.delivery", tooltip=N_("Choose the plan dates")),
        Binding("m", "managers", N_("Manager"), id="plan-report.managers", tooltip=N_("Choose account managers")),
        Binding("O", "operators", N_("Operator"), id="plan-report.operators", tooltip=N_("Choose operators")),
        Binding("x", "clear", N_("Clear"), id="plan-report.clear", tooltip=N_("The whole plan of today again")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.request = PlanReportRequest()
        self.directories = Directories()
        self.look = TaskLook(ZoneInfo("UTC"), date.min)

    def ask(self) -> None:
        """Ask for the report."""
        raise NotImplementedError

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "back" or self.backend.session.may(Permission.PLAN_REPORT):
            return ""
        return _("your role may not see the report of the plan")

    def action_period(self) -> None:
        """Choose contact dates."""
        self._choose_period("period")

    def action_delivery(self) -> None:
        """Choose plan dates."""
        self._choose_period("delivery")

    def _choose_period(self, name: str) -> None:
        if self._refused(name):
            return
        from screens.calls.period_dialog import PeriodDialog

        def asked(filter: CallFilter | None) -> None:
            if filter is not None:
                ever = None if name == "delivery" else Period()
                self._ask_so(**{name: filter.period or ever})

        chosen = getattr(self.request, name)
        shown = CallFilter(period=None if chosen == Period() else chosen)
        self.app.push_screen(PeriodDialog(shown, self.look.today), asked)

    def action_managers(self) -> None:
        """Choose account managers."""
        self._choose_people("managers", _("Account manager"))

    def action_operators(self) -> None:
        """Choose operators."""
        self._choose_people("operators", _("Operator"))

    def _choose_people(self, name: str, title: str) -> None:
        if self._refused(name):
            return
        from screens.dialogs.several_dialog import SeveralDialog

        employees = [Choice(one.id, clean(one.name)) for one in self.directories.employees if one.active]

        def chosen(ids: tuple[Hashable, ...] | None) -> None:
            if ids is not None:
                self._ask_so(**{name: tuple(id for id in ids if isinstance(id, int))})

        choices = [Choice(0, _("nobody")), *employees]
        self.app.push_screen(SeveralDialog(title, choices, getattr(self.request, name)), chosen)

    def _ask_so(self, **changes: object) -> None:
        self.request = replace(self.request, **changes)
        self.ask()

    def action_clear(self) -> None:
        """Today, everybody."""
        if not self._refused("clear"):
            self._ask_so(period=PlanReportRequest().period, delivery=None, managers=(), operators=())
