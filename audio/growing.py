"""Bytes that are still coming. By itself, for a decoder begins before numpy is read (100 ms).

Files are read by `pread` and never mapped: a mapped file that somebody truncates kills the process.
"""

from __future__ import annotations

import os
from typing import Protocol


class Bytes(Protocol):
    """A file that may be growing."""

    @property
    def available(self) -> int:
        """How many bytes are there now."""
        ...

    @property
    def complete(self) -> bool:
        """Whether no more will come."""
        ...

    @property
    def size(self) -> int:
        """How many bytes there will be, as far as known."""
        ...

    def pread(self, count: int, offset: int) -> bytes: ...


class GrowingFile:
    """A file that somebody else is filling up to `size` bytes."""

    def __init__(self, fd: int, size: int) -> None:
        self.fd = fd
        self.size = size
        self.broken = False
        """Set when it was said that no more comes."""

    @property
    def available(self) -> int:
        return os.fstat(self.fd).st_size

    @property
    def complete(self) -> bool:
        return self.broken or self.available >= self.size

    def pread(self, count: int, offset: int) -> bytes:
        return os.pread(self.fd, max(0, count), offset)
