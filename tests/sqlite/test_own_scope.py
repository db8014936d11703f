"""What an operator may not learn of colleagues' calls by asking about own ones: when, by whom, in which direction."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.contract.calls import CountRequest, WindowRequest
from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter, Handling
from backend_client.model.period import Period
from backend_client.model.report import By, ReportRequest
from backend_client.model.status import Direction, Status
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.directory import assign_extension, read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.reports.count_calls import SliceCache
from backend_client.sqlite.window import read_window
from tests.contract.conftest import NOON, NOW
from tests.sqlite.report_store import read
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NUMBER = "0671234567"
KEY = "+380671234567"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Olena missed a call of the number, Petro called back ten minutes later."""
    with closing(Desk(tmp_path / "store.db")) as desk:
        for name, phone in (("Olena", "301"), ("Petro", "302")):
            employee = desk.employee(name)
            with desk.writer.transaction() as transaction:
                assign_extension(transaction, phone, employee)
        missed = leg("1.1", at=NOON, outside=NUMBER, phone="301")
        back = leg("2.1", at=NOON + 600, talk=60, outside=NUMBER, phone="302", outgoing=True)
        desk.facts.put([call(missed), call(back)])
        yield desk


def olena(desk: Desk) -> Viewer:
    own = desk.employee("Olena")
    return Viewer(Scope(all_calls=False, employee_id=own), own, NOW, ZoneInfo("Europe/Kyiv"))


def head(desk: Desk) -> Viewer:
    return Viewer(Scope(all_calls=True, employee_id=None), None, NOW, ZoneInfo("Europe/Kyiv"))


def number(desk: Desk, wanted: CallFilter, viewer: Viewer) -> int:
    return read_count(desk.db, CountRequest(filter=wanted), viewer, names_of(read_directories(desk.db))).number


def test_a_colleague_settles_the_state_of_an_own_call(desk: Desk) -> None:
    assert number(desk, CallFilter(statuses=(Status.CALLED_BACK,)), olena(desk)) == 1
    assert number(desk, CallFilter(handling=(Handling.IN_WINDOW,)), olena(desk)) == 1


def test_being_the_only_call_of_its_number_is_judged_by_own_calls(desk: Desk) -> None:
    for wanted in (CallFilter(numbers=(KEY,), once=True), CallFilter(numbers=(KEY,), resolved=(7,))):
        assert number(desk, wanted, olena(desk)) == 1
    assert number(desk, CallFilter(numbers=(KEY,), once=False), olena(desk)) == 0
    assert number(desk, CallFilter(numbers=(KEY,), once=False), head(desk)) == 2


@pytest.mark.parametrize(
    "wanted",
    [
        CallFilter(callback_from=0),
        CallFilter(callback_to=10**6),
        CallFilter(handled_by=(Direction.OUTGOING,)),
        CallFilter(handled_by=(Direction.INCOMING, Direction.OUTGOING)),
    ],
)
def test_when_and_how_a_colleague_settled_an_own_call_is_not_told(desk: Desk, wanted: CallFilter) -> None:
    assert number(desk, wanted, head(desk)) == 1
    assert number(desk, wanted, olena(desk)) == 0


def test_a_row_does_not_tell_from_which_side_a_colleague_settled_it(desk: Desk) -> None:
    names = names_of(read_directories(desk.db))
    (row,) = read_window(desk.db, WindowRequest(below=10), olena(desk), names).rows
    assert row.settled_by == 0
    assert not row.marks & Mark.SETTLED_BY_US


def test_who_settled_an_own_call_is_told_of_it(desk: Desk) -> None:
    back = leg("3.1", at=NOON + 1800 + 60, talk=60, outside="0507654321", phone="301", outgoing=True)
    missed = leg("4.1", at=NOON + 1800, outside="0507654321", phone="301")
    desk.facts.put([call(missed), call(back)])
    assert number(desk, CallFilter(callback_from=0), olena(desk)) == 1
    assert number(desk, CallFilter(handled_by=(Direction.OUTGOING,)), olena(desk)) == 1


def test_the_report_of_missed_calls_keeps_times_and_sides_of_hidden_contacts(desk: Desk) -> None:
    for viewer, told in ((olena(desk), False), (head(desk), True)):
        result = read(desk.db, ReportRequest(report="missed"), viewer)
        (total,) = result.totals
        cells = {column.id: cell for column, cell in zip(result.columns, total.cells, strict=True)}
        assert cells["total"].value == 1
        assert cells["handled_share"].value == 1
        assert cells["we_called"].value == int(told)
        assert bool(cells["median"].value) is told
        assert bool(cells["in_15"].value) is told


def test_one_off_numbers_and_resolved_calls_of_an_operator_are_those_of_own_calls(desk: Desk) -> None:
    answered = leg("5.1", at=NOON + 3600, talk=60, outside=NUMBER, phone="301")
    later = leg("6.1", at=NOON + 3600 + 600, talk=60, outside=NUMBER, phone="302")
    desk.facts.put([call(answered), call(later)])
    assert number(desk, CallFilter(numbers=(KEY,), statuses=(Status.ANSWERED,), resolved=(1,)), olena(desk)) == 1
    assert number(desk, CallFilter(numbers=(KEY,), statuses=(Status.ANSWERED,), resolved=(1,)), head(desk)) == 1


def test_a_call_of_the_number_that_comes_later_unresolves_what_a_kept_report_counted(desk: Desk) -> None:
    desk.facts.put([call(leg("3.1", at=NOON + 700, talk=30, outside=NUMBER, phone="301"))])
    cache = SliceCache()
    request = ReportRequest(report="service", by=By.DAY, filter=CallFilter(period=Period(start="2026-11-01")))

    def resolved() -> list[float | None]:
        result = read(desk.db, request, olena(desk), cache)
        place = [column.id for column in result.columns].index("resolved")
        return [row.cells[place].value for row in result.rows if row.cells[place].n]

    assert resolved() == [1]
    desk.facts.put([call(leg("4.1", at=NOON + 2 * 86_400, talk=30, outside=NUMBER, phone="301"))])
    assert resolved() == [0, 1]
