"""The console in a real terminal: start, keys, hostile text, failures, and a terminal that goes away."""

import os
import re
import signal
import sys
import time
from itertools import cycle
from pathlib import Path

import pytest

from tests.pty.conftest import OpenTerminal
from tests.pty.terminal import Terminal
from tests.tui.command import pult as run_pult
from tests.tui.records import imported_records

LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"
HOSTILE = "\x1b]0;owned\x07[@click=app.quit]\x9b31m[/foo]\u202e$(x)"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a morning's calls, which every console of the test opens."""
    path = imported_records(tmp_path)
    monkeypatch.setenv("PULT_STORE", str(path))
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def console(store: Path, open_terminal: OpenTerminal, pult: Path) -> Terminal:
    """A console that has drawn the journal."""
    terminal = open_terminal([pult])
    terminal.wait_for("Today")
    terminal.send("2")
    terminal.wait_for("Ivan Koval")
    return terminal


def test_it_draws_and_leaves_the_terminal_as_it_was(console: Terminal) -> None:
    console.send("q")
    assert console.wait_exit() == 0
    assert LEFT_ALTERNATE_SCREEN in console.raw
    assert b"\x1b[?25h" in console.raw
    assert b"Traceback" not in console.raw


def test_an_empty_store_says_what_to_do(
    tmp_path: Path, open_terminal: OpenTerminal, pult: Path, own_home: Path
) -> None:
    terminal = open_terminal([pult, "--store", tmp_path / "new/calls.sqlite"], columns=80, rows=24)
    terminal.wait_for("pult import FILE")
    terminal.wait_for("pult demo")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("quit_key", ["й", "q", "ctrl+q"])
def test_a_key_is_its_place_on_the_keyboard(console: Terminal, quit_key: str) -> None:
    console.send(quit_key)
    assert console.wait_exit() == 0


def test_a_key_is_not_lost_while_a_screen_opens(store: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    terminal = open_terminal([pult])
    terminal.wait_for("Today")
    terminal.send("2", "G")
    terminal.wait_for("Ivan Koval")
    terminal.settle()
    rows = [line for line in terminal.text.splitlines() if " 09:" in line]
    assert "►" in rows[-1]


def test_help_finds_and_runs_an_action(console: Terminal) -> None:
    console.send("?")
    console.wait_for("Keys of this screen")
    console.type("leave the console")
    console.wait_until_gone("Newest")
    console.send("enter")
    assert console.wait_exit() == 0


def test_settings_hold_where_they_cannot_be_kept(
    store: Path, open_terminal: OpenTerminal, pult: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/none")
    terminal = open_terminal([pult])
    terminal.wait_for("Today")
    terminal.send(",")
    terminal.wait_for("Theme")
    terminal.send("enter")
    terminal.wait_for("cannot be made")
    terminal.wait_for("dark")


def test_the_palette_finds_a_call_by_its_number(console: Terminal) -> None:
    console.send("ctrl+p")
    console.wait_for("An action, a number")
    console.type("440000003")
    console.wait_for("2026-11-20")
    console.wait_for("00 03")
    console.send("enter")
    console.wait_for("Why this status")


def test_words_are_in_the_language_asked_for(store: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    open_terminal([pult, "--lang", "uk"]).wait_for("Сьогодні")
    open_terminal([pult], env={"LC_ALL": "ru_RU.UTF-8"}).wait_for("Сегодня")


def write_keymap(own_home: Path, line: str) -> None:
    folder = own_home / ".config/pult"
    folder.mkdir(parents=True)
    (folder / "keymap.toml").write_text(f"{line}\n")


def test_own_keys_hold(store: Path, own_home: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    write_keymap(own_home, '"app.quit" = "ctrl+x"')
    terminal = open_terminal([pult])
    terminal.wait_for("Today")
    terminal.send("q")
    terminal.settle()
    assert terminal.exit_status is None
    terminal.send("ctrl+x")
    assert terminal.wait_exit() == 0


def test_what_is_wrong_with_own_keys_is_told_on_the_first_screen(
    store: Path, own_home: Path, open_terminal: OpenTerminal, pult: Path
) -> None:
    write_keymap(own_home, '"app.quit" = ctrl+x')
    terminal = open_terminal([pult])
    terminal.wait_for("keymap.toml cannot be read")
    terminal.wait_for("Look at your keys:  pult keys")


def test_hostile_text_reaches_the_terminal_as_nothing_but_text(
    tmp_path: Path, store: Path, open_terminal: OpenTerminal, pult: Path
) -> None:
    records = tmp_path / "hostile.csv"
    records.write_text((tmp_path / "Master.csv").read_text().replace("Ivan Koval", f"Ivan {HOSTILE}"), "utf-8")
    other = tmp_path / "hostile.sqlite"
    assert run_pult("--store", other, "import", records).returncode == 0
    terminal = open_terminal([pult, "--store", other], columns=150)
    terminal.wait_for("Today")
    terminal.send("2")
    terminal.wait_for("]0;owned")
    terminal.send("enter")
    terminal.wait_for("[@click=app.quit]")
    terminal.settle()
    assert terminal.exit_status is None
    assert b"owned\x07" not in terminal.raw
    assert b"\x1b]0;" not in terminal.raw
    assert "\u202e".encode() not in terminal.raw
    assert "\x9b".encode() not in terminal.raw


def test_the_mouse_is_left_alone_when_asked(store: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    terminal = open_terminal([pult, "--theme", "ansi", "--no-mouse"])
    terminal.wait_for("Today")
    assert b"\x1b[?1003h" not in terminal.raw


def test_no_color_means_none(store: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    terminal = open_terminal([pult], env={"NO_COLOR": "1"})
    terminal.wait_for("Today")
    terminal.settle()
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;[25]|\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7])[;m]", terminal.raw)


def test_signs_beyond_the_encoding_take_one_cell(store: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    terminal = open_terminal([pult], env={"PYTHONIOENCODING": "latin-1"})
    terminal.wait_for("Today")
    terminal.wait_for("calls")
    assert "\\u" not in terminal.text
    assert "? The encoding here is" in terminal.text


def test_a_small_terminal_and_a_resize(store: Path, open_terminal: OpenTerminal, pult: Path) -> None:
    terminal = open_terminal([pult], columns=80, rows=24)
    terminal.wait_for("Today")
    for columns, rows in ((20, 5), (200, 60), (80, 24)):
        terminal.resize(columns, rows)
        terminal.settle()
    assert terminal.exit_status is None
    terminal.wait_for("Today")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_tidily(console: Terminal, number: signal.Signals) -> None:
    os.kill(console.pid, number)
    assert console.wait_exit() == 0
    assert LEFT_ALTERNATE_SCREEN in console.raw


@pytest.mark.parametrize("driver", ["thin", "stock"])
def test_a_signal_ends_it_while_nobody_reads_its_terminal(
    store: Path, open_terminal: OpenTerminal, pult: Path, driver: str
) -> None:
    terminal = open_terminal([pult, "--driver", driver])
    terminal.wait_for("Today")
    terminal.settle()
    deadline = time.monotonic() + 60
    keys, waited = cycle("21"), 0
    while waited < 10:
        assert time.monotonic() < deadline, "all that it writes is taken"
        terminal.send(next(keys))
        time.sleep(0.06)
        waited = waited + 1 if waits_for_its_terminal(terminal.pid) else 0
    os.kill(terminal.pid, signal.SIGTERM)
    while terminal.exit_status is None:
        assert time.monotonic() < deadline, "it did not end"
        time.sleep(0.05)
    assert terminal.exit_status == 128 + signal.SIGTERM


def waits_for_its_terminal(pid: int) -> bool:
    """Whether a thread is held up by the system in a call about the file that is written to."""
    calls = [(task / "syscall").read_text().split() for task in Path(f"/proc/{pid}/task").iterdir()]
    return any(call[1:2] == ["0x2"] for call in calls)


@pytest.mark.parametrize("program", ["exec {pult}", "trap '' HUP; exec {pult}"])
def test_it_ends_when_the_terminal_goes_away(
    store: Path, open_terminal: OpenTerminal, pult: Path, program: str, own_home: Path
) -> None:
    terminal = open_terminal(["sh", "-c", program.format(pult=pult)])
    terminal.wait_for("Today")
    terminal.settle()
    terminal.hang_up()
    terminal.wait_exit()
    assert not reports(own_home), "a report of a failure"


def reports(home: Path) -> list[Path]:
    """The reports of failures, which stand beside the console's log."""
    return list((home / ".local/state/pult").glob("error-*.log"))


FAILING = """
import screens.calls.calls
def fail(*_): raise RuntimeError("380441234567")
screens.calls.calls.CallsScreen.{place} = fail
from tui.cli import main
main()
"""


@pytest.mark.parametrize("place", ["compose", "on_mount", "action_newest"])
def test_an_unexpected_failure_gives_the_terminal_back_and_names_its_report(
    store: Path, open_terminal: OpenTerminal, own_home: Path, place: str
) -> None:
    terminal = open_terminal([sys.executable, "-c", FAILING.format(place=place)])
    if place == "action_newest":
        terminal.wait_for("Today")
        terminal.send("n")
    assert terminal.wait_exit() == 1
    [report] = reports(own_home)
    assert str(report).encode() in terminal.raw.replace(b"\r\n", b"")
    assert LEFT_ALTERNATE_SCREEN in terminal.raw
    assert b"Traceback" not in terminal.raw
    assert "RuntimeError" in report.read_text()
    assert "380441234567" not in report.read_text().replace('RuntimeError("380441234567")', "")
