"""The parties with most trouble, added up from the packed days. Imported where it is needed: numpy costs 40 ms."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend_client.sqlite.plan.trouble import FORMATS, NO_PLAN_DAY

if TYPE_CHECKING:
    from backend_client.sqlite.plan.report import Base

Values = NDArray[Any]
Columns = dict[str, Values]
"""By name, of the troubles of some days."""
_COUNTS = ("dropped", "refused", "missed", "moved")
_COLUMNS = ("tasks", "parties", *_COUNTS)
_READ = f"SELECT {', '.join(_COLUMNS)} FROM day_trouble WHERE day BETWEEN ? AND ? ORDER BY day"
_DAYS = 64
"""Read together: little enough that memory is used again at once; asking the system for more takes longer than all
that is added up."""


class Troubled(NamedTuple):
    """A party with what stands against it."""

    party: int
    """A client, or minus a number that is nobody's."""
    tasks: list[int]
    """The newest first."""
    counts: list[int]
    """Dropped, refused, not reached, postponed."""


def most_troubled(db: sqlite3.Connection, base: Base, most: int) -> list[Troubled]:
    """At most so many parties, those with most trouble first, newer ones before older ones."""
    parts = list(_read(db, base))
    if not parts:
        return []
    # Ids lie close together: each that there may be has a place.
    least = min(int(part["parties"].min()) for part in parts)
    size = max(int(part["parties"].max()) for part in parts) + 1 - least
    for part in parts:
        part["places"] = part["parties"] - least
    first = _first(parts, size, most)
    rank_of = np.full(size, -1, np.int32)
    rank_of[first] = np.arange(len(first))
    chosen = [np.flatnonzero(rank_of[part["places"]] >= 0) for part in parts]
    tasks, places, *counts = (
        np.concatenate([part[name][rows] for part, rows in zip(parts, chosen, strict=True)])
        for name in ("tasks", "places", *_COUNTS)
    )
    order = np.lexsort((-tasks, rank_of[places]))
    edges = np.searchsorted(rank_of[places[order]], np.arange(len(first) + 1)).tolist()
    sums = np.column_stack([np.add.reduceat(count[order], edges[:-1], dtype=np.intp) for count in counts])
    ids = tasks[order].tolist()
    # A task may have been in trouble on several days.
    of_each = (list(dict.fromkeys(ids[start:end])) for start, end in pairwise(edges))
    return list(map(Troubled, (first + least).tolist(), of_each, sums.tolist()))


def _read(db: sqlite3.Connection, base: Base) -> Iterator[Columns]:
    """The troubles of the base's days, of its people and plan dates, some days at a time; none that are empty."""
    tests = _tests(base)
    cursor = db.execute(
        f"SELECT {', '.join(['day', *tests])} FROM day_trouble WHERE day BETWEEN ? AND ? ORDER BY day",
        (base.first, base.last),
    )
    while rows := cursor.fetchmany(_DAYS):
        days, *bodies = zip(*rows, strict=True)
        kept = [test(_values(name, of)) for (name, test), of in zip(tests.items(), bodies, strict=True)]
        chosen: Values | slice = slice(None)
        if kept:
            chosen = np.flatnonzero(np.logical_and.reduce(kept))
            if not len(chosen):
                continue
        found = db.execute(_READ, (days[0], days[-1])).fetchall()
        yield {name: _values(name, of)[chosen] for name, of in zip(_COLUMNS, zip(*found, strict=True), strict=True)}


def _values(name: str, bodies: Iterable[bytes]) -> Values:
    return np.frombuffer(b"".join(bodies), FORMATS[name])


def _tests(base: Base) -> dict[str, Callable[[Values], Values]]:
    """Columns that narrow, and which of their values are wanted."""
    tests: dict[str, Callable[[Values], Values]] = {}
    if base.operators:
        tests["operators"] = partial(_among, base.operators)
    if base.managers:
        tests["managers"] = partial(_among, base.managers)
    if base.delivery is not None:
        first, last = base.delivery
        tests["plan_days"] = lambda days: (days >= max(first, NO_PLAN_DAY + 1)) & (days <= last)
    return tests


def _among(ids: Sequence[int], values: Values) -> Values:
    known = np.zeros(int(values.max()) + 1, np.bool_)
    known[[id for id in ids if 0 <= id < len(known)]] = True
    return known[values]


def _first(parts: list[Columns], size: int, most: int) -> Values:
    """The places with most, of those with a task dropped or refused, or two not reached or postponed."""
    sums = np.zeros(size, np.int32)
    for part in parts:
        total = part["dropped"] + part["refused"] + part["missed"] + part["moved"]
        np.add.at(sums, part["places"], total.astype(np.int32))
    wanted = sums >= 2
    if np.count_nonzero(wanted) < most:
        for part in parts:
            wanted[part["places"][part["dropped"] + part["refused"] > 0]] = True
    found = np.flatnonzero(wanted)[::-1]
    if len(found) > most:
        least = np.partition(sums[found], -most)[-most]
        found = found[sums[found] >= least]
    return found[np.argsort(-sums[found], kind="stable")][:most]
