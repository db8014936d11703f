"""A check finds what is wrong, and nothing in a sound store."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.sqlite.locks import readers_of
from backend_client.sqlite.upkeep.check import CheckReport, check_store
from tests.histories import SPELLINGS
from tests.sqlite.busy_centre import busy_day
from tests.sqlite.stores import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put(busy_day(SPELLINGS[0][0], 40) + busy_day(SPELLINGS[1][0], 40, first=100))
        opened.link(SPELLINGS[0][0], "Olena")
        yield opened


def spoil(desk: Desk, statement: str) -> None:
    with desk.writer.transaction() as transaction:
        transaction.db.execute("PRAGMA defer_foreign_keys=1")
        transaction.db.execute(statement)


def spoil_keys(desk: Desk, statement: str) -> None:
    with closing(sqlite3.connect(desk.path)) as db:
        db.execute(statement)
        db.commit()


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_store_is_sound(desk: Desk, deep: bool) -> None:
    report = check_store(desk.writer, deep=deep)
    assert report.sound, report
    assert report.derived == 80
    assert report.size > 100_000


def found(desk: Desk, deep: bool = False) -> CheckReport:
    report = check_store(desk.writer, deep=deep)
    assert not report.sound
    return report


def test_a_total_that_is_wrong_is_found(desk: Desk) -> None:
    spoil(desk, "UPDATE tally SET n = n + 1 WHERE dimension = 0")
    assert found(desk).tallies > 0


def test_a_cell_that_is_wrong_is_found_by_looking_deeply(desk: Desk) -> None:
    spoil(desk, "UPDATE tally SET n = n + 1 WHERE dimension = 5")
    assert check_store(desk.writer).tallies == 0
    assert found(desk, deep=True).tallies > 0


def test_a_cell_for_which_there_is_no_call_is_found(desk: Desk) -> None:
    spoil(desk, "INSERT INTO tally_month VALUES (0, 0, 0, 1, 5)")
    assert found(desk, deep=True).tallies == 1


def test_a_call_unlike_its_records_is_found(desk: Desk) -> None:
    spoil(desk, "UPDATE call SET talk = talk + 1 WHERE id = 3")
    assert found(desk).calls == 1


def test_a_call_without_records_is_found(desk: Desk) -> None:
    spoil(desk, "DELETE FROM facts WHERE call_id = 3")
    assert found(desk).records > 0


def test_a_number_that_is_not_there_is_found(desk: Desk) -> None:
    spoil_keys(desk, "DELETE FROM number WHERE id = (SELECT number_id FROM call WHERE id = 3)")
    report = found(desk)
    assert report.foreign_keys == 1
    assert report.search == ("number_search",)


def test_a_search_index_that_holds_another_text_is_found_by_looking_deeply(desk: Desk) -> None:
    spoil_keys(desk, "UPDATE client SET fold = 'somebody'")
    assert check_store(desk.writer).sound
    assert found(desk, deep=True).search == ("client_search",)


def test_damage_is_found(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'call_line'").fetchone()[0]
    with open(desk.path, "r+b") as file:
        file.seek((page - 1) * 4096 + 3)
        file.write(b"\xff\xff")
    assert found(desk).damage


def test_who_reads_an_old_state_is_named(desk: Desk) -> None:
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN');"
        "db.execute('SELECT count(*) FROM call').fetchone(); print('reads', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(desk.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        with desk.writer.transaction() as transaction:
            transaction.db.execute("INSERT INTO setting VALUES ('later', '')")
        readers = {one.process: one for one in readers_of(desk.path)}
        assert readers[reader.pid].behind > 0
        assert reader.stdin is not None
        reader.stdin.close()
