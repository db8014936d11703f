"""The invariants of architecture idea 4: order of arrival and deriving again change nothing."""

from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.model.call import Mark
from backend_client.sqlite import facts
from backend_client.sqlite.upkeep.rebuild import CheckReport, check, rebuild
from tests.histories import History, arrangements, histories
from tests.sqlite.stores import content, open_desk, store_of

STORES = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
NEIGHBOURS = int(
    Mark.NEW
    | Mark.FIRST_CONTACT
    | Mark.LOST
    | Mark.ATTENTION
    | Mark.SETTLES
    | Mark.SETTLED_IN_WINDOW
    | Mark.SETTLED_BY_US
)


@STORES
@given(st.data())
def test_the_order_of_arrival_changes_nothing(data: st.DataObject) -> None:
    history = data.draw(histories())
    assert store_of(data.draw(arrangements(history))) == store_of(history)


@STORES
@given(histories())
def test_how_many_calls_are_derived_together_changes_nothing(history: History) -> None:
    with patch.multiple(facts, _FEWEST=1, _MOST=1, LONGEST=3600.0):
        one_by_one = store_of(history)
    assert one_by_one == store_of(history)


@STORES
@given(histories())
def test_marks_are_those_of_the_whole_timeline(history: History) -> None:
    with open_desk(history.settings) as desk:
        for deed in history.deeds:
            desk.do(deed)
        expected = history.marks()
        keys = {desk.id_of(key): key for key in history.calls()}
        for key, marks in expected.items():
            row = desk.row(key)
            settled_by = None if row.settled_by is None else keys[row.settled_by]
            assert (row.marks & NEIGHBOURS, settled_by, row.callback) == (
                marks.bits, marks.settled_by, marks.callback,
            ), key  # fmt: skip


@STORES
@given(histories())
def test_deriving_again_changes_nothing(history: History) -> None:
    with open_desk(history.settings) as desk:
        for deed in history.deeds:
            desk.do(deed)
        before = content(desk.db)
        change = desk.db.execute("SELECT number FROM change").fetchone()
        assert check(desk.writer) == CheckReport()
        assert rebuild(desk.writer) == 0
        assert content(desk.db) == before
        assert desk.db.execute("SELECT number FROM change").fetchone() == change


@STORES
@given(histories())
def test_search_indexes_hold_what_their_tables_say(history: History) -> None:
    with open_desk(history.settings) as desk:
        for deed in history.deeds:
            desk.do(deed)
        with desk.writer.transaction(keep=False) as transaction:
            for index in ("number_search", "client_search", "person_search"):
                transaction.db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
