"""The console over a line of 64 kbit/s with a round trip of 200 ms: how long until a key's page is complete.

python -m benchmarks.slow_link STORE [--bits 64000] [--round-trip 0.2]
"""

from __future__ import annotations

import sys
import time
from statistics import median

import click

from benchmarks.shell import BYTECODE
from tests.pty.terminal import Terminal

GOAL = 1.0
"""Seconds from a page key to the last byte of the page."""


class SlowTerminal(Terminal):
    """Reads as slowly as such a line carries; half of the round trip lies before each key and after each byte."""

    bits: float = 64_000
    round_trip: float = 0.2

    def _read(self, timeout: float) -> bool:
        size = len(self.raw)
        came = super()._read(timeout)
        if came:
            time.sleep((len(self.raw) - size) * 8 / self.bits)
            self._last_byte = time.perf_counter()
        return came


def measure(store: str, argv: tuple[str, ...], keys: tuple[str, ...]) -> dict[str, list[float]]:
    """Seconds of the start and of each key until all of it is there."""
    spent: dict[str, list[float]] = {}
    with SlowTerminal.start(argv, 120, 40, env={**BYTECODE, "PULT_STORE": store}) as terminal:
        spent["start"] = [terminal.wait_for(" calls ") + SlowTerminal.round_trip]
        terminal.send("2")
        terminal.settle(1.0)
        for key in keys:
            terminal.send(key)
            spent.setdefault(key, []).append(terminal.settle(0.6).seconds + SlowTerminal.round_trip)
    return spent


@click.command(help=__doc__)
@click.argument("store", type=click.Path(exists=True))
@click.option("--bits", default=64_000.0, show_default=True)
@click.option("--round-trip", default=0.2, show_default=True)
def main(store: str, bits: float, round_trip: float) -> None:
    """Measure with the thin driver and with the stock one."""
    SlowTerminal.bits, SlowTerminal.round_trip = bits, round_trip
    pult = (sys.executable, "-c", "from tui.start import main; main()")
    keys = ("pagedown", "down") * 5
    for name, argv in (("thin", (*pult, "--low-bandwidth")), ("stock", (*pult, "--driver", "stock"))):
        for key, seconds in measure(store, argv, keys).items():
            goal = f"  goal {GOAL}" if key == "pagedown" else ""
            click.echo(f"{name:<8}{key:<10}{median(seconds):>8.2f} s{goal}")


if __name__ == "__main__":
    main()
