"""What a report's chart costs on the line, at 200×50: the first drawing, toggling to the table and back, the cursor.

python -m benchmarks.charts STORE [--rounds 12]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.shell import BYTECODE, Figures, cpu_milliseconds
from tests.pty.terminal import Terminal

SIZES = ((200, 50), (120, 40), (80, 24))
GOALS = {"first ms": 200, "toggle ms": 60, "toggle B": 50_000, "heat ms": 60, "heat B": 12_000}


def measure(store: Path, width: int, height: int, rounds: int) -> Figures:
    """One console: charts of the number of calls, then the heat map."""
    figures = Figures()
    argv = (sys.executable, "-c", "from tui.start import main; main()", "--lang", "en")
    with Terminal.start(argv, width, height, env={**BYTECODE, "PULT_STORE": str(store)}) as terminal:
        terminal.wait_for(" calls ")
        terminal.settle(1.0)
        for key in ("4", "r", "home", "enter"):
            terminal.send(key)
            terminal.settle(1.0)
        if "└" in terminal.text:
            terminal.send("t")
            terminal.settle(1.5)
        for turn in range(rounds):
            for name in ("toggle", "table"):
                busy = cpu_milliseconds(terminal.pid)
                terminal.send("t")
                output = terminal.settle(0.4)
                what = "first" if (turn, name) == (0, "toggle") else name
                figures.add(f"{what} B", output.size)
                figures.add(f"{what} ms", output.seconds * 1000)
                figures.add(f"{what} CPU ms", cpu_milliseconds(terminal.pid) - busy)
        _key(terminal, figures, "t", "", 0.6)
        for _ in range(rounds):
            _key(terminal, figures, "left", "cursor", 0.15)
        for key in ("r", "home", *["down"] * 4, "enter"):
            _key(terminal, figures, key, "", 0.4)
        _key(terminal, figures, "t", "heat", 0.6)
        for turn in range(rounds):
            _key(terminal, figures, "right" if turn % 2 else "down", "heat cursor", 0.15)
            _key(terminal, figures, "t", "", 0.3)
            _key(terminal, figures, "t", "heat", 0.3)
    return figures


def _key(terminal: Terminal, figures: Figures, key: str, name: str, quiet: float) -> None:
    terminal.send(key)
    output = terminal.settle(quiet)
    if name and output.size:
        figures.add(f"{name} B", output.size)
        figures.add(f"{name} ms", output.seconds * 1000)


def lines(figures: Figures) -> Iterator[str]:
    """A line a figure: median, p95, goal."""
    for name in figures.samples:
        goal = GOALS.get(name)
        middle, high = figures.median(name) or 0, figures.p95(name) or 0
        verdict = "" if goal is None else f"   goal {goal}  {'ok' if middle <= goal else 'MISSED'}"
        yield f"  {name:<16}{middle:>10,.1f}{high:>12,.1f}{verdict}"


@click.command(help=__doc__)
@click.argument("store", type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=12, show_default=True)
def main(store: Path, rounds: int) -> None:
    """Measure and tell."""
    for width, height in SIZES:
        click.echo(f"{width}×{height}{'median':>14}{'p95':>12}")
        for line in lines(measure(store, width, height, rounds)):
            click.echo(line)


if __name__ == "__main__":
    main()
