"""Machines on which something is missing: each is told what and what to do, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.lines import master
from tests.pty.conftest import PULT
from tests.pty.terminal import Terminal
from tests.tui.records import imported_records

NO_ZONES = "sys.modules['tzdata'] = None"
OLD_SQLITE = "import sqlite3; sqlite3.sqlite_version_info = (3, 36, 0); sqlite3.sqlite_version = '3.36.0'"
ON_NFS = "from backend_client.sqlite import file; file.network_file_system = lambda path: 'NFS'"
NO_SEARCH = """
import sqlite3
class Bare(sqlite3.Connection):
    def execute(self, query, *values):
        return super().execute(query.replace("name='fts5'", "name='fts7'"), *values)
real = sqlite3.connect
sqlite3.connect = lambda *a, **k: real(*a, factory=Bare, **k)
"""

FULL_AFTER_ONE = """
from backend_client.errors import Full
from backend_client.ingest.local_store import LocalImportStore
def once(store, *given, put=LocalImportStore.put):
    LocalImportStore.put = full
    return put(store, *given)
def full(store, *given):
    raise Full("There is no room left.")
LocalImportStore.put = once
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = imported_records(tmp_path)
    monkeypatch.setenv("PULT_STORE", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def told_where(missing: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a machine on which this is so."""
    code = f"import sys\n{missing}\nfrom tui.cli import run\nsys.exit(run(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_a_disk_that_fills_up_during_an_import(store: Path, tmp_path: Path) -> None:
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for number, file in enumerate(files):
        file.write_text(master(sequence=9000 + number) * 3)

    done = told_where(FULL_AFTER_ONE, "import", *map(str, files))

    assert done.returncode == 1
    assert "one.csv: 1 new, 0 updated" in done.stdout
    assert "What is counted here is in the store; importing again completes the work." in done.stderr
    assert "no room left" in done.stderr


@pytest.mark.parametrize("command", [["calls"], ["call", "1"], ["import", "Master.csv"]])
@pytest.mark.parametrize(
    ("missing", "what", "hint"),
    [
        (OLD_SQLITE, "SQLite 3.36.0 is too old.", "3.37"),
        (NO_SEARCH, "no full-text search", "FTS5"),
        (ON_NFS, "network file system (NFS)", "local disk"),
    ],
)
def test_what_the_store_stands_on(store: Path, missing: str, what: str, hint: str, command: list[str]) -> None:
    done = told_where(missing, *command)
    assert done.returncode == 1
    assert what in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["calls"], ["doctor"]])
def test_a_machine_without_time_zones(store: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("PYTHONTZPATH", "")
    done = told_where(NO_ZONES, *command)
    assert done.returncode == 1
    assert "time zone Europe/Kyiv" in done.stderr + done.stdout
    assert "pip install tzdata" in done.stderr + done.stdout
    assert "versions" in done.stdout or command == ["calls"]


@pytest.mark.parametrize("encoding", ["koi8-r", "latin-1", "ascii"])
def test_output_for_another_encoding_replaces_what_it_has_not(store: Path, encoding: str) -> None:
    done = subprocess.run(
        [PULT, "--lang", "ru", "calls"], capture_output=True, timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_console_without_a_drawing_terminal_says_so(store: Path, kind: str) -> None:
    with Terminal([PULT], env={"TERM": kind}) as terminal:
        assert terminal.wait_exit() == 1
        assert b"xterm-256color" in terminal.raw
        assert b"\x1b[?1049h" not in terminal.raw


def test_a_console_in_another_encoding_says_so(store: Path) -> None:
    with Terminal([PULT], env={"PYTHONIOENCODING": "koi8-r"}) as terminal:
        terminal.wait_for("The encoding here is koi8-r")
        terminal.send("q")
        assert terminal.wait_exit() == 0
