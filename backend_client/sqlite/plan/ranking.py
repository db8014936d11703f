"""The parties with most trouble, added up from the packed days. Imported where it is needed: numpy costs 40 ms."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
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
    whose = {"operators": base.operators, "managers": base.managers}
    names = ["tasks", "parties", *_COUNTS, *(name for name, ids in whose.items() if ids)]
    if base.delivery is not None:
        names.append("plan_days")
    cursor = db.execute(
        f"SELECT {', '.join(names)} FROM day_trouble WHERE day BETWEEN ? AND ?", (base.first, base.last)
    )
    while rows := cursor.fetchmany(_DAYS):
        bodies = zip(*rows, strict=True)
        part = {name: np.frombuffer(b"".join(of), FORMATS[name]) for name, of in zip(names, bodies, strict=True)}
        kept = [_among(part[name], ids) for name, ids in whose.items() if ids]
        if base.delivery is not None:
            first, last = base.delivery
            kept += [part["plan_days"] >= max(first, NO_PLAN_DAY + 1), part["plan_days"] <= last]
        if kept:
            chosen = np.flatnonzero(np.logical_and.reduce(kept))
            part = {name: values[chosen] for name, values in part.items()}
        if len(part["tasks"]):
            yield part


def _among(values: Values, ids: Sequence[int]) -> Values:
    known = np.zeros(int(values.max()) + 1, np.bool_)
    known[[id for id in ids if 0 <= id < len(known)]] = True
    return known[values]


def _first(parts: list[Columns], size: int, most: int) -> Values:
    """The places with most, of those with a task dropped or refused, or two not reached or postponed."""
    sums = np.zeros(size, np.int32)
    for part in parts:
        np.add.at(sums, part["places"], sum(part[name].astype(np.int32) for name in _COUNTS))
    wanted = sums >= 2
    if np.count_nonzero(wanted) < most:
        for part in parts:
            wanted[part["places"][part["dropped"] + part["refused"] > 0]] = True
    found = np.flatnonzero(wanted)[::-1]
    if len(found) > most:
        least = np.partition(sums[found], -most)[-most]
        found = found[sums[found] >= least]
    return found[np.argsort(-sums[found], kind="stable")][:most]
