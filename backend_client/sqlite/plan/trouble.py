"""What went wrong with tasks: `day_trouble` has a row a contact date, and each of its columns the values of all tasks.

A report of years adds up half a million of them. As rows SQLite would take half a second to group them; packed, numpy
takes 20 ms, and a deed rewrites one day.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from struct import Struct
from typing import Any

FORMATS = {
    "tasks": "<i", "parties": "<i", "operators": "<i", "managers": "<i", "plan_days": "<i", "dropped": "<H",
    "refused": "<H", "missed": "<H", "moved": "<H",
}  # fmt: skip
"""How a value of each column is packed; the tasks of a day are in order."""
NO_PLAN_DAY = -(2**31)
MOST_COUNTED = 2**16 - 1
"""Of one kind of trouble, of one task on one contact date; more of it is counted as so much."""
Trouble = tuple[int, ...]
"""A contact date, and the values of one task."""
_PACKING = [Struct(code) for code in FORMATS.values()]
_TASK = _PACKING[0]
_NAMES = ", ".join(FORMATS)
_WRITE = f"INSERT OR REPLACE INTO day_trouble (day, {_NAMES}) VALUES (?{', ?' * len(FORMATS)})"


def packed(rows: Iterable[Trouble]) -> list[tuple[Any, ...]]:
    """The rows of `day_trouble` that all troubles of some days come to."""
    return [
        (day, *(b"".join(map(one.pack, values)) for one, values in zip(_PACKING, _columns(of_day), strict=True)))
        for day, of_day in groupby(sorted(rows), key=lambda row: row[0])
    ]


def _columns(of_day: Iterable[Trouble]) -> list[tuple[int, ...]]:
    return list(zip(*of_day, strict=True))[1:]


def write_days(db: sqlite3.Connection, rows: Iterable[Trouble]) -> None:
    """All troubles of days that have none yet."""
    db.executemany(_WRITE, packed(rows))


def write_changes(db: sqlite3.Connection, gone: Iterable[Trouble], came: Iterable[Trouble]) -> None:
    """Take these out of their days, and put those in."""
    changes: dict[int, dict[int, Trouble]] = defaultdict(dict)
    for day, task, *_ in gone:
        changes[day][task] = ()
    for day, task, *rest in came:
        changes[day][task] = (task, *rest)
    for day, of_day in sorted(changes.items()):
        found = db.execute(f"SELECT {_NAMES} FROM day_trouble WHERE day = ?", (day,)).fetchone()
        columns = list(map(bytearray, found or [b""] * len(FORMATS)))
        for task, values in of_day.items():
            _put(columns, task, values)
        if columns[0]:
            db.execute(_WRITE, (day, *columns))
        else:
            db.execute("DELETE FROM day_trouble WHERE day = ?", (day,))


def _put(columns: list[bytearray], task: int, values: Trouble) -> None:
    """Values in the place of those of the task, or none."""
    tasks = columns[0]
    known = range(len(tasks) // _TASK.size)
    start = end = bisect_left(known, task, key=lambda at: _TASK.unpack_from(tasks, at * _TASK.size)[0])
    if start in known and _TASK.unpack_from(tasks, start * _TASK.size)[0] == task:
        end += 1
    for at, (column, packing) in enumerate(zip(columns, _PACKING, strict=True)):
        column[start * packing.size : end * packing.size] = packing.pack(values[at]) if values else b""
