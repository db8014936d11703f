"""The report of the plan drawn: what became of each operator's tasks, and the progress through the day."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.plan_report import PlanReport
from backend_client.model.text import N_
from screens.drawn_chart import DrawnChartScreen
from screens.language import _, moment
from screens.plan.plan_parameters import PlanParametersScreen
from screens.plan.plan_report_words import Table, by_operator, outcome_chart, progress_chart
from screens.widgets.report_chart import ReportChart
from screens.widgets.report_grid import ReportGrid

CHARTS = ("outcomes", "progress")
"""The views that are drawn."""


class PlanChartingScreen(DrawnChartScreen, PlanParametersScreen):
    """Holds the report and the view of it; draws the views that are charts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "chart", N_("Chart"), id="plan-report.chart", tooltip=N_("Chart, and back to the table")),
        Binding("g", "kind", N_("Kind of chart"), id="plan-report.kind",
                tooltip=N_("What became of the tasks, or progress through the day")),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.view = "operators"
        self.report: PlanReport | None = None

    @property
    def grid(self) -> ReportGrid:
        return self.query_one(ReportGrid)

    def open_cell(self, table: Table, row: int, column: int) -> None:
        """Open what is behind a cell of a table."""
        raise NotImplementedError

    def show_view(self, view: str) -> None:
        """Show another view of the same report."""
        self.view = view
        self.grid.row = self.grid.column = 0
        self.ask()

    def show_chart(self, report: PlanReport) -> None:
        if self.view == "outcomes":
            data = outcome_chart(report, self.look)
        else:
            today = report.progress_day == report.today
            data = progress_chart(report, moment(report.now, self.look.zone).hour if today else None)
        if not data.labels:
            self.status.say(_("nothing to draw yet"))
        self.draw(data, report.rows if self.view == "outcomes" else ())

    def on_report_chart_resized(self) -> None:
        if self.chart.display and self.report is not None:
            self.show_chart(self.report)

    def on_report_chart_chosen(self, message: ReportChart.Chosen) -> None:
        """Open the tasks behind an operator's bar."""
        report = self.report
        if report is None or self.view != "outcomes" or message.label >= len(report.rows):
            return
        table = by_operator(report, self.look, None, descending=True)
        self.open_cell(table, message.label, 0)

    def action_chart(self) -> None:
        """Chart, and back to the table."""
        if not self._refused("chart"):
            self.show_view("operators" if self.view in CHARTS else "outcomes")

    def action_kind(self) -> None:
        """The other chart."""
        if not self._refused("kind"):
            self.show_view("progress" if self.view == "outcomes" else "outcomes")
