"""What the dashboard costs at 140×45: bytes and CPU with one call a second, the way of a change, and doing nothing.

python -m benchmarks.dashboard [STORE] [--seconds 60] [--mode dashboard]   Without a store a small one is made.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from backend_client.model.leg import CallEvent, CallFacts
from backend_client.model.live import LiveCall, SourceState
from backend_client.model.status import Direction, Status
from backend_client.sqlite.supervision.live import write_live, write_source
from benchmarks.generate import generate
from benchmarks.shell import BYTECODE, PEERS, cpu_seconds, pss_mb
from benchmarks.steady_exchange import exchange
from tests.pty.terminal import Terminal
from tests.sqlite.stores import Desk

SIZE = (140, 45)
CALLS = 20_000
BYTES_GOAL, CPU_GOAL, DELAY_GOAL, MEMORY_GOAL = 4096, 3.0, 1000.0, 1.7
"""Bytes a second, percent of a core, milliseconds, multiples of a bare Textual program."""
WARM = 45
"""Seconds until as many calls end as begin."""


@contextmanager
def dashboard(store: Path, *, key: str = "6", ready: str = "Agents", wall: bool = False) -> Iterator[Terminal]:
    """The dashboard in a terminal of its own."""
    argv = [sys.executable, "-c", "from tui.start import main; main()", "--store", str(store)]
    with tempfile.TemporaryDirectory() as home:
        settings = Path(home) / ".config/pult/settings.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f"wall = {str(wall).lower()}\n")
        environment = {**BYTECODE, "HOME": home, "XDG_CONFIG_HOME": f"{home}/.config"}
        with Terminal.start(argv, *SIZE, env=environment) as terminal:
            terminal.wait_for("Today")
            terminal.settle(0.6)
            terminal.send(key)
            terminal.wait_for(ready)
            terminal.settle(1.0, limit=2.0)
            yield terminal


def rest(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Bytes a second and percent of a core while nobody presses a key."""
    size, busy, began = len(terminal.raw), cpu_seconds(terminal.pid), time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        terminal.settle(0.5, limit=0.5)
    return (len(terminal.raw) - size) / spent, (cpu_seconds(terminal.pid) - busy) / spent * 100


def delays(store: Path, terminal: Terminal, times: int = 12) -> list[float]:
    """Milliseconds from the commit of a new running call to its last byte on the screen."""
    desk = Desk(store)
    found = []
    for n in range(times):
        key, now = f"delay-{n}", int(time.time())
        begun = CallEvent(key=f"{key}|b", at=float(now), source="bench", name="BEGIN")
        desk.facts.put([CallFacts(system="main", call_key=key, events=(begun,))])
        call = LiveCall(
            start=now, since=now, direction=Direction.INCOMING, status=Status.RINGING, outside=f"0935550{n:03}"
        )
        # A key that does nothing starts the clock; the moments differ in where they fall in a poll.
        terminal.settle(0.3 + n % 4 * 0.07)
        with desk.writer.transaction(durable=False) as transaction:
            write_source(transaction, SourceState(name="bench", at=now, live=True))
            write_live(transaction, "main", "bench", now, {key: call}, only=True)
        terminal.send("~")
        found.append(terminal.wait_for(f"093 555 0{n // 100} {n % 100:02}") * 1000)
    desk.close()
    return found


class Cost(Struct, frozen=True):
    """What a dashboard costs. Bytes a second, percent of a core, milliseconds, multiples of a bare Textual program."""

    idle_bytes: float
    idle_cpu: float
    bytes: float
    cpu: float
    delay: float
    """The worst."""
    memory: float


def measure(store: Path, seconds: float, *, wall: bool = False) -> Cost:
    """Nothing happening, one call a second, and the way of single changes."""
    with dashboard(store, wall=wall) as terminal:
        with exchange(store, 0.0):
            terminal.wait_for("< 15 s")
            rest(terminal, 8)
            idle_bytes, idle_cpu = rest(terminal, 30)
        with exchange(store, 1.0):
            rest(terminal, WARM)
            size, cpu = rest(terminal, seconds)
        ours = pss_mb(terminal.pid)
    with dashboard(store, wall=wall) as terminal:
        delay = max(delays(store, terminal))
    with Terminal.start([sys.executable, str(PEERS / "bare_textual.py")], *SIZE, env=BYTECODE) as bare:
        bare.wait_for("ready")
        memory = ours / pss_mb(bare.pid)
    return Cost(idle_bytes, idle_cpu, size, cpu, delay, memory)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("store", type=Path, nargs="?", help="calls are written into it")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--wall", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = given.store
        if store is None:
            store = Path(folder) / "calls.sqlite"
            generate(CALLS, store, until=datetime.now(UTC))
        cost = measure(store, given.seconds, wall=given.wall)
    print(f"a live source, no calls: {cost.idle_bytes:,.1f} B/s, {cost.idle_cpu:.2f} % of a core")
    print(f"1 call a second: {cost.bytes:,.0f} B/s (goal {BYTES_GOAL:,}), {cost.cpu:.2f} % (goal {CPU_GOAL})")
    print(f"a change, from its commit to the screen, the worst: {cost.delay:.0f} ms (goal {DELAY_GOAL:,})")
    print(f"memory: {cost.memory:.2f} × bare Textual (goal {MEMORY_GOAL})")


if __name__ == "__main__":
    main()
