"""Roots: where recordings lie. A root finds a recording and gives its bytes; nothing outside of it can be reached."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from backend_client.errors import NotFound, Unreachable
from backend_client.model.recording import Missing
from backend_client.model.text import N_
from backend_client.recordings.names import Unsafe, is_address, places, safe_parts

HEADER_ONLY = 44
"""A file of so many bytes or fewer is no recording (FreePBX's own rule: a WAV header)."""


class Named(Struct, frozen=True, kw_only=True):
    """A recording as a source named it."""

    text: str
    start: int
    """UTC epoch seconds."""
    started: datetime
    """The same, local."""
    seconds: float = 0.0
    """How long the talk was, as the source tells it."""

    @property
    def name(self) -> str:
        return self.text.replace("\\", "/").rpartition("/")[2]


class Found(Struct, frozen=True, kw_only=True):
    """A file of a recording: its root (by place in the settings), where it lies below, and its bytes."""

    root: int
    place: str
    size: int


class Root(Protocol):
    """One place where recordings lie."""

    def find(self, named: Named) -> tuple[str, int] | Missing:
        """Where the recording lies and how many bytes it has, or why it is not there."""
        ...

    def read(self, place: str, start: int, length: int) -> bytes:
        """Bytes of what `find` found; fewer at its end. Raises NotFound, Unreachable."""
        ...

    def delete(self, place: str) -> bool:
        """Delete what `find` found, of somebody who is forgotten; whether it is gone."""
        ...


class Folder:
    """A folder of this machine."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def find(self, named: Named) -> tuple[str, int] | Missing:
        if is_address(named.text):
            return Missing.GONE
        try:
            root = self._path.resolve(strict=True)
        except OSError:
            return Missing.UNREACHABLE
        result = Missing.GONE
        try:
            candidates = list(places(named.text, named.started))
            if named.text.startswith("/"):
                with suppress(ValueError):
                    candidates.insert(0, str(Path(named.text).relative_to(self._path)))
        except Unsafe:
            return Missing.OUTSIDE
        for place in candidates:
            size = _size_below(root, place)
            if size is None:
                continue
            if size is Missing.OUTSIDE:
                result = Missing.OUTSIDE
            elif isinstance(size, int):
                if size > HEADER_ONLY:
                    return place, size
                result = Missing.EMPTY
        return result

    def read(self, place: str, start: int, length: int) -> bytes:
        try:
            root = self._path.resolve(strict=True)
            path = (root / "/".join(safe_parts(place))).resolve(strict=True)
            if not path.is_relative_to(root):
                raise _gone()
            # Not to be held up by a pipe or a device that somebody put there.
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise _gone() from error
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise _gone()
            return os.pread(fd, length, start)
        finally:
            os.close(fd)

    def delete(self, place: str) -> bool:
        """Delete what `find` found; whether it is gone."""
        try:
            root = self._path.resolve(strict=True)
            path = (root / "/".join(safe_parts(place))).resolve(strict=True)
            if not path.is_relative_to(root):
                return False
            path.unlink()
        except (OSError, ValueError):
            return False
        return True


def _gone() -> NotFound:
    return NotFound(N_("The recording is not there any more."), N_("It may have been deleted or moved."))


def _size_below(root: Path, place: str) -> int | Missing | None:
    """Bytes of a plain file below the root; OUTSIDE where a link leads out of it, None without a file."""
    try:
        path = (root / place).resolve(strict=True)
        known = path.stat()
    except (OSError, ValueError):
        return None
    if not path.is_relative_to(root):
        return Missing.OUTSIDE
    return known.st_size if stat.S_ISREG(known.st_mode) else None


class Roots:
    """All places of the settings, asked in order."""

    def __init__(self, roots: Sequence[Root]) -> None:
        self._roots = roots

    def find(self, named: Named) -> Found | Missing:
        """The recording, or the most telling reason why there is none."""
        reasons: list[Missing] = []
        for number, root in enumerate(self._roots):
            found = root.find(named)
            if isinstance(found, Missing):
                reasons.append(found)
            else:
                return Found(root=number, place=found[0], size=found[1])
        order = (Missing.EMPTY, Missing.OUTSIDE, Missing.UNREACHABLE, Missing.GONE)
        return next((reason for reason in order if reason in reasons), Missing.NO_ROOT)

    def read(self, found: Found, start: int, length: int) -> bytes:
        """Raises NotFound, Unreachable."""
        if found.root >= len(self._roots):
            raise Unreachable(N_("The place of this recording is not in the settings any more."))
        return self._roots[found.root].read(found.place, start, length)

    def delete(self, found: Found) -> bool:
        """Delete a recording; False where it lies on another machine, or may not be deleted."""
        return self._roots[found.root].delete(found.place)


def make_roots(texts: Sequence[str], cache: Path) -> Roots:
    """Roots as the settings write them: a folder, an http(s) address, or `demo:`. `cache`: a folder of one's own."""
    roots: list[Root] = []
    for text in texts:
        if is_address(text):
            from backend_client.recordings.web import Web

            roots.append(Web(text, cache))
        elif text == "demo:":
            from backend_client.recordings.made_up import MadeUp

            roots.append(MadeUp(cache))
        else:
            roots.append(Folder(text))
    return Roots(roots)
