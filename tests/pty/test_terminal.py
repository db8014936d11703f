"""The harness itself: what it tells about a program has to be so."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.pty.conftest import OpenTerminal


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_shows_what_the_program_draws(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["printf", "\\033[3;5Hдзвінок\\033[>1u\\033[?u."])
    terminal.wait_for("дзвінок.")
    assert terminal.line(2) == "    дзвінок."
    assert terminal.wait_exit() == 0
    assert terminal.raw.endswith(b"\x1b[?u.")


def test_keys_reach_the_program_and_its_echo_is_measured(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["sh", "-c", "stty raw; echo ready; cat -v"])
    terminal.wait_for("ready")
    terminal.settle()
    terminal.send("down", "x", "ctrl+p")
    size, seconds = terminal.settle()
    assert "^[[Bx^P" in terminal.text
    assert size > 0
    assert 0 < seconds < 10


def test_size_is_there_from_birth_and_follows_the_window(open_terminal: OpenTerminal) -> None:
    program = """
import os, signal
def tell(*_): print("size", *os.get_terminal_size(), flush=True)
signal.signal(signal.SIGWINCH, tell)
tell()
while True: signal.pause()
"""
    terminal = open_terminal(python(program), columns=83, rows=21)
    terminal.wait_for("size 83 21")
    terminal.resize(110, 30)
    terminal.wait_for("size 110 30")


def test_questions_to_the_terminal_are_answered(open_terminal: OpenTerminal, tmp_path: Path) -> None:
    ask = "printf '\\033[2;7H\\033[6n\\033[?20'; sleep 0.1; printf '26$p\\033[?2048$p\\033[c'"
    answers = b"\x1b[2;7R\x1b[?2026;2$y\x1b[?2048;0$y\x1b[?62;22c"
    heard = tmp_path / "heard"
    terminal = open_terminal(["sh", "-c", f"stty raw -echo; {ask}; head -c {len(answers)} > {heard}"])
    assert terminal.wait_exit() == 0
    assert heard.read_bytes() == answers


def test_exit_status_is_told(open_terminal: OpenTerminal) -> None:
    assert open_terminal(["sh", "-c", "exit 130"]).wait_exit() == 130
    assert open_terminal(["sh", "-c", "kill -KILL $$"]).wait_exit() == -signal.SIGKILL


def test_text_that_never_comes_is_an_error_with_the_screen(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["echo", "what there was"])
    with pytest.raises(TimeoutError, match="what there was"):
        terminal.wait_for("what there was not")


def test_hang_up_reaches_the_program(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["sh", "-c", "echo ready; sleep 60"])
    terminal.wait_for("ready")
    terminal.hang_up()
    assert terminal.wait_exit() == -signal.SIGHUP


def test_close_leaves_no_process_however_stubborn(open_terminal: OpenTerminal) -> None:
    program = """
import os, signal, subprocess, time
for name in ("SIGTERM", "SIGHUP", "SIGINT"): signal.signal(getattr(signal, name), signal.SIG_IGN)
own_session = subprocess.Popen(["sleep", "60"], start_new_session=True)
same_session = subprocess.Popen(["sleep", "60"])
print("pids", os.getpid(), own_session.pid, same_session.pid, "end", flush=True)
time.sleep(60)
"""
    terminal = open_terminal(python(program))
    terminal.wait_for("end")
    pids = [int(word) for word in terminal.line(0).split() if word.isdigit()]
    assert len(pids) == 3
    assert all(alive(pid) for pid in pids)
    terminal.close()
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(alive(pid) for pid in pids)
    assert os.getpid() not in pids
