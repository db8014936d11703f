"""The calls of a number around those that change, read once for all that depends on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from backend_client.sqlite.statement import ask_many

if TYPE_CHECKING:
    from backend_client.sqlite.call_row import CallRow, Pair

_A_DAY = 90_000
"""Seconds: no local day is longer."""
_SELECTED = "SELECT c.number_id, c.start, c.id, c.day, c.hour, c.kind, c.employees, c.answered FROM asked"
_OTHERS = "FROM call p INDEXED BY call_number WHERE p.number_id = number"
_AROUND = (
    f"WITH asked (number, first, last) AS ({{asked}}) {_SELECTED}"
    " CROSS JOIN call c INDEXED BY call_number ON c.number_id = number"
    f" AND c.start >= min(first - {_A_DAY}, coalesce((SELECT max(p.start) {_OTHERS} AND p.start < first), first))"
    f" AND c.start <= coalesce((SELECT min(p.start) {_OTHERS} AND p.start > last + {_A_DAY}), last + {_A_DAY})"
)
_SINCE = (
    f"WITH asked (number, since) AS ({{asked}}) {_SELECTED}"
    " CROSS JOIN call c INDEXED BY call_number ON c.number_id = number AND c.start >= since"
)


class Nearby(Struct, frozen=True, order=True, gc=False):
    """What is read of a call; in the order of the journal."""

    start: int
    id: int
    day: int
    hour: int
    kind: int
    employees: str
    answered: int | None


Around = Mapping[int, Sequence[Nearby]]
"""Calls as they stand by number."""


def nearby(row: CallRow) -> Nearby:
    """What is read of a call, of a row that is at hand."""
    return Nearby(row.start, row.id, row.day, row.hour, row.kind, row.employees, row.answered)


def is_moved(old: CallRow | None, new: CallRow | None) -> bool:
    """Whether a call came or went, or is not any more what it was to the others of its number."""
    return old is None or new is None or _place(old) != _place(new)


def _place(row: CallRow) -> tuple[object, ...]:
    return row.number_id, row.start, row.day, row.hour, row.kind, row.employees


def calls_around(db: sqlite3.Connection, pairs: Iterable[Pair], last_starts: Mapping[int, int] | None = None) -> Around:
    """Of each number of the calls that moved: its calls between them, of the days around, the one before and the one
    after. `last_starts`: when the last call of a number began, 0 where it has none; looked up where it is not told."""
    spans: dict[int, list[int]] = {}
    for old, new in pairs:
        if is_moved(old, new):
            for row in (old, new):
                if row is not None and row.number_id is not None:
                    spans.setdefault(row.number_id, []).append(row.start)
    found: dict[int, list[Nearby]] = {}
    anywhere, after_all = [], []
    for number, starts in sorted(spans.items()):
        first, last = min(starts), max(starts)
        known = None if last_starts is None else last_starts.get(number)
        if known is None or known >= first:
            anywhere.append((number, first, last))
        elif known:
            after_all.append((number, min(first - _A_DAY, known)))
    for statement, asked in ((_AROUND, anywhere), (_SINCE, after_all)):
        for number, *values in ask_many(db, statement, asked):
            found.setdefault(number, []).append(Nearby(*values))
    return found
