"""The dashboard left alone: memory and bytes minute by minute, and whether they stay what they are.

python -m benchmarks.soak [--minutes 30] [--source demo|steady] [--speed 60] [--callers 500]

demo is `pult demo --live`: at 60 a whole day passes in 24 minutes, its nights are quiet, and midnights come.
steady is one call a second in real time: what costs more in the last third than in the one before has grown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from benchmarks.dashboard import CALLS, SIZE, dashboard
from benchmarks.generate import generate
from benchmarks.shell import BYTECODE, cpu_seconds, pss_mb
from benchmarks.steady_exchange import CALLERS, exchange
from tests.pty.terminal import Terminal

GROWTH_MB = 1.0
"""More than this between the second and the last third is growth; in the first one caches fill."""
GROWTH_BYTES = 1.15


class Minute(Struct, frozen=True):
    """What one minute cost: PSS at its end, bytes written, percent of a core."""

    pss: float
    size: int
    cpu: float


@contextmanager
def played(speed: float) -> Iterator[Terminal]:
    """The dashboard of `pult demo --live`."""
    with tempfile.TemporaryDirectory() as home:
        folders = {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("DATA", "CONFIG", "STATE", "CACHE")}
        argv = [sys.executable, "-c", "from tui.start import main; main()", "demo", "--live", "--speed", str(speed)]
        with Terminal.start(argv, *SIZE, env={**BYTECODE, "HOME": home, **folders}) as terminal:
            terminal.wait_for("Today", timeout=120)
            terminal.settle(1.0)
            terminal.send("6")
            terminal.wait_for("Agents")
            yield terminal


@contextmanager
def steady(callers: int) -> Iterator[Terminal]:
    """The dashboard over a store into which calls come evenly."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "calls.sqlite"
        generate(CALLS, store, until=datetime.now(UTC))
        with dashboard(store) as terminal, exchange(store, 1.0, callers):
            yield terminal


def minutes(terminal: Terminal, count: int) -> Iterator[Minute]:
    """Leave it alone for so long."""
    for _minute in range(count):
        size, busy, began = len(terminal.raw), cpu_seconds(terminal.pid), time.perf_counter()
        while (spent := time.perf_counter() - began) < 60:
            terminal.settle(1.0, limit=1.0)
        cpu = (cpu_seconds(terminal.pid) - busy) / spent * 100
        yield Minute(pss_mb(terminal.pid), len(terminal.raw) - size, cpu)


def verdict(found: list[Minute]) -> str:
    """The second third beside the last one."""
    third = max(1, len(found) // 3)
    first, last = found[-2 * third : -third], found[-third:]

    def middle(part: list[Minute], name: str) -> float:
        return float(statistics.median(getattr(minute, name) for minute in part))

    grown = middle(last, "pss") - middle(first, "pss")
    ratio = middle(last, "size") / max(1.0, middle(first, "size"))
    told = "flat" if grown <= GROWTH_MB else "GROWS"
    written = "flat" if ratio <= GROWTH_BYTES else "MORE"
    return (
        f"memory {told}: {middle(first, 'pss'):.1f} → {middle(last, 'pss'):.1f} MB; bytes a minute {written}:"
        f" {middle(first, 'size'):,.0f} → {middle(last, 'size'):,.0f}; CPU {middle(first, 'cpu'):.2f} →"
        f" {middle(last, 'cpu'):.2f} %"
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--source", choices=("demo", "steady"), default="demo")
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--callers", type=int, default=CALLERS, help="how many numbers call in turn; steady only")
    given = parser.parse_args()
    found: list[Minute] = []
    with steady(given.callers) if given.source == "steady" else played(given.speed) as terminal:
        for minute in minutes(terminal, given.minutes):
            found.append(minute)
            told = f"{minute.pss:>8.1f} MB {minute.size:>10,} B {minute.cpu:>6.2f} %"
            print(f"minute {len(found):>4}{told}  {terminal.line(0).strip()}", flush=True)
        print(terminal.text)
    if len(found) >= 3:
        print(verdict(found))


if __name__ == "__main__":
    main()
