"""The same sums out of the tallies, where these hold every field that the filter asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from backend_client.derive.cells import Dimension
from backend_client.model.call_filter import NOTHING, CallFilter
from backend_client.model.report import By
from backend_client.sqlite.counting import IN_EVERY_TALLY, Term, asks_kind_only, terms_of
from backend_client.sqlite.filter_sql import Viewer, kinds_of
from backend_client.sqlite.reports.axis import NONE, Axis
from backend_client.sqlite.reports.count_calls import Sum
from backend_client.sqlite.reports.days import Days
from backend_client.sqlite.statement import among
from backend_client.sqlite.tallied_days import are_counted
from backend_client.sqlite.tiers import Edge, tiers


def sums_of_tallies(
    db: sqlite3.Connection,
    axis: Axis,
    wanted: CallFilter,
    viewer: Viewer,
    days: Days,
    by: By,
    alike: frozenset[int] | None = None,
) -> list[Sum] | None:
    """The sums over the filter's calls; None where the tallies do not know them. A day stands for its month where
    the rows are months, and 0 for all of them where they are none."""
    terms = terms_for(axis, wanted, viewer) if days.whole and are_counted(db, days.first) else None
    if terms is None:
        return None
    kinds = kinds_of(wanted)
    if not kinds or not days.count:
        return []
    found: list[Sum] = []
    for term in terms:
        chosen = [kind for kind in kinds if term.kinds is None or kind in term.kinds]
        if chosen:
            if alike and by is By.DAY:
                found += _of_alike(db, term, sorted(alike & set(chosen)), wanted.weekdays, days)
            else:
                found += _of_term(db, term, axis is not NONE, chosen, wanted.weekdays, days, by)
    if "new" in axis.fields and wanted.new is not None:
        found = [row for row in found if bool(row[0] & 1) is wanted.new]
    return found


def terms_for(axis: Axis, wanted: CallFilter, viewer: Viewer) -> tuple[Term, ...] | None:
    """The tally cells that make up the filter, by the axis; None where there are none."""
    if axis.dimension is None:
        return None
    if axis is NONE:
        return terms_of(wanted, viewer)
    if not viewer.scope.all_calls:
        return None
    asked = [
        name
        for name, value in msgspec.structs.asdict(wanted).items()
        if value != getattr(NOTHING, name) and name not in IN_EVERY_TALLY and not asks_kind_only(name, wanted)
    ]
    if not set(asked) <= set(axis.fields):
        return None
    keys = [key for name in asked if isinstance(value := getattr(wanted, name), tuple) for key in value]
    return (Term(axis.dimension, tuple(keys)),)


def _of_term(
    db: sqlite3.Connection,
    term: Term,
    keyed: bool,
    kinds: Sequence[int],
    weekdays: tuple[int, ...],
    days: Days,
    by: By,
) -> list[Sum]:
    cells = f"dimension = {int(term.dimension)} AND {among('kind', kinds).text}"
    if term.keys:
        cells += f" AND {among('key', sorted(set(term.keys))).text}"
    key = "key" if keyed else "0"
    first, end = days.first, days.last + 1
    if by in (By.DAY, By.WEEK) or weekdays:
        day = "day" if by is not By.NONE else "0"
        among_days = f" AND {among('((day + 3) % 7 + 1)', weekdays).text}" if weekdays else ""
        return _signed(term, _days(db, f"{key}, kind, {day}", cells + among_days, term, kinds, first, end, by))
    months, edges = tiers(first, end)
    found: list[Sum] = []
    for a, b in edges:
        found += _days(db, f"{key}, kind, {'day' if by is By.MONTH else '0'}", cells, term, kinds, a, b, by)
    if months is not None:
        found += _months(db, key, cells, months, by)
    return _signed(term, found)


def _of_alike(
    db: sqlite3.Connection, term: Term, kinds: Sequence[int], weekdays: tuple[int, ...], days: Days
) -> list[Sum]:
    """By key and day, kinds added up: as many rows as a reader needs to see."""
    if not kinds:
        return []
    among_days = f" AND {among('((day + 3) % 7 + 1)', weekdays).text}" if weekdays else ""
    keys = among("key", sorted(set(term.keys))).text if term.keys else f"key IN ({_KEYS})"
    bounds = f" AND {among('kind', kinds).text} AND day >= {days.first} AND day <= {days.last}{among_days}"
    rows = db.execute(
        f"SELECT key, {kinds[0]}, day, sum(n) FROM tally WHERE dimension = :dimension AND {keys}{bounds}"
        " GROUP BY key, day",
        {"dimension": int(term.dimension)},
    )
    return _signed(term, rows.fetchall())


def _months(db: sqlite3.Connection, key: str, cells: str, months: Edge, by: By) -> list[Sum]:
    bounds = f" AND month >= {months[0]} AND month < {months[1]}"
    # Local year × 12 + month − 1 as a day of that month: the first.
    day = "cast(julianday(printf('%04d-%02d-01', month / 12, month % 12 + 1)) - 2440587.5 AS INTEGER)"
    if by is By.MONTH:
        return db.execute(f"SELECT {key}, kind, {day}, n FROM tally_month WHERE {cells}{bounds}").fetchall()
    return db.execute(
        f"SELECT {key}, kind, 0, sum(n) FROM tally_month WHERE {cells}{bounds} GROUP BY dimension, key, kind"
    ).fetchall()


def _days(
    db: sqlite3.Connection,
    columns: str,
    cells: str,
    term: Term,
    kinds: Sequence[int],
    first: int | None,
    end: int | None,
    by: By,
) -> list[Sum]:
    """Out of the tier of days. A few days of many keys are found by jumping from key to key, not by reading all."""
    bounds = f" AND day >= {first} AND day < {end}"
    added = "" if by is not By.NONE else " GROUP BY dimension, key, kind"
    n = "n" if by is not By.NONE else "sum(n)"
    if term.keys:
        return db.execute(f"SELECT {columns}, {n} FROM tally WHERE {cells}{bounds}{added}").fetchall()
    of_kind = ",".join(f"({kind})" for kind in kinds)
    rows = f"SELECT t.key AS key, t.kind AS kind, t.day AS day, t.n AS n FROM ({_KEYS}) k CROSS JOIN"
    rows += f" (SELECT column1 AS kind FROM (VALUES {of_kind})) o CROSS JOIN tally t ON t.dimension ="
    rows += f" {int(term.dimension)} AND t.key = k.key AND t.kind = o.kind AND t.day >= {first} AND t.day < {end}"
    rest = cells[cells.index(" AND ((day") :] if " AND ((day" in cells else ""
    where = f" WHERE 1{rest}" if rest else ""
    added = added.replace("dimension, ", "")
    query = f"SELECT {columns}, {n} FROM ({rows}){where}{added}"
    found: list[Sum] = db.execute(query, {"dimension": int(term.dimension)}).fetchall()
    return found


_KEYS = (
    "WITH RECURSIVE jump(key) AS (SELECT min(key) FROM tally WHERE dimension = :dimension UNION ALL"
    " SELECT (SELECT min(key) FROM tally WHERE dimension = :dimension AND key > jump.key) FROM jump"
    " WHERE jump.key IS NOT NULL) SELECT key FROM jump WHERE key IS NOT NULL"
)
"""The keys of a dimension, each by one step down the tree."""


def _signed(term: Term, rows: Iterable[Sum]) -> list[Sum]:
    if term.sign > 0:
        return list(rows)
    return [(key, kind, day, -n) for key, kind, day, n in rows]


_HOUR_SERIES = f"dimension = {int(Dimension.HOUR_SERIES)} AND {among('key', range(72)).text}"
"""Key by key, so that of each only the days asked for are read."""


def peaks(db: sqlite3.Connection, days: Days, weekdays: tuple[int, ...]) -> dict[tuple[int, int], tuple[int, int]]:
    """(hour, series) → (calls of its largest day, that day, the latest of equals)."""
    among_days = f" AND {among('((day + 3) % 7 + 1)', weekdays).text}" if weekdays else ""
    rows = db.execute(
        f"SELECT key / 3, key % 3, max(n * 1000000 + day) FROM tally WHERE {_HOUR_SERIES}"
        f" AND kind = 0 AND day >= {days.first} AND day <= {days.last}{among_days} GROUP BY key"
    ).fetchall()
    return {(hour, series): divmod(best, 1_000_000) for hour, series, best in rows}


def hours_of_weekdays(db: sqlite3.Connection, days: Days) -> list[tuple[int, int, int, int]]:
    """(hour, series, weekday, calls). A column a weekday: grouped by weekday, the rows would have to be sorted."""
    of_weekdays = ", ".join(f"sum(n) FILTER (WHERE (day + 3) % 7 = {weekday})" for weekday in range(7))
    rows = db.execute(
        f"SELECT key, {of_weekdays} FROM tally WHERE {_HOUR_SERIES}"
        f" AND kind = 0 AND day >= {days.first} AND day <= {days.last} GROUP BY key"
    ).fetchall()
    return [(key // 3, key % 3, weekday, n) for key, *each in rows for weekday, n in enumerate(each, 1) if n]
