"""The queue before the writer's lock, and the write-ahead log kept short."""

import fcntl
import os
import threading
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.errors import Busy
from backend_client.sqlite import turnstile, writer
from backend_client.sqlite.turnstile import OpenMark, Turnstile
from tests.sqlite.stores import Desk


def test_the_next_one_is_chosen_before_the_present_one_is_done(tmp_path: Path) -> None:
    """Somebody who writes one transaction after another cannot pass somebody who waits."""
    path = tmp_path / "store.db"
    importer, person = Turnstile(path), Turnstile(path)
    order: list[str] = []
    held, wanted = threading.Event(), threading.Event()

    def write_one_after_another() -> None:
        with importer.hold():
            held.set()
            # The person is in the queue once nobody else can enter it.
            wanted.wait()
            order.append("import")
        with importer.hold():
            order.append("import")

    thread = threading.Thread(target=write_one_after_another)
    thread.start()
    held.wait()

    def enter() -> None:
        with person.hold():
            order.append("person")

    second = threading.Thread(target=enter)
    second.start()
    while second.is_alive() and _queue_is_free(path):
        pass
    wanted.set()
    thread.join()
    second.join()
    assert order == ["import", "person", "import"]


def test_whoever_holds_it_is_told_of_one_who_waits(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    importer, person = Turnstile(path), Turnstile(path)
    assert not importer.is_awaited()

    def enter() -> None:
        with person.hold():
            pass

    second = threading.Thread(target=enter)
    with importer.hold():
        assert not importer.is_awaited()
        second.start()
        while not importer.is_awaited():
            pass
    second.join()
    with importer.hold():
        assert not importer.is_awaited()


def _queue_is_free(path: Path) -> bool:
    lock = os.open(f"{path}-queue", os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def test_who_holds_it_for_too_long_is_named_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "PATIENCE", 0.01)
    path = tmp_path / "store.db"
    with Turnstile(path).hold(), pytest.raises(Busy), Turnstile(path).hold():
        pass


def test_a_store_open_elsewhere_is_not_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch()
    here, there = OpenMark(path), OpenMark(path)
    there.share()
    assert not here.is_alone()
    there.release()
    assert here.is_alone()


def test_the_log_is_cut_when_it_grew_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "WAL_LIMIT", 100_000)
    with closing(Desk(tmp_path / "store.db")) as desk:
        log = tmp_path / "store.db-wal"
        with desk.writer.transaction() as opened:
            opened.db.execute("INSERT INTO setting VALUES ('small', '')")
        assert log.stat().st_size > 0
        with desk.writer.transaction() as opened:
            opened.db.executemany(
                "INSERT INTO setting VALUES (?, ?)", [(str(number), "x" * 1000) for number in range(200)]
            )
        assert log.stat().st_size == 0
        assert desk.db.execute("SELECT count(*) FROM setting").fetchone() == (201,)
