"""What a call adds to the histograms: spans that reports compare with settings, kept by bins (architecture, "Tallies").

A bin holds the calls whose span is at most its limit and above the one before; what is beyond the last limit stands in
one bin more. A setting that is a limit is answered exactly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import pairwise

SPANS = (*range(121), *range(130, 601, 10), *range(660, 3601, 60))
"""Limits of waits and talks, in seconds: each to two minutes, then ten to ten minutes, then a minute to an hour."""
STEPS = ((60, 1), (240, 5), (1440, 15), (10_080, 60), (43_200, 1440), (1_598_400, 43_200))
"""Call-back times in minutes: up to an hour, four, a day, a week, thirty days, three years, each with its step."""
CALLBACKS = (
    0, *(most for (begin, _), (end, step) in pairwise(((0, 0), *STEPS)) for most in range(begin + step, end + 1, step))
)  # fmt: skip
"""Their limits."""
MOST_DAYS = 60
"""Days until the number's next call, begun ones counted; later and never are one bin more."""


class Along(IntEnum):
    """By what a histogram is kept beside the day. Stored: a code once given never changes."""

    ALL = 0
    """Key 0."""
    HOUR = 1
    EMPLOYEE = 2


class Section(IntEnum):
    """What the bins of a section count; the place of its list in a stored body."""

    ACCEPTED_WAIT = 0
    """Accepted calls by `SPANS`."""
    MISSED_WAIT = 1
    """Missed calls for which a phone or a queue rang, by `SPANS`."""
    TALK = 2
    """Accepted and successful calls by `SPANS` of their talk."""
    REPEAT = 3
    """Accepted calls of a number by the days until its next call."""
    SUMS = 4
    """A `Total` a bin."""
    CALLBACK_OLD = 5
    """Settled missed calls by `CALLBACKS`; those from new numbers stand in the next section."""
    CALLBACK_NEW = 6


class Total(IntEnum):
    """Bins of `Section.SUMS`."""

    WAIT = 0
    """Seconds that the accepted calls waited."""
    TALK = 1
    """Seconds of talk of the calls of `TALK`; along employees the own ones."""
    LOST = 2
    """Lost calls."""
    ONCE = 3
    """Numbers with one call on the day; in longer periods the sum says nothing."""
    ACCEPTED = 4
    """Calls of each family, in the order of their codes."""
    MISSED = 5
    SUCCESSFUL = 6
    FAILED = 7


Bin = tuple[int, int]
"""(section, bin)."""
Sums = Sequence[tuple[Bin, int]]
"""What is added to bins."""
Binned = tuple[int, int, Sums]
"""(along, key, what is added there)."""


def limit_of(limits: Sequence[int], most: int) -> int | None:
    """How many bins hold all that is at most `most`; None where `most` is inside a bin."""
    if most < 0:
        return 0
    place = bisect_left(limits, most)
    return place + 1 if place < len(limits) and limits[place] == most else None


def binned(
    *,
    hour: int,
    family: int | None,
    wait: int,
    talk: int,
    rang: bool,
    lost: bool,
    employees: Iterable[tuple[int, int]] = (),
    callback: int | None = None,
    new: bool = False,
) -> list[Binned]:
    """What one call adds by itself. `family` 0 accepted, 1 missed, 2 successful, 3 failed, None internal; spans in
    seconds; `employees` with their own talk, each once."""
    if family is None:
        return []
    found: list[tuple[Bin, int]] = [((4, 4 + family), 1)]
    if family == 0:
        found += [((0, bisect_left(SPANS, wait)), 1)]
        if wait:
            found += [((4, 0), wait)]
    elif family == 1 and rang:
        found += [((1, bisect_left(SPANS, wait)), 1)]
    talked = family in (0, 2)
    if talked:
        found += [((2, bisect_left(SPANS, talk)), 1)]
    if lost:
        found += [((4, 2), 1)]
    of_call = [*found, ((4, 1), talk)] if talk and talked else found
    sums: list[Binned] = [(0, 0, of_call), (1, hour, of_call)]
    for employee, own in employees:
        sums += [(2, employee, [*found, ((4, 1), own)] if own and talked else found)]
    if callback is not None:
        sums += [(0, 0, [((6 if new else 5, bisect_left(CALLBACKS, -(-callback // 60))), 1)])]
    return sums


def days_until(following: int | None) -> int:
    """The bin of `Section.REPEAT` for a call whose number's next one begins so many seconds later; None: never."""
    return MOST_DAYS + 1 if following is None else min(-(-following // 86_400), MOST_DAYS + 1)


def binned_among_its_number(
    *, hour: int, accepted: bool, employees: Iterable[int] = (), days: int, alone: bool
) -> list[Binned]:
    """What one call adds by other calls of its number. `days`: `days_until` the next one that begins later; `alone`:
    no other began on its day."""
    sums: list[Binned] = [(0, 0, [((4, 3), 1)])] if alone else []
    if accepted:
        found = [((3, days), 1)]
        sums += [(0, 0, found), (1, hour, found), *((2, employee, found) for employee in employees)]
    return sums
