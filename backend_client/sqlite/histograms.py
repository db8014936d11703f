"""Histograms of the store: a row an axis, a key and a day or month, its bins packed into one value.

Rows of bins would be a hundred for one of these; a report over three years reads a thousand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from backend_client.derive.histogram import Along, Bin
from backend_client.derive.local_time import weekday
from backend_client.sqlite.tiers import MONTHS_FROM, first_day, month_of, tiers

Body = list[list[int]]
"""Counts by section and slot; zeros at the ends are not kept."""
Place = tuple[int, int, int]
"""(along, key, local day)."""
_KEY, _ALONG = 2**26, 2**56
_decoder = msgspec.msgpack.Decoder(Body)


def id_of(along: int, key: int, period: int) -> int:
    """The row of a local day, or of MONTHS_FROM + a month: one B-tree in this order."""
    return along * _ALONG + key * _KEY + period


def decoded(body: bytes) -> Body:
    """The counts of a row."""
    return _decoder.decode(body)


def write_histograms(db: sqlite3.Connection, deltas: Mapping[Place, Mapping[Bin, int]]) -> None:
    """Add to the rows of the days, and of their months."""
    changes: dict[int, dict[Bin, int]] = {}
    for (along, key, day), bins in deltas.items():
        changed = {slot: n for slot, n in bins.items() if n}
        if not changed:
            continue
        changes[id_of(along, key, day)] = changed
        month = changes.setdefault(id_of(along, key, MONTHS_FROM + month_of(day)), {})
        for slot, n in changed.items():
            month[slot] = month.get(slot, 0) + n
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


def by_day(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, Body]]:
    """(day, counts) of all calls, day by day."""
    return _rows(db, 0, 0, [(first, end)])


def by_month(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, Body]]:
    """The same in as few rows as there are: whole months under their first day, days around them."""
    return ((_day(period), body) for period, body in _rows(db, 0, 0, _spans(first, end)))


def by_key(
    db: sqlite3.Connection, along: Along, keys: Iterable[int], first: int, end: int, weekdays: Sequence[int] = ()
) -> Iterator[tuple[int, Body]]:
    """(key, counts) in as few rows as there are; a key comes several times."""
    spans = [(first, end)] if weekdays else _spans(first, end)
    for key in keys:
        for period, body in _rows(db, int(along), key, spans):
            if not weekdays or weekday(period) in weekdays:
                yield key, body


def _rows(db: sqlite3.Connection, along: int, key: int, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Body]]:
    least = id_of(along, key, 0)
    for first, end in spans:
        rows = db.execute("SELECT id, body FROM histogram WHERE id >= ? AND id < ?", (least + first, least + end))
        for id, body in rows.fetchall():
            yield id - least, _decoder.decode(body)


def _spans(first: int, end: int) -> list[tuple[int, int]]:
    months, edges = tiers(first, end)
    spans = [(a, b) for a, b in edges if a is not None and b is not None]
    if months is not None and months[0] is not None and months[1] is not None:
        spans.append((MONTHS_FROM + months[0], MONTHS_FROM + months[1]))
    return spans


def _day(period: int) -> int:
    return first_day(period - MONTHS_FROM) if period >= MONTHS_FROM else period
