"""Reports: one table at a time, live, whose every number opens the calls behind it (P13, P14)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from msgspec import structs
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.errors import BackendError
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.report import ReportRequest, ReportResult, ReportRow, cell_filter, unit_of
from backend_client.model.reports import REPORTS
from backend_client.model.text import N_
from screens.calls.drill_down import DrillDownScreen
from screens.feed import Changed
from screens.language import _, number
from screens.message import FieldMessage
from screens.reports.report_charting import ChartingScreen
from screens.reports.report_words import (
    BYS,
    MEASURES,
    cell_text,
    column_title,
    difference_text,
    full_title,
    heading,
    note_text,
    period_text,
    row_label,
)
from screens.widgets.definition import Definition
from screens.widgets.filter_bar import FilterBar
from screens.widgets.heat_map import HeatMap
from screens.widgets.report_chart import ReportChart
from screens.widgets.report_grid import GridData, GridRow, ReportGrid
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

NO_CALL = N_("No call of this period matches the filter.")
FIRST_PICTURE = 0.2
"""Seconds after which a long report stops to show what it knows; the picture stands a tenth later."""
FURTHER_PICTURES = 2.0
"""Seconds between one picture and the next."""


class ReportsScreen(ChartingScreen):
    """A report's table under its definition; keys choose the report, its rows, its period and its filter."""

    TITLE = N_("Reports")
    AUTO_FOCUS = "#grid"
    DEFAULT_CSS = """
    ReportsScreen { layout: vertical; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", N_("Sort"), id="report.sort", tooltip=N_("Sort by the column with the cursor, and back")),
        Binding("D", "definition", N_("Definition"), id="report.definition",
                tooltip=N_("All that is said of what the report counts, and back")),
        Binding("escape", "stop", N_("Stop"), id="report.stop", show=False,
                tooltip=N_("Read no further; the days read so far stay on the screen")),
    ]  # fmt: skip
    HINTS = ("grid.calls", "chart.calls", "heat.calls", "report.chart", "report.choose", "report.by", "filter.period",
             "app.help")  # fmt: skip

    class Answered(FieldMessage):
        """The table of the request of this number."""

        number: int
        result: ReportResult

    class Refused(FieldMessage):
        """No table for the request of this number."""

        number: int
        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self._known = False
        self._number = 0
        self._stopped = False
        self._order: list[ReportRow] = []

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield FilterBar(CallFilter(), CallFilter(), id="filter")
        yield Definition("report.definition", id="definition")
        yield ReportGrid(id="grid")
        for drawing in (ReportChart(note=NO_CALL, id="chart"), HeatMap(id="heat")):
            drawing.display = False
            yield drawing
        yield StatusLine(self.HINTS, id="status")

    # Life

    def on_mount(self) -> None:
        self.grid.focus()

    def on_screen_resume(self) -> None:
        self.status.forget_keys()
        work(self, self._begin, "begin")

    async def _begin(self) -> None:
        try:
            self.clock = await self.backend.clock()
        except BackendError as error:
            self.post_message(self.Refused(self._number, error))
            return
        await self.learn_names()
        if not self._known:
            await self.states.load(self.backend)
            self._known = True
            self.report = REPORTS[self.states.open]
            self.filter_bar.put(self.asked.filter)
        self.ask()

    def opened(self) -> None:
        """Another report: at its first cell, with its own filter."""
        self.filter_bar.put(self.asked.filter)
        self.grid.row = self.grid.column = 0
        self.result = None

    # The table

    def ask(self) -> None:
        """Ask for the table; an answer to an older question is dropped."""
        self._stopped = False
        self._ask()

    def _ask(self) -> None:
        self._number += 1
        request = self.asked.request(self.report.id, FIRST_PICTURE)
        work(self, partial(self._fetch, self._number, request), "report")

    async def _fetch(self, number: int, request: ReportRequest) -> None:
        try:
            if self._is_empty():
                self.clock = await self.backend.clock()
            result = await self.backend.report(request)
            self.post_message(self.Answered(number, result))
            within: float | None = FURTHER_PICTURES
            while not (result.complete or self._stopped):
                done = result.done
                result = await self.backend.report(structs.replace(request, within=within))
                self.post_message(self.Answered(number, result))
                # Where no more days are kept than before, another try would not come further.
                within = FURTHER_PICTURES if result.done > done else None
        except BackendError as error:
            self.post_message(self.Refused(number, error))

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
        self.query_one(Definition).tell("\n".join([definition, *notes]))
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
                groups=[heading(column.group) if column.group else "" for column in result.columns],
                rows=rows,
                note=_(NO_CALL),
                sorted_by=asked.sorted_by,
                descending=asked.descending,
            )
        )
        self.show_chart()
        self._say_progress(result)

    def _is_empty(self) -> bool:
        """Whether the store had no call when it was last asked: else a table of zeros might be a filter's doing."""
        return self.clock is not None and not self.clock.calls_anywhere

    def _say_progress(self, result: ReportResult) -> None:
        if result.complete:
            self.status.say(_("There are no calls in this store yet.") if self._is_empty() else "")
            return
        said = _("{done} of {total} days, stopped") if self._stopped else _("{done} of {total} days … esc Stop")
        role = Role.WARNING if self._stopped else Role.PLAIN
        self.status.say(said.format(done=number(result.done), total=number(result.total)), role)

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
        self.tell_stale(None)
        if message.changes.everything or message.changes.days or message.changes.kinds:
            self._ask()

    # What the keys do

    def on_report_grid_chosen(self, message: ReportGrid.Chosen) -> None:
        """Open the calls behind a cell."""
        if message.row < len(self._order):
            self._open(self._order[message.row], message.column)

    def open_cell(self, row: int, column: int) -> None:
        if self.result is not None:
            self._open((*self.result.rows, *self.result.totals)[row], column)

    def _open(self, row: ReportRow, column: int) -> None:
        result = self.result
        if result is None:
            return
        names = self.filter_bar.directories
        title = full_title(result.columns[column], result.by, names)
        subject = f"{_(self.report.title)} · {row_label(row, result.by, names)} · {title}"
        self.app.push_screen(DrillDownScreen(cell_filter(result, row, column), subject))

    def action_sort(self) -> None:
        """Sort by the column with the cursor: greatest first, least first, as the report has it."""
        asked, column = self.asked, self.grid.column
        if asked.sorted_by != column:
            self.remember(sorted_by=column, descending=True)
        elif asked.descending:
            self.remember(descending=False)
        else:
            self.remember(sorted_by=None, descending=True)
        if self.result is not None:
            self._show()

    def action_stop(self) -> None:
        """Read no further."""
        if self.result is not None and not (self.result.complete or self._stopped):
            self._stopped = True
            self.workers.cancel_group(self, "report")
            self._say_progress(self.result)

    def action_definition(self) -> None:
        """All of the definition, and back."""
        self.query_one(Definition).turn()

    def action_export(self) -> None:
        """Write the report to a file, or for a printer."""
        if self._refused("export") or self.result is None:
            return
        from screens.reports.report_export import ReportExportDialog, report_writer

        writer = report_writer(self.backend, self.report, self.asked, self.filter_bar.directories)
        self.app.push_screen(ReportExportDialog(self.report.id, writer), self._exported)
