"""The dashboard in a real terminal, with a source that a test plays: live, stopped and continued, resized, cut off."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_client.model.live import LiveCall, SourceState
from backend_client.model.status import Direction, Status
from backend_client.sqlite.supervision.live import write_live, write_source
from tests.pty.conftest import OpenTerminal
from tests.pty.terminal import Terminal
from tests.pty.test_remote import PASSWORD, Start, serve, url
from tests.screens.store import incoming
from tests.sqlite.stores import Desk
from tests.tui.command import pult as run_pult

__all__ = ["serve", "url"]


class Source:
    """A live source and its records, told by hand."""

    def __init__(self, store: Path) -> None:
        self._desk = Desk(store)
        self._calls: dict[str, LiveCall] = {}

    def tell(self, calls: dict[str, LiveCall] | None = None, problem: str = "") -> None:
        """All running calls, or the same again."""
        now = int(time.time())
        if calls is not None:
            self._desk.facts.put([incoming(key, now - 86400 * 40, talk=5) for key in calls if key not in self._calls])
            self._calls = calls
        with self._desk.writer.transaction(durable=False) as transaction:
            for name, live in (("ami", True), ("cdr", False)):
                write_source(transaction, SourceState(name=name, at=now, live=live, problem=problem))
            write_live(transaction, "main", "ami", now, self._calls, only=True)

    def missed(self, key: str, number: str) -> None:
        """A call in vain has just ended."""
        self._desk.facts.put([incoming(key, int(time.time()) - 40, caller=number, talk=0)])

    def close(self) -> None:
        self._desk.close()


def rings(outside: str) -> LiveCall:
    now = int(time.time())
    return LiveCall(
        start=now, direction=Direction.INCOMING, status=Status.RINGING, since=now, outside=outside, inside=("201",)
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "calls.sqlite"
    desk = Desk(path)
    desk.facts.put([incoming(f"{n}", int(time.time()) - 60 * n - 60, caller=f"0671{n:06}") for n in range(5)])
    desk.close()
    return path


@pytest.fixture
def source(store: Path) -> Iterator[Source]:
    source = Source(store)
    source.tell({})
    yield source
    source.close()


def open_dashboard(terminal: Terminal) -> Terminal:
    terminal.wait_for("Today")
    terminal.send("6")
    terminal.wait_for("No calls in progress")
    terminal.settle(0.5)
    return terminal


def test_a_call_comes_runs_and_goes(store: Path, source: Source, pult: Path, open_terminal: OpenTerminal) -> None:
    terminal = open_dashboard(open_terminal([pult, "--store", store]))
    source.tell({"a": rings("0671112233")})
    terminal.wait_for("067 111 22 33")
    first = next(line for line in terminal.text.splitlines() if "067 111 22 33" in line)
    terminal.settle(2.5, limit=2.5)
    later = next(line for line in terminal.text.splitlines() if "067 111 22 33" in line)
    assert later != first
    source.tell({})
    source.missed("b", "0935556677")
    terminal.wait_for("No calls in progress")
    terminal.wait_for("1 in queue")
    terminal.send("7")
    terminal.wait_for("093 555 66 77")


def test_nothing_is_written_while_nothing_runs(
    store: Path, source: Source, pult: Path, open_terminal: OpenTerminal
) -> None:
    terminal = open_dashboard(open_terminal([pult, "--store", store]))
    # The first look at the source comes within five seconds, and a minute may begin just then.
    terminal.settle(5.5, limit=5.5)
    source.tell()
    quiet = [terminal.settle(1.5, limit=1.5).size for _ in range(2)]
    assert quiet[0] == quiet[1] or terminal.settle(1.5, limit=1.5).size == quiet[1]


def test_it_heals_after_a_stop(store: Path, source: Source, pult: Path, open_terminal: OpenTerminal) -> None:
    terminal = open_dashboard(open_terminal([pult, "--store", store]))
    os.kill(terminal.pid, signal.SIGSTOP)
    source.tell({"a": rings("0671112233")})
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait_for("067 111 22 33")


def test_it_heals_after_a_resize(store: Path, source: Source, pult: Path, open_terminal: OpenTerminal) -> None:
    terminal = open_dashboard(open_terminal([pult, "--store", store]))
    terminal.resize(80, 24)
    terminal.settle(0.5)
    assert "By the hour" in terminal.text
    terminal.resize(200, 50)
    terminal.settle(0.5)
    source.tell({"a": rings("0671112233")})
    terminal.wait_for("067 111 22 33")


def test_a_new_missed_call_is_told_on_another_screen(
    store: Path, source: Source, pult: Path, open_terminal: OpenTerminal, own_home: Path, tmp_path: Path
) -> None:
    settings = own_home / ".config/pult/settings.toml"
    settings.parent.mkdir(parents=True)
    program = tmp_path / "tell"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/told\n')
    program.chmod(0o700)
    settings.write_text(f'alert = "desktop"\nalert-command = ["{program}", "-t", "{{text}}"]\n')
    terminal = open_terminal([pult, "--store", store], env={"TERM": "foot"})
    terminal.wait_for("Today")
    terminal.settle(0.5)
    source.missed("b", "0935556677")
    terminal.wait_for("093 555 66 77")
    terminal.settle(0.5)
    assert b"\x1b]777;notify;Pult;Missed call: 093 555 66 77\x1b\\" in terminal.raw
    terminal.send("q")
    assert terminal.wait_exit() == 0
    settings.write_text(settings.read_text().replace('"desktop"', '"command"'))
    terminal = open_terminal([pult, "--store", store])
    terminal.wait_for("Today")
    terminal.settle(0.5)
    source.missed("c", "0935556688")
    for _try in range(100):
        terminal.settle(0.05)
        if (tmp_path / "told").exists():
            break
    assert (tmp_path / "told").read_text() == "-t\nMissed call: 093 555 66 88\n"


def test_over_a_server_it_outlives_the_server(
    serve: Start, url: str, pult: Path, open_terminal: OpenTerminal, tmp_path: Path
) -> None:
    server = serve()
    assert run_pult("login", url, "--user", "vira", "--password-stdin", stdin=PASSWORD).returncode == 0
    source = Source(tmp_path / "calls.sqlite")
    source.tell({})
    terminal = open_dashboard(open_terminal([pult, "--remote", url]))
    source.tell({"a": rings("0671112233")})
    terminal.wait_for("067 111 22 33")
    server.send_signal(signal.SIGKILL)
    server.wait()
    terminal.wait_for("no connection")
    assert "067 111 22 33" in terminal.text
    source.tell({"a": rings("0671112233"), "b": rings("0934445566")})
    serve()
    terminal.wait_until_gone("no connection")
    terminal.wait_for("093 444 55 66")
    source.close()
    assert b"Traceback" not in terminal.raw
