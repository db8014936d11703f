"""Employees compared (P10): incoming accepted, outgoing made, their sum; by count or by own talk."""

from __future__ import annotations

from msgspec import structs

from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Employee, entry_name
from backend_client.model.report import By, Cell, Measure, ReportColumn, ReportRow, RowKind, Unit, narrowed
from backend_client.model.reports import RESULTS
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line, Table, Take, add_all, add_up


def compared(asked: Asked) -> Table:
    """Rows are the active employees of the filter; an operator has only the own one, and no company row."""
    talk = asked.measure is Measure.TALK
    unit = Unit.SECONDS if talk else Unit.CALLS
    columns = [structs.replace(column, unit=unit) for column in asked.report.columns]
    takes: list[Take] = [(asked.kinds(column.fragment), None) for column in columns]
    lines = {employee.id: Line(_row(employee), [0] * len(columns)) for employee in _employees(asked)}
    rows = list(lines.values())
    place = {id: i for i, id in enumerate(lines)}
    total = Line(ReportRow(kind=RowKind.TOTAL), [0] * len(columns))
    by_employee = asked.sums(axis.OWN, By.NONE, weights=("own",)) if talk else asked.sums(axis.EMPLOYEE, By.NONE)
    add_up(by_employee, rows, takes, place)
    if not asked.own:
        company = asked.sums(axis.TALK, By.NONE, weights=("c.talk",)) if talk else asked.sums(axis.NONE, By.NONE)
        add_all(company, total, takes)
    for column in _result_columns(asked):
        columns.append(column)
        _add_results(asked, column, rows, total, place)
    if asked.request.hide_empty:
        rows = [line for line in rows if any(line.counts)]
    rows.sort(key=lambda line: -line.counts[2])
    return Table(tuple(columns), rows, [] if asked.own else [total, _average(total, len(rows))])


def _employees(asked: Asked) -> list[Employee]:
    base, own = asked.base, asked.viewer.scope.employee_id
    return [
        employee
        for employee in asked.directories.employees
        if (employee.id == own if asked.own else employee.active)
        and (not base.employees or employee.id in base.employees)
        and (not base.departments or employee.department in base.departments)
    ]


def _row(employee: Employee) -> ReportRow:
    return ReportRow(
        kind=RowKind.EMPLOYEE,
        key=employee.id,
        label=entry_name(employee),
        fragment=CallFilter(employees=(employee.id,)),
    )


def _average(total: Line, rows: int) -> Line:
    """The total divided by the rows listed, each cell rounded up to a whole call or second (S1)."""
    line = Line(ReportRow(kind=RowKind.AVERAGE), [0] * len(total.counts))
    for i, n in enumerate(total.counts):
        line.cells[i] = Cell(-(-n // rows), rows) if rows else Cell(None, 0)
    return line


def _result_columns(asked: Asked) -> list[ReportColumn]:
    if RESULTS not in asked.request.columns:
        return []
    return [
        ReportColumn(
            id=f"result:{result.id}", label=result.name, optional=True, charted=False,
            fragment=structs.replace(asked.report.columns[-1].fragment, results=(result.id,)),
        )
        for result in asked.directories.results
    ]  # fmt: skip


def _add_results(asked: Asked, column: ReportColumn, rows: list[Line], total: Line, place: dict[int, int]) -> None:
    base = narrowed(asked.base, column.fragment)
    at = len(total.counts)
    for line in (*rows, total):
        line.counts.append(0)
    for key, _, _, n in asked.sums(axis.EMPLOYEE, By.NONE, base=base):
        if key in place:
            rows[place[key]].counts[at] += n
    if not asked.own:
        total.counts[at] += sum(n for _, _, _, n in asked.sums(axis.NONE, By.NONE, base=base))
