"""Histograms of the store: a row an axis, a key and a day or month, its bins packed into one value.

Rows of bins would be a hundred for one of these; a report over three years reads a thousand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from backend_client.derive.histogram import Along, Bin
from backend_client.derive.local_time import weekday
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, first_day, month_of, tiers

Body = list[list[int]]
"""Counts by section and slot; zeros at the ends are not kept."""
Place = tuple[int, int, int]
"""(along, key, local day)."""
_KEY, _ALONG = 2**26, 2**56
_decoder = msgspec.msgpack.Decoder(Body)


def id_of(along: int, key: int, period: int) -> int:
    """The row of a local day, of MONTHS_FROM + a month, or of ALL_DAYS: one B-tree in this order."""
    return along * _ALONG + key * _KEY + period


def period_of(id: int) -> int:
    """The day, month or all days of a row."""
    return id % _KEY


def decoded(body: bytes) -> Body:
    """The counts of a row."""
    return _decoder.decode(body)


def write_histograms(db: sqlite3.Connection, deltas: Mapping[Place, Mapping[Bin, int]]) -> None:
    """Add to the rows of the days, of their months, and of all days together."""
    changes: dict[int, dict[Bin, int]] = {}
    for (along, key, day), bins in deltas.items():
        changed = {slot: n for slot, n in bins.items() if n}
        if not changed:
            continue
        changes[id_of(along, key, day)] = changed
        for period in (MONTHS_FROM + month_of(day), ALL_DAYS):
            longer = changes.setdefault(id_of(along, key, period), {})
            for slot, n in changed.items():
                longer[slot] = longer.get(slot, 0) + n
    if not changes:
        return
    ids = sorted(changes)
    asked = msgspec.json.encode(ids).decode()
    old = dict(
        db.execute("SELECT id, body FROM histogram WHERE id IN (SELECT value FROM json_each(?))", (asked,)).fetchall()
    )
    written, gone = [], []
    for id in ids:
        before = old.get(id)
        body = [] if before is None else decoded(before)
        _add(body, changes[id])
        if body:
            written.append((id, msgspec.msgpack.encode(body)))
        elif before is not None:
            gone.append((id,))
    db.executemany("INSERT INTO histogram VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", written)
    db.executemany("DELETE FROM histogram WHERE id = ?", gone)


def _add(body: Body, bins: Mapping[Bin, int]) -> None:
    for (section, slot), n in bins.items():
        while len(body) <= section:
            body.append([])
        counts = body[section]
        if len(counts) <= slot:
            counts += [0] * (slot + 1 - len(counts))
        counts[slot] += n
    for counts in body:
        while counts and not counts[-1]:
            counts.pop()
    while body and not body[-1]:
        body.pop()


def rows_of_periods(db: sqlite3.Connection, first: int, end: int, other: int) -> Iterator[tuple[int, dict[Bin, int]]]:
    """(id, bins that count something) of the periods from `first` on before `end`, and of the period `other`. It reads
    all rows."""
    for id, body in db.execute(
        f"SELECT id, body FROM histogram WHERE id % {_KEY} >= ? AND id % {_KEY} < ? OR id % {_KEY} = ?",
        (first, end, other),
    ):
        bins = enumerate(_decoder.decode(body))
        yield id, {(section, slot): n for section, counts in bins for slot, n in enumerate(counts) if n}


Span = tuple[int, int, int]
"""Periods from the first on, before the second, to be added (1) or taken away (−1)."""


def by_day(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, Body]]:
    """(day, counts) of all calls, day by day."""
    return ((period, body) for period, body, _ in _rows(db, 0, 0, [(first, end, 1)]))


def by_month(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, Body]]:
    """The same in fewer rows: whole months under their first day, days around them."""
    months, edges = tiers(first, end)
    spans = [(a, b, 1) for a, b in edges if a is not None and b is not None]
    if months is not None and months[0] is not None and months[1] is not None:
        spans.append((MONTHS_FROM + months[0], MONTHS_FROM + months[1], 1))
    return ((_day(period), body) for period, body, _ in _rows(db, 0, 0, spans))


def by_key(
    db: sqlite3.Connection, along: Along, keys: Iterable[int], spans: Sequence[Span], weekdays: Sequence[int] = ()
) -> Iterator[tuple[int, Body, int]]:
    """(key, counts, sign) of some spans; a key comes several times. Weekdays need spans of days."""
    for key in keys:
        for period, body, sign in _rows(db, int(along), key, spans):
            if not weekdays or weekday(period) in weekdays:
                yield key, body, sign


def spans_of(first: int, end: int, *, everything: bool = False) -> list[Span]:
    """The fewest rows that make up some days; `everything` where these hold all calls. Of a month of which most is
    asked, the rest is taken away."""
    if everything:
        return [(ALL_DAYS, ALL_DAYS + 1, 1)]
    spans: list[Span] = []
    whole: list[int] = []
    for month in range(month_of(first), month_of(max(first, end - 1)) + 1):
        begin, over = first_day(month), first_day(month + 1)
        a, b = max(first, begin), min(end, over)
        if 2 * (b - a) <= over - begin:
            spans.append((a, b, 1))
            continue
        whole.append(MONTHS_FROM + month)
        spans += [(c, d, -1) for c, d in ((begin, a), (b, over)) if c < d]
    if whole:
        spans.append((whole[0], whole[-1] + 1, 1))
    return spans


def _rows(db: sqlite3.Connection, along: int, key: int, spans: Sequence[Span]) -> Iterator[tuple[int, Body, int]]:
    least = id_of(along, key, 0)
    for first, end, sign in spans:
        rows = db.execute("SELECT id, body FROM histogram WHERE id >= ? AND id < ?", (least + first, least + end))
        for id, body in rows.fetchall():
            yield id - least, _decoder.decode(body), sign


def _day(period: int) -> int:
    return first_day(period - MONTHS_FROM) if period >= MONTHS_FROM else period
