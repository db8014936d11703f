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
    LEAD = 8
    """Calls from new numbers: (1 lost, 2 registered now, 3 unregistered) × 2, and 1 for a first contact."""
    HANDLING = 9
    """Missed calls: (0 we called in time, 1 the client reached us in time, 2 later, 3 never, 4 impossible) × 2, and 1
    for one from a new number."""
    # 10 was given once, to call-back times: they are a histogram now (derive/histogram.py).
    HOUR_SERIES = 11
    """Hour × 3 and the series of the reports on the day and the week: 0 accepted, 1 missed, 2 outgoing. Kind is 0, so
    that the largest day of a series is found without adding kinds up."""
    TALK = 12
    """Seconds of talk, key 0."""
    EMPLOYEE_TALK = 13
    """An employee's own seconds of talk."""
    CLIENT = 14
    """External calls by client, 0 for numbers that are nobody's, −1 for calls without a number; the kind is 0 accepted,
    1 missed, 2 successful, 3 failed. In a table of its own."""


Cell = tuple[int, int, int]
"""(dimension, key, kind); the local day stands beside it."""


class Lead(IntEnum):
    """Decision 6, as the keys of tallies know it."""

    NONE = 0
    LOST = 1
    REGISTERED = 2
    UNREGISTERED = 3


class Handled(IntEnum):
    """What became of a missed call (P9), as the keys of tallies know it."""

    WE_CALLED = 0
    CLIENT_REACHED = 1
    LATER = 2
    NEVER = 3
    IMPOSSIBLE = 4


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
    series: int | None = None,
    lead: Lead = Lead.NONE,
    handled: Handled | None = None,
    client: int | None = None,
    family: int | None = None,
) -> list[Cell]:
    """The cells in which one call counts once each. `kind` is the store's code of direction and status, ids
    are the store's; a transaction sums cells(new) − cells(old) of what it changed, under the local day.

    `series` is that of HOUR_SERIES, `client` the key of CLIENT, `family` 0 accepted, 1 missed,
    2 successful, 3 failed; None where a call has none.
    """
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
    if lead:
        found.append((8, lead * 2 + (marks >> 1 & 1), kind))
    if handled is not None:
        found.append((9, handled * 2 + (marks & 1), kind))
    if series is not None:
        found.append((11, hour * 3 + series, 0))
    if client is not None and family is not None:
        found.append((14, client, family))
    return found


def seconds_of(kind: int, talk: int, own: Iterable[tuple[int, int]]) -> list[tuple[Cell, int]]:
    """The cells to which one call adds seconds of talk: the call's, and everybody's own (employee, seconds)."""
    found = [((13, employee, kind), seconds) for employee, seconds in own if seconds]
    return [((12, 0, kind), talk), *found] if talk else found
