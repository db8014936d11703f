"""`pult` as a person runs it: a process of its own."""

import subprocess
import sys
from pathlib import Path

PULT = Path(sys.executable).with_name("pult")


def pult(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command, with the environment of the test and these variables."""
    import os

    return subprocess.run(
        [PULT, *arguments],
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
