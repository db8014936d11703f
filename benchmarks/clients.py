"""`python -m benchmarks.clients [STORE…]`: clients as one types, over 300 fragments of names and numbers of each store;
and linking a number with 10,000 earlier calls, in a store made for it: to a new client, to one that has another number
already, and undoing both."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from backend_client.contract.clients import ClientDeed, ClientSearch, RegisterClient, UndoClientDeed
from backend_client.model.leg import CallFacts, Leg
from backend_client.opening import open_store
from backend_client.sqlite.clients.client_search import find_clients
from benchmarks.pages import open_reader
from benchmarks.search import FRAGMENTS, fragments

TYPEAHEAD, LINK = 30.0, 200.0
"""Goals, milliseconds; the link for a number with CALLS calls."""
LINES = 7
"""Matches that the form shows."""
CALLS = 10_000
EVERY = 7_000
"""Seconds between two calls of the number: they reach back more than two years."""
ROUNDS = 5
NUMBER, OTHER = "0671234567", "0501110003"


def typeahead(db: sqlite3.Connection, texts: list[str]) -> list[tuple[float, str]]:
    """Milliseconds of the matches for each text, sorted."""
    spent = []
    for text in texts:
        begun = time.perf_counter()
        find_clients(db, ClientSearch(text=text, limit=LINES))
        spent.append(((time.perf_counter() - begun) * 1000, text))
    return sorted(spent)


def _calls(number: str, count: int, until: int) -> Iterator[CallFacts]:
    """Calls of one number, every third of them missed."""
    for n in range(count):
        start = until - n * EVERY
        talk = 0 if n % 3 == 0 else 60
        key = f"{start}.{number}"
        leg = Leg(
            key=key, uniqueid=key, linkedid=key, start=start, answer=start + 5 if talk else None,
            end=start + 5 + talk, duration=5 + talk, billsec=talk, disposition="ANSWERED" if talk else "NO ANSWER",
            caller=number, callee="201", channel="PJSIP/trunk-1", dstchannel="PJSIP/201-2", context="from-trunk",
            app="Dial",
        )  # fmt: skip
        yield CallFacts(system="main", call_key=key, legs=(leg,))


def make_store(path: Path) -> None:
    """A number with CALLS calls, and another one with ten."""
    from backend_client.sqlite.facts import FactWriter
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.writer import Writer

    file = open_file(path, create=True)
    writer = Writer(file)
    now = int(time.time())
    facts = FactWriter(writer)
    for number, count in ((NUMBER, CALLS), (OTHER, 10)):
        found = list(_calls(number, count, now))
        for place in range(0, len(found), 500):
            facts.put(found[place : place + 500])
    writer.close()
    file.close()


async def links(path: Path) -> dict[str, float]:
    """Milliseconds of the longest of some rounds, by what was done; each round is undone."""
    backend = await open_store(path)
    longest: dict[str, float] = {}

    async def timed(what: str, deed: ClientDeed) -> int:
        begun = time.perf_counter()
        change = await backend.change_client(deed)
        longest[what] = max(longest.get(what, 0.0), (time.perf_counter() - begun) * 1000)
        return 0 if change.client is None else change.client.id

    try:
        known = await timed("a new client", RegisterClient(numbers=(OTHER,), name="Known"))
        longest.clear()
        for _ in range(ROUNDS):
            await timed("linked to a new client", RegisterClient(numbers=(NUMBER,), name="New"))
            await timed("undone", UndoClientDeed())
            await timed("linked to a client with another number", RegisterClient(numbers=(NUMBER,), client_id=known))
            await timed("undone there", UndoClientDeed())
    finally:
        await backend.close()
    return longest


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", type=Path, nargs="*")
    given = parser.parse_args()
    for path in given.stores:
        db = open_reader(path)
        clients = db.execute("SELECT count(*) FROM client").fetchone()[0]
        spent = typeahead(db, fragments(db, FRAGMENTS))
        p50, p95, (worst, text) = spent[len(spent) // 2][0], spent[int(len(spent) * 0.95)][0], spent[-1]
        verdict = "ok" if p95 <= TYPEAHEAD else "MISSED"
        print(f"{path}, {clients} clients, {FRAGMENTS} fragments: p50 {p50:.2f} ms,", end=" ")
        print(f"p95 {p95:.2f} (goal {TYPEAHEAD:g}), slowest {worst:.2f} ({text}): {verdict}", flush=True)
        db.close()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        make_store(path)
        print(f"a number with {CALLS} calls, the longest of {ROUNDS} (goal {LINK:g} ms):")
        for what, spent_ms in asyncio.run(links(path)).items():
            print(f"  {what:<42}{spent_ms:8.1f} ms: {'ok' if spent_ms <= LINK else 'MISSED'}")


if __name__ == "__main__":
    main()
