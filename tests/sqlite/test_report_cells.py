"""Every number of every report is the number of calls behind it, whoever asks and however they are filtered."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from backend_client.model.call_filter import CallFilter
from backend_client.model.filter_text import from_text, to_text
from backend_client.model.period import Period, Preset, resolve
from backend_client.model.report import (
    By,
    Measure,
    Report,
    ReportRequest,
    ReportResult,
    ReportRow,
    RowKind,
    Unit,
    before_filter,
    cell_filter,
    denominator_filter,
)
from backend_client.model.reports import REPORTS
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.reports.count_calls import SliceCache
from tests.sqlite.centre import ALL_CALLS, NOTHING, own, store, viewer
from tests.sqlite.oracle import Known, matches
from tests.sqlite.report_store import EVERY, counted, described, read, without_tallies
from tests.sqlite.test_read_filters import EMPLOYEE, FIELDS

PERIODS = st.sampled_from(
    [
        Period(preset=Preset.LAST_30_DAYS),
        Period(preset=Preset.LAST_HALF_YEAR),
        Period(),
        Period(start="2026-03-01", end="2026-04-02"),
        Period(start="2024-10-20", end="2024-11-03"),
        Period(start="2026-10-20T13:30", end="2026-10-27T09:15"),
        Period(end="2024-12-31"),
        Period(start="2030-01-01", end="2030-01-07"),
    ]
)
NARROWING = {name: how for name, how in FIELDS.items() if name != "period"}
SCOPES = st.sampled_from([ALL_CALLS, ALL_CALLS, ALL_CALLS, own(EMPLOYEE), NOTHING])


@st.composite
def requests(draw: st.DrawFn) -> ReportRequest:
    report, by, measure = draw(st.sampled_from(EVERY))
    chosen = draw(st.lists(st.sampled_from(sorted(NARROWING)), max_size=2, unique=True))
    asked = {name: draw(NARROWING[name]) for name in chosen}
    return ReportRequest(
        report=report.id,
        by=by,
        measure=measure,
        filter=CallFilter(period=draw(PERIODS), **asked),  # type: ignore[arg-type]
        top=draw(st.sampled_from([None, 0, 3])),
    )


def number(wanted: CallFilter, asking: Viewer) -> int:
    """What the oracle counts; it knows nothing of other calls of a number."""
    _, _, known = store()
    calls = [call for call in known if matches(call, wanted, asking)]
    if wanted.once is not None:
        calls = [call for call in calls if _alone(call, wanted, asking) is wanted.once]
    if wanted.resolved:
        calls = [call for call in calls if _resolved(call, min(wanted.resolved), asking)]
    return len(calls)


def _of_number(call: Known, asking: Viewer) -> list[Known]:
    """The calls of the number that the viewer may see."""
    _, _, known = store()
    key = call.row["number_id"]
    own = None if asking.scope.all_calls else asking.scope.employee_id
    same = [other for other in known if key is not None and other.row["number_id"] == key]
    return same if asking.scope.all_calls else [other for other in same if own in other.people]


def _alone(call: Known, wanted: CallFilter, asking: Viewer) -> bool | None:
    if call.row["number_id"] is None:
        return None
    span = resolve(wanted.period or Period(), asking.now, asking.zone)
    inside = [
        other
        for other in _of_number(call, asking)
        if (span.start is None or other.row["start"] >= span.start)
        and (span.end is None or other.row["start"] < span.end)
    ]
    return len(inside) == 1


def _resolved(call: Known, days: int, asking: Viewer) -> bool:
    start = call.row["start"]
    others = [other.row["start"] for other in _of_number(call, asking)]
    return bool(others) and not any(start < other <= start + days * 86_400 for other in others)


def some_of(data: st.DataObject, cells: list[tuple[ReportRow, int]]) -> list[tuple[ReportRow, int]]:
    """A few cells; the oracle takes its time."""
    return data.draw(st.lists(st.sampled_from(cells), max_size=5)) if cells else []


@settings(max_examples=120)
@given(requests(), SCOPES, st.data())
def test_a_cell_is_the_number_of_its_calls(request: ReportRequest, scope: object, data: st.DataObject) -> None:
    asking = viewer(scope, EMPLOYEE)  # type: ignore[arg-type]
    result = read(store()[0], request, asking)
    for row, column in some_of(data, list(counted(result))):
        wanted = cell_filter(result, row, column)
        assert number(wanted, asking) == row.cells[column].value, described(result, row, column)


@pytest.mark.parametrize("unregistered", [True, False])
def test_numbers_with_and_without_a_client_are_told_apart(unregistered: bool) -> None:
    asking = viewer(ALL_CALLS)
    wanted = CallFilter(period=Period(), unregistered=unregistered)
    result = read(store()[0], ReportRequest(report="channels", filter=wanted), asking)
    assert all(cell.value for row in result.totals for cell in row.cells)
    for row, column in counted(result):
        told = number(cell_filter(result, row, column), asking)
        assert row.cells[column].value == told, described(result, row, column)


@settings(max_examples=60)
@given(requests(), SCOPES)
def test_tallies_say_what_the_calls_say(request: ReportRequest, scope: object) -> None:
    asking = viewer(scope, EMPLOYEE)  # type: ignore[arg-type]
    tallied = read(store()[0], request, asking)
    with without_tallies():
        raw = read(store()[0], request, asking)
    assert tallied == raw


@settings(max_examples=40)
@given(st.sampled_from(EVERY), SCOPES, PERIODS, st.data())
def test_shares_means_and_averages_are_of_their_calls(
    what: tuple[Report, By, Measure], scope: object, period: Period, data: st.DataObject
) -> None:
    asking = viewer(scope, EMPLOYEE)  # type: ignore[arg-type]
    request = ReportRequest(report=what[0].id, by=what[1], measure=what[2], filter=CallFilter(period=period))
    result = read(store()[0], request, asking)
    cells = [(row, i) for row in (*result.rows, *result.totals) for i in range(len(result.columns))]
    for row, i in some_of(data, cells):
        cell, unit = row.cells[i], result.columns[i].unit
        if unit is Unit.AVERAGE_CALLS:
            counts = number(cell_filter(result, row, i), asking)
            assert cell.value == (round(counts / cell.n, 1) if cell.n else None), described(result, row, i)
        elif unit is Unit.SHARE:
            of = denominator_filter(result, row, i)
            assert of is not None
            assert cell.n == number(of, asking), described(result, row, i)
            part = number(cell_filter(result, row, i), asking)
            assert cell.value == (pytest.approx(part / cell.n) if cell.n else None), described(result, row, i)
        elif unit is Unit.MEAN_SECONDS:
            assert cell.n == number(cell_filter(result, row, i), asking), described(result, row, i)


def test_seconds_of_talk_are_those_of_the_calls() -> None:
    _, _, known = store()
    asking = viewer(ALL_CALLS)
    result = read(
        store()[0],
        ReportRequest(report="compared", measure=Measure.TALK, filter=CallFilter(period=Period())),
        asking,
    )
    own_talk: Counter[int] = Counter()
    for employee, call_id, talk in store()[0].execute("SELECT employee_id, call_id, talk FROM call_employee"):
        call = next(call for call in known if call.row["id"] == call_id)
        if matches(call, cell_filter(result, result.totals[0], 2), asking):
            own_talk[employee] += talk
    assert {row.key: row.cells[2].value for row in result.rows} == {row.key: own_talk[row.key] for row in result.rows}
    calls = [call for call in known if matches(call, cell_filter(result, result.totals[0], 2), asking)]
    assert result.totals[0].cells[2].value == sum(call.row["talk"] for call in calls)


@pytest.mark.parametrize(("report", "by"), [("calls", By.DAY), ("leads", By.WEEK), ("missed", By.MONTH)])
def test_buckets_add_up_to_the_total(report: str, by: By) -> None:
    result = read(
        store()[0], ReportRequest(report=report, by=by, filter=CallFilter(period=Period())), viewer(ALL_CALLS)
    )
    for i, column in enumerate(result.columns):
        if column.unit is Unit.CALLS:
            assert sum(row.cells[i].value or 0 for row in result.rows) == result.totals[0].cells[i].value


@pytest.mark.parametrize("report", ["regions", "channels", "clients"])
@pytest.mark.parametrize("top", [0, 2])
def test_entries_and_others_add_up_to_the_total(report: str, top: int) -> None:
    request = ReportRequest(report=report, top=top, filter=CallFilter(period=Period(start="2026-01-01")))
    result = read(store()[0], request, viewer(ALL_CALLS))
    for i in range(len(result.columns)):
        assert sum(row.cells[i].value or 0 for row in result.rows) == result.totals[0].cells[i].value


def test_every_day_has_its_row_and_cut_ones_are_marked() -> None:
    asking = viewer(ALL_CALLS)
    period = Period(start="2026-10-21", end="2026-11-21")
    weeks = read(store()[0], ReportRequest(report="calls", by=By.WEEK, filter=CallFilter(period=period)), asking)
    spans = [(row.first, row.last, row.partial) for row in weeks.rows]
    assert spans[0] == ("2026-10-21", "2026-10-25", True)
    assert spans[1] == ("2026-10-26", "2026-11-01", False)
    assert spans[-1] == ("2026-11-16", "2026-11-21", True)
    days = read(store()[0], ReportRequest(report="calls", by=By.DAY, filter=CallFilter(period=period)), asking)
    assert len(days.rows) == 32
    assert any(not any(cell.value for cell in row.cells) for row in days.rows)


def test_leads_drop_empty_days() -> None:
    period = Period(start="2026-10-21", end="2026-11-21")
    result = read(store()[0], ReportRequest(report="leads", filter=CallFilter(period=period)), viewer(ALL_CALLS))
    assert 0 < len(result.rows) < 32
    assert all(any(cell.value for cell in row.cells) for row in result.rows)


def test_leads_lost_are_the_lost_of_the_journal() -> None:
    asking = viewer(ALL_CALLS)
    result = read(store()[0], ReportRequest(report="leads", filter=CallFilter(period=Period())), asking)
    lost = next(i for i, column in enumerate(result.columns) if column.id == "lost")
    assert result.totals[0].cells[lost].value == number(CallFilter(lost=True), asking)


def test_an_operator_has_no_other_row() -> None:
    for report in ("employees", "compared", "service"):
        by = By.EMPLOYEE if report == "service" else None
        request = ReportRequest(report=report, by=by, filter=CallFilter(period=Period()))
        result = read(store()[0], request, viewer(own(EMPLOYEE)))
        assert [(row.kind, row.key) for row in result.rows] == [(RowKind.EMPLOYEE, EMPLOYEE)], report
        assert not result.totals


def test_a_period_is_compared_with_another() -> None:
    asking = viewer(ALL_CALLS)
    for report, by, measure in EVERY:
        request = ReportRequest(
            report=report.id,
            by=by,
            measure=measure,
            filter=CallFilter(period=Period(start="2026-11-01", end="2026-11-14")),
            against=Period(start="2026-10-01", end="2026-10-14"),
            top=3,
        )
        result = read(store()[0], request, asking)
        checked = 0
        for row, i in counted(result):
            before = before_filter(result, row, i)
            cell = row.cells[i]
            if cell.before is not None and before is not None and not cell.day and checked < 4:
                checked += 1
                assert number(before, asking) == cell.before, described(result, row, i)


def test_time_that_ran_out_is_taken_up_again() -> None:
    cache = SliceCache()
    wanted = CallFilter(period=Period(), talk_from=30)
    request = ReportRequest(report="calls", by=By.MONTH, filter=wanted, within=0.0)
    asking = viewer(ALL_CALLS)
    first = read(store()[0], request, asking, cache)
    assert not first.complete
    assert first.done < first.total
    results: list[ReportResult] = [first]
    while not results[-1].complete:
        results.append(read(store()[0], request, asking, cache))
        assert len(results) < 2000
    whole = read(store()[0], structs.replace(request, within=None), asking)
    assert results[-1].rows == whole.rows


def test_a_week_of_the_clock_change_has_all_its_calls() -> None:
    zone = ZoneInfo("Europe/Kyiv")
    asking = viewer(ALL_CALLS)
    _, _, known = store()
    result = read(
        store()[0],
        ReportRequest(report="hours", filter=CallFilter(period=Period(start="2026-10-25", end="2026-10-25"))),
        asking,
    )
    day = datetime(2026, 10, 25, tzinfo=zone)
    begin, end = day.timestamp(), (day + timedelta(days=1)).timestamp()
    external = [c for c in known if begin <= c.row["start"] < end and c.row["kind"] < 32]
    assert sum((row.cells[i].value or 0) for row in result.rows for i in range(3)) == len(external)


def test_every_report_says_what_it_counts() -> None:
    for report in REPORTS.values():
        result = read(store()[0], ReportRequest(report=report.id), viewer(ALL_CALLS))
        assert result.notes[0].text.format(**result.notes[0].fields)


@pytest.mark.parametrize(("report", "by", "measure"), EVERY)
def test_the_text_of_a_cells_filter_is_read_as_the_same_filter(report: Report, by: By, measure: Measure) -> None:
    period = Period(start="2026-10-20T13:30", end="2026-10-27T09:15")
    request = ReportRequest(report=report.id, by=by, measure=measure, filter=CallFilter(period=period), compared=True)
    db, _, _ = store()
    result = read(db, request, viewer(ALL_CALLS))
    for row in (*result.rows, *result.totals):
        for column in range(len(result.columns)):
            for wanted in (
                cell_filter(result, row, column),
                denominator_filter(result, row, column),
                before_filter(result, row, column),
            ):
                assert wanted is None or from_text(to_text(wanted)) == wanted
