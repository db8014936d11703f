"""Names of recordings: where a recorder would have put a file of that name, and which call a file's name tells.

Sources: FreePBX (`type-dst-src-YYYYMMDD-HHMMSS-uniqueid.ext`, folders YYYY/MM/DD), MikoPBX (`<uniqueid>[_rand].ext`,
folders YYYY/MM/DD/HH, whole paths in its records), Yeastar (`YYYYMMDDHHMMSS-…`), Grandstream (`auto-<epoch>-…`),
VICIdial (whole addresses), and plain `<uniqueid>.ext`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

SUFFIXES = (".wav", ".mp3", ".webm", ".ogg", ".opus", ".gsm", ".WAV", ".wav16", ".wav48", ".flac")
"""A recording may have been converted after its record was written. FreePBX writes wav49 as .WAV."""
_FOLDERS = ("", "%Y/%m/%d", "%Y/%m/%d/%H", "%Y%m%d", "%Y-%m-%d", "%Y-%m", "%Y%m")
_MOST_TAIL = 6
_LONGEST = 1024
_UNIQUEID = re.compile(r"(?<!\d)\d{10}\.\d+")
_MIKO = re.compile(r"^(mikopbx-\d{10}\.\d+)(?:_\w+)?$")
_STAMPS = (
    (re.compile(r"(?<!\d)(20\d{6})-(\d{6})(?!\d)"), "%Y%m%d%H%M%S"),
    (re.compile(r"^(20\d{6})(\d{6})(?!\d)"), "%Y%m%d%H%M%S"),
)


class Unsafe(ValueError):
    """A name that leads out of where recordings lie."""


def is_address(text: str) -> bool:
    """Whether a source named a web address and not a file."""
    return text.startswith(("http://", "https://"))


def safe_parts(text: str) -> tuple[str, ...]:
    """The parts of a path. Raises Unsafe for one with "..", control characters, or none at all."""
    parts = tuple(part for part in text.replace("\\", "/").split("/") if part not in ("", "."))
    if not parts or ".." in parts or len(text) > _LONGEST or any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise Unsafe(text)
    return parts


def stamp_of(name: str) -> datetime | None:
    """The local instant that a name tells, if it does."""
    for pattern, layout in _STAMPS:
        if found := pattern.search(name):
            try:
                return datetime.strptime("".join(found.groups()), layout)
            except ValueError:
                continue
    return None


def places(text: str, started: datetime) -> Iterator[str]:
    """Where below a root the file may lie, the likeliest first; `started` is local. Raises Unsafe.

    A whole path is tried by its tails: the folder may be mounted elsewhere here than on the exchange.
    """
    parts = safe_parts(text)
    seen: dict[str, None] = {}
    for first in range(max(0, len(parts) - _MOST_TAIL), len(parts)):
        seen["/".join(parts[first:])] = None
    for when in (stamp_of(parts[-1]), started):
        for folder in _FOLDERS if when is not None else ():
            seen[f"{when:{folder}}/{parts[-1]}".lstrip("/") if folder and when else parts[-1]] = None
    yield from seen
    stem = str(PurePosixPath(parts[-1]).with_suffix("")) if PurePosixPath(parts[-1]).suffix in SUFFIXES else parts[-1]
    for place in tuple(seen):
        folder = place.rpartition("/")[0]
        for suffix in SUFFIXES:
            if not place.endswith(stem + suffix):
                yield f"{folder}/{stem}{suffix}".lstrip("/")


def call_keys(name: str) -> tuple[str, ...]:
    """The unique ids that a file's name tells, the likeliest first."""
    stem = name.rpartition(".")[0] if name.endswith(SUFFIXES) else name
    found = [match.group(1)] if (match := _MIKO.match(stem)) else []
    found += _UNIQUEID.findall(stem)
    return tuple(dict.fromkeys(found))
