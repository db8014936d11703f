"""A console that was open while the store was migrated: it goes on reading and says why it does not write."""

import sqlite3
from contextlib import closing
from pathlib import Path

from backend_client.sqlite.codes import SCHEMA_VERSION
from tests.pty.conftest import OpenTerminal
from tests.tui.command import pult as run_pult
from tests.tui.records import imported_records


def test_an_old_console_reads_on_and_says_that_it_must_be_started_again(
    tmp_path: Path, open_terminal: OpenTerminal, pult: Path
) -> None:
    store = imported_records(tmp_path)
    terminal = open_terminal([pult, "--store", store])
    terminal.wait_for("Today")
    terminal.send("2")
    terminal.wait_for("Ivan Koval")
    with closing(sqlite3.connect(store)) as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    terminal.send("c")
    terminal.wait_for("Comment")
    terminal.type("agreed")
    terminal.send("enter")
    terminal.wait_for("newer Pult")
    assert run_pult("--store", store, "calls").stdout
    done = run_pult("--store", store, "comment", "1", "x")
    assert done.returncode == 1
    assert "newer Pult" in done.stderr
    assert "Start Pult again" in done.stderr
