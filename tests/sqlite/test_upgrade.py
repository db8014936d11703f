"""A store of an older release is brought up to date while that release's program has it open and writes."""

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from backend_client.errors import Outdated
from backend_client.ingest.follow.files import FollowedFile
from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.source import SourceOptions
from backend_client.sqlite.codes import SCHEMA_VERSION
from backend_client.sqlite.file import APPLICATION_ID, open_file
from backend_client.sqlite.schema import store
from backend_client.sqlite.upkeep.rebuild import check
from backend_client.sqlite.upkeep.upgrade import plan, upgrade
from tests.ingest.lines import master
from tests.sqlite.stores import Desk, content
from tests.sqlite.test_writer import call, leg

OLD = 1
WRITE_AS_THE_OLD_RELEASE = f"""
import sys, time
from pathlib import Path
from backend_client.errors import Busy, Outdated
from backend_client.sqlite import file
from backend_client.sqlite.tallies import Deltas
from backend_client.sqlite.writer import Writer
file.SCHEMA_VERSION = {OLD}
# The tables of totals that came later are not there for it.
Deltas.write = lambda deltas, db, counted_from: None
opened = file.open_file(Path(sys.argv[1]))
writer = Writer(opened)
number = 0
while True:
    number += 1
    try:
        with writer.transaction() as one:
            one.db.execute("INSERT INTO setting VALUES (?, ?)", (f"old-{{number}}", "written"))
    except Outdated as error:
        reader = opened.reader()
        there = reader.execute("SELECT count(*) FROM setting WHERE name LIKE 'old-%'").fetchone()[0]
        print(f"outdated {{number - 1}} {{there}} {{opened.read_only}} {{error}}", flush=True)
        sys.exit()
    if number == 3:
        print("writes", flush=True)
"""


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    """As the first release made it."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        store.apply(Database(db), stop_before="add_client_deeds")
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={OLD}")
    return path


def test_the_old_program_turns_read_only_and_loses_nothing(old_store: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_AS_THE_OLD_RELEASE, str(old_store)], stdout=subprocess.PIPE, text=True
    ) as console:
        assert console.stdout is not None
        assert console.stdout.readline() == "writes\n"
        assert upgrade(plan(old_store))
        said = console.stdout.readline()
    word, confirmed, there, read_only, *told = said.split(" ")
    assert (word, read_only) == ("outdated", "True")
    assert confirmed == there
    assert "newer Pult" in " ".join(told)
    with closing(Desk(old_store)) as desk:
        assert desk.file.version == SCHEMA_VERSION
        assert desk.db.execute("SELECT count(*) FROM setting WHERE name LIKE 'old-%'").fetchone() == (int(confirmed),)


def test_what_it_was_is_kept(old_store: Path) -> None:
    planned = plan(old_store)
    assert (planned.version, planned.to, planned.needed) == (OLD, SCHEMA_VERSION, True)
    assert planned.seconds >= 1
    upgrade(planned)
    assert planned.copy is not None
    assert plan(planned.copy, copy=False).version == OLD
    assert not upgrade(plan(old_store))


def test_a_copy_that_was_made_before_a_kill_is_not_made_again(old_store: Path) -> None:
    planned = plan(old_store)
    assert planned.copy is not None
    upgrade(plan(old_store))
    made = planned.copy.stat().st_mtime_ns
    old_store.write_bytes(planned.copy.read_bytes())
    for beside in ("-wal", "-shm"):
        old_store.with_name(old_store.name + beside).unlink(missing_ok=True)
    upgrade(planned)
    assert planned.copy.stat().st_mtime_ns == made


def test_every_step_of_the_schema_comes_after_every_other(old_store: Path, tmp_path: Path) -> None:
    upgrade(plan(old_store))
    with (
        closing(Desk(tmp_path / "fresh.db")) as fresh,
        closing(open_file(old_store)) as file,
        closing(file.reader()) as db,
    ):
        query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
        assert db.execute(query).fetchall() == fresh.db.execute(query).fetchall()


def test_a_follower_waits_for_the_upgrade_and_the_next_release_goes_on(tmp_path: Path) -> None:
    records = tmp_path / "Master.csv"
    records.write_text(master(uniqueid="1795204051.1", linkedid="1795204051.1"))
    with closing(Desk(tmp_path / "store.db")) as desk, ThreadPoolExecutor() as threads:
        follower = Follower(desk.writer, [FollowedFile(records, SourceOptions(), "main")], lambda *_: None)
        following = threads.submit(follower.run)
        with closing(Desk(desk.path)) as newer:
            _wait_for_calls(newer, 1)
            with newer.writer.transaction() as transaction:
                with records.open("a") as file:
                    file.write(master(uniqueid="1795204052.2", linkedid="1795204052.2"))
                assert not wait([following], timeout=1.0).done
                transaction.db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
            with pytest.raises(Outdated):
                following.result(timeout=10)
            assert newer.db.execute("SELECT count(*) FROM call").fetchone() == (1,)
            # What the next release has for its own version.
            with closing(sqlite3.connect(desk.path)) as db:
                db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            again = Follower(newer.writer, [FollowedFile(records, SourceOptions(), "main")], lambda *_: None)
            following = threads.submit(again.run)
            _wait_for_calls(newer, 2)
            again.stop.set()
            following.result(timeout=10)
            [told] = newer.db.execute("SELECT sum(new), sum(unchanged), sum(rejected) FROM import_run")
    assert told == (2, 0, 0)


def _wait_for_calls(desk: Desk, calls: int) -> None:
    deadline = time.monotonic() + 20
    while desk.db.execute("SELECT count(*) FROM call").fetchone() != (calls,):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_a_newer_store_is_left_alone(old_store: Path) -> None:
    with closing(sqlite3.connect(old_store)) as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(Outdated, match="newer"):
        plan(old_store)


def test_calls_are_derived_again_where_the_rules_are_others(tmp_path: Path) -> None:
    """Whether by the command, or in the background where a small store is upgraded by opening it."""
    path = tmp_path / "store.db"
    with closing(Desk(path)) as desk:
        desk.facts.put([call(leg("1795255200.1", at=1_795_255_200, talk=30))])
        derived = content(desk.db)
        with desk.writer.transaction() as transaction:
            transaction.db.execute("UPDATE call SET talk = 0, kind = kind + 16")
            transaction.db.execute("INSERT INTO setting VALUES ('rebuild', '')")
        assert content(desk.db) != derived
    assert plan(path).underived
    assert upgrade(plan(path))
    assert not plan(path).needed
    with closing(Desk(path)) as desk:
        assert check(desk.writer).calls == 0
        assert desk.row("1795255200.1").talk == 30
