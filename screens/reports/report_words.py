"""What a report says on screen: names of its rows and columns, values by their units, its definition."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from backend_client.model.directory import Directories
from backend_client.model.report import (
    By,
    Cell,
    Chart,
    Measure,
    Note,
    ReportColumn,
    ReportResult,
    ReportRow,
    RowKind,
    Unit,
    unit_of,
)
from backend_client.model.text import N_
from screens.language import (
    NO_VALUE,
    _,
    decimal,
    duration,
    locale,
    month_name,
    ngettext,
    number,
    pgettext,
    short_date,
    weekday_name,
    weekday_short,
)
from screens.widgets.chart_drawing import ChartData, HeatData, Series

BYS = {
    By.NONE: N_("the whole period"),
    By.DAY: N_("by day"),
    By.WEEK: N_("by week"),
    By.MONTH: N_("by month"),
    By.HOUR: N_("by hour"),
    By.EMPLOYEE: N_("by employee"),
    By.NUMBER: N_("by number"),
    By.UNKNOWN: "",
}
MEASURES = {
    Measure.COUNT: N_("calls"),
    Measure.NUMBERS: N_("numbers"),
    Measure.TALK: N_("time of talk"),
    Measure.AVERAGE: N_("average"),
    Measure.PEAK: N_("peak"),
    Measure.UNKNOWN: "",
}
CHARTS = {
    Chart.BARS: N_("bars"),
    Chart.STACKED: N_("stacked bars"),
    Chart.STACKED_SHARES: N_("shares of 100 %"),
    Chart.HORIZONTAL: N_("horizontal bars"),
    Chart.SHARES: N_("shares"),
    Chart.LINES: N_("lines"),
    Chart.HEAT: N_("heat map"),
    Chart.UNKNOWN: "",
}
SPANS = frozenset({Unit.SECONDS, Unit.MEAN_SECONDS, Unit.MEDIAN_SECONDS})
"""Units that are written as times."""
WHOLE = frozenset({"total", "sum"})
"""Columns that hold what the others of their row add up to."""
_ROWS = {
    RowKind.NOBODY: N_("Nobody"),
    RowKind.UNREGISTERED: N_("Unregistered numbers"),
    RowKind.WITHHELD: N_("Number withheld"),
    RowKind.NONE_KNOWN: N_("Not known"),
    RowKind.OTHERS: N_("Others"),
    RowKind.TOTAL: N_("Total"),
    RowKind.AVERAGE: N_("Average"),
}


def row_label(row: ReportRow | ReportColumn, by: By, directories: Directories) -> str:
    """What a row, or a column that stands for an entry, is called."""
    kind = row.kind
    if kind in _ROWS:
        return _(_ROWS[kind])
    if isinstance(row, ReportRow) and kind is RowKind.BUCKET:
        return bucket_label(row, by)
    if kind is RowKind.HOUR:
        return f"{row.key:02}:00"
    if kind is RowKind.WEEKDAY:
        return weekday_name(row.key)
    if kind is RowKind.REGION:
        found = next((region for region in directories.regions if region.id == row.key), None)
        return found.names.get(locale(), row.label or found.key) if found else row.label or f"#{row.key}"
    return row.label or f"#{row.key}"


def bucket_label(row: ReportRow, by: By) -> str:
    """A day, a week by its days, a month; "…" where the period cuts it."""
    first, last = date.fromisoformat(row.first), date.fromisoformat(row.last)
    cut = " …" if row.partial else ""
    if by is By.MONTH:
        return f"{month_name(first.month)} {first.year}{cut}"
    if by is By.WEEK:
        return f"{short_date(first)} – {short_date(last)}{cut}"
    return f"{short_date(first)} {weekday_short(first.isoweekday())}{cut}"


def column_title(column: ReportColumn, by: By, directories: Directories) -> str:
    """The heading of a column."""
    if column.title:
        return heading(column.title)
    if column.kind is RowKind.WEEKDAY:
        return weekday_short(column.key)
    return row_label(column, by, directories) if column.kind else column.label


def full_title(column: ReportColumn, by: By, directories: Directories) -> str:
    """The heading of a column with the heading over it."""
    title = column_title(column, by, directories)
    return f"{heading(column.group)}: {title}" if column.group else title


def heading(text: str) -> str:
    """The words over a column: one call is "Прийнятий", several are "Прийняті"."""
    several = {
        "Incoming": pgettext("several calls", "Incoming"),
        "Outgoing": pgettext("several calls", "Outgoing"),
        "Accepted": pgettext("several calls", "Accepted"),
        "Missed": pgettext("several calls", "Missed"),
        "Successful": pgettext("several calls", "Successful"),
        "Failed": pgettext("several calls", "Failed"),
        "Registered": pgettext("several calls", "Registered"),
        "Unregistered": pgettext("several calls", "Unregistered"),
        "Lost": pgettext("several calls", "Lost"),
    }
    return several.get(text) or _(text)


def value_text(value: float | None, unit: Unit) -> str:
    """A value alone."""
    if value is None:
        return NO_VALUE
    match unit:
        case _ if unit in SPANS:
            return duration(math.ceil(value))
        case Unit.AVERAGE_CALLS:
            return decimal(value, 1)
        case Unit.SHARE:
            return f"{decimal(value * 100, 1)} %"
        case _:
            return number(int(value))


def cell_text(cell: Cell, unit: Unit) -> str:
    """A cell: its value, of a share with its n; "…" while it is not known yet."""
    if cell.pending:
        return "…"
    text = value_text(cell.value, unit)
    if unit is Unit.SHARE and cell.n is not None:
        text += f" /{number(cell.n)}"
    return text


def difference_text(cell: Cell, unit: Unit) -> str:
    """How a cell differs from the period compared with: the difference and percent of what it was; of shares the
    percentage points."""
    if cell.value is None or cell.before is None:
        return ""
    change = cell.value - cell.before
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    if unit is Unit.SHARE:
        return sign + _("{points} pp").format(points=decimal(abs(change) * 100, 1))
    text = f"{sign}{value_text(abs(change), unit)}"
    if cell.before:
        text += f" ({sign}{decimal(abs(change) / cell.before * 100, 0)} %)"
    return text


def note_text(note: Note) -> str:
    """A sentence with its fields filled in."""
    return _(note.text).format(**note.fields)


def period_text(result: ReportResult) -> str:
    """The days that a result covers."""
    period = result.base.period
    if period is None:
        return ""
    ends = [short_date(date.fromisoformat(end[:10])) for end in (period.start, period.end) if end]
    return " – ".join(dict.fromkeys(ends))


def drawn_rows(result: ReportResult) -> list[ReportRow]:
    """The rows that a chart shows."""
    return [row for row in result.rows if row.kind is not RowKind.TOTAL]


def chart_data(result: ReportResult, kind: Chart, directories: Directories) -> ChartData:
    """What a chart of this result draws: the charted columns as series, a label a row."""
    rows = drawn_rows(result)
    charted = [
        i for i, column in enumerate(result.columns) if column.charted and (column.line or column.id not in WHOLE)
    ]
    series = tuple(
        Series(
            column_title(result.columns[index], result.by, directories),
            tuple(row.cells[index].value or 0.0 for row in rows),
            line=result.columns[index].line,
            stack=result.columns[index].stack,
        )
        for index in charted
    )

    def note(row: ReportRow, of: Sequence[int], name: Callable[[ReportColumn, By, Directories], str], gap: str) -> str:
        said = [(name(result.columns[i], result.by, directories), row.cells[i], unit_of(result, i)) for i in of]
        return gap.join(f"{title} {cell_text(cell, unit)}" for title, cell, unit in said)

    every = range(len(result.columns))
    if result.measure is Measure.PEAK and kind is Chart.STACKED:
        # Each series has its own largest day: together they are no sum (decision 10).
        kind = Chart.BARS
    average = next((row for row in result.totals if row.kind is RowKind.AVERAGE), None)
    spans = charted and all(unit_of(result, index) in SPANS for index in charted)
    return ChartData(
        kind=kind,
        labels=tuple(_short_label(row, result.by, directories) for row in rows),
        series=series,
        notes=tuple(note(row, every, full_title, "   ") for row in rows),
        brief=tuple(note(row, charted, column_title, "  ") for row in rows),
        averages=() if average is None else tuple(average.cells[index].value or 0.0 for index in charted),
        spans=bool(spans),
    )


def heat_data(result: ReportResult, directories: Directories) -> HeatData:
    """What a heat map of this result shows: its columns as rows, without the total."""
    columns = [i for i, column in enumerate(result.columns) if column.kind is RowKind.WEEKDAY]
    whole = result.totals[0].cells[-1].value if result.totals else None

    def note(row: ReportRow, index: int) -> str:
        cell, unit = row.cells[index], unit_of(result, index)
        where = f"{weekday_name(result.columns[index].key)} {row_label(row, result.by, directories)}"
        words = [f"{where}   {cell_text(cell, unit)}", difference_text(cell, unit)]
        if unit is Unit.AVERAGE_CALLS and cell.n:
            days = ngettext("a day, of {days} day", "a day, of {days} days", cell.n)
            words.append(days.format(days=number(cell.n)))
        elif whole and cell.value is not None:
            words.append(f"{decimal(cell.value / whole * 100, 1)} %")
        return "  ".join(word for word in words if word)

    return HeatData(
        rows=tuple(weekday_short(result.columns[i].key) for i in columns),
        columns=tuple(f"{row.key:02}" for row in result.rows),
        values=tuple(tuple(row.cells[i].value for row in result.rows) for i in columns),
        texts=tuple(tuple(_brief(row.cells[i].value) for row in result.rows) for i in columns),
        notes=tuple(tuple(note(row, i) for row in result.rows) for i in columns),
    )


def _brief(value: float | None) -> str:
    """A number in little room: one decimal below ten where it has one."""
    if value is None:
        return ""
    return decimal(value, 1) if value < 10 and value != int(value) else str(round(value))


def _short_label(row: ReportRow, by: By, directories: Directories) -> str:
    """A row's label where there is little room: a day without its year and weekday, a week by its first day."""
    if row.kind is RowKind.HOUR:
        return f"{row.key:02}"
    if row.kind is RowKind.WEEKDAY:
        return weekday_short(row.key)
    if row.kind is RowKind.BUCKET:
        first = date.fromisoformat(row.first)
        if by is By.MONTH:
            return f"{month_name(first.month)[:3]} {first.year % 100:02}"
        return short_date(first).replace(str(first.year), "").strip(".-/")
    return row_label(row, by, directories)
