"""Histograms of the store: a row an axis, a key and a day or month, its bins packed into one value.

Rows of bins would be a hundred for one of these; a report over three years reads thousands. Counts that all fit into
bytes, as most do, are kept as bytes: reading a row then takes a tenth of what making a number of each takes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from backend_client.derive.histogram import Along, Bin
from backend_client.derive.local_time import weekday
from backend_client.sqlite.tiers import MONTHS_FROM, first_day, month_of, tiers

Counts = bytes | list[int]
Body = list[Counts]
"""Counts by section and slot; zeros at the ends are not kept."""
Place = tuple[int, int, int]
"""(along, key, local day)."""
_PERIOD, _ALONG = 2**30, 2**56
_decoder = msgspec.msgpack.Decoder(Body)


def id_of(along: int, key: int, period: int) -> int:
    """The row of a local day, or of MONTHS_FROM + a month: one B-tree in the order of axis, period and key, so that a
    transaction, which is about few days, touches few pages."""
    return along * _ALONG + period * _PERIOD + key


def write_histograms(db: sqlite3.Connection, deltas: Mapping[Place, Mapping[Bin, int]]) -> None:
    """Add to the rows of the days, and of their months."""
    changes: dict[int, list[Mapping[Bin, int]]] = {}
    for (along, key, day), bins in deltas.items():
        if any(bins.values()):
            changes[id_of(along, key, day)] = [bins]
            changes.setdefault(id_of(along, key, MONTHS_FROM + month_of(day)), []).append(bins)
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
        body: _Open = [] if before is None else list(map(_opened, _decoder.decode(before)))
        for bins in changes[id]:
            _add(body, bins)
        if body:
            written.append((id, msgspec.msgpack.encode(body)))
        elif before is not None:
            gone.append((id,))
    db.executemany("INSERT INTO histogram VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", written)
    db.executemany("DELETE FROM histogram WHERE id = ?", gone)


_Open = list[bytearray | list[int]]
"""A body that is added to: a bytearray is stored as bytes are."""


def _opened(counts: Counts) -> bytearray | list[int]:
    return bytearray(counts) if isinstance(counts, bytes) else counts


def _add(body: _Open, bins: Mapping[Bin, int]) -> None:
    less = False
    for (section, slot), n in bins.items():
        if not n:
            continue
        less = less or n < 0
        while len(body) <= section:
            body.append(bytearray())
        counts = body[section]
        if len(counts) <= slot:
            counts.extend(bytes(slot + 1 - len(counts)))
        try:
            counts[slot] += n
        except ValueError:
            # No byte any more.
            counts = body[section] = list(counts)
            counts[slot] += n
    if less:
        body[:] = map(_shortened, body)
        while body and not body[-1]:
            body.pop()


def _shortened(counts: bytearray | list[int]) -> bytearray | list[int]:
    while counts and not counts[-1]:
        counts.pop()
    try:
        return bytearray(counts)
    except ValueError:
        return counts


def rows_of_periods(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, dict[Bin, int]]]:
    """(id, bins that count something) of the periods from `first` on before `end`."""
    for along in Along:
        for period, key, body in _rows(db, along, first, end):
            bins = {(section, slot): n for section, counts in enumerate(body) for slot, n in enumerate(counts) if n}
            yield id_of(along, key, period), bins


Span = tuple[int, int, int]
"""Periods from the first on, before the second, to be added (1) or taken away (−1)."""


def by_day(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, Body]]:
    """(day, counts) of all calls, day by day."""
    return ((period, body) for period, _, body in _rows(db, Along.ALL, first, end))


def by_month(db: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, Body]]:
    """The same in fewer rows: whole months under their first day, days around them."""
    months, edges = tiers(first, end)
    for a, b in edges:
        if a is not None and b is not None:
            yield from by_day(db, a, b)
    if months is not None and months[0] is not None and months[1] is not None:
        for period, _, body in _rows(db, Along.ALL, MONTHS_FROM + months[0], MONTHS_FROM + months[1]):
            yield first_day(period - MONTHS_FROM), body


def by_key(
    db: sqlite3.Connection, along: Along, spans: Iterable[Span], weekdays: Sequence[int] = ()
) -> Iterator[tuple[int, Body, int]]:
    """(key, counts, sign) of some spans; a key comes several times. Weekdays need spans of days."""
    for first, end, sign in spans:
        for period, key, body in _rows(db, along, first, end):
            if not weekdays or weekday(period) in weekdays:
                yield key, body, sign


def spans_of(first: int, end: int) -> list[Span]:
    """The fewest periods that make up some days. Of a month of which most is asked, the rest is taken away."""
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


def _rows(db: sqlite3.Connection, along: Along, first: int, end: int) -> Iterator[tuple[int, int, Body]]:
    """(period, key, counts)."""
    rows = db.execute(
        f"SELECT id % {_ALONG} / {_PERIOD}, id % {_PERIOD}, body FROM histogram WHERE id >= ? AND id < ?",
        (id_of(along, 0, first), id_of(along, 0, end)),
    )
    decode = _decoder.decode
    return ((period, key, decode(body)) for period, key, body in rows.fetchall())
