"""What is past its time goes, every count stays, and what stays is derived as before."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend_client.contract.calls import CallRequest
from backend_client.errors import Invalid
from backend_client.model.permissions import Role, Session
from backend_client.opening import open_store
from backend_client.recordings.settings import RecordingSettings
from backend_client.sqlite.recordings import write_recording_settings
from backend_client.sqlite.upkeep.check import check_store
from backend_client.sqlite.upkeep.rebuild import rebuild
from backend_client.sqlite.upkeep.retention import Retained, Retention, cut, due, retain, write_retention
from tests.sqlite.busy_centre import busy_day
from tests.sqlite.stores import Desk

OLENA, PETRO = "0672220001", "0442220002"
HEAD = Session(employee_id=None, name="head", roles=(Role.ADMINISTRATOR,))
OLD = int(datetime(2024, 3, 10, tzinfo=UTC).timestamp())
NEW = int(datetime(2026, 10, 10, tzinfo=UTC).timestamp())
NOW = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put(busy_day(OLENA, 20, begin=OLD) + busy_day(PETRO, 20, first=100, begin=OLD))
        opened.facts.put(busy_day(OLENA, 10, first=50, begin=NEW))
        opened.link(OLENA, "Olena Bondar", OLD + 20_000)
        yield opened


def keep(desk: Desk, **settings: int) -> Retained:
    with desk.writer.transaction() as transaction:
        write_retention(transaction, Retention(**settings))
    return retain(desk.writer, HEAD, desk.path, NOW)


def counts(db: sqlite3.Connection) -> list[tuple[int, ...]]:
    """Every total, but that of clients, whose calls go over to the nameless one."""
    return db.execute("SELECT dimension, key, kind, day, n FROM tally ORDER BY 1, 2, 3, 4").fetchall()


def test_by_default_everything_is_kept(desk: Desk) -> None:
    assert keep(desk) == Retained()


def test_old_calls_become_nameless_and_every_count_stays(desk: Desk) -> None:
    before = counts(desk.db)
    assert keep(desk, calls_months=12).calls == 40
    assert counts(desk.db) == before
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (50,)
    assert desk.db.execute("SELECT count(*) FROM number WHERE key = '+380442220002'").fetchone() == (0,)
    old = desk.db.execute(
        "SELECT DISTINCT key LIKE 'erased-%' FROM call JOIN number ON number.id = number_id WHERE start < ?", (NEW,)
    )
    assert old.fetchall() == [(1,)]
    assert check_store(desk.writer, deep=True).sound


def test_newer_calls_of_the_same_number_are_derived_as_before(desk: Desk) -> None:
    before = counts(desk.db)
    keep(desk, calls_months=12)
    assert rebuild(desk.writer) == 0
    desk.facts.put(busy_day(OLENA, 10, first=50, begin=NEW))
    assert counts(desk.db) == before


def test_the_second_run_has_nothing_to_do(desk: Desk) -> None:
    keep(desk, calls_months=12)
    assert keep(desk, calls_months=12).calls == 0


def test_a_month_is_kept_whole(desk: Desk) -> None:
    zone_offset = 2 * 3600
    october = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
    assert cut(desk.db, Retention(calls_months=1), NOW) in (october - zone_offset, october - zone_offset - 3600)


def test_a_call_over_the_turn_of_the_month_is_not_cut_in_two(desk: Desk) -> None:
    turn = cut(desk.db, Retention(calls_months=1), NOW)
    assert turn is not None
    desk.facts.put(busy_day(PETRO, 1, first=900, begin=turn - 930))
    start = desk.db.execute("SELECT start FROM call WHERE start < ? ORDER BY start DESC", (turn,)).fetchone()[0]
    assert start < turn < start + 65
    assert cut(desk.db, Retention(calls_months=1), NOW) == start


async def test_every_nameless_call_still_opens(desk: Desk) -> None:
    keep(desk, calls_months=12)
    backend = await open_store(desk.path)
    try:
        for (id,) in desk.db.execute("SELECT id FROM call").fetchall():
            details = await backend.call(CallRequest(id=id))
            assert details.call.id == id
    finally:
        await backend.close()


def test_recordings_go_after_their_days(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "monitor"
    folder.mkdir()
    for facts in busy_day(OLENA, 1, begin=OLD) + busy_day(OLENA, 1, first=50, begin=NEW):
        (folder / facts.legs[0].recording).write_bytes(b"x" * 100)
    with desk.writer.transaction() as transaction:
        write_recording_settings(transaction, RecordingSettings(roots=(str(folder),)))
    assert due(desk.db, Retention(recordings_days=365), NOW) == (0, 40)
    assert keep(desk, recordings_days=365).recordings == 40
    assert len(list(folder.iterdir())) == 1
    assert due(desk.db, Retention(recordings_days=365), NOW) == (0, 0)


def test_nobody_keeps_less_than_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid):
        keep(desk, calls_months=-1)
