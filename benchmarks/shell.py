"""What the console costs at 120×40 beside its peers: start, bytes, keys, a changed row, idle, memory; one run.

python -m benchmarks.shell STORE [--rounds 5] [--json]
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from backend_client.contract.calls import CallRequest, CommentRequest, WindowRequest
from backend_client.model.call_filter import CallFilter
from backend_client.opening import open_store
from benchmarks.peers.curses_table import row
from tests.pty.terminal import Terminal

PEERS = Path(__file__).parent / "peers"
TICKS = os.sysconf("SC_CLK_TCK")
BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Compiling the sources at each start would double every figure: an installed program has its bytecode."""
QUICK = frozenset({"down", "page", "journal page"})
"""Figures of keys that are pressed many times."""
SEARCHED = ("/", "0", "6", "7")


@dataclass
class Figures:
    """Samples by figure; milliseconds, bytes, MB, percent of a core."""

    samples: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.samples.setdefault(name, []).append(value)

    def median(self, name: str) -> float | None:
        return statistics.median(self.samples[name]) if name in self.samples else None

    def p95(self, name: str) -> float | None:
        values = sorted(self.samples.get(name, ()))
        return values[min(len(values) - 1, int(len(values) * 0.95))] if values else None


@dataclass(frozen=True)
class Program:
    """A program to measure: how it starts, and the text that says that it is there."""

    name: str
    argv: tuple[str, ...]
    ready: str
    keys: dict[str, str]
    """Figure → key."""
    store: str = ""
    """The store in which a call is changed and searched for; blank: neither."""


def pss_mb(pid: int) -> float:
    """Proportional set size of a process, MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_milliseconds(pid: int) -> float:
    """Time that all threads of a process were on a CPU: what the machine's other work disturbs least."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(program: Program, figures: Figures, *, idle: float) -> None:
    """One start, its keys, and `idle` seconds of nothing."""
    with Terminal.start(program.argv, 120, 40, env={**BYTECODE, "PULT_STORE": program.store}) as terminal:
        figures.add("first paint ms", terminal.wait_for(program.ready) * 1000)
        figures.add("first paint CPU ms", cpu_milliseconds(terminal.pid))
        figures.add("first paint B", terminal.settle(0.6).size)
        if program.store:
            # Until the thin driver has asked how far the terminal is.
            terminal.settle(2.0)
        for name, key in program.keys.items():
            for _ in range(20 if name in QUICK else 4):
                busy = cpu_milliseconds(terminal.pid)
                terminal.send(key)
                output = terminal.settle(0.06 if name in QUICK else 0.3)
                if output.size:
                    figures.add(f"{name} CPU ms", cpu_milliseconds(terminal.pid) - busy)
                    figures.add(f"{name} B", output.size)
                    figures.add(f"{name} ms", output.seconds * 1000)
        if program.store:
            _measure_changes(terminal, program.store, figures)
            _measure_search(terminal, figures)
        if idle:
            terminal.settle(1.0)
            size, busy, began = len(terminal.raw), cpu_seconds(terminal.pid), time.perf_counter()
            while time.perf_counter() - began < idle:
                terminal.settle(0.5, limit=0.5)
            figures.add("idle B", len(terminal.raw) - size)
            figures.add("idle %", (cpu_seconds(terminal.pid) - busy) / (time.perf_counter() - began) * 100)
        figures.add("PSS MB", pss_mb(terminal.pid))


def _measure_changes(terminal: Terminal, store: str, figures: Figures) -> None:
    """Somebody comments on the newest call, and takes the comment back: one row changes on screen."""
    terminal.send("home")
    terminal.settle(0.5)
    for text in ("Передзвонити", ""):
        # From the next byte on; a key that does nothing starts the clock.
        terminal.send("~")
        asyncio.run(_comment(store, text))
        figures.add("changed row B", terminal.settle(1.5).size)


async def _comment(store: str, text: str) -> None:
    backend = await open_store(Path(store))
    newest = (await backend.window(WindowRequest(filter=CallFilter(), below=1))).rows[0]
    known = (await backend.call(CallRequest(id=newest.id))).comment
    await backend.comment(CommentRequest(call_id=newest.id, text=text, revision=known.revision if known else 0))
    await backend.close()


def _measure_search(terminal: Terminal, figures: Figures) -> None:
    for key in SEARCHED:
        terminal.send(key)
        output = terminal.settle(0.4)
        figures.add("search B", output.size)
        figures.add("search ms", output.seconds * 1000)
    terminal.send("escape")
    terminal.settle(0.5)


def _table(folder: Path) -> Path:
    """The rows of the other peers as a file."""
    path = folder / "calls.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "time", "direction", "status", "client", "name", "surname", "line", "wait"))
        writer.writerows(row(number).split() for number in range(1000))
    return path


def programs(store: str, folder: Path) -> Iterator[Program]:
    """Pult and its peers."""
    python = sys.executable
    pult = (python, "-c", "from tui.start import main; main()")
    yield Program("bare Textual", (python, str(PEERS / "bare_textual.py")), "ready", {})
    table_keys = {"down": "down", "page": "pagedown"}
    yield Program("DataTable, 1,000 rows", (python, str(PEERS / "data_table.py")), "Olena", table_keys)
    yield Program("curses", (python, str(PEERS / "curses_table.py")), "Olena", {**table_keys, "down": "j"})
    yield Program(
        "visidata", (python, "-m", "visidata", "--config", os.devnull, str(_table(folder))), "Olena", table_keys
    )
    # Each is pressed several times; only those that did something count, so the palette opens once a start.
    keys = {
        **table_keys,
        "details": "enter",
        "palette": "ctrl+p",
        "palette gone": "escape",
        "journal": "2",
        "journal page": "pagedown",
    }
    yield Program("Pult", pult, " calls ", keys, store)
    yield Program("Pult, stock driver", (*pult, "--driver", "stock"), " calls ", keys, store)


def show(results: dict[str, Figures], echo: Callable[[str], None]) -> None:
    """A table: a row per figure, a column per program; median, and p95 of times of keys."""
    names = list(dict.fromkeys(name for figures in results.values() for name in figures.samples))
    echo(f"{'':<18}" + "".join(f"{program:>24}" for program in results))
    for name in names:
        cells = []
        for figures in results.values():
            middle, high = figures.median(name), figures.p95(name)
            text = "" if middle is None else f"{middle:,.1f}"
            cells.append(text + (f" (p95 {high:.1f})" if high is not None and name.endswith(" ms") else ""))
        echo(f"{name:<18}" + "".join(f"{cell:>24}" for cell in cells))
    bare, pult = results["bare Textual"], results["Pult"]
    for name, goal in (("first paint ms", 1.5), ("first paint CPU ms", 1.5), ("PSS MB", 1.7)):
        ours, floor = pult.median(name), bare.median(name)
        if ours and floor:
            echo(f"{name}: {ours / floor:.2f} × bare Textual (goal {goal})")


def run(store: str, rounds: int, idle: float) -> dict[str, Figures]:
    """Round by round through all programs, so that a slow minute of the machine meets all of them. The round before
    the first fills the caches and counts for nothing."""
    with tempfile.TemporaryDirectory() as folder:
        measured = list(programs(store, Path(folder)))
        for program in measured:
            measure(program, Figures(), idle=0.0)
        results = {program.name: Figures() for program in measured}
        for turn in range(rounds):
            for program in measured:
                measure(program, results[program.name], idle=idle if turn == rounds - 1 else 0.0)
    return results


@click.command(help=__doc__)
@click.argument("store", type=click.Path(exists=True))
@click.option("--rounds", default=5, show_default=True)
@click.option("--idle", default=10.0, show_default=True, help="Seconds of doing nothing, in the last round.")
@click.option("--json", "as_json", is_flag=True)
def main(store: str, rounds: int, idle: float, as_json: bool) -> None:
    """Measure and tell."""
    results = run(store, rounds, idle)
    if as_json:
        click.echo(json.dumps({name: figures.samples for name, figures in results.items()}))
    else:
        show(results, click.echo)


if __name__ == "__main__":
    main()
