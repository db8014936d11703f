"""Keys that come in one piece, as a slow line brings them, act in the order in which they were pressed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pty.conftest import OpenTerminal
from tests.pty.terminal import KEYS
from tests.screens.store import NOON, fill, incoming


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    fill(path, [incoming("1", NOON - 300, caller="0501110003")])
    return path


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (("/", *"zq", "backspace", "backspace", *"050"), "050"),
        (("/", *"15", "left", "0", "end", *"111"), "105111"),
    ],
    ids=["a mended word", "a cursor that moves"],
)  # fmt: skip
def test_a_field_gets_keys_in_their_order(
    open_terminal: OpenTerminal, pult: Path, store: Path, typed: tuple[str, ...], shown: str
) -> None:
    terminal = open_terminal([pult, "--store", store, "--lang", "en"], columns=80, rows=24)
    terminal.wait_for("Journal")
    terminal.send("2")
    terminal.wait_for("050 111 00 03")
    terminal.send(*typed)
    terminal.settle()
    assert terminal.line(1).startswith(shown), terminal.text


def test_what_is_typed_ahead_goes_into_the_dialog(open_terminal: OpenTerminal, pult: Path, store: Path) -> None:
    terminal = open_terminal([pult, "--store", store, "--lang", "en"], columns=80, rows=24)
    terminal.wait_for("Journal")
    terminal.send("2")
    terminal.wait_for("050 111 00 03")
    terminal.type("cwarm" + KEYS["backspace"] * 2 + "lk" + KEYS["home"] + "A " + KEYS["enter"])
    terminal.settle()
    terminal.send("enter")
    terminal.wait_for("A walk")
