"""What is run here may write beside the work: that is never the project's folder."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_folder(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is run in the home folder of the test, where it names no other."""
    monkeypatch.chdir(own_home)
