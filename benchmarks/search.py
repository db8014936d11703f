"""`python -m benchmarks.search STORE…`: search as you type over 300 fragments of numbers and names, beside its goal."""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from pathlib import Path

from backend_client.contract.calls import WindowRequest
from backend_client.model.call_filter import CallFilter
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.window import read_window
from benchmarks.pages import ROWS, everybody, open_reader, own

FRAGMENTS = 300
P95, WORST = 12.0, 100.0
"""Goals of performance.md, milliseconds."""


def fragments(db: sqlite3.Connection, count: int) -> list[str]:
    """Pieces of 1–7 characters, of numbers (two in three) and of names of clients, wherever in them."""
    chance = random.Random(7)
    last_number = db.execute("SELECT max(id) FROM number").fetchone()[0]
    last_client = db.execute("SELECT max(id) FROM client").fetchone()[0]
    found: list[str] = []
    while len(found) < count:
        if len(found) % 3:
            query, last = "SELECT forms FROM number WHERE id >= ? LIMIT 1", last_number
        else:
            query, last = "SELECT fold FROM client WHERE id >= ? LIMIT 1", last_client
        text = chance.choice(db.execute(query, (chance.randint(1, last),)).fetchone()[0].split())
        length = min(chance.randint(1, 7), len(text))
        begin = chance.randint(0, len(text) - length)
        found.append(text[begin : begin + length])
    return found


def measure(db: sqlite3.Connection, texts: list[str], viewer: Viewer) -> list[tuple[float, str]]:
    """Milliseconds of the first page for each text, sorted."""
    names = names_of(read_directories(db))
    spent = []
    for text in texts:
        request = WindowRequest(filter=CallFilter(search=text), below=ROWS)
        begun = time.process_time()
        read_window(db, request, viewer, names)
        spent.append(((time.process_time() - begun) * 1000, text))
    return sorted(spent)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", type=Path, nargs="+")
    parser.add_argument("--slowest", type=int, default=8, help="how many of the slowest to name")
    given = parser.parse_args()
    for path in given.stores:
        db = open_reader(path)
        texts = fragments(db, FRAGMENTS)
        for who, viewer in (("everybody's calls", everybody()), ("an operator's calls", own(17))):
            spent = measure(db, texts, viewer)
            p50, p95, worst = spent[len(spent) // 2][0], spent[int(len(spent) * 0.95)][0], spent[-1][0]
            verdict = "ok" if p95 <= P95 and worst <= WORST else "MISSED"
            print(f"{path}, {who}, {FRAGMENTS} fragments, {ROWS} rows: p50 {p50:.2f} ms,", end=" ")
            print(f"p95 {p95:.2f} (goal {P95:g}), slowest {worst:.2f} (goal {WORST:g}): {verdict}")
            slowest = reversed(spent[-given.slowest :])
            print("  slowest:", ", ".join(f"{text} {ms:.1f}" for ms, text in slowest), flush=True)
        db.close()


if __name__ == "__main__":
    main()
