"""`pult now`, `pult missed` and their settings, and `pult demo --live` without a console."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.sqlite.directory import add_employee, assign_extension
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg
from tests.tui.command import pult

PATIENCE = 60.0


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Olena (201) was called in vain a minute and an hour ago; another caller was spoken with."""
    path = tmp_path / "calls.sqlite"
    monkeypatch.setenv("PULT_STORE", str(path))
    now = int(time.time())
    with closing(Desk(path)) as desk:
        with desk.writer.transaction() as transaction:
            assign_extension(transaction, "201", add_employee(transaction, "Olena", login="olena"))
        desk.facts.put(
            [
                call(leg("1.1", at=now - 3600)),
                call(leg("2.1", at=now - 60)),
                call(leg("3.1", at=now - 1800, talk=60, outside="0672220002")),
            ]
        )
    return path


def test_now_is_told_in_words_and_as_json(store: Path) -> None:
    told = pult("now")
    assert told.returncode == 0, told.stderr
    assert "Calls in progress: — (! no source)" in told.stdout
    assert "State not told" in told.stdout
    assert "Missed-call queue: 1 open, 1 past the goal" in told.stdout
    answer = json.loads(pult("now", "--json").stdout)
    assert answer["queue_open"] == 1
    assert [agent["name"] for agent in answer["agents"]] == ["Olena"]


def test_hours_are_told_of_a_day_with_calls_alone(store: Path, tmp_path: Path) -> None:
    told = pult("now").stdout
    assert "By the hour" in told
    assert "0 earlier days" not in told
    assert "By " not in pult("--store", str(tmp_path / "new.sqlite"), "now").stdout


def test_the_dashboard_is_refused_to_an_operator(store: Path) -> None:
    refused = pult("--as", "olena", "now")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "The dashboard is for those who see all calls." in refused.stderr


def test_a_line_is_claimed_put_off_and_done(store: Path) -> None:
    assert "067 222 00 01" in pult("missed").stdout
    assert "claimed by Olena" in pult("--as", "olena", "missed", "claim", "067-222-00-01").stdout
    taken = pult("missed", "claim", "0672220001")
    assert (taken.returncode, "Olena has claimed this line already." in taken.stderr) == (1, True)
    assert pult("missed", "claim", "0672220001", "--take").returncode == 0
    assert "put off until" in pult("missed", "snooze", "0672220001", "2h").stdout
    assert pult("missed").stdout == ""
    assert "067 222 00 01" in pult("missed", "--snoozed").stdout
    assert pult("missed", "snooze", "0672220001", "off").returncode == 0
    assert "wrong number" in pult("missed", "done", "0672220001", "wrong number").stdout
    done = json.loads(pult("missed", "--done", "--json").stdout)
    assert [(line["number"], line["reason"], line["attempts"]) for line in done["lines"]] == [
        ("+380672220001", "wrong number", 2)
    ]
    assert pult("missed", "done", "0672220001", "--undo").returncode == 0
    assert pult("missed", "release", "0672220001").returncode == 0
    assert json.loads(pult("missed", "--json").stdout)["open"] == 1


@pytest.mark.parametrize("until", ["yesterday", "25:00", "2026-13-01T09:00", "h", ""])
def test_what_is_no_time_is_refused(store: Path, until: str) -> None:
    refused = pult("missed", "snooze", "0672220001", until)
    assert refused.returncode == 1
    assert "is no time." in refused.stderr


def test_a_number_that_does_not_wait_is_told(store: Path) -> None:
    refused = pult("missed", "claim", "0672220002")
    assert refused.returncode == 1
    assert "+380672220002 is not in the queue." in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("queue-days", "3", "3"), ("callback-goal", "30", "30"), ("shared-queue", "off", "off"),
     ("service-goal", "90/15", "90/15"), ("short-abandon", "0", "0"), ("expected-weeks", "8", "8")],
)  # fmt: skip
def test_the_goals_are_settings_of_the_store(store: Path, name: str, value: str, shown: str) -> None:
    assert pult("settings", name, value).returncode == 0
    assert pult("settings", name).stdout.strip() == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [("queue-days", "0"), ("callback-goal", "soon"), ("shared-queue", "yes"), ("service-goal", "80"),
     ("service-goal", "101/20"), ("expected-weeks", "27")],
)  # fmt: skip
def test_a_goal_that_fits_nothing_is_refused(store: Path, name: str, value: str) -> None:
    refused = pult("settings", name, value)
    assert refused.returncode == 1
    assert "does not fit" in refused.stderr


def test_the_goal_of_the_dashboard_is_the_stores(store: Path) -> None:
    pult("settings", "service-goal", "95/10")
    goal = json.loads(pult("now", "--json").stdout)["service"]["goal"]
    assert (goal["percent"], goal["seconds"]) == (95, 10)


def test_a_played_day_can_be_looked_at_from_beside(own_home: Path) -> None:
    argv = [
        sys.executable,
        "-c",
        "from tui.cli import main; main()",
        "demo",
        "--live",
        "--speed",
        "600",
        "--no-console",
    ]
    with subprocess.Popen([*argv, "--from", "10:00"], stderr=subprocess.PIPE, text=True) as player:
        try:
            assert player.stderr is not None
            line = ""
            while "pult --store" not in line:
                line = player.stderr.readline()
                assert line, "it ended before it played"
            path = line.rpartition(" ")[2].strip()
            assert os.path.exists(path)
            deadline = time.monotonic() + PATIENCE
            seen: set[tuple[int, str]] = set()
            while len(seen) < 3:
                assert time.monotonic() < deadline, "nothing moved"
                answer = json.loads(pult("--store", path, "now", "--json").stdout)
                assert answer["pace"] == 600.0
                seen.add((answer["change"], json.dumps(answer["today"])))
            again = pult("--store", path, "now")
            assert "! " not in again.stdout.splitlines()[0]
        finally:
            player.send_signal(signal.SIGTERM)
            assert player.wait(PATIENCE) in (0, -signal.SIGTERM)


def test_what_no_source_tells_of_is_not_counted(store: Path) -> None:
    told = pult("now").stdout
    assert "Calls in progress: —" in told
    assert "Callers waiting: —" in told
    assert "goal kept" not in told
