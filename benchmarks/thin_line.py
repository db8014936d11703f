"""What the thin line saves and costs, at 120×40: bytes before and after the filter, and its milliseconds.

python -m benchmarks.thin_line [--keys down,down,pagedown] [--ready TEXT] [PROGRAM ARGUMENTS…]
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import click

from tests.tui.thin_line.recorder import Write, record
from tui.thin_line.filter import LineFilter

TABLE = (sys.executable, str(Path(__file__).parent / "peers" / "data_table.py"))
KEYS = "down,down,down,pagedown,pagedown,up"
GOALS = {"down": 1.0, "up": 1.0}
"""Milliseconds of the filter for a key; everything else may take as long as a whole frame."""
GOAL = 6.0


def sample(session: list[list[Write]]) -> tuple[list[tuple[int, int]], list[float]]:
    """Bytes before and after the filter of each step, and its longest milliseconds for one write."""
    line = LineFilter(120, 40)
    sizes, times = [], []
    for step in session:
        before = after = 0
        longest = 0.0
        for write in step:
            began = time.perf_counter()
            written = line.feed(write.data)
            longest = max(longest, (time.perf_counter() - began) * 1000)
            before += len(write.data.encode())
            after += len(written.encode())
        sizes.append((before, after))
        times.append(longest)
    return sizes, times


@click.command(help=__doc__)
@click.argument("program", nargs=-1)
@click.option("--keys", default=KEYS, show_default=True)
@click.option("--ready", default="Olena", show_default=True, help="The text that says that the program is there.")
@click.option("--rounds", default=15, show_default=True)
def main(program: tuple[str, ...], keys: str, ready: str, rounds: int) -> None:
    """Record one session, filter it several times."""
    steps = tuple(keys.split(","))
    session = record(program or TABLE, ready, steps)
    rows = [sample(session) for _ in range(rounds)]
    click.echo(f"{'':<14}{'stock B':>10}{'thin B':>10}{'share':>8}{'ms':>8}{'goal':>6}")
    for at, name in enumerate(("first paint", *steps)):
        before, after = rows[0][0][at]
        middle = statistics.median(times[at] for _, times in rows)
        share = f"{after / before:.0%}" if before else ""
        click.echo(f"{name:<14}{before:>10,}{after:>10,}{share:>8}{middle:>8.2f}{GOALS.get(name, GOAL):>6.0f}")


if __name__ == "__main__":
    main()
