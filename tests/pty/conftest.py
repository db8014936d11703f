import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.pty.terminal import Terminal

PULT = Path(sys.executable).with_name("pult")


class OpenTerminal(Protocol):
    def __call__(
        self,
        argv: Sequence[str | Path],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
    ) -> Terminal: ...


@pytest.fixture(autouse=True)
def own_folder(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is run here may write beside the work: that is never the project's folder."""
    monkeypatch.chdir(own_home)


@pytest.fixture
def open_terminal() -> Iterator[OpenTerminal]:
    """Opens programs in terminals of their own, all closed at the end of the test."""
    with ExitStack() as opened:

        def start(
            argv: Sequence[str | Path],
            *,
            columns: int = 120,
            rows: int = 40,
            env: Mapping[str, str] | None = None,
        ) -> Terminal:
            return opened.enter_context(Terminal(argv, columns=columns, rows=rows, env=env))

        yield start


@pytest.fixture
def pult() -> Path:
    """The installed command."""
    assert PULT.exists(), "Pult is not installed in this environment: make test"
    return PULT
