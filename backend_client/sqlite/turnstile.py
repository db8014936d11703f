"""The turnstile in front of the writer's lock, and the mark that a store is open: flocks on files beside it.

SQLite's own lock has no queue: without the turnstile a comment waited up to 5 s behind an import and some failed.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_client.errors import Busy
from backend_client.model.text import N_

PATIENCE = 10.0
"""Seconds: forty of the longest transactions; whoever holds the lock longer is stopped or broken."""
_SHORTEST_NAP, _LONGEST_NAP = 0.0005, 0.004


def _beside(path: Path, name: str) -> int:
    """An open lock file beside the store, readable by whoever may read the store."""
    place = path.with_name(f"{path.name}-{name}")
    try:
        return os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        mode = path.stat().st_mode & 0o666 if path.exists() else 0o600
        lock = os.open(place, os.O_RDONLY | os.O_CREAT, mode)
        if os.fstat(lock).st_uid == os.geteuid():
            os.fchmod(lock, mode)
        return lock


def _try(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Turnstile:
    """One writer at a time over all processes, the next one chosen before the present one has finished."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._locks: tuple[int, int] | None = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Take *queue*, take *write*, release *queue*; *write* is released at the end. Raises Busy."""
        if self._locks is None:
            self._locks = (_beside(self._path, "queue"), _beside(self._path, "write"))
        queue, write = self._locks
        deadline = time.monotonic() + PATIENCE
        self._take(queue, deadline)
        try:
            self._take(write, deadline)
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(write, fcntl.LOCK_UN)

    def is_awaited(self) -> bool:
        """Whether somebody waits for whoever holds it now."""
        if self._locks is None or not _try(self._locks[0], fcntl.LOCK_EX):
            return self._locks is not None
        fcntl.flock(self._locks[0], fcntl.LOCK_UN)
        return False

    def _take(self, lock: int, deadline: float) -> None:
        # A blocking flock has no time limit; whoever waits for *write* holds *queue*, so napping loses no turn.
        nap = _SHORTEST_NAP
        while not _try(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise Busy(
                    N_("Another program has been writing to {path} for too long."),
                    N_("Nothing was written. Try again, or look for a stopped pult process."),
                    path=str(self._path),
                )
            time.sleep(nap)
            nap = min(nap * 2, _LONGEST_NAP)

    def close(self) -> None:
        for lock in self._locks or ():
            os.close(lock)
        self._locks = None


class OpenMark:
    """Says to other processes that a store is open, so that nobody migrates it underneath."""

    def __init__(self, path: Path) -> None:
        self._lock = _beside(path, "open")

    def is_alone(self) -> bool:
        """Whether no other process has the store open; takes the mark alone until `share`."""
        return _try(self._lock, fcntl.LOCK_EX)

    def share(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def release(self) -> None:
        os.close(self._lock)


class SourceLock:
    """One follower a source, over all processes; whoever does not get it stands by."""

    def __init__(self, path: Path, source: str) -> None:
        # 3 ms, and only what follows a source needs it.
        from hashlib import sha256

        digest = sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._lock = _beside(path, f"follow-{digest}")

    def take(self) -> bool:
        """Whether this process follows the source, from now on or already."""
        return _try(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        os.close(self._lock)
