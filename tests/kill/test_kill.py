"""Whatever is killed, whenever: nothing that was confirmed is lost, and nothing is half."""

import subprocess
import sys

import pytest

from tests.kill.campaign import DEEDS

KILLS = 20
"""Of each deed; `make kill` does a thousand."""


@pytest.mark.parametrize("deed", [type(deed).__name__.lower() for deed in DEEDS])
def test_killed_at_random_moments(deed: str) -> None:
    # A process of its own: the campaign forks, which a process with threads must not.
    done = subprocess.run(
        [sys.executable, "-m", "tests.kill", "--times", str(KILLS), "--deed", deed],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"{KILLS} kills" in done.stdout
