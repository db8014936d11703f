"""Files named by people: what may be read as one, and what may be written over."""

from __future__ import annotations

import stat
from pathlib import Path

from backend_client.errors import Invalid
from backend_client.model.text import N_, clean


def check_source(path: Path) -> None:
    """Raises Invalid for what is there and is no file, such as a pipe or a device: reading it may never end. A link
    is what it points to."""
    if path.exists() and not path.is_file():
        raise _no_ordinary_file(path)


def check_target(path: Path) -> None:
    """Raises Invalid for what is there and is no file to be replaced: a pipe, a device, a folder, a link."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        # Not there, or not to be looked at: writing says why.
        return
    if not stat.S_ISREG(mode):
        raise _no_ordinary_file(path)


def _no_ordinary_file(path: Path) -> Invalid:
    return Invalid(N_("{path} is no ordinary file."), N_("Name a file."), path=clean(str(path)))
