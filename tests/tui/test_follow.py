"""`pult follow` as a process: keeps up, survives a kill, reads stdin, and ends with the console it stands beside."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.ingest.lines import master
from tui.companion import following
from tui.invocation import Invocation

PROGRAM = [sys.executable, "-c", "from tui.cli import main; main()"]


def start(store: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, "--store", str(store), "follow", *arguments], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )


def count(store: Path) -> int:
    if not store.exists():
        return 0
    with closing(sqlite3.connect(store)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM call").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def has_more_than(number: int, store: Path) -> Callable[[], bool]:
    return lambda: count(store) > number


def until(truth: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not truth():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def call(n: int) -> str:
    return master(uniqueid=f"{1795204051 + n}.{n}", linkedid=f"{1795204051 + n}.{n}", sequence=n)


def test_killed_in_the_middle_it_goes_on_and_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    path, store, written = tmp_path / "Master.csv", tmp_path / "store.db", 0
    path.touch()
    for _ in range(3):
        process = start(store, str(path))
        with path.open("a") as out:
            for _ in range(200):
                written += 1
                out.write(call(written))
                out.flush()
        until(has_more_than(written - 200, store))
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = start(store, str(path))
    with path.open("a") as out:
        out.write(call(written + 1))
    until(lambda: count(store) == written + 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_json_lines_of_a_relay_come_through_stdin(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    process = start(store, "-")
    lines = (
        b'{"id": "z-1", "start": "2026-11-20T21:47:31+02:00", "from": "380672220001", "to": "201", "direction": "in",'
        b' "duration": 9, "talk": 6, "disposition": "answered"}\nnonsense\n'
    )
    _, told = process.communicate(lines, 30)
    assert process.returncode == 0
    assert count(store) == 1
    assert b"1 rejected" in told


def test_a_source_that_cannot_be_is_refused(tmp_path: Path) -> None:
    process = start(tmp_path / "store.db", "ftp://pbx")
    _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"no source that can be followed" in told


def test_the_follower_beside_a_console_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, store = tmp_path / "Master.csv", tmp_path / "store.db"
    path.write_text(call(1))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    invocation = Invocation.of(store=str(store), acting_as=None, theme=None, no_mouse=False, driver=None)
    with following(invocation, [str(path)]):
        until(lambda: count(store) == 1)
    with path.open("a") as out:
        out.write(call(2))
    assert not [line for line in os.popen("ps -eo args").read().splitlines() if str(path) in line]
