"""Commands read and write ordinary files only: pipes, devices and links are refused, never waited for or replaced."""

import os
import stat
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.errors import Invalid
from backend_client.export.file import whole_file
from backend_client.ingest.client_list import read_client_file
from backend_client.ingest.profile import LARGEST, load_profile
from backend_client.ingest.rejected import RejectedRows
from backend_client.ingest.source import Rejection
from backend_client.ingest.tariff_list import read_tariff_file, write_tariff_file
from backend_client.ingest.task_list import read_task_file
from backend_client.model.cell import defused, meant
from backend_client.model.reason import Reason
from backend_client.model.tariff import Tariff
from backend_client.sqlite.file import open_file
from backend_client.sqlite.upkeep.backup import back_up, restore


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    open_file(path).close()
    return path


def test_a_list_is_not_read_out_of_a_pipe(pipe: Path) -> None:
    for read in (
        lambda: read_client_file(pipe, ZoneInfo("Europe/Kyiv")),
        lambda: read_task_file(pipe),
        lambda: read_tariff_file(pipe),
        lambda: load_profile(pipe),
        lambda: open_file(pipe),
    ):
        with pytest.raises(Invalid, match="no ordinary file"):
            read()


def test_a_store_is_not_restored_out_of_a_pipe(pipe: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no ordinary file"):
        restore(pipe, tmp_path / "new.db")


def test_a_profile_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no ordinary file"):
        load_profile(Path("/dev/zero"))
    long = tmp_path / "long.toml"
    long.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(Invalid, match="too large"):
        load_profile(long)


def test_an_export_replaces_files_only(pipe: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    link = tmp_path / "link.csv"
    link.symlink_to(kept)
    for path in (pipe, link, Path(os.devnull)):
        with pytest.raises(Invalid, match="no ordinary file"), whole_file(path, overwrite=True) as stream:
            stream.write(b"rows")
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert link.is_symlink()
    assert kept.read_text() == "kept"
    with whole_file(kept, overwrite=True) as stream:
        stream.write(b"rows")
    assert kept.read_text() == "rows"


def test_a_backup_replaces_files_only(pipe: Path, store: Path) -> None:
    with pytest.raises(Invalid, match="no ordinary file"):
        back_up(store, pipe)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_rejected_rows_are_for_their_owner_and_follow_no_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("kept")
    place = tmp_path / "calls.csv.rejected.csv"
    place.symlink_to(victim)
    for append in (False, True):
        if append:
            place.unlink()
        with closing(RejectedRows("calls.csv", tmp_path, set(), append=append)) as rows:
            rows.add(Rejection(1, Reason.NO_START, "", ("x",)))
        assert rows.path is not None
        place = rows.path
        assert victim.read_text() == "kept"
        assert stat.S_IMODE(place.lstat().st_mode) == 0o600
        assert stat.S_ISREG(place.lstat().st_mode)


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "＋1", "－1", "＠sum", "@sum", "-1"])
def test_a_price_list_holds_no_formula_and_reads_as_it_was(text: str, tmp_path: Path) -> None:
    assert defused(text) == "'" + text
    assert meant(defused(text)) == text
    path = tmp_path / "prices.csv"
    tariff = Tariff(prefix="380", name=text, per_minute=850_000, step=1, currency="UAH")
    with path.open("w") as out:
        write_tariff_file([tariff], out)
    assert f",'{text}," in path.read_text()
    assert read_tariff_file(path) == (tariff,)
