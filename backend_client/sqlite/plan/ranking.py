"""The parties with most trouble, added up from the packed days. Imported where it is needed: numpy costs 40 ms."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend_client.sqlite.plan.trouble import FORMATS, NO_PLAN_DAY

if TYPE_CHECKING:
    from backend_client.sqlite.plan.report import Base

Values = NDArray[Any]
_COUNTS = ("dropped", "refused", "missed", "moved")


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
    columns = _read(db, base)
    parties = columns["parties"]
    if not len(parties):
        return []
    # Ids lie close together: sums have a place for each that there may be.
    least = int(parties.min())
    places = np.subtract(parties, least, dtype=np.intp)
    first = _first(places, columns, most)
    rank_of = np.full(int(places.max()) + 1, -1, np.int32)
    rank_of[first] = np.arange(len(first))
    ranks = rank_of[places]
    chosen = np.flatnonzero(ranks >= 0)
    chosen = chosen[np.lexsort((-columns["tasks"][chosen], ranks[chosen]))]
    edges = np.searchsorted(ranks[chosen], np.arange(len(first) + 1))
    counts = np.column_stack([np.add.reduceat(columns[name][chosen], edges[:-1], dtype=np.intp) for name in _COUNTS])
    tasks, ends = columns["tasks"][chosen].tolist(), edges.tolist()
    # A task may have been in trouble on several days.
    of_each = (list(dict.fromkeys(tasks[start:end])) for start, end in pairwise(ends))
    return list(map(Troubled, (first + least).tolist(), of_each, counts.tolist()))


def _read(db: sqlite3.Connection, base: Base) -> dict[str, Values]:
    """The columns of the base's days, of its people and plan dates."""
    whose = {"operators": base.operators, "managers": base.managers}
    names = ["tasks", "parties", *_COUNTS, *(name for name, ids in whose.items() if ids)]
    if base.delivery is not None:
        names.append("plan_days")
    rows = db.execute(
        f"SELECT {', '.join(names)} FROM day_trouble WHERE day BETWEEN ? AND ?", (base.first, base.last)
    ).fetchall()
    bodies = zip(*rows, strict=True) if rows else [()] * len(names)
    columns = {name: np.frombuffer(b"".join(of), FORMATS[name]) for name, of in zip(names, bodies, strict=True)}
    kept = [_among(columns[name], ids) for name, ids in whose.items() if ids]
    if base.delivery is not None:
        first, last = base.delivery
        kept += [columns["plan_days"] >= max(first, NO_PLAN_DAY + 1), columns["plan_days"] <= last]
    if kept:
        places = np.flatnonzero(np.logical_and.reduce(kept))
        columns = {name: column[places] for name, column in columns.items()}
    return columns


def _among(values: Values, ids: Sequence[int]) -> Values:
    known = np.zeros(int(values.max(initial=0)) + 1, np.bool_)
    known[[id for id in ids if 0 <= id < len(known)]] = True
    return known[values]


def _first(places: Values, columns: dict[str, Values], most: int) -> Values:
    """The places with most, of those with a task dropped or refused, or two not reached or postponed."""
    closed = columns["dropped"] + columns["refused"]
    sums = np.bincount(places, weights=closed + columns["missed"] + columns["moved"])
    wanted = sums >= 2
    wanted[places[closed > 0]] = True
    found = np.flatnonzero(wanted)[::-1]
    if len(found) > most:
        least = np.partition(sums[found], -most)[-most]
        found = found[sums[found] >= least]
    return found[np.argsort(-sums[found], kind="stable")][:most]
