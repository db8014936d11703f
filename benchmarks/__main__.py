"""All figures in one go, beside their peers and their goals.

python -m benchmarks [STORE] [--calls 10000000] [--rounds 5]   Without a store one is generated, and deleted at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from msgspec import Struct

from backend_client.contract.calls import WindowRequest
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.names import names_of
from backend_client.sqlite.window import read_window
from benchmarks import charts, clients, dashboard, importing, now, pages, plan, reports, search, shell
from benchmarks.copies import copied
from benchmarks.generate import generate

CALLS = 10_000_000


class Figure(Struct, frozen=True):
    """One figure: at most, or at least, its goal."""

    name: str
    measured: float
    goal: float
    unit: str
    least: bool = False

    @property
    def line(self) -> str:
        """As printed."""
        kept = self.measured >= self.goal if self.least else self.measured <= self.goal
        sign = "≥" if self.least else "≤"
        return (
            f"{self.name:<44}{sign} {self.goal:>8,g} {self.measured:>12,.2f} {self.unit:<7}{'ok' if kept else 'MISSED'}"
        )


def of_shell(store: Path, rounds: int) -> Iterator[Figure]:
    """Start, bytes and keys of the console at 120×40."""
    results = shell.run(str(store), rounds, 10.0)
    bare, pult, stock = results["bare Textual"], results["Pult"], results["Pult, stock driver"]
    for name, goal in (("first paint ms", 1.5), ("first paint CPU ms", 1.5), ("PSS MB", 1.7)):
        ours, floor = pult.median(name), bare.median(name)
        if ours and floor:
            yield Figure(f"{name}, against bare Textual", ours / floor, goal, "×")
    sizes = (("first paint", 12_288, 32_768), ("down", 64, 450), ("page", 5_120, 8_192), ("changed row", 200, 700))
    for name, thin, plain in sizes:
        yield Figure(f"{name}, bytes", pult.median(f"{name} B") or 0.0, thin, "B")
        yield Figure(f"{name}, bytes by the stock driver", stock.median(f"{name} B") or 0.0, plain, "B")
    for name, most in (("journal page", 5_120), ("palette", 8_192)):
        yield Figure(f"{name}, bytes", pult.median(f"{name} B") or 0.0, most, "B")
    for name in ("down", "journal page"):
        ours, theirs = pult.median(f"{name} CPU ms"), stock.median(f"{name} CPU ms")
        if ours and theirs:
            yield Figure(f"{name}, CPU against the stock driver", ours / theirs, 1.0, "×")
    for name, most in (("down", 8), ("page", 16), ("details", 30)):
        yield Figure(f"{name}, key to last byte, p95", pult.p95(f"{name} ms") or 0.0, most, "ms")
    yield Figure("idle, bytes in 10 s", pult.median("idle B") or 0.0, 0, "B")
    yield Figure("idle, CPU", pult.median("idle %") or 0.0, 0.3, "%")


def of_store(store: Path) -> Iterator[Figure]:
    """Pages and search: the worst p95 of all filters of a kind."""
    db = pages.open_reader(store)
    names, viewer = names_of(read_directories(db)), pages.everybody()
    kinds = (("simple", pages.SIMPLE_FILTERS, pages.SIMPLE), ("other", pages.OTHER_FILTERS, pages.OTHER))
    for kind, filters, goal in kinds:
        worst, slowest = 0.0, ""
        for name, wanted in filters.items():
            request = WindowRequest(filter=wanted, below=pages.ROWS)
            spent = pages.timed(pages.TRIES, lambda _, request=request: read_window(db, request, viewer, names))  # type: ignore[misc]
            worst, slowest = max((worst, slowest), (spent[int(len(spent) * 0.95)], name))
        yield Figure(f"page, p95 of {kind} filters ({slowest})", worst, goal, "ms")
    found = search.measure(db, search.fragments(db, search.FRAGMENTS), viewer)
    yield Figure("search, p95 of 300 fragments", found[int(len(found) * 0.95)][0], search.P95, "ms")
    yield Figure("search, the slowest", found[-1][0], search.WORST, "ms")
    matches = clients.typeahead(db, search.fragments(db, search.FRAGMENTS))
    yield Figure(
        "clients as one types, p95 of 300 fragments", matches[int(len(matches) * 0.95)][0], clients.TYPEAHEAD, "ms"
    )
    db.close()


def of_reports(store: Path) -> Iterator[Figure]:
    """The slowest report of each period, and its chart on the line. Beside DuckDB: python -m benchmarks.reports."""
    for span, name, spent in reports.slowest(store):
        yield Figure(f"report, {span} ({name})", spent, reports.GOAL, "ms")
    drawn = charts.measure(store, *charts.SIZES[0], rounds=8)
    for name, goal in charts.GOALS.items():
        yield Figure(f"chart, {name}", drawn.median(name) or 0.0, goal, name.rpartition(" ")[2])


def of_board(store: Path) -> Iterator[Figure]:
    """The store's part of dashboard and queue, medians by CPU time."""
    with now.busy_hour(store) as (writer, clock):
        for name, taken in asyncio.run(now.alone(store, writer, clock)).items():
            yield Figure(name, median(taken), now.GOAL, "ms")


def of_links() -> Iterator[Figure]:
    """Linking a number with 10,000 calls, in a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        clients.make_store(path)
        for what, spent in asyncio.run(clients.links(path)).items():
            yield Figure(f"10,000 calls {what}", spent, clients.LINK, "ms")


def of_import(store: Path, legs: int) -> Iterator[Figure]:
    """An import with consoles open, into a copy. Its goal holds on the machine on which it was set."""
    found = {name: value for name, _, value in importing.told(importing.beside_the_yardstick(store, legs))}
    yield Figure(
        "import, consoles open, by the yardstick",
        found["import, on the machine of the goals"],
        importing.GOAL,
        "legs/s",
        least=True,
    )
    yield Figure("a console's write meanwhile, p95", found["a console's write, p95"], importing.WRITE_GOAL, "ms")
    yield Figure("tallies' share of an import", found["tallies' share"], importing.TALLY_GOAL, "%")


def of_dashboard(store: Path, seconds: float) -> Iterator[Figure]:
    """The dashboard at 140×45 with one call a second, over a copy."""
    with copied(store) as path:
        cost = dashboard.measure(path, seconds)
    yield Figure("dashboard, nothing happening", cost.idle_bytes, 0, "B/s")
    yield Figure("dashboard, 1 call a second", cost.bytes, dashboard.BYTES_GOAL, "B/s")
    yield Figure("dashboard, 1 call a second, CPU", cost.cpu, dashboard.CPU_GOAL, "%")
    yield Figure("dashboard, a change on the screen, worst", cost.delay, dashboard.DELAY_GOAL, "ms")
    yield Figure("dashboard, PSS against bare Textual", cost.memory, dashboard.MEMORY_GOAL, "×")


def of_plan(store: Path) -> Iterator[Figure]:
    """Lists and reports of the outbound plan, medians by CPU time, over a copy with a task for each ten calls."""
    with copied(store) as path:
        plan.fill(path)
        for name, spent, _p95 in plan.measure(path):
            yield Figure(f"plan, {name}", spent, plan.GOAL, "ms")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("store", type=Path, nargs="?")
    parser.add_argument("--calls", type=int, default=CALLS, help="of the store that is generated")
    parser.add_argument("--rounds", type=int, default=5, help="starts of each program")
    parser.add_argument("--legs", type=int, default=importing.LEGS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = given.store
        if store is None:
            store = Path(folder) / "calls.sqlite"
            generate(given.calls, store, until=datetime.now(UTC))
        print(f"{'':<44}{'goal':>10} {'measured':>12}", flush=True)
        parts = (
            of_shell(store, given.rounds), of_store(store), of_links(), of_reports(store), of_import(store, given.legs),
            of_board(store), of_dashboard(store, 60.0), of_plan(store),
        )  # fmt: skip
        for part in parts:
            for figure in part:
                print(figure.line, flush=True)


if __name__ == "__main__":
    main()
