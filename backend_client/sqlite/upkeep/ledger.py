"""The ledger of erasures: keyed hashes of numbers that were forgotten, so that they stay so when a record comes again
or an old copy is restored.

It stands in the store, and beside it in a file, since a copy made before an erasure knows nothing of it. A hash names
nobody; who has the ledger and tries every number there is can find those in it, so it is kept as the store is.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from backend_client.model.leg import CallFacts
from backend_client.model.phone import NumberKind, number_key
from backend_client.sqlite.settings import read_setting, write_setting
from backend_client.sqlite.transaction import Transaction

_SECRET = "erasure-key"
TOKEN = "erased-"
"""What stands where a number was: this and eight random hexadecimal digits."""
_SIZE = 16


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A number that was forgotten. `token` stands in its place, `at` is when (UTC epoch seconds)."""

    key: str
    """Under which the hash was made, hexadecimal."""
    hash: str
    token: str
    at: int


class Ledger:
    """Entries, found by the number that they are of."""

    def __init__(self, entries: Iterable[Entry] = (), secret: str = "") -> None:
        self._entries = {(entry.key, entry.hash): entry for entry in entries}
        self._keys = dict.fromkeys([*filter(None, [secret]), *(key for key, _ in self._entries)])

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    @property
    def watches(self) -> bool:
        """Whether anything was ever forgotten, so that what comes must be looked at."""
        return bool(self._keys)

    def add(self, entry: Entry) -> None:
        self._entries.setdefault((entry.key, entry.hash), entry)
        self._keys.setdefault(entry.key)

    def find(self, key: str) -> Entry | None:
        """The entry of a number's key (`model.phone.number_key`)."""
        for secret in self._keys:
            entry = self._entries.get((secret, digest(secret, key)))
            if entry is not None:
                return entry
        return None

    def named_in(self, facts: CallFacts, home_country: str) -> dict[str, Entry]:
        """Keys of the parties of these records that were forgotten."""
        texts = {text for leg in facts.legs for text in (leg.caller, leg.callee) if text}
        texts.update(text for event in facts.events for text in event.data if text)
        found = {}
        for text in texts:
            number = number_key(text, home_country)
            if number.kind is not NumberKind.WITHHELD and (entry := self.find(number.key)) is not None:
                found[number.key] = entry
        return found

    def call_keys(self, key: str) -> list[str]:
        """What stands in place of a call's key that held a number, under every secret."""
        return [TOKEN + digest(secret, key) for secret in self._keys]


def digest(secret: str, text: str) -> str:
    """The keyed hash of a text, hexadecimal; a microsecond."""
    return blake2b(text.encode(), key=bytes.fromhex(secret), digest_size=_SIZE).hexdigest()


def read_ledger(db: sqlite3.Connection) -> Ledger:
    """The ledger in a store."""
    rows = db.execute("SELECT key, hash, token, at FROM erased").fetchall()
    entries = (Entry(key=key, hash=hash_, token=token, at=at) for key, hash_, token, at in rows)
    return Ledger(entries, read_setting(db, _SECRET) or "")


def secret_of(transaction: Transaction) -> str:
    """The store's secret, made at the first erasure."""
    secret = read_setting(transaction.db, _SECRET)
    if secret is None:
        secret = secrets.token_hex(32)
        write_setting(transaction, _SECRET, secret)
    return secret


def enter(transaction: Transaction, key: str, now: int) -> Entry:
    """Write a number down as forgotten; gives its entry, the earlier one where it was."""
    known = read_ledger(transaction.db).find(key)
    if known is not None:
        return known
    secret = secret_of(transaction)
    entry = Entry(key=secret, hash=digest(secret, key), token=TOKEN + secrets.token_hex(4), at=now)
    write_entry(transaction.db, entry)
    return entry


def write_entry(db: sqlite3.Connection, entry: Entry) -> None:
    """Put an entry into a store's ledger, unless it is there."""
    db.execute(
        "INSERT INTO erased (key, hash, token, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (entry.key, entry.hash, entry.token, entry.at),
    )


def ledger_path(store: Path) -> Path:
    """The file beside a store that outlives it."""
    return store.with_name(f"{store.name}-erased")


def keep_ledger(store: Path, ledger: Ledger) -> None:
    """Write a ledger beside its store, whole or not at all. Raises OSError."""
    if not len(ledger):
        return
    path = ledger_path(store)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    place = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(place, "wb") as file:
        if store.exists():
            with suppress(PermissionError):
                os.fchmod(place, store.stat().st_mode & 0o666)
        file.write(b"".join(msgspec.json.encode(entry) + b"\n" for entry in ledger))
        file.flush()
        os.fsync(place)
    os.replace(partial, path)


def merged_ledgers(paths: Iterable[Path]) -> Ledger:
    """What stands in these files; those that are not there hold nothing. Raises OSError, ValueError."""
    ledger = Ledger()
    for path in paths:
        if path.exists():
            for line in path.read_bytes().splitlines():
                ledger.add(msgspec.json.decode(line, type=Entry))
    return ledger
