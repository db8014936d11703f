"""A console far away: it finds out, says so, and draws less."""

import re
import time
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal
from tests.tui.records import imported_records

TRUE_COLOUR = re.compile(rb"[34]8;2;")


class FarTerminal(Terminal):
    """Its answers take as long as over a satellite."""

    def _reply(self, query: re.Match[bytes]) -> bytes:
        time.sleep(0.3)
        return super()._reply(query)


class BusyTerminal(Terminal):
    """It is late with all answers to a question but the last one."""

    def _reply(self, query: re.Match[bytes]) -> bytes:
        if self.raw.count(query[0]) < 4:
            time.sleep(0.3)
        return super()._reply(query)


@pytest.fixture
def console(tmp_path: Path, pult: Path) -> tuple[str | Path, ...]:
    return (pult, "--store", imported_records(tmp_path))


def test_a_far_terminal_is_told_apart_by_its_answers(console: tuple[str | Path, ...]) -> None:
    with FarTerminal.start(console) as terminal:
        terminal.wait_for("slow line")
        terminal.settle()
        written = len(terminal.raw)
        terminal.send("2")
        terminal.wait_for("Ivan Koval")
        assert not TRUE_COLOUR.search(terminal.raw, written)


def test_a_near_terminal_is_not(console: tuple[str | Path, ...]) -> None:
    with Terminal.start(console) as terminal:
        terminal.wait_for("Today")
        asked = terminal.raw.count(b"\x1b[?2048$p")
        deadline = time.monotonic() + 20
        while terminal.raw.count(b"\x1b[?2048$p") == asked and time.monotonic() < deadline:
            terminal.settle(0.1, limit=0.2)
        terminal.settle()
        assert terminal.raw.count(b"\x1b[?2048$p") > asked
        assert "slow line" not in terminal.text


def test_a_near_terminal_on_a_busy_machine_is_not(console: tuple[str | Path, ...]) -> None:
    """Some of its answers come late, as all do where the console is far."""
    with BusyTerminal.start(console) as terminal:
        terminal.wait_for("Today")
        deadline = time.monotonic() + 30
        while terminal.raw.count(b"\x1b[?2048$p") < 4 and time.monotonic() < deadline:
            terminal.settle(0.1, limit=0.2)
        terminal.settle()
        assert terminal.raw.count(b"\x1b[?2048$p") == 4
        assert "slow line" not in terminal.text


def test_a_person_may_say_so(console: tuple[str | Path, ...]) -> None:
    with Terminal.start((*console, "--low-bandwidth")) as terminal:
        terminal.wait_for("slow line")
        # The first style alone passes as it is: the one that the terminal has is not known.
        assert len(TRUE_COLOUR.findall(terminal.raw)) <= 2
