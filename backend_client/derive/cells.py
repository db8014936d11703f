"""What a call adds to the tallies: the one pure function behind every total (architecture, "Tallies")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

NO_KEY = 0
"""The row of calls without employee ("nobody"), line, channel or region, so that rows add up to the total."""


class Dimension(IntEnum):
    """By what a tally counts. Stored: a code once given never changes."""

    ALL = 0
    """Key 0."""
    EMPLOYEE = 1
    """Employee id, a cell for each who took part; rows may sum to more than the total (decision 7)."""
    LINE = 2
    CHANNEL = 3
    REGION = 4
    HOUR = 5
    """Local hour of the start, 0–23. Weekdays come from the tally's day."""
    MARK = 6
    """One `Mark` bit, a cell for each set."""
    SETTLED = 7
    """Key 1: missed calls that have a settling call, whenever it came."""


Cell = tuple[int, int, int]
"""(dimension, key, kind); the local day stands beside it."""


def cells(
    *,
    kind: int,
    hour: int,
    marks: int = 0,
    employees: Iterable[int] = (),
    line: int | None = None,
    channel: int | None = None,
    region: int | None = None,
    settled: bool = False,
) -> list[Cell]:
    """The cells in which one call counts once each. `kind` is the store's code of direction and status, ids
    are the store's; a transaction sums cells(new) − cells(old) of what it changed, under the local day."""
    found: list[Cell] = [
        (0, 0, kind),
        (2, line or NO_KEY, kind),
        (3, channel or NO_KEY, kind),
        (4, region or NO_KEY, kind),
        (5, hour, kind),
    ]
    took_part = dict.fromkeys(employees)
    found += [(1, employee, kind) for employee in took_part] if took_part else [(1, NO_KEY, kind)]
    bit = 1
    while bit <= marks:
        if marks & bit:
            found.append((6, bit, kind))
        bit <<= 1
    if settled:
        found.append((7, 1, kind))
    return found
