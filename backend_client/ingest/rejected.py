"""The file of rejected rows: what was not taken, where it stood, why, and the row itself, so that it can be mended."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TextIO

from backend_client.ingest.source import Rejection

SUFFIX = ".rejected.csv"
LARGEST = 16 * 1024 * 1024
_LONGEST = 255 - len(SUFFIX) - len(".1000")
"""Bytes of a name that a file system takes, less what is put behind it."""


class RejectedRows:
    """Written beside the work, `<name>.rejected.csv` in `folder`; only if there is a row. Columns: line, reason, and
    the row as it was read: without its first two columns the file can be mended and imported.

    Where `folder` may not be written the file goes to the state folder. A file of an earlier import is replaced; with
    `append` it is gone on with, up to LARGEST bytes: a follower may meet the same trouble for years.
    """

    def __init__(self, name: str, folder: Path, taken: set[Path], *, append: bool = False) -> None:
        whole = os.fsencode(name)
        self._name = name if len(whole) <= _LONGEST else whole[:_LONGEST].decode(errors="ignore")
        self._append = append
        self._folder = folder
        self._taken = taken
        self._file: TextIO | None = None
        self.path: Path | None = None

    def add(self, rejection: Rejection) -> None:
        if self._file is None:
            self._file = self._open()
        if self._append and self._file.tell() > LARGEST:
            return
        reason = f"{rejection.reason.value}: {rejection.detail}" if rejection.detail else rejection.reason.value
        csv.writer(self._file).writerow([rejection.line, reason, *rejection.raw])

    def _open(self) -> TextIO:
        try:
            return self._open_in(self._folder)
        except OSError:
            # 7 ms, and only where somebody may not write in their own folder.
            from platformdirs import user_state_path

            folder = user_state_path("pult")
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._open_in(folder)

    def _open_in(self, folder: Path) -> TextIO:
        path, number = folder / f"{self._name}{SUFFIX}", 2
        while path in self._taken:
            path, number = folder / f"{self._name}.{number}{SUFFIX}", number + 1
        file = os.fdopen(
            self._opened(path), "a" if self._append else "w", encoding="utf-8", newline="", errors="replace"
        )
        self._taken.add(path)
        self.path = path
        return file

    def _opened(self, path: Path) -> int:
        """For its owner alone, never through a link: an import may run in a folder where others write."""
        if self._append:
            how = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
            descriptor = os.open(path, how, 0o600)
            os.fchmod(descriptor, 0o600)
            return descriptor
        if path.is_symlink() or path.is_file():
            path.unlink()
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
