"""Reports over hostile histories: tallies are the calls, whatever arrived in whatever order."""

from hypothesis import HealthCheck, given, settings
from msgspec import structs

from backend_client.contract.calls import CountRequest
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.report import ReportRequest, cell_filter
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.names import names_of
from tests.histories import History, histories
from tests.sqlite.centre import ALL_CALLS, viewer
from tests.sqlite.report_store import EVERY, counted, described, read, without_tallies
from tests.sqlite.stores import open_desk


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(histories())
def test_reports_of_any_history_count_its_calls(history: History) -> None:
    asking = viewer(ALL_CALLS)
    with open_desk(history.settings) as desk:
        for deed in history.deeds:
            desk.do(deed)
        asking = structs.replace(asking, zone=type(asking.zone)(history.settings.zone))
        for report, by, measure in EVERY:
            wanted = CallFilter(period=Period())
            request = ReportRequest(report=report.id, by=by, measure=measure, filter=wanted, top=1)
            result = read(desk.db, request, asking)
            with without_tallies():
                assert read(desk.db, request, asking) == result
            filled = [(row, i) for row, i in counted(result) if row.cells[i].value]
            for row, i in filled[:12]:
                asked = CountRequest(filter=cell_filter(result, row, i), limit=0)
                found = read_count(desk.db, asked, asking, names_of(read_directories(desk.db)))
                assert found.number == row.cells[i].value, described(result, row, i)
