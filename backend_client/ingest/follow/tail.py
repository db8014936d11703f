"""A growing text file, read through rotation, truncation and copying away, never twice and never half a line."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

from backend_client.ingest.rows import LINE_LIMIT

MARK = 64
"""Bytes before the position whose hash says whether the file is still the one that was read."""
CHUNK = 1 << 20


class FilePosition(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a file was read: which file it was, how many bytes, and what stood just before."""

    device: int
    inode: int
    offset: int
    mark: str
    """Hex SHA-256 of the MARK bytes before the offset (fewer at the file's beginning)."""


class Tail:
    """New whole lines of a file, and the position behind them.

    Rotated away: the rest of the old file comes first, then the new one. Copied and truncated, or rotated while
    nobody followed: the copy beside it whose bytes before the position are the same is read to its end, and the
    later copies, before the file itself. Lines that are in no file any more are lost, and `gaps` counts that.
    """

    def __init__(self, path: Path, position: FilePosition | None = None) -> None:
        self.path = path
        self.gaps = 0
        self._file: int | None = None
        self._offset = 0
        self._mark = ""
        self._later: list[Path] = []
        """Copies to read before the file itself."""
        self._position = position

    @property
    def behind(self) -> int:
        """Bytes of the present file that were not read yet."""
        return 0 if self._file is None else max(0, os.fstat(self._file).st_size - self._offset)

    def read(self) -> tuple[bytes, FilePosition] | None:
        """Whole lines, at most about a megabyte of them; None where nothing came."""
        while True:
            if self._file is None and not self._open():
                return None
            data = self._read_lines()
            if data:
                return data, self.position
            if not self._go_on():
                return None

    @property
    def position(self) -> FilePosition:
        assert self._file is not None
        stat = os.fstat(self._file)
        return FilePosition(stat.st_dev, stat.st_ino, self._offset, self._mark)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> bool:
        """Open the file where the position says, or what holds the rest of it."""
        try:
            file = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        position, self._position = self._position, None
        if position is None or not position.offset:
            self._use(file, 0)
        elif _is_at(file, position):
            self._use(file, position.offset)
        else:
            os.close(file)
            self._resume(position)
        return self._file is not None

    def _use(self, file: int, offset: int) -> None:
        self.close()
        self._file, self._offset, self._mark = file, offset, _mark(file, offset)

    def _resume(self, position: FilePosition) -> None:
        """The copy that holds what was read, from there on; else the file from its beginning."""
        copies = self._copies()
        for number, copy in enumerate(copies):
            try:
                file = os.open(copy, os.O_RDONLY)
            except OSError:
                continue
            if _is_at(file, position):
                self._later = copies[number + 1 :]
                self._use(file, position.offset)
                return
            os.close(file)
        self.gaps += 1
        try:
            self._use(os.open(self.path, os.O_RDONLY), 0)
        except FileNotFoundError:
            self.close()

    def _copies(self) -> list[Path]:
        """What rotation left beside the file, the oldest first; packed ones are read by `pult import`."""
        found = []
        for copy in self.path.parent.glob(f"{_escaped(self.path.name)}?*"):
            try:
                if copy.is_file() and copy.suffix not in (".gz", ".xz", ".bz2", ".zst"):
                    found.append((copy.stat().st_mtime_ns, copy))
            except OSError:
                continue
        return [copy for _, copy in sorted(found)]

    def _copies_after(self, stat: os.stat_result) -> list[Path]:
        """What was rotated away after the file that is open, which was rotated away itself."""
        copies = self._copies()
        for number, copy in enumerate(copies):
            try:
                there = copy.stat()
            except OSError:
                continue
            if (there.st_dev, there.st_ino) == (stat.st_dev, stat.st_ino):
                return copies[number + 1 :]
        return []

    def _read_lines(self) -> bytes:
        """Whole lines behind the offset, if the file before it is still the same."""
        assert self._file is not None
        if os.fstat(self._file).st_size <= self._offset or _mark(self._file, self._offset) != self._mark:
            return b""
        data = os.pread(self._file, CHUNK, self._offset)
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) > LINE_LIMIT:
            # No record is so long: let it be rejected as one line.
            cut = len(data)
        if cut:
            self._offset += cut
            self._mark = _mark(self._file, self._offset)
        return data[:cut]

    def _go_on(self) -> bool:
        """Nothing to read here: whether there is another file, or another beginning, to read now."""
        assert self._file is not None
        stat = os.fstat(self._file)
        if stat.st_size < self._offset or _mark(self._file, self._offset) != self._mark:
            before = FilePosition(stat.st_dev, -1, self._offset, self._mark)
            self.close()
            self._resume(before)
            return self._file is not None
        if self._begin_next_copy():
            return True
        try:
            there = os.stat(self.path)
        except FileNotFoundError:
            return False
        if (there.st_dev, there.st_ino) == (stat.st_dev, stat.st_ino):
            return False
        self._later = self._copies_after(stat)
        return self._begin_next_copy() or self._begin(self.path)

    def _begin_next_copy(self) -> bool:
        while self._later:
            if self._begin(self._later.pop(0)):
                return True
        return False

    def _begin(self, path: Path) -> bool:
        """Go on at the beginning of another file, if it has a line: until then its writer may still hold the old one,
        and a place at the beginning of a file could not be found again."""
        try:
            file = os.open(path, os.O_RDONLY)
        except OSError:
            return False
        if b"\n" not in os.pread(file, CHUNK, 0):
            os.close(file)
            return False
        self._use(file, 0)
        return True


def _mark(file: int, offset: int) -> str:
    start = max(0, offset - MARK)
    return hashlib.sha256(os.pread(file, offset - start, start)).hexdigest()


def _is_at(file: int, position: FilePosition) -> bool:
    return os.fstat(file).st_size >= position.offset and _mark(file, position.offset) == position.mark


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
