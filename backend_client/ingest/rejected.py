"""The file of rejected rows: what was not taken, where it stood, why, and the row itself, so that it can be mended."""

from __future__ import annotations

import csv
import os
import re
import stat
from pathlib import Path
from typing import TextIO

from backend_client.ingest.source import Rejection
from backend_client.model.reason import Reason

SUFFIX = ".rejected.csv"
LARGEST = 16 * 1024 * 1024
_REASONS = "|".join(sorted(set(Reason) - {Reason.GAP, Reason.UNKNOWN}))
_FIRST = re.compile(rf"""\ufeff?"?\d+"?[,;\t]"?(?:{_REASONS})(?:[:",;\t\r\n]|$)""", re.ASCII)
"""How the first row begins, saved again by a spreadsheet too; "unknown" may be somebody's caller."""
_PART = 1 << 16
_LONGEST = 255 - len(SUFFIX) - len(".1000")
"""Bytes of a name that a file system takes, less what is put behind it."""


def holds_rejected(head: bytes) -> bool:
    """Whether a file that begins so has the line and the reason still before its first row."""
    return _FIRST.match(head.decode("utf-8", "replace")) is not None


class RejectedRows:
    """Written beside the work, `<name>.rejected.csv` in `folder`; only if there is a row. Columns: line, reason, and
    the row as it was read: without its first two columns the file can be mended and imported.

    Where `folder` may not be written the file goes to the state folder. What lies there under that name is kept, and
    the next free name taken; a file that says no more than the beginning of this one is replaced. With `append` it is
    gone on with, up to LARGEST bytes: a follower may meet the same trouble for years.
    """

    def __init__(self, name: str, folder: Path, taken: set[Path], *, append: bool = False) -> None:
        whole = os.fsencode(name)
        self._name = name if len(whole) <= _LONGEST else whole[:_LONGEST].decode(errors="ignore")
        self._append = append
        self._folder = folder
        self._taken = taken
        self._file: TextIO | None = None
        self._earlier: list[Path] = []
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
        self._earlier = []
        while path in self._taken or (not self._append and os.path.lexists(path)):
            if path not in self._taken:
                self._earlier.append(path)
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
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            self._replace_earlier()

    def _replace_earlier(self) -> None:
        """Take the place of the first file that an earlier import left, if this one has all that it says."""
        assert self.path is not None
        for earlier in self._earlier:
            if _begins_with(self.path, earlier):
                self._taken.discard(self.path)
                self.path = self.path.replace(earlier)
                self._taken.add(earlier)
                return


def _begins_with(path: Path, other: Path) -> bool:
    """Whether the other is an ordinary file that holds the beginning of this one, or all of it."""
    try:
        if not stat.S_ISREG(other.lstat().st_mode) or other.stat().st_size > path.stat().st_size:
            return False
        with path.open("rb") as whole, other.open("rb") as beginning:
            return all(part == whole.read(len(part)) for part in iter(lambda: beginning.read(_PART), b""))
    except OSError:
        return False
