"""Reports: what they are made of, what is asked of one, and the table that answers (architecture idea 3).

A report is a table of filters. The calls behind a cell are those of `cell_filter`: the report's own filter, narrowed
by the fragment of the row and the fragment of the column. Nothing here reads a store.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct, structs

from backend_client.model.call_filter import NOTHING, CallFilter
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, WireEnum

EMPTY = CallFilter(directions=(Direction.OUTGOING,), families=(Family.ACCEPTED,))
"""A filter that no call satisfies: what narrowing comes to where two fragments exclude each other."""


class By(WireEnum):
    """What the rows of a report are."""

    NONE = "none"
    """The report's own rows over the whole period: regions, hours, employees …"""
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR = "hour"
    EMPLOYEE = "employee"
    NUMBER = "number"
    UNKNOWN = "unknown"


class Measure(WireEnum):
    COUNT = "count"
    NUMBERS = "numbers"
    """Leads by new numbers: their first contacts."""
    TALK = "talk"
    """Seconds of talk; of an employee the own ones."""
    AVERAGE = "average"
    """Calls a day of that kind, one decimal (decision 10)."""
    PEAK = "peak"
    """Calls of the largest single day (decision 10)."""
    UNKNOWN = "unknown"


class Unit(WireEnum):
    """What the value of a cell is."""

    CALLS = "calls"
    """Calls; the cell's filter counts them."""
    NUMBERS = "numbers"
    SECONDS = "seconds"
    """A sum of seconds of talk over the calls of the filter."""
    AVERAGE_CALLS = "average-calls"
    """Calls of the filter ÷ `n` days."""
    PEAK = "peak"
    """Calls of the cell's own filter, which is one day's."""
    SHARE = "share"
    """0 to 1: calls of the filter ÷ those of `of`, of which there are `n`; None where these are none."""
    MEAN_SECONDS = "mean-seconds"
    """Mean over the `n` calls of the filter; None where these are none."""
    MEDIAN_SECONDS = "median-seconds"
    OPERATORS = "operators"
    """Operators needed for the calls of the filter, spread over `n` days (model/erlang.py)."""
    UNKNOWN = "unknown"


class Chart(WireEnum):
    """How a report is drawn unless chosen otherwise."""

    BARS = "bars"
    """A bar a column, side by side, at each row."""
    STACKED = "stacked"
    STACKED_SHARES = "stacked-shares"
    """100 % stacks, with the column `line` on a second axis."""
    HORIZONTAL = "horizontal"
    SHARES = "shares"
    """In place of a pie: one bar a row with its share."""
    LINES = "lines"
    HEAT = "heat"
    """Rows against columns, each cell the darker the more it holds."""
    UNKNOWN = "unknown"


class RowKind(WireEnum):
    """What a row stands for; what a screen has to name is in `key`, `first`, `last`, the rest in `label`."""

    BUCKET = "bucket"
    """A day, week or month: `first` to `last`."""
    HOUR = "hour"
    """`key` 0–23."""
    WEEKDAY = "weekday"
    """`key` 1–7, Monday is 1."""
    EMPLOYEE = "employee"
    CHANNEL = "channel"
    REGION = "region"
    CLIENT = "client"
    NUMBER = "number"
    NOBODY = "nobody"
    UNREGISTERED = "unregistered"
    """Numbers without a client, as one row; the same report by NUMBER lists them."""
    WITHHELD = "withheld"
    NONE_KNOWN = "none-known"
    """No line, no region known."""
    OTHERS = "others"
    TOTAL = "total"
    AVERAGE = "average"
    UNKNOWN = "unknown"


class ServiceGoal(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the service indicators (P12). Seconds."""

    percent: int = 80
    seconds: int = 20
    count_abandoned: bool = True
    short_abandon: int = 5
    """Abandoned sooner: left out of the service level."""
    short_call: int = 30
    resolved_days: int = 7
    """First call resolution: no further call of the number within so many days."""


class ReportRequest(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked of a report. Without a period in the filter it is the report's first preset for `by`."""

    report: str
    """Id of a `Report`."""
    filter: CallFilter = NOTHING
    by: By | None = None
    """None: the report's own default."""
    measure: Measure | None = None
    against: Period | None = None
    """Compare with this period: `before` of every cell."""
    compared: bool = False
    """Compare with as many days just before."""
    top: int | None = None
    """So many rows (or columns, by day, week or month), of the most calls, and Others; 0: all; None: its own."""
    hide_empty: bool = False
    """Employees without calls are left out (P10)."""
    columns: tuple[str, ...] = ()
    """Ids of optional columns and of the columns chosen; () is the report's own choice."""
    goal: ServiceGoal = ServiceGoal()
    etag: int = 0
    """The change number of the result that the caller holds."""
    within: float | None = None
    """Answer after so many seconds with what is known by then (`complete` is False); asking again goes on from
    there. None: as long as it takes."""


class ReportColumn(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A series. `title` and `group` are msgids, but for columns that stand for an entry (`kind`), named by `label`."""

    id: str
    title: str = ""
    group: str = ""
    """Columns of one group stand under one heading."""
    unit: Unit = Unit.CALLS
    fragment: CallFilter = NOTHING
    of: CallFilter | None = None
    """Fragment of the denominator of a share."""
    charted: bool = True
    """Part of the chart; totals of other columns are not."""
    line: bool = False
    """Drawn as a line on a second axis."""
    stack: int = 0
    """Where bars are stacked, those of one number; the stacks stand side by side."""
    optional: bool = False
    """Shown only when chosen."""
    kind: RowKind | None = None
    key: int = 0
    label: str = ""


class Cell(Struct, frozen=True, omit_defaults=True, gc=False):
    """A value and what it was taken over. None is no value ("—")."""

    value: float | None = None
    n: int | None = None
    """Denominator of a share, days of an average, calls of a mean."""
    before: float | None = None
    """The value in the period compared with."""
    day: str = ""
    """Day of a peak (ISO): the cell counts the calls of that day alone."""
    pending: bool = False
    """Not known yet: the result is not complete."""


class ReportRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    kind: RowKind
    key: int = 0
    label: str = ""
    """Name of what the row stands for, where the store has one."""
    first: str = ""
    last: str = ""
    """ISO local days of a bucket."""
    partial: bool = False
    """The period, or today, cuts this bucket."""
    fragment: CallFilter = NOTHING
    before: CallFilter | None = None
    """Fragment of the row that it is compared with; None: the same fragment in the other period."""
    cells: tuple[Cell, ...] = ()


class Note(Struct, frozen=True, omit_defaults=True):
    """A sentence under the title: a msgid and what fills its {names}."""

    text: str
    fields: dict[str, int | float | str] = {}


class ReportResult(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The table. `rows` in order, total and average rows in `totals`."""

    change: int
    unchanged: bool = False
    report: str = ""
    by: By = By.NONE
    measure: Measure = Measure.COUNT
    base: CallFilter = NOTHING
    """The filter with its period as absolute local dates; cells narrow it."""
    base_before: CallFilter | None = None
    """The same of the period compared with."""
    columns: tuple[ReportColumn, ...] = ()
    rows: tuple[ReportRow, ...] = ()
    totals: tuple[ReportRow, ...] = ()
    notes: tuple[Note, ...] = ()
    """The definition in words first, then what this table has to say of itself."""
    complete: bool = True
    done: int = 0
    total: int = 0
    """Days read and days to read, where the result is not complete."""


class Report(Struct, frozen=True, kw_only=True):
    """A report as it is declared. Texts are msgids."""

    id: str
    title: str
    group: str
    """Heading of the menu."""
    definition: str
    bys: tuple[By, ...] = (By.NONE,)
    """What its rows may be, the default first."""
    measures: tuple[Measure, ...] = (Measure.COUNT,)
    """The default first."""
    charts: tuple[Chart, ...] = (Chart.BARS,)
    """How it may be drawn, the default first."""
    columns: tuple[ReportColumn, ...] = ()
    """Where it declares them; columns that stand for entries come with the result."""
    top: int = 0
    """Rows (or columns, by day, week or month) before Others; 0 lists all."""
    drops_empty: bool = False
    """Buckets without calls are left out; else they are 0."""
    incoming: bool = False
    """Only incoming calls are counted."""


PRESETS: dict[By, tuple[Preset, ...]] = {
    By.DAY: (Preset.LAST_30_DAYS, Preset.LAST_7_DAYS, Preset.LAST_90_DAYS),
    By.WEEK: (Preset.LAST_QUARTER, Preset.LAST_30_DAYS, Preset.LAST_HALF_YEAR),
    By.MONTH: (Preset.LAST_YEAR, Preset.LAST_QUARTER, Preset.LAST_HALF_YEAR),
}
"""Presets that follow the comparison (P13), the default first."""


def presets_of(by: By) -> tuple[Preset, ...]:
    """The periods that a report offers where its rows are these."""
    return PRESETS.get(by, PRESETS[By.DAY])


def narrowed(filter: CallFilter, *fragments: CallFilter) -> CallFilter:
    """The filter narrowed by fragments: values of one field are intersected (of a field that excludes: added up), a
    fragment's period replaces the filter's. `EMPTY` where that leaves nothing."""
    changes: dict[str, object] = {}
    for fragment in fragments:
        if fragment is NOTHING:
            continue
        for name, value in _asked(fragment):
            old = changes.get(name, getattr(filter, name))
            met = _met(name, old, value)
            if met is None:
                return EMPTY
            changes[name] = met
    return structs.replace(filter, **changes) if changes else filter


@lru_cache(maxsize=512)
def _asked(fragment: CallFilter) -> tuple[tuple[str, object], ...]:
    return tuple(
        (name, value)
        for name in CallFilter.__struct_fields__
        if (value := getattr(fragment, name)) != getattr(NOTHING, name)
    )


def _met(name: str, old: object, new: object) -> object | None:
    """What both ask of one field; None where they exclude each other."""
    if old == new or old == getattr(NOTHING, name) or name == "period":
        return new
    if isinstance(old, tuple) and isinstance(new, tuple):
        if name.startswith("not_"):
            return tuple(dict.fromkeys((*old, *new)))
        return tuple(value for value in new if value in old) or None
    if name.endswith("_from") and isinstance(old, int) and isinstance(new, int):
        return max(old, new)
    if name.endswith("_to") and isinstance(old, int) and isinstance(new, int):
        return min(old, new)
    return None


def cell_filter(result: ReportResult, row: ReportRow, column: int) -> CallFilter:
    """The calls that a cell counts (of a share: its numerator), in the period of the result."""
    cell = row.cells[column]
    day = CallFilter(period=_day_of(result.base.period or Period(), cell.day)) if cell.day else NOTHING
    return narrowed(result.base, row.fragment, result.columns[column].fragment, day)


def _day_of(period: Period, day: str) -> Period:
    """A day of a period, cut where the period is."""
    return Period(
        start=period.start if period.start.startswith(day) else day,
        end=period.end if period.end.startswith(day) else day,
    )


_UNITS = {Measure.AVERAGE: Unit.AVERAGE_CALLS, Measure.TALK: Unit.SECONDS}


def unit_of(result: ReportResult, column: int) -> Unit:
    """What the cells of a column hold under the measure of the result."""
    unit = result.columns[column].unit
    return _UNITS.get(result.measure, unit) if unit is Unit.CALLS else unit


def denominator_filter(result: ReportResult, row: ReportRow, column: int) -> CallFilter | None:
    """The calls that a share is a share of; None where the cell is none."""
    of = result.columns[column].of
    return None if of is None else narrowed(result.base, row.fragment, of)


def before_filter(result: ReportResult, row: ReportRow, column: int) -> CallFilter | None:
    """The calls that `before` counts; None where nothing is compared (a peak before has no filter of its own)."""
    if result.base_before is None:
        return None
    fragment = row.fragment if row.before is None else row.before
    return narrowed(result.base_before, fragment, result.columns[column].fragment)
