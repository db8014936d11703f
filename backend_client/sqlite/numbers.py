"""Ids of outside numbers: one row a key, every way of writing it searchable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from backend_client.model.phone import NumberKey, NumberKind, number_key
from backend_client.model.region import region_of
from backend_client.sqlite.statement import ids_json

MOST_KNOWN = 100_000
"""Texts kept with their ids; about 20 MB."""


class NumberRow(Struct, gc=False):
    """What derivation reads of a number."""

    id: int
    region_id: int | None
    client_id: int | None
    known_since: int | None
    last_start: int
    earlier: int = 0
    """Whether calls of it were made anonymous, so that none that stands is its first."""
    tallied: int | None = None
    """Under whom its calls are counted."""


class NumberIds:
    """Ids by the text that a source wrote. One prepared look-up for all texts of a batch."""

    def __init__(self, home_country: str) -> None:
        self._home = home_country
        self._ids: dict[str, int | None] = {}
        self._regions: dict[str, int] = {}
        self.grew = False
        """Set when a region was made; whoever reads it clears it."""

    def prepare(self, db: sqlite3.Connection, texts: Mapping[str, NumberKey | None]) -> None:
        """Find or make the numbers of these texts, so that `id_of` knows them; with their keys, where those are known
        already."""
        if len(self._ids) > MOST_KNOWN:
            self._ids.clear()
        unknown = {text: key for text, key in texts.items() if text not in self._ids}
        if not unknown:
            return
        written: dict[str, set[str]] = {}
        keys: dict[str, str] = {}
        for text, known in unknown.items():
            key = known or number_key(text, self._home)
            if key.kind is NumberKind.WITHHELD:
                self._ids[text] = None
                continue
            keys[text] = key.key
            written.setdefault(key.key, set()).update(key.forms.split(" "))
        ids = self._find(db, written)
        self._make(db, {key: forms for key, forms in written.items() if key not in ids}, ids)
        for text, found in keys.items():
            self._ids[text] = ids[found]

    def id_of(self, text: str) -> int | None:
        """The id of a prepared text; None for a withheld number."""
        return self._ids[text]

    def _find(self, db: sqlite3.Connection, written: dict[str, set[str]]) -> dict[str, int]:
        """Ids of the keys that are there; forms that are new to a number become searchable."""
        ids = {}
        for id, key, forms in db.execute(
            "SELECT id, key, forms FROM number WHERE key IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(list(written)).decode(),),
        ).fetchall():
            ids[key] = id
            more = written[key].difference(forms.split(" "))
            if more:
                _write_forms(db, id, forms, _joined(more.union(forms.split(" "))))
        return ids

    def _make(self, db: sqlite3.Connection, missing: dict[str, set[str]], ids: dict[str, int]) -> None:
        if not missing:
            return
        last = db.execute("SELECT coalesce(max(id), 0) FROM number").fetchone()[0]
        rows = []
        for id, (key, forms) in enumerate(sorted(missing.items()), last + 1):
            ids[key] = id
            rows.append((id, key, _joined(forms), self._region_id(db, key)))
        db.executemany("INSERT INTO number (id, key, forms, region_id) VALUES (?, ?, ?, ?)", rows)
        db.executemany("INSERT INTO number_search (rowid, forms) VALUES (?, ?)", [(row[0], row[2]) for row in rows])

    def _region_id(self, db: sqlite3.Connection, key: str) -> int:
        """The directory's row of the number's region, made where it is new."""
        region = region_of(key, self._home)
        found = self._regions.get(region.key)
        if found is None:
            row = db.execute("SELECT id FROM region WHERE key = ?", (region.key,)).fetchone()
            if row is None:
                row = db.execute(
                    "INSERT INTO region (key, names) VALUES (?, ?) RETURNING id",
                    (region.key, msgspec.json.encode(region.names).decode()),
                ).fetchall()[0]
                self.grew = True
            found = self._regions[region.key] = int(row[0])
        return found


def _joined(forms: Iterable[str]) -> str:
    return " ".join(sorted(filter(None, forms)))


def _write_forms(db: sqlite3.Connection, id: int, old: str, new: str) -> None:
    # The index holds no texts of its own: it must be told the old ones to forget them.
    db.execute("INSERT INTO number_search (number_search, rowid, forms) VALUES ('delete', ?, ?)", (id, old))
    db.execute("UPDATE number SET forms = ? WHERE id = ?", (new, id))
    db.execute("INSERT INTO number_search (rowid, forms) VALUES (?, ?)", (id, new))


def number_rows(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, NumberRow]:
    """Rows of these numbers."""
    found = db.execute(
        "SELECT n.id, region_id, n.client_id, known_since, last_start, earlier, t.client_id FROM number n"
        " LEFT JOIN number_tallied t ON t.number_id = n.id WHERE n.id IN (SELECT value FROM json_each(?))",
        (ids_json(ids),),
    ).fetchall()
    return {row[0]: NumberRow(*row) for row in found}


def numbers_of_clients(db: sqlite3.Connection, clients: Iterable[int]) -> dict[int, dict[int, int]]:
    """The numbers of each of these clients, each with the start of its last call, 0 where it has none."""
    found: dict[int, dict[int, int]] = {}
    for client, number, last_start in db.execute(
        "SELECT client_id, id, last_start FROM number WHERE client_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (ids_json(clients),),
    ).fetchall():
        found.setdefault(client, {})[number] = last_start
    return found


def write_last_starts(db: sqlite3.Connection, numbers: Iterable[NumberRow], starts: dict[int, int]) -> None:
    """`last_start` of these numbers after calls came or went. `starts`: the latest start of a call now on a number;
    a number without one, or whose latest may have gone, is looked up."""
    changed = []
    for number in numbers:
        last = starts.get(number.id, 0)
        if last < number.last_start:
            row = db.execute(
                "SELECT start FROM call WHERE number_id = ? ORDER BY start DESC LIMIT 1", (number.id,)
            ).fetchone()
            last = row[0] if row else 0
        if last != number.last_start:
            changed.append((last, number.id))
    db.executemany("UPDATE number SET last_start = ? WHERE id = ?", changed)
