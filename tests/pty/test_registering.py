"""A caller is registered in a real terminal: a key, the name, Enter; what is half filled outlives a closed terminal, a
lost server, and somebody who was faster."""

import json
import signal
import subprocess
from pathlib import Path

from tests.pty.conftest import OpenTerminal
from tests.pty.terminal import Terminal
from tests.pty.test_remote import PASSWORD, Start, serve, url
from tests.screens.store import every_minute, fill
from tests.tui.command import pult as run_pult

__all__ = ["serve", "url"]
NEWEST = "067 100 00 00"


def journal(open_terminal: OpenTerminal, command: list[str | Path], folders: dict[str, str] | None = None) -> Terminal:
    """A console whose cursor is on the newest call of the journal."""
    terminal = open_terminal(command, env=folders, columns=80, rows=24)
    terminal.wait_for("Today")
    terminal.settle()
    terminal.send("2")
    terminal.wait_for("Date and time")
    terminal.wait_for("►")
    terminal.settle()
    return terminal


def names(store: Path) -> list[str]:
    return [row["name"] for row in json.loads(run_pult("--store", store, "clients", "--json").stdout)]


def test_two_keys_and_the_name_register_a_caller(open_terminal: OpenTerminal, pult: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    fill(store, every_minute(20))
    terminal = journal(open_terminal, [pult, "--store", store, "--lang", "en"])
    assert NEWEST in terminal.text
    terminal.send("f7")
    terminal.wait_for("Register a caller")
    terminal.send(*"Hanna")
    terminal.send("enter")
    terminal.wait_until_gone("Register a caller")
    terminal.wait_for("1 call is linked to Hanna.")
    terminal.wait_until_gone(NEWEST)
    assert names(store) == ["Hanna"]
    terminal.send("ctrl+z")
    terminal.wait_for(NEWEST)
    assert names(store) == []


def test_a_half_filled_form_outlives_its_terminal(open_terminal: OpenTerminal, pult: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    fill(store, every_minute(20))
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    command: list[str | Path] = [pult, "--store", store, "--lang", "en"]
    first = journal(open_terminal, command, folders)
    first.send("f7")
    first.wait_for("Register a caller")
    first.send(*"Hann", "tab", "right")
    first.wait_for("(•) Company")
    first.hang_up()
    assert first.wait_exit() == 0
    second = journal(open_terminal, command, folders)
    second.send("f7")
    second.wait_for("a draft that was left unfinished")
    assert "(•) Company" in second.text
    second.send("a", "enter")
    second.wait_for("is linked to Hanna.")
    assert names(store) == ["Hanna"]


def test_a_form_waits_for_its_server(serve: Start, url: str, pult: Path, open_terminal: OpenTerminal) -> None:
    server = serve()
    assert run_pult("login", url, "--user", "vira", "--password-stdin", stdin=PASSWORD).returncode == 0
    terminal = journal(open_terminal, [pult, "--remote", url, "--lang", "en"])
    terminal.wait_for("Ivan Kov")
    terminal.send("f7")
    terminal.wait_for("Register a caller")
    terminal.send(*"Hanna")
    server.send_signal(signal.SIGKILL)
    server.wait()
    terminal.send("enter")
    terminal.wait_for("kept as a draft")
    assert "Hanna" in terminal.text
    serve()
    terminal.send("enter")
    terminal.wait_until_gone("Register a caller")
    terminal.wait_for("linked to Hanna.")


def test_who_comes_second_is_told_and_offered_to_assign(
    serve: Start, url: str, pult: Path, open_terminal: OpenTerminal
) -> None:
    serve()
    assert run_pult("login", url, "--user", "vira", "--password-stdin", stdin=PASSWORD).returncode == 0
    remote: list[str | Path] = [pult, "--remote", url, "--lang", "en"]
    consoles = [journal(open_terminal, remote) for _ in range(2)]
    # Both forms are open before a name is typed: they are one person's, and what is typed is kept as a draft.
    for terminal in consoles:
        terminal.wait_for("Ivan Kov")
        terminal.send("f7")
        terminal.wait_for("Register a caller")
    for terminal, name in zip(consoles, ("Faster", "Slower"), strict=True):
        terminal.send(*name)
        terminal.settle()
    for terminal in consoles:
        terminal.send("enter")
        terminal.settle()
    faster, slower = consoles
    faster.wait_for("linked to Faster.")
    slower.wait_for("belongs to Faster")
    slower.send("p")
    slower.wait_for("Contact person of Faster")
    slower.send("enter")
    slower.wait_for("linked to Faster.")
    done = subprocess.run([*map(str, remote), "clients", "--json"], capture_output=True, text=True, check=True)
    [client] = json.loads(done.stdout)
    assert (client["name"], client["persons"]) == ("Faster", ["Slower"])
