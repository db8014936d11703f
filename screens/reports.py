"""Reports: one table at a time, live, whose every number opens the calls behind it (P13, P14)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import Struct, structs
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from backend_client.errors import BackendError
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.period import Period
from backend_client.model.permissions import Permission
from backend_client.model.report import (
    By,
    Chart,
    Measure,
    ReportRequest,
    ReportResult,
    ReportRow,
    cell_filter,
    narrowed,
    presets_of,
)
from backend_client.model.reports import MENU, REPORTS
from backend_client.model.text import N_, clean
from screens.drill_down import DrillDownScreen
from screens.feed import Changed, Feed, Unreached
from screens.filter_words import PRESETS
from screens.filtering import FilteringScreen
from screens.language import _
from screens.report_words import (
    BYS,
    CHARTS,
    MEASURES,
    WHOLE,
    cell_text,
    chart_data,
    column_title,
    difference_text,
    drawn_rows,
    full_title,
    note_text,
    period_text,
    row_label,
    unit_of,
)
from screens.widgets.chart_drawing import ChartData, canvas
from screens.widgets.choice_list import Choice
from screens.widgets.filter_bar import FilterBar
from screens.widgets.report_chart import HORIZONTAL, ReportChart
from screens.widgets.report_grid import GridData, GridRow, ReportGrid
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

if TYPE_CHECKING:
    from rich.text import Text

    from backend_client.contract import Backend
    from screens.opening import Console

FIRST_PICTURE = 0.3
"""Seconds after which a long report shows what it knows by then."""
PLAN = "plan"
"""In the list of reports, the one of the outbound plan."""


class Asked(Struct, frozen=True):
    """How one report was left: it opens so again."""

    by: By
    measure: Measure
    filter: CallFilter = CallFilter()
    compared: bool = False
    all_rows: bool = False
    sorted_by: int | None = None
    descending: bool = True
    chart: Chart | None = None
    """How it is drawn; None is the table."""


class ReportsScreen(FilteringScreen):
    """A report's table under its definition; keys choose the report, its rows, its period and its filter."""

    TITLE = N_("Reports")
    AUTO_FOCUS = "#grid"
    DEFAULT_CSS = """
    ReportsScreen { layout: vertical; background: $background; }
    ReportsScreen > #definition { height: auto; max-height: 4; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "choose", N_("Report"), id="report.choose", tooltip=N_("Choose another report")),
        Binding("w", "by", N_("By"), id="report.by", tooltip=N_("Rows by day, week, month or what the report has")),
        Binding("a", "measure", N_("Measure"), id="report.measure",
                tooltip=N_("Another measure, such as average or peak")),
        Binding("equals_sign", "compare", N_("Compare"), id="report.compare",
                tooltip=N_("Compare with the period before, and back")),
        Binding("t", "chart", N_("Chart"), id="report.chart", tooltip=N_("Chart, and back to the table")),
        Binding("g", "kind", N_("Kind of chart"), id="report.kind", tooltip=N_("Bars, lines and what else fits")),
        Binding("T", "all_rows", N_("All rows"), id="report.all", tooltip=N_("All rows, or the greatest and the rest")),
        Binding("s", "sort", N_("Sort"), id="report.sort", tooltip=N_("Sort by the column with the cursor, and back")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="report.reload", tooltip=N_("Ask again for what is shown")),
    ]  # fmt: skip
    HINTS = ("grid.calls", "chart.calls", "report.chart", "report.choose", "report.by", "filter.period", "app.help")

    @dataclass
    class Answered(Message):
        """The table of the request of this number."""

        number: int
        result: ReportResult

    @dataclass
    class Refused(Message):
        """No table for the request of this number."""

        number: int
        error: BackendError

    @dataclass
    class Drawn(Message):
        """The canvas of this data."""

        data: ChartData
        canvas: tuple[Text, ...]

    def __init__(self) -> None:
        super().__init__()
        self.clock = None
        self.report = REPORTS["calls"]
        self.result: ReportResult | None = None
        self.feed = Feed(self)
        self._left: dict[str, Asked] = {}
        self._number = 0
        self._order: list[ReportRow] = []

    @property
    def backend(self) -> Backend:
        return cast("Console", self.app).backend

    @property
    def asked(self) -> Asked:
        """How the report is asked now."""
        return self._left.get(self.report.id) or Asked(self.report.bys[0], self.report.measures[0])

    @property
    def grid(self) -> ReportGrid:
        return self.query_one(ReportGrid)

    @property
    def chart(self) -> ReportChart:
        return self.query_one(ReportChart)

    @property
    def title_line(self) -> TitleLine:
        return self.query_one(TitleLine)

    @property
    def status(self) -> StatusLine:
        return self.query_one(StatusLine)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield FilterBar(CallFilter(), CallFilter(), id="filter")
        yield Static(id="definition", markup=False)
        yield ReportGrid(id="grid")
        chart = ReportChart(id="chart")
        chart.display = False
        yield chart
        yield StatusLine(self.HINTS, id="status")

    # Life

    def on_mount(self) -> None:
        self.title_line.who = clean(self.backend.session.name)
        self.grid.focus()

    def on_screen_resume(self) -> None:
        self.status.forget_keys()
        work(self, self._begin, "begin")

    def on_screen_suspend(self) -> None:
        self.feed.stop()

    async def _begin(self) -> None:
        try:
            self.clock = await self.backend.clock()
        except BackendError as error:
            self.post_message(self.Refused(self._number, error))
            return
        await self.learn_names()
        self.ask()

    def set_filter(self, filter: CallFilter) -> None:
        self._ask_so(filter=filter)

    def release_filter(self) -> None:
        (self.chart if self.chart.display else self.grid).focus()

    def _ask_so(self, **changes: object) -> None:
        """Ask the report otherwise, and remember it."""
        self._left[self.report.id] = structs.replace(self.asked, **changes)
        self.ask()

    # The table

    def ask(self, within: float | None = FIRST_PICTURE) -> None:
        """Ask for the table; an answer to an older question is dropped."""
        self._number += 1
        asked = self.asked
        request = ReportRequest(
            report=self.report.id,
            filter=asked.filter,
            by=asked.by,
            measure=asked.measure,
            against=self._before() if asked.compared else None,
            top=0 if asked.all_rows else None,
            within=within,
        )
        work(self, partial(self._fetch, self._number, request), "report")

    async def _fetch(self, number: int, request: ReportRequest) -> None:
        try:
            result = await self.backend.report(request)
            self.post_message(self.Answered(number, result))
            if not result.complete:
                result = await self.backend.report(structs.replace(request, within=None))
                self.post_message(self.Answered(number, result))
        except BackendError as error:
            self.post_message(self.Refused(number, error))

    def _before(self) -> Period | None:
        """The period of the same length just before the one shown."""
        if self.result is None or self.result.base.period is None:
            return None
        first, last = _days(self.result.base.period)
        length = last - first + timedelta(days=1)
        return Period(start=(first - length).isoformat(), end=(first - timedelta(days=1)).isoformat())

    def on_reports_screen_answered(self, message: Answered) -> None:
        if message.number != self._number:
            return
        self.result = message.result
        self.feed.start(self.backend, message.result.change)
        self._show()

    def on_reports_screen_refused(self, message: Refused) -> None:
        """What is shown stays; the reason stands under it."""
        what, hint = error_text(message.error)
        if self.result is None:
            self.grid.show(GridData(note=f"{what} {hint}"))
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def _show(self) -> None:
        result = self.result
        assert result is not None
        names = self.filter_bar.directories
        asked = self.asked
        self.title_line.title = self.report.title
        parts = (period_text(result), _(BYS[result.by]), _(MEASURES[result.measure]))
        self.title_line.subject = " · ".join(part for part in parts if part)
        self.title_line.show()
        definition, *notes = [note_text(note) for note in result.notes] or [""]
        self.query_one("#definition", Static).update("\n".join([definition, *notes]))
        self._order = [*self._sorted(result.rows, names), *result.totals]
        rows = [
            GridRow(
                row_label(row, result.by, names),
                [self._text(row, column) for column in range(len(result.columns))],
                total=index >= len(result.rows),
                role=Role.MUTED if row.partial else Role.PLAIN,
            )
            for index, row in enumerate(self._order)
        ]
        self.grid.show(
            GridData(
                titles=[column_title(column, result.by, names) for column in result.columns],
                groups=[_(column.group) if column.group else "" for column in result.columns],
                rows=rows,
                note=_("No call of this period matches the filter."),
                sorted_by=asked.sorted_by,
                descending=asked.descending,
            )
        )
        self._show_chart()
        self.status.say("" if result.complete else _("reading {done} of {total} days …").format(
            done=result.done, total=result.total
        ))  # fmt: skip

    # The chart

    def _show_chart(self) -> None:
        """Chart or table, as the report was left; an upright chart is drawn off the loop."""
        kind, result = self.asked.chart, self.result
        had_focus = self.grid.has_focus or self.chart.has_focus
        self.grid.display, self.chart.display = kind is None, kind is not None
        if had_focus:
            self.release_filter()
        if kind is None or result is None:
            return
        data = chart_data(result, kind, self.filter_bar.directories)
        if kind in HORIZONTAL or not data.labels:
            self.chart.show(data)
        else:
            work(self, partial(self._draw, data.fitting(self.chart.size.width)), "chart")

    async def _draw(self, data: ChartData) -> None:
        drawn = await asyncio.to_thread(canvas, data, *self.chart.room, *self.chart.colours())
        self.post_message(self.Drawn(data, drawn))

    def on_reports_screen_drawn(self, message: Drawn) -> None:
        self.chart.show(message.data, message.canvas)

    def on_report_chart_resized(self) -> None:
        if self.chart.display:
            self._show_chart()

    def on_report_chart_chosen(self, message: ReportChart.Chosen) -> None:
        """Open the calls behind all bars of a label."""
        result = self.result
        if result is None:
            return
        row = drawn_rows(result)[message.label]
        behind = narrowed(result.base, row.fragment)
        for index, column in enumerate(result.columns):
            if column.id in WHOLE:
                behind = cell_filter(result, row, index)
        label = row_label(row, result.by, self.filter_bar.directories)
        self.app.push_screen(DrillDownScreen(behind, f"{_(self.report.title)} · {label}"))

    def action_chart(self) -> None:
        """Chart, and back to the table."""
        self._left[self.report.id] = structs.replace(
            self.asked, chart=self.report.charts[0] if self.asked.chart is None else None
        )
        self._show_chart()
        self.status.forget_keys()

    def action_kind(self) -> None:
        """The next kind of chart."""
        kinds = self.report.charts
        now = self.asked.chart
        following = kinds[0] if now is None else kinds[(kinds.index(now) + 1) % len(kinds)]
        self._left[self.report.id] = structs.replace(self.asked, chart=following)
        self._show_chart()
        self.notify(_(CHARTS[following]), markup=False)

    # The cells

    def _text(self, row: ReportRow, column: int) -> str:
        assert self.result is not None
        cell, unit = row.cells[column], unit_of(self.result, column)
        difference = difference_text(cell, unit) if self.result.base_before is not None else ""
        return f"{cell_text(cell, unit)} {difference}".rstrip()

    def _sorted(self, rows: tuple[ReportRow, ...], names: Directories) -> list[ReportRow]:
        column = self.asked.sorted_by
        if column is None or not rows or column >= len(rows[0].cells):
            return list(rows)
        known = [row for row in rows if row.cells[column].value is not None]
        unknown = [row for row in rows if row.cells[column].value is None]
        known.sort(key=lambda row: row.cells[column].value or 0, reverse=self.asked.descending)
        return [*known, *unknown]

    # Live

    def on_changed(self, message: Changed) -> None:
        if self.title_line.stale_for is not None:
            self.title_line.stale_for = None
            self.title_line.show()
        if message.changes.everything or message.changes.days or message.changes.kinds:
            self.ask()

    def on_unreached(self, message: Unreached) -> None:
        self.title_line.stale_for = message.silent_for
        self.title_line.show()
        self.status.say(error_text(message.error)[0], Role.BAD)

    # What the keys do

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "plan" and not self.backend.session.may(Permission.PLAN_REPORT):
            return _("your role may not see the report of the plan")
        if action == "by" and len(self.report.bys) < 2:
            return _("this report has one kind of rows")
        if action == "measure" and len(self.report.measures) < 2:
            return _("this report has one measure")
        return super().why_not(action)

    def on_report_grid_chosen(self, message: ReportGrid.Chosen) -> None:
        """Open the calls behind a cell."""
        result = self.result
        if result is None or message.row >= len(self._order):
            return
        row, column = self._order[message.row], result.columns[message.column]
        names = self.filter_bar.directories
        title = full_title(column, result.by, names)
        subject = f"{_(self.report.title)} · {row_label(row, result.by, names)} · {title}"
        self.app.push_screen(DrillDownScreen(cell_filter(result, row, message.column), subject))

    def action_choose(self) -> None:
        """Choose another report."""
        from screens.choice_dialog import ChoiceDialog

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
            self.filter_bar.put(self.asked.filter)
            self.grid.row = self.grid.column = 0
            self.result = None
            self.ask()

    def _open_plan(self) -> None:
        """The plan's report is of tasks: it has a screen of its own."""
        if reason := self.why_not("plan"):
            self.notify(reason, severity="warning", markup=False)
            return
        from screens.plan_report import PlanReportScreen

        self.app.push_screen(PlanReportScreen())

    def action_by(self) -> None:
        """The next kind of rows."""
        self._step("by", self.report.bys, self.asked.by)

    def action_measure(self) -> None:
        """The next measure."""
        self._step("measure", self.report.measures, self.asked.measure)

    def _step(self, name: str, values: tuple[object, ...], now: object) -> None:
        if reason := self.why_not(name):
            self.notify(reason, severity="warning", markup=False)
            return
        following = values[(values.index(now) + 1) % len(values)]
        self._ask_so(**{name: following, "sorted_by": None})

    async def action_period(self) -> None:
        """Choose the days: the report's own presets first."""
        from screens.choice_dialog import ChoiceDialog

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
        self._ask_so(compared=not self.asked.compared)

    def action_all_rows(self) -> None:
        """All rows, or the greatest and Others."""
        self._ask_so(all_rows=not self.asked.all_rows)

    def action_sort(self) -> None:
        """Sort by the column with the cursor: greatest first, least first, as the report has it."""
        asked, column = self.asked, self.grid.column
        if asked.sorted_by != column:
            change: dict[str, object] = {"sorted_by": column, "descending": True}
        elif asked.descending:
            change = {"descending": False}
        else:
            change = {"sorted_by": None, "descending": True}
        self._left[self.report.id] = structs.replace(asked, **change)
        if self.result is not None:
            self._show()

    def action_reload(self) -> None:
        self.ask()


def _days(period: Period) -> tuple[date, date]:
    """First and last day of an absolute period."""
    first = date.fromisoformat(period.start[:10])
    last = date.fromisoformat(period.end[:10])
    # An end with a time is excluded: at midnight its day is, too.
    return first, last - timedelta(days=1) if period.end.endswith("T00:00") else last
