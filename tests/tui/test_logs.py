"""Logs: what an administrator may read, and nothing of a person's."""

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import logs


@pytest.fixture(autouse=True)
def quiet_root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("httpx", "httpcore", "uvicorn.access", "hpack", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("call from +380671234567", "call from …4567"),
        ("call from 067 123-45-67, 12 tries", "call from …4567, 12 tries"),
        ("to bob@example.com", "to …@…"),
        ("since 2026-11-21, 101 said", "since 2026-11-21, 101 said"),
        ("GET https://pbx/rec.wav?sig=abcdef&x=1", "GET https://pbx/rec.wav?…"),
    ],
)
def test_numbers_keep_four_digits_and_addresses_none(told: str, kept: str) -> None:
    assert logs.masked(told) == kept


def test_a_role_has_a_private_file(own_home: Path) -> None:
    logs.begin("follower")
    logging.getLogger("pult").info("read %s", "+380671234567")
    path = own_home / ".local/state/pult/follower.log"
    assert path.read_text().endswith("INFO pult: read …4567\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_trace_holds_no_values(own_home: Path) -> None:
    logs.begin("console")
    name, number = "Олена", 380_441_234_567
    try:
        raise ValueError(f"no client {name!r} at {number}")
    except ValueError:
        logging.getLogger("pult").exception("failed")
    text = (own_home / ".local/state/pult/console.log").read_text()
    assert "ValueError" in text
    assert "Олена" not in text
    assert "38044" not in text


def test_five_files_are_kept(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST", 200)
    logs.begin("server")
    for number in range(100):
        logging.getLogger("pult").info("line %s", number)
    files = sorted(own_home.glob(".local/state/pult/server.log*"))
    assert [file.name for file in files] == ["server.log", *(f"server.log.{n}" for n in range(1, 5))]
    assert all(file.stat().st_size <= 200 for file in files)
    assert "line 99" in files[0].read_text()


def test_libraries_do_not_tell_addresses(own_home: Path) -> None:
    logs.begin("server")
    logging.getLogger("httpx").info("HTTP Request: GET https://pbx/rec.wav?sig=secret")
    assert not (own_home / ".local/state/pult/server.log").exists()


def test_a_full_disk_costs_the_line_only(own_home: Path) -> None:
    (own_home / ".local/state/pult/server.log").mkdir(parents=True)
    logs.begin("server")
    logging.getLogger("pult").info("still alive")


def test_under_systemd_the_journal_has_it(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with journal.open("w") as stream:
        known = os.fstat(stream.fileno())
        subprocess.run(
            [sys.executable, "-c", "import logging; from tui import logs; logs.begin('server');"
             "logging.getLogger('pult').warning('call of %s', '0671234567')"],
            env={**os.environ, "JOURNAL_STREAM": f"{known.st_dev}:{known.st_ino}"}, stderr=stream, check=True,
        )  # fmt: skip
    assert journal.read_text() == "<4>WARNING pult: call of …4567\n"
