"""A copy of a store in use, and a store of a copy."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.errors import Corrupt, Full, Invalid, NotFound
from backend_client.sqlite.upkeep import backup
from backend_client.sqlite.upkeep.backup import back_up, restore
from backend_client.sqlite.upkeep.check import check_store
from tests.sqlite.busy_centre import busy_day
from tests.sqlite.stores import Desk, content

OLENA = "0672220001"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put(busy_day(OLENA, 30))
        opened.link(OLENA, "Olena")
        yield opened


def test_a_copy_is_restored_as_it_was(desk: Desk, tmp_path: Path) -> None:
    copy, new = tmp_path / "copy.db", tmp_path / "elsewhere" / "store.db"
    assert back_up(desk.path, copy) == copy.stat().st_size
    before = content(desk.db)
    desk.facts.put(busy_day(OLENA, 5, first=500))
    assert restore(copy, new) == 0
    with closing(Desk(new)) as restored:
        assert content(restored.db) == before
        assert restored.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert check_store(restored.writer, deep=True).sound
    assert [file.name for file in new.parent.iterdir() if "partial" in file.name] == []
    assert {stat.S_IMODE(file.stat().st_mode) for file in (copy, new)} == {0o600}


def test_a_copy_made_while_others_write_is_one_state(desk: Desk, tmp_path: Path) -> None:
    done = threading.Event()

    def import_without_end() -> None:
        with closing(Desk(desk.path)) as other:
            place = 1_000
            while not done.is_set():
                other.facts.put(busy_day(OLENA, 20, first=place))
                place += 1_000

    writer = threading.Thread(target=import_without_end)
    writer.start()
    try:
        for number in range(5):
            back_up(desk.path, tmp_path / f"copy-{number}.db")
    finally:
        done.set()
        writer.join()
    for number in range(5):
        restore(tmp_path / f"copy-{number}.db", tmp_path / f"new-{number}.db")
        with closing(Desk(tmp_path / f"new-{number}.db")) as restored:
            assert check_store(restored.writer, deep=True).sound


def test_an_earlier_copy_stays_until_the_new_one_is_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    back_up(desk.path, copy)
    before = copy.read_bytes()
    monkeypatch.setattr(backup, "damage_of", lambda db: ("page 7 is lost",))
    with pytest.raises(Corrupt, match="page 7"):
        back_up(desk.path, copy)
    assert copy.read_bytes() == before
    assert sorted(file.name for file in tmp_path.glob("*partial*")) == []


def test_what_a_killed_backup_left_is_swept(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / ".copy.db.999999999.partial").write_bytes(b"half")
    back_up(desk.path, tmp_path / "copy.db")
    assert list(tmp_path.glob(".*")) == []


def test_a_store_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    back_up(desk.path, tmp_path / "copy.db")
    with pytest.raises(Invalid, match="already"):
        restore(tmp_path / "copy.db", desk.path)
    with pytest.raises(Invalid, match="itself"):
        back_up(desk.path, desk.path)


def test_places_that_are_not_there_are_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        back_up(desk.path, tmp_path / "nowhere" / "copy.db")
    with pytest.raises(NotFound, match="nothing"):
        restore(tmp_path / "nothing.db", tmp_path / "new.db")


def test_a_disk_without_room_is_told_before_the_work(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_free", lambda folder: 1000)
    with pytest.raises(Full, match="no room"):
        back_up(desk.path, tmp_path / "copy.db")


def test_a_damaged_copy_is_refused(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(desk.path, copy)
    with closing(sqlite3.connect(copy)) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'facts'").fetchone()[0]
    with open(copy, "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(Corrupt):
        restore(copy, tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


def test_somebody_elses_database_is_no_copy(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE theirs (x)")
    with pytest.raises(Corrupt, match="no Pult store"):
        restore(tmp_path / "other.db", tmp_path / "new.db")
