"""A report drawn: bars and lines off the loop, hours against weekdays; Enter opens the calls behind what is drawn."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from backend_client.model.report import Chart, ReportResult, cell_filter, narrowed
from backend_client.model.text import N_
from screens.calls.drill_down import DrillDownScreen
from screens.drawn_chart import DrawnChartScreen
from screens.language import _
from screens.reports.report_asking import AskingScreen
from screens.reports.report_words import CHARTS, WHOLE, chart_data, drawn_rows, heat_data, row_label
from screens.widgets.heat_map import HeatMap
from screens.widgets.report_chart import ReportChart
from screens.widgets.report_grid import ReportGrid


class ChartingScreen(DrawnChartScreen, AskingScreen):
    """Shows the report's table, or its chart in the table's place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "chart", N_("Chart"), id="report.chart", tooltip=N_("Chart, and back to the table")),
        Binding("g", "kind", N_("Kind of chart"), id="report.kind", tooltip=N_("Bars, lines and what else fits")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.result: ReportResult | None = None

    @property
    def grid(self) -> ReportGrid:
        return self.query_one(ReportGrid)

    @property
    def heat(self) -> HeatMap:
        return self.query_one(HeatMap)

    def open_cell(self, row: int, column: int) -> None:
        """Open the calls behind a cell of the result: its rows as they came, its totals after them."""
        raise NotImplementedError

    def release_filter(self) -> None:
        """Give the keys back to what is shown."""
        shown = [widget for widget in (self.grid, self.chart, self.heat) if widget.display]
        shown[0].focus()

    def show_chart(self) -> None:
        """Chart or table, as the report was left; an upright chart is drawn off the loop."""
        kind, result = self.asked.chart, self.result
        had_focus = self.grid.has_focus or self.chart.has_focus or self.heat.has_focus
        shown = (kind is None, kind is Chart.HEAT, kind is not None and kind is not Chart.HEAT)
        widgets = (self.grid, self.heat, self.chart)
        if shown != tuple(widget.display for widget in widgets):
            for widget, display in zip(widgets, shown, strict=True):
                widget.display = display
            # At once, or what is hidden now would be painted once more before the new layout.
            self.refresh(layout=True)
            if had_focus:
                self.set_focus(widgets[shown.index(True)])
        if kind is None or result is None:
            return
        if kind is Chart.HEAT:
            self.heat.show(heat_data(result, self.filter_bar.directories))
            return
        self.draw(chart_data(result, kind, self.filter_bar.directories), drawn_rows(result))

    def on_report_chart_resized(self) -> None:
        if self.chart.display:
            self.show_chart()

    def on_heat_map_chosen(self, message: HeatMap.Chosen) -> None:
        """A row of the map is a column of the table."""
        self.open_cell(message.column, message.row)

    def on_report_chart_chosen(self, message: ReportChart.Chosen) -> None:
        """Open the calls behind all bars of a label."""
        result = self.result
        if result is None or message.label >= len(self.behind):
            return
        row = self.behind[message.label]
        behind = narrowed(result.base, row.fragment)
        for index, column in enumerate(result.columns):
            if column.id in WHOLE:
                behind = cell_filter(result, row, index)
        label = row_label(row, result.by, self.filter_bar.directories)
        self.app.push_screen(DrillDownScreen(behind, f"{_(self.report.title)} · {label}"))

    def action_chart(self) -> None:
        """Chart, and back to the table."""
        self.remember(chart=self.report.charts[0] if self.asked.chart is None else None)
        self.show_chart()
        self.status.forget_keys()

    def action_kind(self) -> None:
        """The next kind of chart."""
        kinds = self.report.charts
        now = self.asked.chart
        following = kinds[0] if now not in kinds else kinds[(kinds.index(now) + 1) % len(kinds)]
        self.remember(chart=following)
        self.show_chart()
        self.notify(_(CHARTS[following]), markup=False)
