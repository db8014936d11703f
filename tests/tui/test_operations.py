"""The administrator's commands as a person runs them."""

import json
from pathlib import Path

import pytest

from tests.tui.command import pult
from tests.tui.records import imported_records


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = imported_records(tmp_path)
    monkeypatch.setenv("PULT_STORE", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def test_backup_forget_restore_and_check(store: Path, tmp_path: Path) -> None:
    done = pult("backup", "copy.sqlite")
    assert (done.returncode, "whole" in done.stderr) == (0, True), done.stderr
    done = pult("forget", "--yes", "+380440000001")
    assert (done.returncode, "3 calls are nameless now" in done.stderr) == (0, True), done.stderr
    assert "440000001" not in pult("calls", "--csv").stdout
    assert pult("calls", "--csv").stdout.count("erased-") == 2 * 3
    done = pult("restore", "copy.sqlite", "new.sqlite")
    assert (done.returncode, "1 number was erased again" in done.stderr) == (0, True), done.stderr
    for path in (store, tmp_path / "new.sqlite"):
        done = pult("--store", path, "check", "--deep", "--json")
        assert done.returncode == 0, done.stdout
        assert json.loads(done.stdout)["sound"]


def test_nothing_is_forgotten_unasked(store: Path) -> None:
    done = pult("forget", "+380440000001")
    assert done.returncode == 130
    assert "440000001" in pult("calls", "--csv").stdout


def test_nobody_of_that_name_is_told(store: Path) -> None:
    done = pult("forget", "--yes", "Somebody Else")
    assert done.returncode == 1
    assert "There is no client and no number Somebody Else." in done.stderr


def test_retention_is_shown_set_and_applied(store: Path) -> None:
    assert "for good" in pult("retention").stdout
    done = pult("retention", "--recordings-days", "180", "--calls-months", "36")
    assert "180 days" in done.stdout
    assert "36 months" in done.stdout
    assert pult("retention", "--apply").returncode == 0


def test_a_current_store_needs_no_migration(store: Path) -> None:
    done = pult("migrate")
    assert (done.returncode, "up to date" in done.stderr) == (0, True)


def test_an_operator_may_do_none_of_it(store: Path) -> None:
    for command in (
        ["check"], ["backup", "copy.sqlite"], ["migrate"], ["retention"], ["forget", "--yes", "+380440000001"],
    ):  # fmt: skip
        done = pult("--as", "201", *command)
        assert done.returncode == 1
        assert "Your role may not do this." in done.stderr
