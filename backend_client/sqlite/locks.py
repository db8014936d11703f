"""Who holds an old state of a store: readers keep SQLite from cutting its log, and SQLite itself names none."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from msgspec import Struct

# The layout of the shared index beside the log ("WAL-Index File Format" of SQLite's documentation): the newest page
# of the log at byte 16, five read marks from byte 100, and a lock byte for each mark from byte 123.
_NEWEST, _MARKS, _LOCKS = 16, 100, 123


class Reader(Struct, frozen=True):
    """A process in the middle of reading, and by how many pages of the log it is behind."""

    process: int
    name: str
    behind: int


def readers_of(path: Path, locks: str | None = None) -> tuple[Reader, ...]:
    """Processes that read the store at this moment, the one that is furthest behind first.

    `locks` is the text of /proc/locks; systems without it show none.
    """
    index = Path(f"{path}-shm")
    try:
        head = index.read_bytes()[:136]
        inode = os.stat(index).st_ino
        text = Path("/proc/locks").read_text(encoding="ascii") if locks is None else locks
    except OSError:
        return ()
    if len(head) < 136:
        return ()
    newest = struct.unpack_from("=I", head, _NEWEST)[0]
    marks = struct.unpack_from("=5I", head, _MARKS)
    found: dict[int, int] = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 8 or fields[1] == "->" or not fields[5].endswith(f":{inode}") or int(fields[4]) <= 0:
            continue
        first, last = (int(fields[place]) if fields[place] != "EOF" else _LOCKS for place in (6, 7))
        for slot in range(max(1, first - _LOCKS), min(4, last - _LOCKS) + 1):
            process = int(fields[4])
            found[process] = max(found.get(process, 0), newest - marks[slot])
    return tuple(
        Reader(process, _name_of(process), max(behind, 0))
        for process, behind in sorted(found.items(), key=lambda pair: -pair[1])
    )


def _name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
