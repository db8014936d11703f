"""A terminal that goes away takes no half-written comment with it."""

from pathlib import Path

from tests.pty.conftest import OpenTerminal
from tests.screens.store import every_minute, fill


def test_a_comment_outlives_its_terminal(open_terminal: OpenTerminal, pult: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    fill(store, every_minute(20))
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    command: list[str | Path] = [pult, "--store", store, "--lang", "en"]

    first = open_terminal(command, env=folders)
    first.wait_for("Today")
    first.settle()
    first.send("2")
    first.wait_for("Date and time")
    first.wait_for("067 100 00 19")
    first.settle()
    first.send("c")
    first.wait_for("0/200")
    first.send(*"call", "ctrl+n", *"back")
    first.wait_for("9/200")
    first.hang_up()
    assert first.wait_exit() == 0

    second = open_terminal(command, env=folders)
    second.wait_for("Today")
    second.settle()
    second.send("2")
    second.wait_for("Date and time")
    second.wait_for("067 100 00 19")
    second.settle()
    second.send("c")
    second.wait_for("a draft that was left unfinished")
    assert "call" in second.text
    second.send("enter")
    second.wait_until_gone("9/200")
    second.send("c")
    second.wait_for("9/200")
    assert "a draft" not in second.text
