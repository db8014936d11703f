"""Tallies are counted again in many small steps, while others write, and whoever is killed goes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from backend_client.contract.calls import CountRequest
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.report import ReportRequest
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.names import names_of
from backend_client.sqlite.tallied_days import first_counted_day
from backend_client.sqlite.upkeep import recount as job
from backend_client.sqlite.upkeep.rebuild import wrong_tallies
from backend_client.sqlite.upkeep.recount import Counted, ask_for_recount, recount, share_done
from backend_client.sqlite.upkeep.upgrade import plan, upgrade
from tests.histories import SPELLINGS
from tests.sqlite.busy_centre import busy_day
from tests.sqlite.centre import ALL_CALLS, viewer
from tests.sqlite.report_store import EVERY, read
from tests.sqlite.stores import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put(busy_day(SPELLINGS[0][0], 40) + busy_day(SPELLINGS[1][0], 40, first=100))
        opened.link(SPELLINGS[0][0], "Olena")
        yield opened


def tallies(desk: Desk) -> list[object]:
    tables = ("tally", "tally_month", "client_tally", "histogram")
    return [row for table in tables for row in desk.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()]


def forget(desk: Desk) -> None:
    with desk.writer.transaction() as transaction:
        ask_for_recount(transaction)


def test_counting_again_gives_what_the_writers_kept(desk: Desk) -> None:
    kept = tallies(desk)
    assert kept
    forget(desk)
    assert tallies(desk) == []
    recount(desk.writer)
    assert tallies(desk) == kept
    assert first_counted_day(desk.db) is None
    assert wrong_tallies(desk.db) == 0


def test_reports_are_right_before_and_while_they_are_counted(desk: Desk) -> None:
    asking = viewer(ALL_CALLS)
    requests = [
        ReportRequest(report=report.id, by=by, measure=measure, filter=CallFilter(period=Period()))
        for report, by, measure in EVERY
    ]
    counted = [read(desk.db, request, asking) for request in requests]
    assert all(len(one.notes) < 3 for one in counted)
    number = read_count(desk.db, CountRequest(), asking, names_of(read_directories(desk.db)))
    forget(desk)
    meanwhile = [read(desk.db, request, asking) for request in requests]
    assert [one.rows for one in meanwhile] == [one.rows for one in counted]
    assert {one.notes[-1].fields["percent"] for one in meanwhile} == {0}
    assert read_count(desk.db, CountRequest(), asking, names_of(read_directories(desk.db))) == number


def test_what_comes_meanwhile_is_counted_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(desk)
    counting = job.count_days
    # The first count of a step holds no lock; the second, which a call that came meanwhile makes necessary, does.
    late = {0: busy_day(SPELLINGS[0][0], 5, first=500), 2: busy_day(SPELLINGS[2][0], 5, first=600)}
    counts = count()

    def while_calls_come(db: sqlite3.Connection, first: int, end: int) -> Counted:
        counted = counting(db, first, end)
        if records := late.pop(next(counts), None):
            desk.facts.put(records)
        return counted

    monkeypatch.setattr(job, "count_days", while_calls_come)
    recount(desk.writer)
    assert wrong_tallies(desk.db) == 0
    assert not late


def test_a_killed_count_goes_on_with_the_same_command(desk: Desk) -> None:
    kept = tallies(desk)
    forget(desk)
    planned = plan(desk.path)
    assert planned.needed
    assert planned.copy is None
    assert upgrade(planned)
    assert tallies(desk) == kept
    assert not plan(desk.path).needed
    assert share_done(desk.db) is None
