"""The report of the outbound plan as tables and charts: what stands in their cells, and what a cell opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend_client.contract.plan_report import (
    PlanColumn,
    PlanCounts,
    PlanReport,
    PlanRow,
    cell_calls,
    cell_tasks,
    reason_tasks,
    task_calls,
)
from backend_client.export.sheet import Sheet, Value
from backend_client.model.call_filter import CallFilter
from backend_client.model.report import Chart
from backend_client.model.task import Task, TaskFilter, TaskState
from backend_client.model.text import N_, clean
from screens.language import NO_VALUE, _, decimal, number, short_date
from screens.plan.task_words import REASON_EVENTS, client_text, day_of
from screens.widgets.chart_drawing import ChartData, Series
from screens.widgets.painted import fit
from screens.widgets.report_grid import GridData, GridRow
from screens.widgets.task_lines import TaskLook

ACTIVE = N_("Active")
OVERDUE = N_("Overdue")
COLUMNS: tuple[tuple[PlanColumn, str, str], ...] = (
    (PlanColumn.PLANNED, "", N_("Planned")),
    (PlanColumn.DONE, "", N_("Done")),
    (PlanColumn.ORDERS, "", N_("% orders")),
    (PlanColumn.POSTPONED, "", N_("Postponed")),
    (PlanColumn.FAILED, "", N_("Unsuccessful")),
    (PlanColumn.LEFT, "", N_("Still to call")),
    (PlanColumn.CALLS, "", N_("Calls")),
    (PlanColumn.REFUSED, "", N_("Refusals")),
    (PlanColumn.ACTIVE_PLANNED, ACTIVE, N_("planned")),
    (PlanColumn.ACTIVE_POSTPONED, ACTIVE, N_("postponed")),
    (PlanColumn.ACTIVE_DROPPED, ACTIVE, N_("dropped")),
    (PlanColumn.OVERDUE_PLANNED, OVERDUE, N_("planned")),
    (PlanColumn.OVERDUE_POSTPONED, OVERDUE, N_("postponed")),
    (PlanColumn.OVERDUE_DROPPED, OVERDUE, N_("dropped")),
    (PlanColumn.NOT_REACHED, "", N_("Not reached")),
    (PlanColumn.DROPPED, "", N_("Dropped")),
    (PlanColumn.DONE_WITHOUT_CALL, "", N_("Done without call")),
)
"""Column, the heading over it, and its own."""
_STATES = COLUMNS[8:14]
_IN_COLUMN = {
    TaskState.PLANNED: "planned",
    TaskState.NOT_REACHED: "planned",
    TaskState.POSTPONED: "postponed",
    TaskState.DROPPED: "dropped",
}
_TEXT_WIDTH = 36
"""Cells that a text takes at most in the table of tasks."""


@dataclass(frozen=True)
class Behind:
    """What a cell opens: tasks or calls, and what they are called."""

    subject: str
    tasks: TaskFilter | None = None
    calls: CallFilter | None = None


@dataclass(frozen=True)
class Table:
    """A table, and what is behind each of its cells by row and column."""

    grid: GridData
    behind: Sequence[Sequence[Behind | None]]
    values: Sequence[Sequence[Value]] = ()
    """The cells of each row as data."""

    def sheet(self, heading: Sequence[str]) -> Sheet:
        """The table as it is exported, under these lines."""
        groups = self.grid.groups or [""] * len(self.grid.titles)
        titles = [
            f"{group}: {title}" if group else title for group, title in zip(groups, self.grid.titles, strict=True)
        ]
        rows = [[row.label.strip(), *values] for row, values in zip(self.grid.rows, self.values, strict=True)]
        return Sheet(heading, ["", *titles], rows)


def operator_name(row: PlanRow, look: TaskLook) -> str:
    """An operator's name, nobody's for tasks that are nobody's, the total."""
    if row.operator_id is None:
        return _("Total")
    return look.employee(row.operator_id or None)


def count_text(counts: PlanCounts, column: PlanColumn) -> str:
    """A count; % orders with its n."""
    if column is PlanColumn.ORDERS:
        if counts.orders is None:
            return NO_VALUE
        return f"{decimal(counts.orders * 100, 1)} % /{number(counts.planned)}"
    return number(int(getattr(counts, column.value)))


def rows_of(report: PlanReport) -> list[PlanRow]:
    """The operators, and the total."""
    return [*report.rows, PlanRow(counts=report.total)]


def _behind(report: PlanReport, row: PlanRow, column: PlanColumn, title: str, look: TaskLook) -> Behind:
    subject = f"{operator_name(row, look)} · {title}"
    if column is PlanColumn.CALLS:
        return Behind(subject, calls=cell_calls(report, row))
    return Behind(subject, tasks=cell_tasks(report, row, column))


def _titles(columns: Sequence[tuple[PlanColumn, str, str]]) -> list[str]:
    """Headings in full, as they name what was opened."""
    return [f"{_(group)}: {_(title)}" if group else _(title) for _column, group, title in columns]


def by_operator(report: PlanReport, look: TaskLook, sorted_by: int | None, descending: bool) -> Table:
    """A row an operator, and the total (T3)."""
    rows = list(report.rows)
    if sorted_by is not None and sorted_by < len(COLUMNS):
        rows.sort(key=lambda row: _value(row.counts, COLUMNS[sorted_by][0]), reverse=descending)
    rows.append(PlanRow(counts=report.total))
    titles = _titles(COLUMNS)
    grid = GridData(
        titles=[_(title) for _column, _group, title in COLUMNS],
        groups=[_(group) if group else "" for _column, group, _title in COLUMNS],
        rows=[
            GridRow(
                operator_name(row, look),
                [count_text(row.counts, column) for column, _group, _title in COLUMNS],
                total=row.operator_id is None,
            )
            for row in (rows if report.rows else [])
        ],
        note=_("No task had a contact date in this period."),
        sorted_by=sorted_by,
        descending=descending,
    )
    behind = [
        [_behind(report, row, column[0], title, look) for column, title in zip(COLUMNS, titles, strict=True)]
        for row in rows
    ]
    values = [[_datum(row.counts, column) for column, _group, _title in COLUMNS] for row in rows]
    return Table(grid, behind, values if report.rows else ())


def _datum(counts: PlanCounts, column: PlanColumn | None) -> Value:
    """A count, or % orders as a share."""
    if column is None:
        return None
    return counts.orders if column is PlanColumn.ORDERS else int(getattr(counts, column.value))


def _value(counts: PlanCounts, column: PlanColumn) -> float:
    if column is PlanColumn.ORDERS:
        return -1.0 if counts.orders is None else counts.orders
    return float(getattr(counts, column.value))


def by_task(report: PlanReport, tasks: Sequence[Task], look: TaskLook) -> Table:
    """Every task under its operator, whose line holds the subtotals: the form of the original report (S3)."""
    texts = [_("Plan"), _("Order"), _("Calls"), _("Refusals"), _("Last delivery"), _("Postponement comment")]
    of_counts = (None, PlanColumn.ORDERS, PlanColumn.CALLS, PlanColumn.REFUSED, None, None)
    rows: list[GridRow] = []
    behind: list[list[Behind | None]] = []
    values: list[list[Value]] = []
    states = _titles(_STATES)
    for row in rows_of(report) if report.rows else []:
        counts, total = row.counts, row.operator_id is None
        planned = _("{count} planned").format(count=number(counts.planned))
        cells = [planned, *(count_text(counts, column) if column else "" for column in of_counts[1:])]
        cells += [count_text(counts, column) for column, _group, _title in _STATES]
        rows.append(GridRow(operator_name(row, look), cells, total=total))
        titles = [_("Planned"), _("% orders"), *texts[2:], *states]
        columns = [PlanColumn.PLANNED, *of_counts[1:], *(column for column, _group, _title in _STATES)]
        values.append([_datum(counts, column) for column in columns])
        behind.append(
            [
                _behind(report, row, column, title, look) if column else None
                for column, title in zip(columns, titles, strict=True)
            ]
        )
        of_row = [] if total else [task for task in tasks if (task.operator_id or 0) == row.operator_id]
        for task in of_row:
            rows.append(GridRow(f"  {_client_and_address(task, look)}", _task_cells(task, look)))
            values.append(_task_values(task, look))
            one = Behind(client_text(task, look.home), tasks=TaskFilter(ids=(task.id,)))
            calls = Behind(f"{client_text(task, look.home)} · {_('Calls')}", calls=task_calls(task.id))
            behind.append([calls if place == 2 else one for place in range(len(texts) + len(_STATES))])
    grid = GridData(
        titles=[*texts, *(_(title) for _column, _group, title in _STATES)],
        groups=[*("" for _text in texts), *(_(group) for _column, group, _title in _STATES)],
        rows=rows,
        note=_("No task had a contact date in this period."),
        texts=frozenset({0, 1, 5}),
    )
    return Table(grid, behind, values)


def _client_and_address(task: Task, look: TaskLook) -> str:
    return ", ".join(filter(None, (client_text(task, look.home), clean(task.address))))


def _task_values(task: Task, look: TaskLook) -> list[Value]:
    contact = " ".join(filter(None, (_day(task.contact_date), task.contact_time)))
    group = OVERDUE if task.overdue else ACTIVE
    return [
        f"{contact} → {_day(task.plan_date)}" if task.plan_date else contact,
        clean(task.order),
        task.calls,
        1 if task.state is TaskState.REFUSED else None,
        _day(task.last_delivery),
        look.reason(task),
        *(
            1 if heading == group and _IN_COLUMN.get(task.state) == title else None
            for _column, heading, title in _STATES
        ),
    ]


def _task_cells(task: Task, look: TaskLook) -> list[str]:
    """The values as texts that fit the table."""
    cells = []
    for value in _task_values(task, look):
        text = "" if value is None else value if isinstance(value, str) else number(int(value))
        cells.append(fit(text, _TEXT_WIDTH).rstrip())
    return cells


def _day(text: str) -> str:
    day = day_of(text)
    return short_date(day) if day else ""


def by_reason(report: PlanReport, look: TaskLook) -> Table:
    """Why tasks were postponed, refused, dropped: a row a reason."""
    counts = sorted(report.reasons, key=lambda one: -one.tasks)
    events = list(REASON_EVENTS)
    rows = []
    behind: list[list[Behind | None]] = []
    values: list[list[Value]] = []
    for one in counts:
        if one.event not in REASON_EVENTS:
            continue
        name = look.reasons.get(one.reason_id, f"#{one.reason_id}") if one.reason_id else _("in own words only")
        rows.append(GridRow(name, [number(one.tasks) if event is one.event else "" for event in events]))
        opened = Behind(f"{_(REASON_EVENTS[one.event])}: {name}", tasks=reason_tasks(report, one))
        behind.append([opened if event is one.event else None for event in events])
        values.append([one.tasks if event is one.event else None for event in events])
    grid = GridData(
        titles=[_(REASON_EVENTS[event]) for event in events],
        rows=rows,
        note=_("No task was postponed, refused or dropped in this period."),
    )
    return Table(grid, behind, values)


def by_problem(report: PlanReport, look: TaskLook) -> Table:
    """Clients with a task dropped or refused, or not reached or postponed twice."""
    from backend_client.model.phone import format_number

    rows = []
    behind: list[list[Behind | None]] = []
    values: list[list[Value]] = []
    for one in report.problems:
        name = clean(one.name) or format_number(one.number, look.home)
        counts = (one.dropped, one.refused, one.not_reached, one.postponed)
        cells = [*(number(count) if count else "" for count in counts), look.employee(one.operator_id or None)]
        rows.append(GridRow(name, cells))
        behind.append([Behind(name, tasks=TaskFilter(ids=one.tasks))] * len(cells))
        values.append([*counts, cells[-1]])
    grid = GridData(
        titles=[_("Dropped"), _("Refused"), _("Not reached"), _("Postponed"), _("Operator")],
        rows=rows,
        note=_("No client was a problem in this period."),
        texts=frozenset({4}),
    )
    return Table(grid, behind, values)


_OUTCOMES = (
    (PlanColumn.DONE, N_("Done")),
    (PlanColumn.POSTPONED, N_("Postponed")),
    (PlanColumn.FAILED, N_("Unsuccessful")),
    (PlanColumn.DROPPED, N_("Dropped")),
    (PlanColumn.LEFT, N_("Still to call")),
)


def outcome_chart(report: PlanReport, look: TaskLook) -> ChartData:
    """What became of each operator's tasks, as parts of a bar."""
    notes = tuple(
        "   ".join(f"{_(word)} {count_text(row.counts, column)}" for column, word in _OUTCOMES) for row in report.rows
    )
    return ChartData(
        kind=Chart.HORIZONTAL,
        labels=tuple(operator_name(row, look) for row in report.rows),
        series=tuple(
            Series(_(word), tuple(_value(row.counts, column) for row in report.rows)) for column, word in _OUTCOMES
        ),
        notes=notes,
    )


def progress_chart(report: PlanReport, hour_now: int | None) -> ChartData:
    """Outcomes written down by each hour of the day, added up; `hour_now`: the day is not over."""
    hours = [point.hour for point in report.progress]
    if not hours:
        return ChartData(Chart.LINES, (), ())
    last = max(max(hours), hour_now or 0)
    span = range(min(hours), last + 1)

    def added(name: str) -> tuple[float, ...]:
        return tuple(float(sum(getattr(p, name) for p in report.progress if p.hour <= hour)) for hour in span)

    series = [Series(_(word), added(column.value)) for column, word in _OUTCOMES[:-1]]
    if report.first == report.last == report.progress_day:
        series.append(Series(_("Planned"), tuple(float(report.total.planned) for _hour in span)))
    notes = tuple(
        "   ".join(f"{one.name} {number(int(one.values[place]))}" for one in series) for place in range(len(span))
    )
    return ChartData(Chart.LINES, tuple(f"{hour:02}" for hour in span), tuple(series), notes)
