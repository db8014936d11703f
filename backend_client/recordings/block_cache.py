"""Blocks of files that came over a network, kept on disk up to a limit; the least used go first."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

LIMIT = 512 << 20
"""Bytes on disk."""
_SPARE = 0.9
"""Of the limit: how much is left after making room."""


class BlockCache:
    """A folder of small files, one a block. Several processes may use it at once."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    def get(self, key: str) -> bytes | None:
        """A block, which counts as used now."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep a block; without room on the disk it is not kept, which is no failure."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._path(key)
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(data)
            fresh.replace(path)
            self._make_room()

    def _path(self, key: str) -> Path:
        return self._folder / sha256(key.encode()).hexdigest()

    def _make_room(self) -> None:
        files = []
        for entry in os.scandir(self._folder):
            with suppress(OSError):
                known = entry.stat(follow_symlinks=False)
                files.append((known.st_mtime, known.st_size, entry.path))
        total = sum(size for _used, size, _path in files)
        if total <= self._limit:
            return
        for _used, size, path in sorted(files):
            with suppress(OSError):
                os.unlink(path)
            total -= size
            if total <= self._limit * _SPARE:
                return
