"""A console on a server, in a real terminal: signed in, cut off, and there again."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pty.conftest import OpenTerminal
from tests.pty.terminal import Terminal
from tests.tui.command import pult as run_pult
from tests.tui.records import imported_records

PASSWORD = "correct horse battery"
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def serve(tmp_path: Path, url: str, pult: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts `pult serve` on a store with a morning's calls, in which Vira may sign in."""
    monkeypatch.chdir(tmp_path)
    store = imported_records(tmp_path)
    vira = ("vira", "--name", "Vira", "--role", "head")
    assert run_pult("--store", store, "user", "add", *vira, "--password-stdin", stdin=PASSWORD).returncode == 0
    running: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        server = subprocess.Popen(
            [pult, "--store", store, "serve", "--port", url.rpartition(":")[2]], stderr=subprocess.PIPE, text=True
        )
        running.append(server)
        assert server.stderr is not None
        assert url in server.stderr.readline()
        return server

    yield start
    for server in running:
        server.kill()
        server.wait()
        assert server.stderr is not None
        server.stderr.close()


def on_the_journal(url: str, pult: Path, open_terminal: OpenTerminal) -> Terminal:
    """A console that is signed in and shows a call."""
    assert run_pult("login", url, "--user", "vira", "--password-stdin", stdin=PASSWORD).returncode == 0
    terminal = open_terminal([pult, "--remote", url])
    terminal.wait_for("Today")
    terminal.send("2")
    terminal.wait_for("Ivan Koval")
    return terminal


def test_a_console_outlives_its_server(serve: Start, url: str, pult: Path, open_terminal: OpenTerminal) -> None:
    server = serve()
    terminal = on_the_journal(url, pult, open_terminal)
    terminal.wait_for("Vira")
    server.send_signal(signal.SIGKILL)
    server.wait()
    terminal.wait_for("no connection")
    assert "Ivan Koval" in terminal.text
    serve()
    terminal.wait_until_gone("no connection")
    assert "Ivan Koval" in terminal.text
    terminal.send("q")
    assert terminal.wait_exit() == 0
    assert b"Traceback" not in terminal.raw


def test_what_was_asked_while_the_server_was_gone_is_asked_again(
    serve: Start, url: str, pult: Path, open_terminal: OpenTerminal
) -> None:
    server = serve()
    terminal = on_the_journal(url, pult, open_terminal)
    server.send_signal(signal.SIGKILL)
    server.wait()
    terminal.wait_for("no connection")
    terminal.send("/", *"nobody", "enter")
    terminal.wait_for("nobody")
    terminal.settle()
    serve()
    terminal.wait_for("No call matches the filter")
    assert "Ivan Koval" not in terminal.text


def test_a_token_is_for_its_owner_alone(serve: Start, url: str, own_home: Path) -> None:
    serve()
    done = run_pult("login", url, "--user", "vira", "--password-stdin", stdin=PASSWORD)
    kept = own_home / ".local/share/pult/tokens.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    token = kept.read_text().split('"')[3]
    assert token.startswith("pult_")
    assert token not in done.stdout + done.stderr
    assert run_pult("--remote", url, "whoami").stdout.startswith("Vira: head\n")
    kept.chmod(0o644)
    assert "Others may read your tokens" in run_pult("--remote", url, "whoami").stderr
    kept.chmod(0o600)
    assert run_pult("logout", url).returncode == 0
    assert "pult login" in run_pult("--remote", url, "whoami").stderr
    logs = b"".join(log.read_bytes() for log in own_home.rglob("*.log*"))
    assert token.encode() not in logs


def test_a_server_ends_gracefully_when_asked_to(serve: Start, url: str) -> None:
    server = serve()
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0


def test_a_unix_socket_needs_no_password(serve: Start, tmp_path: Path, pult: Path) -> None:
    path = tmp_path / "pult.sock"
    server = subprocess.Popen(
        [pult, "--store", tmp_path / "calls.sqlite", "serve", "--unix", path], stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    with server.stderr:
        assert f"unix:{path}" in server.stderr.readline()
        told = run_pult("--remote", f"unix:{path}", "whoami").stdout
        assert "administrator" in told
        assert "09:" in run_pult("--remote", f"unix:{path}", "calls").stdout
        server.send_signal(signal.SIGTERM)
        server.wait(10)
    assert not path.exists()


def test_what_is_done_at_the_store_is_not_done_through_a_server(serve: Start, url: str, tmp_path: Path) -> None:
    for command in (["rebuild"], ["user", "list"], ["import", "x.csv"], ["serve"]):
        done = run_pult("--remote", url, *command)
        assert done.returncode != 0, command
        assert not (Path(os.environ["HOME"]) / ".local/share/pult/pult.sqlite").exists()


def test_a_shared_store_is_the_groups(tmp_path: Path) -> None:
    import grp

    group = grp.getgrgid(os.getegid()).gr_name
    folder = tmp_path / "shared"
    done = run_pult("init", "--shared", folder, "--group", group)
    assert done.returncode == 0, done.stderr
    store = folder / "pult.sqlite"
    assert done.stdout.strip() == str(store)
    assert (folder.stat().st_mode & 0o7777, store.stat().st_mode & 0o777) == (0o2770, 0o660)
    assert all(file.stat().st_mode & 0o777 == 0o660 for file in folder.iterdir())
