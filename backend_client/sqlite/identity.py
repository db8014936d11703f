"""Which call a record belongs to: keys of a system to call ids, and calls that turn out to be one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from backend_client.model.leg import CallFacts


def keys_of(facts: CallFacts) -> set[str]:
    """Every key that leads to the call: a late leg may name the linkedid of one and the uniqueid of another."""
    keys = {facts.call_key}
    for leg in facts.legs:
        keys.add(leg.uniqueid)
        keys.add(leg.linkedid)
    keys.discard("")
    return keys


class Group:
    """What a batch says about one call: ids that it had so far, keys that are new, facts as they came."""

    __slots__ = ("facts", "id", "ids", "new_keys")

    def __init__(self) -> None:
        self.id = 0
        self.ids: set[int] = set()
        self.new_keys: list[tuple[int, str]] = []
        self.facts: list[CallFacts] = []

    def absorb(self, other: Group) -> None:
        self.ids |= other.ids
        self.new_keys += other.new_keys
        self.facts += other.facts


class Identity:
    """Call ids by key. Ids are given once, grow, and are never used again."""

    def __init__(self) -> None:
        self._systems: dict[str, int] = {}

    def forget(self) -> None:
        self._systems.clear()

    def system_id(self, db: sqlite3.Connection, name: str) -> int:
        """The id of a system, made where it is new."""
        found = self._systems.get(name)
        if found is None:
            db.execute("INSERT INTO system (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
            found = int(db.execute("SELECT id FROM system WHERE name = ?", (name,)).fetchone()[0])
            self._systems[name] = found
        return found

    def group(self, db: sqlite3.Connection, batch: Sequence[CallFacts]) -> list[Group]:
        """The calls of a batch, each with its id; keys are not written yet (`write_keys`)."""
        keyed = [(facts, self.system_id(db, facts.system), keys_of(facts)) for facts in batch]
        owners = self._owners(db, ((system, key) for _, system, keys in keyed for key in keys))
        groups: dict[Group, None] = {}
        for facts, system, keys in keyed:
            group = None
            for key in keys:
                found = owners.get((system, key))
                if found is None or found is group:
                    continue
                if group is None:
                    group = found
                    continue
                group.absorb(found)
                groups.pop(found, None)
                owners.update((owned, group) for owned, owner in owners.items() if owner is found)
            if group is None:
                group = Group()
            for key in keys:
                if (system, key) not in owners:
                    owners[system, key] = group
                    group.new_keys.append((system, key))
            group.facts.append(facts)
            groups[group] = None
        self._give_ids(db, groups)
        return list(groups)

    def _owners(self, db: sqlite3.Connection, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Group]:
        by_system: dict[int, set[str]] = {}
        for system, key in keys:
            by_system.setdefault(system, set()).add(key)
        groups: dict[int, Group] = {}
        owners: dict[tuple[int, str], Group] = {}
        for system, texts in by_system.items():
            for key, call_id in db.execute(
                "SELECT key, call_id FROM call_key WHERE system_id = ? AND key IN (SELECT value FROM json_each(?))",
                (system, msgspec.json.encode(sorted(texts)).decode()),
            ).fetchall():
                group = groups.get(call_id)
                if group is None:
                    group = groups[call_id] = Group()
                    group.ids.add(call_id)
                owners[system, key] = group
        return owners

    def _give_ids(self, db: sqlite3.Connection, groups: Iterable[Group]) -> None:
        last = 0
        for group in groups:
            if group.ids:
                group.id = min(group.ids)
                continue
            last = (last or _last_id(db)) + 1
            group.id = last


def _last_id(db: sqlite3.Connection) -> int:
    row = db.execute(
        "SELECT max(coalesce((SELECT max(call_id) FROM facts), 0), coalesce((SELECT max(id) FROM call_alias), 0),"
        " coalesce((SELECT max(id) FROM call), 0))"
    ).fetchone()
    return int(row[0])


def write_keys(db: sqlite3.Connection, groups: Iterable[Group]) -> None:
    """Write the keys that are new, under the ids that `group` gave."""
    db.executemany(
        "INSERT INTO call_key VALUES (?, ?, ?)",
        sorted((system, key, group.id) for group in groups for system, key in group.new_keys),
    )


def move_keys(db: sqlite3.Connection, system: int, keys: Iterable[str], kept: int, joined: int) -> None:
    """A call turned out to be part of an older one: its keys lead there, and so does its old id."""
    db.executemany(
        "UPDATE call_key SET call_id = ? WHERE system_id = ? AND key = ?", [(kept, system, key) for key in keys]
    )
    db.execute("UPDATE call_alias SET call_id = ? WHERE call_id = ?", (kept, joined))
    db.execute("INSERT INTO call_alias VALUES (?, ?)", (joined, kept))
