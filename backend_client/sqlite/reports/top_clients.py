"""The most active clients of any days, without adding all clients up: the threshold algorithm over lists of months
and days, each in order of calls. A client not yet met has at most the sum of what the lists still hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from heapq import nlargest

from msgspec import Struct

from backend_client.sqlite.reports.days import Days
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, tiers

NO_CLIENTS = (0, -1)
"""What counts the calls of numbers that are nobody's, and of withheld ones."""
STEP = 64
"""Rows read of a list at a time."""
_SUMS = "coalesce(sum(accepted), 0), coalesce(sum(missed), 0), coalesce(sum(successful), 0), coalesce(sum(failed), 0)"
_RANGE = "period >= ? AND period < ?"
Families = tuple[int, int, int, int]
"""Calls accepted, missed, successful, failed."""


class Periods(Struct, frozen=True):
    """Periods of `client_tally` that make up some days, and the ranges in which they lie."""

    lists: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]


def periods_of(days: Days) -> Periods:
    """Whole months and the days around them; all days together where the days hold every call."""
    first, end = days.first, days.last + 1
    if days.first <= days.first_call and days.last >= days.last_call:
        return Periods((ALL_DAYS,), ((ALL_DAYS, ALL_DAYS + 1),))
    months, edges = tiers(first, end)
    lists: list[int] = []
    ranges: list[tuple[int, int]] = []
    for a, b in edges:
        if a is not None and b is not None:
            lists += range(a, b)
            ranges.append((a, b))
    if months is not None and months[0] is not None and months[1] is not None:
        lists += range(MONTHS_FROM + months[0], MONTHS_FROM + months[1])
        ranges.append((MONTHS_FROM + months[0], MONTHS_FROM + months[1]))
    return Periods(tuple(lists), tuple(ranges))


def top_clients(db: sqlite3.Connection, periods: Periods, count: int) -> list[int]:
    """The clients of the most calls, the most first; equal ones by id."""
    if len(periods.lists) == 1:
        rows = db.execute(
            "SELECT client_id FROM client_tally WHERE period = ? ORDER BY n DESC, client_id LIMIT ?",
            (periods.lists[0], count + len(NO_CLIENTS)),
        )
        return [client for (client,) in rows.fetchall() if client not in NO_CLIENTS][:count]
    cursors = [_list(db, period) for period in periods.lists]
    met: dict[int, int] = {}
    while cursors:
        pieces = [next(cursor, []) for cursor in cursors]
        new = {client for piece in pieces for client, _ in piece} - met.keys()
        met.update(_totals(db, periods, new))
        cursors = [cursor for cursor, piece in zip(cursors, pieces, strict=True) if len(piece) == STEP]
        unmet = sum(piece[-1][1] for piece in pieces if len(piece) == STEP)
        best = nlargest(count, (n for client, n in met.items() if client not in NO_CLIENTS))
        if len(best) == count and best[-1] > unmet:
            break
    clients = (client for client, n in met.items() if n and client not in NO_CLIENTS)
    return sorted(clients, key=lambda client: (-met[client], client))[:count]


def _list(db: sqlite3.Connection, period: int) -> Iterator[list[tuple[int, int]]]:
    """(client, calls) of a period, the most first, piece by piece."""
    after: tuple[int, int] | None = None
    while True:
        place = "" if after is None else " AND (n < ? OR n = ? AND client_id > ?)"
        values = () if after is None else (after[1], after[1], after[0])
        piece: list[tuple[int, int]] = db.execute(
            f"SELECT client_id, n FROM client_tally INDEXED BY client_tally_top WHERE period = ?{place}"
            " ORDER BY n DESC, client_id LIMIT ?",
            (period, *values, STEP),
        ).fetchall()
        yield piece
        if len(piece) < STEP:
            return
        after = piece[-1]


def _totals(db: sqlite3.Connection, periods: Periods, clients: set[int]) -> dict[int, int]:
    parts = " + ".join(
        f"coalesce((SELECT sum(n) FROM client_tally WHERE client_id = value AND {_RANGE}), 0)" for _ in periods.ranges
    )
    bounds = [bound for span in periods.ranges for bound in span]
    return dict(db.execute(f"SELECT value, {parts} FROM json_each(?)", (*bounds, ids_json(clients))).fetchall())


def families_of(db: sqlite3.Connection, periods: Periods, clients: Sequence[int]) -> dict[int, Families]:
    """Calls by family of each of these clients."""
    found: dict[int, Families] = {}
    ranges = " OR ".join(_RANGE for _ in periods.ranges)
    bounds = [bound for span in periods.ranges for bound in span]
    for client in clients:
        row = db.execute(f"SELECT {_SUMS} FROM client_tally WHERE client_id = ? AND ({ranges})", (client, *bounds))
        found[client] = row.fetchone()
    return found
