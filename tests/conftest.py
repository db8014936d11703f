import os
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine may stall for a second at any example: time is measured in benchmarks/, never here.
settings.register_profile("here", deadline=None)
# A landing meets the same examples as the run before it; new ones are drawn wherever tests are run by hand.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_xdist_auto_num_workers() -> int:
    """Two a core: for most of its time a test waits, for a screen, a process or a clock."""
    return 2 * len(os.sched_getaffinity(0))


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own and an English UTF-8 terminal on a machine that keeps UTC, for it and for
    what it starts."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in [
        *(name for name in os.environ if name.startswith(("PULT_", "XDG_", "LC_"))),
        *("COLUMNS", "LINES", "LANGUAGE", "NO_COLOR", "TEXTUAL", "TMUX"),
    ]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    return home
