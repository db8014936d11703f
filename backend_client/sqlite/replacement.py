"""A store whose file another took the place of, such as a restored copy: what has to be true before it is opened.

SQLite finds the log beside a file by the file's name alone. The log of a store that was moved away without it would be
taken for the log of whatever is put in its place, and damage it.
"""

from __future__ import annotations

import os
from pathlib import Path

from backend_client.errors import Busy, Invalid
from backend_client.model.text import N_
from backend_client.sqlite.file import StoreFile, open_file, store_errors

_HEADER = 100
"""Bytes (SQLite's file format, 1.3)."""
_LOGS = ("-wal", "-journal")
_INDEX = "-shm"


def reopen(file: StoreFile) -> StoreFile:
    """The store that stands at the path now; `file` stays open. Raises Busy while nothing whole stands there, Invalid
    where the log of the store before still lies beside it, and what `open_file` raises."""
    path = file.path
    with store_errors(path):
        if not _is_whole(path):
            raise Busy(
                N_("The store {path} is being replaced by another one."),
                N_("Wait until it is whole; then it is opened by itself."),
                path=str(path),
            )
        for name in (*_LOGS, _INDEX):
            if _holds(_beside(path, name)):
                raise _not_its_log(_beside(path, name))
        return open_file(path, create=False)


def clear_place(path: Path) -> None:
    """Make sure that no log waits for the store that is to be put at `path`, where none stands. Raises Invalid for one
    in which anything is written."""
    for name in _LOGS:
        log = _beside(path, name)
        if log.exists():
            if log.stat().st_size:
                raise _not_its_log(log)
            log.unlink(missing_ok=True)
    # Programs that hold the store before go on with the file that they have.
    _beside(path, _INDEX).unlink(missing_ok=True)


def _not_its_log(log: Path) -> Invalid:
    return Invalid(
        N_("{path} belongs to the store that stood here before: it would damage another one."),
        N_("Move it to where that store was moved, under the same name with the same ending, and try again."),
        path=str(log),
    )


def _beside(path: Path, name: str) -> Path:
    return path.with_name(path.name + name)


def _is_whole(path: Path) -> bool:
    """Whether as many pages are there as the file's header says: a copy that is being written has fewer."""
    try:
        with path.open("rb") as store:
            header = store.read(_HEADER)
            size = os.fstat(store.fileno()).st_size
    except FileNotFoundError:
        return False
    if len(header) < _HEADER:
        return False
    page = int.from_bytes(header[16:18], "big")
    return size >= int.from_bytes(header[28:32], "big") * (65_536 if page == 1 else page)


def _holds(path: Path) -> bool:
    """Whether this process has the file open: then it is that of the store before. Only where the system tells."""
    try:
        wanted = os.stat(path)
        held = os.listdir("/proc/self/fd")
    except OSError:
        return False
    for descriptor in held:
        try:
            told = os.fstat(int(descriptor))
        except OSError:
            # The one by which the folder was read.
            continue
        if (told.st_dev, told.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False
