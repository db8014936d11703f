"""Two days of calls, counted by hand."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.report import By, Measure, ReportRequest, ReportResult, ReportRow, RowKind
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.upkeep.rebuild import CheckReport, check
from tests.sqlite.centre import ALL_CALLS
from tests.sqlite.report_store import read
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

SATURDAY = 1_795_212_000
"""2026-11-21, midnight in Kyiv."""
FRIDAY = SATURDAY - 86_400
DAYS = Period(start="2026-11-20", end="2026-11-21")
CLIENT, ONE, TWO, THREE = "0672220001", "0501110003", "0501110004", "0501110005"


def clock(day: int, hour: int, minute: int) -> int:
    return day + hour * 3600 + minute * 60


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    opened.link(CLIENT, "Stroysnab")
    opened.facts.put(
        [
            call(leg("1.1", at=clock(FRIDAY, 9, 10), talk=60, outside=CLIENT)),
            call(leg("2.1", at=clock(FRIDAY, 9, 40), outside=ONE)),
            call(leg("3.1", at=clock(FRIDAY, 11, 0), talk=30, outside=ONE, outgoing=True)),
            call(leg("4.1", at=clock(FRIDAY, 23, 50), outside=TWO)),
            call(leg("5.1", at=clock(SATURDAY, 0, 10), talk=20, outside=TWO, outgoing=True)),
            call(leg("6.1", at=clock(SATURDAY, 10, 5), outside=THREE)),
            call(leg("7.1", at=clock(SATURDAY, 10, 20), outside="0442220002", phone="202", outgoing=True)),
            call(leg("8.1", at=clock(SATURDAY, 10, 30), outside="anonymous")),
            call(leg("9.1", at=clock(SATURDAY, 10, 40), talk=45, outside=ONE, phone="202")),
        ]
    )
    yield opened
    opened.close()


def report(desk: Desk, name: str, by: By | None = None, measure: Measure | None = None) -> ReportResult:
    asking = Viewer(ALL_CALLS, None, clock(SATURDAY, 12, 0), ZoneInfo("Europe/Kyiv"))
    request = ReportRequest(report=name, by=by, measure=measure, filter=CallFilter(period=DAYS))
    return read(desk.db, request, asking)


def values(row: ReportRow) -> list[float | None]:
    return [cell.value for cell in row.cells]


def named(result: ReportResult, row: ReportRow) -> dict[str, float | None]:
    return {column.id: cell.value for column, cell in zip(result.columns, row.cells, strict=True)}


def test_number_of_calls(desk: Desk) -> None:
    result = report(desk, "calls")
    assert [values(row) for row in result.rows] == [[1, 2, 3, 1, 0, 1], [1, 2, 3, 1, 1, 2]]
    assert values(result.totals[0]) == [2, 4, 6, 2, 1, 3]


def test_leads_by_calls_and_by_numbers(desk: Desk) -> None:
    leads = report(desk, "leads")
    assert [values(row) for row in leads.rows] == [[0, 1, 1, 2, 0.5], [0, 1, 1, 2, 0.5]]
    numbers = report(desk, "leads", measure=Measure.NUMBERS)
    assert [values(row) for row in numbers.rows] == [[0, 1, 1, 2, 0.5], [0, 0, 1, 1, 1.0]]


def test_registering_moves_leads(desk: Desk) -> None:
    since = clock(SATURDAY, 11, 0)
    desk.link(THREE, "Orion", since)
    assert [values(row)[:4] for row in report(desk, "leads").rows] == [[0, 1, 1, 2], [0, 1, 1, 2]]
    desk.link(ONE, "Nova", since)
    assert [values(row)[:4] for row in report(desk, "leads").rows] == [[1, 0, 1, 2], [1, 0, 1, 2]]
    # Her number ONE was answered after her number THREE was missed: that call is lost no more.
    desk.link(THREE, "Nova", since)
    assert [values(row)[:4] for row in report(desk, "leads").rows] == [[1, 0, 1, 2], [2, 0, 0, 2]]
    clients = report(desk, "clients")
    assert [(row.label, row.kind) for row in clients.rows] == [
        ("Nova", RowKind.CLIENT),
        ("Stroysnab", RowKind.CLIENT),
        ("", RowKind.UNREGISTERED),
        ("", RowKind.WITHHELD),
    ]
    assert values(clients.rows[0]) == [1, 2, 1, 0, 4]
    assert check(desk.writer) == CheckReport()
    desk.link(ONE, None)
    assert values(report(desk, "clients").rows[0])[-1] == 1
    assert check(desk.writer) == CheckReport()


def test_missed_calls_and_what_became_of_them(desk: Desk) -> None:
    result = report(desk, "missed")
    friday, saturday = (named(result, row) for row in result.rows)
    handled = ("we_called", "client_reached", "later", "never", "impossible", "total")
    assert [friday[id] for id in handled] == [1, 0, 1, 0, 0, 2]
    assert [saturday[id] for id in handled] == [0, 0, 0, 1, 1, 2]
    assert (friday["median"], saturday["median"]) == (21 * 60, None)
    assert [friday[id] for id in ("in_5", "in_15", "in_60")] == [0, 0, 0.5]
    assert [result.rows[1].cells[9].value, result.rows[1].cells[9].n] == [0, 1]


def test_average_and_peak_of_an_hour(desk: Desk) -> None:
    average = {row.key: values(row) for row in report(desk, "hours", measure=Measure.AVERAGE).rows}
    assert (average[9], average[10]) == ([0.5, 0.5, 0], [0.5, 1.0, 0.5])
    peak = {row.key: row for row in report(desk, "hours", measure=Measure.PEAK).rows}
    assert [(cell.value, cell.day) for cell in peak[10].cells] == [
        (1, "2026-11-21"),
        (2, "2026-11-21"),
        (1, "2026-11-21"),
    ]
    assert [(cell.value, cell.day) for cell in peak[3].cells] == [(0, "2026-11-21")] * 3


def test_weekdays(desk: Desk) -> None:
    rows = {row.key: row for row in report(desk, "weekdays").rows}
    assert values(rows[5]) == [1, 2, 1]
    assert values(rows[6]) == [1, 2, 2]
    assert [(cell.value, cell.n) for cell in rows[1].cells] == [(None, 0)] * 3


def test_employees(desk: Desk) -> None:
    result = report(desk, "employees")
    assert [values(row) for row in result.rows] == [[1, 4, 2, 0, 7], [1, 0, 0, 1, 2]]
    assert values(result.totals[0]) == [2, 4, 2, 1, 9]


def test_employees_compared_by_count_and_by_talk(desk: Desk) -> None:
    count = report(desk, "compared")
    assert [values(row) for row in count.rows] == [[1, 2, 3], [1, 1, 2]]
    assert [values(row) for row in count.totals] == [[2, 3, 5], [1, 2, 3]]
    talk = report(desk, "compared", measure=Measure.TALK)
    assert [values(row) for row in talk.rows] == [[60, 50, 110], [45, 0, 45]]
    assert [values(row) for row in talk.totals] == [[105, 50, 155], [53, 25, 78]]


def test_regions_channels_and_clients(desk: Desk) -> None:
    regions = {row.label or row.kind.value: values(row) for row in report(desk, "regions").rows}
    assert regions["none-known"] == [1, 0, 1]
    assert sum(row[2] or 0 for row in regions.values()) == 9
    channels = report(desk, "channels")
    assert [(row.label, values(row)) for row in channels.rows] == [("0440000001", [2, 4, 6])]
    clients = report(desk, "clients")
    assert [(row.kind, values(row)) for row in clients.rows] == [
        (RowKind.CLIENT, [1, 0, 0, 0, 1]),
        (RowKind.UNREGISTERED, [1, 3, 2, 1, 7]),
        (RowKind.WITHHELD, [0, 1, 0, 0, 1]),
    ]
    numbers = report(desk, "clients", By.NUMBER)
    assert [row.label for row in numbers.rows][:2] == ["+380501110003", "+380501110004"]


def test_service_indicators(desk: Desk) -> None:
    result = report(desk, "service")
    friday, saturday = (named(result, row) for row in result.rows)
    assert (friday["missed_after"], friday["missed_before"], friday["asa"]) == (2, 0, 10)
    assert friday["service_level"] == pytest.approx(1 / 3)
    assert (friday["once"], saturday["once"]) == (2, 4)
    assert named(result, result.totals[0])["once"] == 3
    assert (friday["resolved"], saturday["resolved"]) == (1, 1)
    assert saturday["talk"] == 65
    assert saturday["lost_share"] == pytest.approx(1 / 3)
