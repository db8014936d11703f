"""`python -m benchmarks.clients STORE…`: clients as one types, over 300 fragments of names and numbers, and linking a
number with many calls and undoing it. Linking writes: give it a copy of a store."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import time
from pathlib import Path

from backend_client.contract import Backend, ClientSearch, RegisterClient, UndoClientDeed
from backend_client.opening import open_store
from backend_client.sqlite.client_search import find_clients
from benchmarks.pages import open_reader
from benchmarks.search import FRAGMENTS, fragments

TYPEAHEAD, LINK = 30.0, 200.0
"""Goals of performance.md, milliseconds; the link for a number with 10,000 calls."""
LINES = 7
"""Matches that the form shows."""


def typeahead(db: sqlite3.Connection, texts: list[str]) -> list[tuple[float, str]]:
    """Milliseconds of the matches for each text, sorted."""
    spent = []
    for text in texts:
        begun = time.perf_counter()
        find_clients(db, ClientSearch(text=text, limit=LINES))
        spent.append(((time.perf_counter() - begun) * 1000, text))
    return sorted(spent)


async def link(backend: Backend, number: str) -> tuple[float, float]:
    """Milliseconds of registering a number, and of undoing that."""
    begun = time.perf_counter()
    await backend.change_client(RegisterClient(numbers=(number,), name="Benchmark"))
    linked = time.perf_counter()
    await backend.change_client(UndoClientDeed())
    return (linked - begun) * 1000, (time.perf_counter() - linked) * 1000


async def links(path: Path, db: sqlite3.Connection) -> None:
    """The number of nobody with the most calls of those that called last, linked three times."""
    numbers = db.execute(
        "SELECT key, (SELECT count(*) FROM call c WHERE c.number_id = n.id) AS calls FROM number n"
        " WHERE client_id IS NULL ORDER BY last_start DESC LIMIT 5000"
    ).fetchall()
    number, calls = max(numbers, key=lambda row: row[1])
    backend = await open_store(path)
    try:
        for _ in range(3):
            linked, undone = await link(backend, number)
            verdict = "ok" if max(linked, undone) <= LINK else "MISSED"
            print(
                f"  a number with {calls} calls: linked {linked:.1f} ms, undone {undone:.1f} (goal {LINK:g}): {verdict}"
            )
    finally:
        await backend.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", type=Path, nargs="+")
    parser.add_argument("--link", action="store_true", help="link and undo, too: writes to the store")
    given = parser.parse_args()
    for path in given.stores:
        db = open_reader(path)
        clients = db.execute("SELECT count(*) FROM client").fetchone()[0]
        spent = typeahead(db, fragments(db, FRAGMENTS))
        p50, p95, (worst, text) = spent[len(spent) // 2][0], spent[int(len(spent) * 0.95)][0], spent[-1]
        verdict = "ok" if p95 <= TYPEAHEAD else "MISSED"
        print(f"{path}, {clients} clients, {FRAGMENTS} fragments: p50 {p50:.2f} ms,", end=" ")
        print(f"p95 {p95:.2f} (goal {TYPEAHEAD:g}), slowest {worst:.2f} ({text}): {verdict}", flush=True)
        if given.link:
            asyncio.run(links(path, db))
        db.close()


if __name__ == "__main__":
    main()
