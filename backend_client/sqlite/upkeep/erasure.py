"""Forgetting a person (O3): the number, the caller id, the raw records, comments and the client go for good; the calls
stay as they were counted, as those of a nameless number.

A call whose records were erased is never derived again, so every total stays, and every cell still opens its calls.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from backend_client.contract.changes import Kind
from backend_client.model.audit import Deed
from backend_client.model.call import Mark
from backend_client.model.leg import CallFacts
from backend_client.model.permissions import Session
from backend_client.model.phone import number_key
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.body import ERASED, read_facts
from backend_client.sqlite.call_row import count, rows_by_id, rows_where
from backend_client.sqlite.clients.client_cells import move_number, tallied_clients
from backend_client.sqlite.identity import keys_of
from backend_client.sqlite.plan.forgetting import forget_tasks
from backend_client.sqlite.queue.state import forget_states
from backend_client.sqlite.repeats import count_repeats
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.upkeep.ledger import (
    TOKEN,
    Entry,
    Ledger,
    digest,
    enter,
    keep_ledger,
    read_ledger,
    secret_of,
    write_entry,
)
from backend_client.sqlite.upkeep.nameless import forget_clients, nameless_client, remove_states
from backend_client.sqlite.writer import Writer

if TYPE_CHECKING:
    from backend_client.sqlite.facts import FactWriter

_COMMENT = int(Mark.COMMENT)
_LONGEST_WAIT = 10.0
_AT_ONCE = 2_000
"""Calls looked through in one transaction."""
_SHORTEST_FORM = 6
"""Digits: a shorter text inside another one is no telephone number."""


class Erased(Struct, frozen=True, kw_only=True):
    """What was forgotten."""

    numbers: int = 0
    calls: int = 0
    clients: int = 0
    other_numbers: int = 0
    """Numbers of the same client that stay: somebody asked for one number, not for the client."""
    log_cut: bool = True
    """Whether the write-ahead log was emptied too; a reader that never stops prevents it."""


def forget(
    writer: Writer,
    session: Session,
    keys: Iterable[str],
    clients: Iterable[int],
    *,
    now: int,
    before: Callable[[sqlite3.Connection, list[int]], None] | None = None,
) -> Erased:
    """Forget numbers (by `number_key`) and clients with all their numbers, whole or not at all.

    One transaction: at 10,000 calls it holds the writer's turn for about a second, which a forgotten half would be
    the price of sharing. `before` is given the ids of the calls while their records still stand (recordings).
    Raises BackendError kinds.
    """
    # Facts are put through this module: what comes of somebody forgotten is forgotten again.
    from backend_client.sqlite.facts import FactWriter

    with writer.transaction() as transaction:
        db = transaction.db
        db.execute("PRAGMA secure_delete=1")
        gone = _with_merged(db, clients)
        numbers = _numbers(db, keys, gone)
        entries = {key: enter(transaction, key, now) for key in {*keys, *numbers.values()}}
        calls = _calls_of(db, numbers)
        if before is not None:
            before(db, calls)
        owners = _owners(db, numbers)
        rest = _others(db, owners - gone, numbers)
        remove_states(db, _texts(db, numbers, gone))
        forget_tasks(transaction, gone, numbers)
        _rename(transaction, {id: entries[key] for id, key in numbers.items()})
        freeze(transaction, calls)
        forget_clients(transaction, gone, numbers)
        if rest:
            FactWriter(writer).derive_numbers_again(transaction, rest)
        # Before the commit, for an entry too many harms nobody, and one too few does.
        keep_ledger(writer.file.path, read_ledger(db))
        record(transaction, session, Deed.DELETE, now, amount=len(calls))
    return Erased(
        numbers=len(entries), calls=len(calls), clients=len(gone), other_numbers=len(rest), log_cut=wipe(writer)
    )


def _with_merged(db: sqlite3.Connection, clients: Iterable[int]) -> set[int]:
    """These clients and all that were merged into them."""
    rows = db.execute(
        "WITH RECURSIVE gone(id) AS (SELECT value FROM json_each(?) UNION"
        " SELECT client.id FROM client JOIN gone ON merged_into = gone.id) SELECT id FROM gone",
        (ids_json(clients),),
    ).fetchall()
    return {id for (id,) in rows}


def _numbers(db: sqlite3.Connection, keys: Iterable[str], clients: Iterable[int]) -> dict[int, str]:
    rows = db.execute(
        "SELECT id, key FROM number WHERE key IN (SELECT value FROM json_each(?))"
        " UNION SELECT id, key FROM number WHERE client_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(keys)).decode(), ids_json(clients)),
    ).fetchall()
    return {id: key for id, key in rows if not key.startswith(TOKEN)}


def _calls_of(db: sqlite3.Connection, numbers: Iterable[int]) -> list[int]:
    rows = db.execute(
        "SELECT id FROM call WHERE number_id IN (SELECT value FROM json_each(?)) ORDER BY id", (ids_json(numbers),)
    ).fetchall()
    return [id for (id,) in rows]


def _owners(db: sqlite3.Connection, numbers: Iterable[int]) -> set[int]:
    rows = db.execute(
        "SELECT DISTINCT client_id FROM number WHERE client_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        (ids_json(numbers),),
    ).fetchall()
    return {id for (id,) in rows}


def _others(db: sqlite3.Connection, clients: Iterable[int], numbers: Iterable[int]) -> list[int]:
    """Numbers that these clients keep."""
    rows = db.execute(
        "SELECT id FROM number WHERE client_id IN (SELECT value FROM json_each(?))"
        " AND id NOT IN (SELECT value FROM json_each(?))",
        (ids_json(clients), ids_json(numbers)),
    ).fetchall()
    return [id for (id,) in rows]


def _texts(db: sqlite3.Connection, numbers: Iterable[int], clients: Iterable[int]) -> set[str]:
    """What people may have typed of them: forms of the numbers, names of the clients."""
    forms = db.execute("SELECT forms FROM number WHERE id IN (SELECT value FROM json_each(?))", (ids_json(numbers),))
    names = db.execute("SELECT name FROM client WHERE id IN (SELECT value FROM json_each(?))", (ids_json(clients),))
    texts = {form for (joined,) in forms for form in joined.split(" ")} | {name for (name,) in names}
    return {text for text in texts if len(text) >= _SHORTEST_FORM}


def _rename(transaction: Transaction, numbers: dict[int, Entry]) -> None:
    """The rows stay, with their region and since when they were known, so that every count stays; nothing else. A
    number that came again, since somebody typed it, joins the one that it was before."""
    db = transaction.db
    for id, entry in numbers.items():
        before = db.execute("SELECT id FROM number WHERE key = ?", (entry.token,)).fetchone()
        if before is not None:
            _move(transaction, id, before[0])
            continue
        forms, client = db.execute("SELECT forms, client_id FROM number WHERE id = ?", (id,)).fetchone()
        # The index holds no texts of its own: it must be told the old ones to forget them.
        db.execute("INSERT INTO number_search (number_search, rowid, forms) VALUES ('delete', ?, ?)", (id, forms))
        owner = None if client is None else nameless_client(transaction)
        move_number(transaction, id, client, owner)
        db.execute(
            "UPDATE number SET key = ?, forms = ?, client_id = ?, person_id = NULL WHERE id = ?",
            (entry.token, entry.token, owner, id),
        )
        db.execute("INSERT INTO number_search (rowid, forms) VALUES (?, ?)", (id, entry.token))
    forget_states(db, numbers)
    transaction.touch(Kind.CLIENTS)


def freeze(transaction: Transaction, calls: Iterable[int]) -> None:
    """Erase records and comments of these calls; the rows stay as they are, but for the mark of a comment."""
    db, wanted = transaction.db, list(calls)
    facts = read_facts(db, wanted)
    _hide_keys(transaction, facts)
    chosen = ids_json(wanted)
    for statement in (
        "DELETE FROM live_call WHERE call_id IN (SELECT value FROM json_each(?))",
        "DELETE FROM comment WHERE call_id IN (SELECT value FROM json_each(?))",
        "DELETE FROM comment_version WHERE call_id IN (SELECT value FROM json_each(?))",
    ):
        db.execute(statement, (chosen,))
    db.executemany(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
        [(id, ERASED) for id in wanted],
    )
    rows = rows_by_id(db, wanted).values()
    pairs = [(row, msgspec.structs.replace(row, marks=row.marks & ~_COMMENT)) for row in rows if row.marks & _COMMENT]
    count(transaction, pairs, tallied_clients(db, {row.number_id for row, _ in pairs if row.number_id is not None}))
    db.executemany("UPDATE call SET marks = ? WHERE id = ?", [(new.marks, new.id) for _, new in pairs])
    transaction.touch_days({row.day for row in rows})


def _hide_keys(transaction: Transaction, facts: dict[int, CallFacts]) -> None:
    """Sources without ids have keys that are made of the numbers: a hash stands there from now on."""
    telling = [
        (id, key)
        for id, document in facts.items()
        for key in keys_of(document)
        if any(text in key for text in _parties(document))
    ]
    if telling:
        secret = secret_of(transaction)
        transaction.db.executemany(
            "UPDATE OR REPLACE call_key SET key = ? WHERE key = ? AND call_id = ?",
            [(TOKEN + digest(secret, key), key, id) for id, key in telling],
        )


def _parties(facts: CallFacts) -> set[str]:
    return {text for leg in facts.legs for text in (leg.caller, leg.callee) if len(text) >= _SHORTEST_FORM}


def known_by_hidden_key(db: sqlite3.Connection, ledger: Ledger, batch: Iterable[CallFacts]) -> list[bool]:
    """For each of these, whether it was erased under a key that is hidden."""
    hidden = [[one for key in keys_of(facts) for one in ledger.call_keys(key)] for facts in batch]
    every = msgspec.json.encode([key for keys in hidden for key in keys]).decode()
    there = {
        key
        for (key,) in db.execute(
            "SELECT key FROM call_key WHERE system_id IN (SELECT id FROM system)"
            " AND key IN (SELECT value FROM json_each(?))",
            (every,),
        )
    }
    return [not there.isdisjoint(keys) for keys in hidden]


def erase_arrived(transaction: Transaction, ledger: Ledger, arrived: dict[int, CallFacts]) -> bool:
    """Forget at once what came of somebody forgotten: in the transaction that would have made it known. Whether
    there was anything."""
    db = transaction.db
    home = read_derive_settings(db).home_country
    named = {id: entries for id, facts in arrived.items() if (entries := ledger.named_in(facts, home))}
    if not named:
        return False
    db.execute("PRAGMA secure_delete=1")
    entries = {key: entry for found in named.values() for key, entry in found.items()}
    rows = db.execute(
        "SELECT id, key FROM number WHERE key IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(entries)).decode(),),
    ).fetchall()
    freeze(transaction, named)
    _rename(transaction, {id: entries[key] for id, key in rows})
    return True


def _move(transaction: Transaction, number: int, nameless: int) -> None:
    """The calls of a number that came again go to those that were its before."""
    db = transaction.db
    was, now = (tallied_clients(db, [one]).get(one) for one in (number, nameless))
    move_number(transaction, number, was, now)
    db.execute("DELETE FROM number_tallied WHERE number_id = ?", (number,))
    rows = rows_where(db, "number_id = ?", (number,))
    count_repeats(transaction, [(row, msgspec.structs.replace(row, number_id=nameless)) for row in rows])
    db.execute("UPDATE call SET number_id = ? WHERE number_id = ?", (nameless, number))
    forms, last = db.execute("SELECT forms, last_start FROM number WHERE id = ?", (number,)).fetchone()
    db.execute("INSERT INTO number_search (number_search, rowid, forms) VALUES ('delete', ?, ?)", (number, forms))
    forget_states(db, [number])
    tasks = db.execute("SELECT id FROM task WHERE number_id = ?", (number,)).fetchall()
    transaction.task_tallies.changes(db, [id for (id,) in tasks])
    db.execute("UPDATE task SET number_id = ? WHERE number_id = ?", (nameless, number))
    db.execute("DELETE FROM number WHERE id = ?", (number,))
    db.execute("UPDATE number SET last_start = max(last_start, ?) WHERE id = ?", (last, nameless))


def erase_again(writer: Writer, known: Ledger) -> int:
    """Forget in a restored copy what was forgotten since it was made; gives how many numbers that were."""
    from backend_client.sqlite.facts import FactWriter

    erased = 0
    with writer.transaction() as transaction:
        db = transaction.db
        db.execute("PRAGMA secure_delete=1")
        present = read_ledger(db)
        for entry in known:
            write_entry(db, entry)
        fresh = [entry for entry in known if (entry.key, entry.hash) not in {(e.key, e.hash) for e in present}]
        if fresh:
            erased = _erase_listed(transaction, FactWriter(writer), Ledger(fresh))
    if erased:
        wipe(writer)
    return erased


def _erase_listed(transaction: Transaction, facts: FactWriter, fresh: Ledger) -> int:
    """Find the numbers of these entries by trying each number of the store: 2 µs each."""
    db = transaction.db
    numbers = {
        id: entry
        for id, key in db.execute("SELECT id, key FROM number").fetchall()
        if not key.startswith(TOKEN) and (entry := fresh.find(key)) is not None
    }
    clients = _owners(db, numbers)
    rest = _others(db, clients, numbers)
    alone = {client for client in clients if not _others(db, [client], numbers)}
    calls = _calls_of(db, numbers)
    remove_states(db, _texts(db, numbers, alone))
    forget_tasks(transaction, alone, numbers)
    _rename(transaction, numbers)
    freeze(transaction, calls)
    forget_clients(transaction, alone, numbers)
    if rest:
        facts.derive_numbers_again(transaction, rest)
    return len(numbers)


def forget_everywhere(writer: Writer, keys: Iterable[str]) -> int:
    """Look through the records of all calls for forgotten numbers and erase those that name one, as a party of a
    transfer or inside a text; gives how many. A minute for each two million calls; others may work meanwhile."""
    with closing(writer.file.reader()) as reader:
        home = read_derive_settings(reader).home_country
    spelt = {form for key in keys for form in number_key(key, home).forms.split(" ")}
    forms = [form.encode() for form in spelt if len(form) >= _SHORTEST_FORM]
    place = erased = 0
    while True:
        with writer.transaction(durable=False) as transaction:
            db = transaction.db
            db.execute("PRAGMA secure_delete=1")
            ids = [
                id
                for (id,) in db.execute(
                    "SELECT call_id FROM facts WHERE call_id > ? ORDER BY call_id LIMIT ?", (place, _AT_ONCE)
                ).fetchall()
            ]
            ledger = read_ledger(db)
            found = [
                id
                for id, facts in read_facts(db, ids).items()
                if any(form in msgspec.json.encode(facts) for form in forms) or ledger.named_in(facts, home)
            ]
            freeze(transaction, found)
        erased += len(found)
        if not ids:
            return erased
        place = ids[-1]


def wipe(writer: Writer) -> bool:
    """Take what was forgotten out of the search index's old segments and out of the log; whether the log is empty."""
    for index in ("number_search", "client_search", "person_search", "task_search"):
        with writer.transaction() as transaction:
            transaction.db.execute("PRAGMA secure_delete=1")
            transaction.db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
    deadline = time.monotonic() + _LONGEST_WAIT
    with closing(writer.file.writer()) as db:
        while db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    return True
