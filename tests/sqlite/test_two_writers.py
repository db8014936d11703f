"""Several processes write one store; one of them dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.model.leg import CallFacts
from backend_client.sqlite import facts
from backend_client.sqlite.file import open_file
from backend_client.sqlite.upkeep.rebuild import CheckReport, check, rebuild
from backend_client.sqlite.writer import Writer
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NOON = 1_795_255_200

_IMPORT = """
import sys
from pathlib import Path
from tests.sqlite.stores import Desk
from tests.sqlite.test_two_writers import calls_of
desk = Desk(Path(sys.argv[1]))
print("ready", flush=True)
for place in range(0, int(sys.argv[3]), 50):
    desk.facts.put(calls_of(sys.argv[2], place, 50))
"""


def calls_of(name: str, first: int, count: int) -> list[CallFacts]:
    """Calls with two legs each, from a few numbers that all importers share."""
    return [
        call(*(
            leg(f"{name}.{number}", at=NOON + number * 7, sequence=sequence, outside=f"06722200{number % 30:02}",
                talk=30 if number % 3 == 0 else 0, phone=str(201 + number % 7), outgoing=number % 2 == 0)
            for sequence in (0, 1)
        ))
        for number in range(first, first + count)
    ]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    yield opened
    opened.close()


def importer(desk: Desk, name: str, count: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", _IMPORT, str(desk.path), name, str(count)],
        stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_two_imports_at_once_and_a_person(desk: Desk) -> None:
    running = [importer(desk, name, 600) for name in ("a", "b")]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    comments = 0
    while any(process.poll() is None for process in running):
        with desk.writer.transaction() as transaction:
            transaction.db.execute("INSERT INTO setting VALUES (?, '')", (str(comments),))
        comments += 1
        time.sleep(0.01)
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0, 0]
    assert comments > 1
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (1200,)
    assert check(desk.writer) == CheckReport()


def test_a_person_does_not_wait_for_the_end_of_a_long_put(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "LONGEST", 3600.0)
    began = threading.Event()

    def put() -> None:
        began.set()
        desk.facts.put(calls_of("a", 0, 4000))

    importing = threading.Thread(target=put)
    importing.start()
    began.wait()
    with closing(open_file(desk.path)) as file, closing(Writer(file)) as person:
        found = 0
        while not found:
            with person.transaction() as transaction:
                (found,) = transaction.db.execute("SELECT count(*) FROM call").fetchone()
    importing.join()
    assert found < 4000
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (4000,)
    assert check(desk.writer) == CheckReport()


def test_a_kill_leaves_whole_calls_and_a_second_run_completes_them(desk: Desk) -> None:
    process = importer(desk, "a", 5000)
    while desk.db.execute("SELECT count(*) FROM call").fetchone()[0] < 100:
        assert process.poll() is None
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    count = desk.db.execute("SELECT count(*) FROM call").fetchone()[0]
    assert 100 <= count < 5000
    assert desk.db.execute("SELECT count(*) FROM facts").fetchone() == (count,)
    assert check(desk.writer) == CheckReport()
    # Legs of calls that stand are unchanged; the others come new.
    everything = calls_of("a", 0, 1000)
    report = desk.facts.put(everything)
    assert report.updated == 0
    assert desk.db.execute("SELECT count(*) FROM call").fetchone()[0] >= 1000
    assert check(desk.writer) == CheckReport()


def test_a_rebuild_goes_on_where_it_was_killed(desk: Desk) -> None:
    desk.facts.put(calls_of("a", 0, 700))
    with desk.writer.transaction() as transaction:
        transaction.db.execute("UPDATE call SET price = 9999")

    class Killed(Exception):
        """Stands for a kill: nothing after it is done."""

    def stop(done: int, greatest: int) -> None:
        assert 0 < done < greatest
        raise Killed

    with pytest.raises(Killed):
        rebuild(desk.writer, stop)
    left = desk.db.execute("SELECT count(*) FROM call WHERE price = 9999").fetchone()[0]
    assert 0 < left < 700
    assert rebuild(desk.writer) == left
    assert check(desk.writer) == CheckReport()
