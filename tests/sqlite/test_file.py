"""Making, opening and refusing a store's file."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.errors import BackendError, Busy, Corrupt, Forbidden, Full, Invalid, NotFound, Outdated
from backend_client.sqlite import file
from backend_client.sqlite.codes import SCHEMA_VERSION
from backend_client.sqlite.file import as_backend_error, network_file_system, open_file, store_errors
from backend_client.sqlite.writer import Writer
from tests.sqlite.stores import Desk, empty_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "store.db"
    place.write_bytes(empty_store())
    return place


def set_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={version}")


def test_a_fresh_store_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    with closing(open_file(path)) as opened, closing(opened.reader()) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("SELECT number FROM change").fetchone() == (1,)
        assert (opened.version, opened.read_only) == (SCHEMA_VERSION, False)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file_beside in path.parent.iterdir():
        assert stat.S_IMODE(file_beside.stat().st_mode) == 0o600, file_beside


def test_opening_a_current_store_imports_nothing_heavy(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from backend_client.sqlite.file import open_file;"
        f"open_file(Path({str(path)!r})).reader(); print('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_reader_cannot_write(path: Path) -> None:
    with (
        closing(open_file(path)) as opened,
        closing(opened.reader()) as db,
        pytest.raises(Forbidden),
        store_errors(path),
    ):
        db.execute("DELETE FROM call")


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"store\.db"):
        open_file(tmp_path / "store.db", create=False)
    assert not (tmp_path / "store.db").exists()


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="folder"):
        open_file(tmp_path)


def test_a_text_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "Master.csv").write_text('"","101","102"\n' * 1000)
    with pytest.raises(Corrupt, match="no Pult store"):
        open_file(tmp_path / "Master.csv")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(Corrupt, match="no Pult store"):
        open_file(path)
    assert path.read_bytes() == before


def test_a_half_made_store_is_made_whole(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    with closing(open_file(tmp_path / "store.db")) as opened:
        assert opened.version == SCHEMA_VERSION


def test_a_newer_store_opens_for_reading(path: Path) -> None:
    set_version(path, SCHEMA_VERSION + 1)
    with closing(open_file(path)) as opened:
        assert opened.read_only
        with closing(opened.reader()) as db:
            assert db.execute("SELECT count(*) FROM call").fetchone() == (0,)
        with pytest.raises(Outdated, match="newer"), Writer(opened).transaction():
            pass


def test_an_old_store_that_somebody_has_open_is_not_migrated(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys; from pathlib import Path; from backend_client.sqlite.file import open_file;"
        f"file = open_file(Path({str(path)!r})); print('open', flush=True); sys.stdin.read()"
    )
    monkeypatch.setattr(file, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(Outdated, match="older"):
            open_file(path)
        other.communicate(b"")
    with closing(open_file(path)) as opened:
        assert opened.version == SCHEMA_VERSION + 1


def test_a_store_that_is_not_opened_is_not_held(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MIGRATE_ALONE_BELOW", 0)
    set_version(path, SCHEMA_VERSION - 1)
    before = os.listdir("/dev/fd")
    for _time in range(3):
        with pytest.raises(Outdated, match="older"):
            open_file(path)
    assert len(os.listdir("/dev/fd")) == len(before)


def test_a_damaged_file_is_corrupt(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(Corrupt, match="damaged"), closing(open_file(path)) as opened:
        Desk(opened.path)


def write_more_than_fits(writer: Writer) -> None:
    with writer.transaction() as transaction:
        pages = transaction.db.execute("PRAGMA page_count").fetchone()[0]
        transaction.db.execute(f"PRAGMA max_page_count={pages}")
        for number in range(10_000):
            transaction.db.execute("INSERT INTO setting VALUES (?, ?)", (str(number), "x" * 1000))


def test_a_full_disk_says_so_and_writes_nothing(path: Path) -> None:
    with closing(open_file(path)) as opened, closing(Writer(opened)) as writer:
        with pytest.raises(Full, match="no room"):
            write_more_than_fits(writer)
        with closing(opened.reader()) as db:
            assert db.execute("SELECT count(*) FROM setting").fetchone() == (0,)


def test_a_disk_without_room_for_the_log_s_index_is_full_not_broken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert isinstance(as_backend_error(failed, path), Corrupt)
    monkeypatch.setattr(os, "statvfs", lambda place: os.statvfs_result((4096, 4096, 75, 0, 0, 0, 0, 0, 0, 255)))
    assert isinstance(as_backend_error(failed, path), Full)


def test_a_store_on_a_read_only_disk_is_to_be_copied(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(sqlite3.OperationalError) as refused:
        file.connect(path.with_name("not-made.db"), "ro").execute("SELECT 1 FROM call")
    permission = as_backend_error(refused.value, path)
    assert "permission" in str(permission)
    read_only = os.statvfs_result((4096, 4096, 75, 50, 50, 0, 0, 0, os.ST_RDONLY, 255))
    monkeypatch.setattr(os, "statvfs", lambda place: read_only)
    copied = as_backend_error(refused.value, path)
    assert "Copy it to another disk, with the file store.db-wal" in str(copied)


def test_a_place_where_no_file_can_be_made_is_named() -> None:
    with pytest.raises(Forbidden, match=r"No store can be made at /proc/pult\.db: .* --store"):
        open_file(Path("/proc/pult.db"))


def test_a_lock_that_stays_is_busy(path: Path) -> None:
    with (
        closing(open_file(path)) as opened,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        closing(opened.writer()) as db,
    ):
        other.execute("BEGIN IMMEDIATE")
        db.execute("PRAGMA busy_timeout=10")
        with pytest.raises(Busy, match="locked"), store_errors(path):
            db.execute("BEGIN IMMEDIATE")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/mnt/office/pult/store.db", "NFS"),
        ("/mnt/my share/store.db", "SMB"),
        ("/mnt/office/local/store.db", ""),
        ("/mnt/officer/store.db", ""),
    ],
)
def test_network_file_systems_are_known_by_name(place: str, expected: str) -> None:
    mounts = (
        "/dev/vda / ext4 rw 0 0\nserver:/x /mnt/office nfs4 rw 0 0\n"
        "//pc/y /mnt/my\\040share cifs rw 0 0\n/dev/vdb /mnt/office/local xfs rw 0 0\n"
    )
    assert network_file_system(Path(place), mounts) == expected


def test_every_refusal_has_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, but long enough to be read as one " * 100)
    for place in (tmp_path, tmp_path / "text", tmp_path / "none"):
        with pytest.raises(BackendError) as refused:
            open_file(place, create=False)
        assert refused.value.hint
        assert "{" not in str(refused.value)
