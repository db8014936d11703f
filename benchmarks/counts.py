"""`python -m benchmarks.counts STORE…`: the number beside the journal under each filter, exact to 10,000 or tallied."""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path

from backend_client.contract.calls import Count, CountRequest
from backend_client.model.call_filter import CallFilter
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from benchmarks.pages import OTHER_FILTERS, SIMPLE_FILTERS, everybody, open_reader, own, p50_p95, timed

TRIES = 5
PROGRESS = 300.0
"""Milliseconds after which a console shows progress and takes Esc."""


def measure(db: sqlite3.Connection, filters: dict[str, CallFilter], viewer: Viewer) -> None:
    """Print a line a filter."""
    names = names_of(read_directories(db))
    for name, wanted in filters.items():
        counted: list[Count] = []
        request = CountRequest(filter=wanted)
        spent = timed(TRIES, lambda _, r=request, c=counted: c.append(read_count(db, r, viewer, names)))  # type: ignore[misc]
        number = f"{counted[0].number:,}{'' if counted[0].exact else '+'}"
        print(
            f"{name:28} {number:>12} {p50_p95(spent)}   {'ok' if spent[-1] <= PROGRESS else 'with progress'}",
            flush=True,
        )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", type=Path, nargs="+")
    given = parser.parse_args()
    for path in given.stores:
        print(f"{path}: ms p50, p95")
        db = open_reader(path)
        measure(db, SIMPLE_FILTERS | OTHER_FILTERS, everybody())
        print("an operator's own calls")
        measure(db, SIMPLE_FILTERS, own(17))
        db.close()


if __name__ == "__main__":
    main()
