"""Three days of a call centre in a few seconds: whether the store's part of a dashboard grows.

python -m benchmarks.three_days [--hours 72]   The demo's day is played by a clock of its own, half a minute at a time;
at each step the dashboard is asked, now and then the queue. Memory is this process's own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from backend_client.contract.backend import Backend
from backend_client.contract.missed_queue import MissedQueueRequest
from backend_client.contract.now import Now, NowRequest
from backend_client.demo.centre import build_demo
from backend_client.demo.live_day import NAME, PLAYED_DAYS, PLAYED_DENSITY, LiveDay
from backend_client.ingest.follow.batch import Batch
from backend_client.ingest.run import DEFAULT_SYSTEM
from backend_client.model.live import SourceState
from backend_client.opening import open_store
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.file import open_file
from backend_client.sqlite.supervision.agents import write_agents
from backend_client.sqlite.supervision.live import write_live, write_source
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.writer import Writer

BEGIN = 1_795_154_400
"""Friday 2026-11-20 08:00 in Kyiv."""
STEP = 30
EVERY = 6
"""Hours between two lines."""
GOAL = 2.0
"""MB between the first line and the last."""
_PAGE = 4096 / 2**20


def resident() -> float:
    """Memory of this process, MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def put(facts: FactWriter, batch: Batch, at: int) -> None:
    """As the follower does it."""

    def after(transaction: Transaction) -> None:
        write_source(transaction, SourceState(name=NAME, format=NAME, at=at, live=True))
        write_live(transaction, DEFAULT_SYSTEM, NAME, at, batch.live or {}, only=False)
        write_agents(transaction, DEFAULT_SYSTEM, NAME, batch.agents)

    facts.put(batch.facts, after=after)


async def ask(backend: Backend, held: Now, step: int) -> Now:
    """What an open dashboard asks."""
    if step % 10 == 0:
        await backend.missed_queue(MissedQueueRequest(figures=True))
    return await backend.now(NowRequest(etag=held.change, held=held.now))


async def run(path: Path, hours: int) -> list[float]:
    """Prints a line every some hours; gives what each says of memory."""
    build_demo(path, BEGIN, days=PLAYED_DAYS, density=PLAYED_DENSITY)
    clock = [BEGIN]
    backend = await open_store(path, now=lambda: clock[0])
    sizes = []
    with closing(open_file(path)) as file, closing(Writer(file)) as writer:
        facts, day = FactWriter(writer), LiveDay(lambda: clock[0], BEGIN, "Europe/Kyiv")
        held, spent, steps = await backend.now(NowRequest()), 0.0, 0
        for step in range(1, hours * 3600 // STEP + 1):
            clock[0] += STEP
            put(facts, day.until(clock[0]), clock[0])
            began = time.process_time()
            held = await ask(backend, held, step)
            spent, steps = spent + time.process_time() - began, steps + 1
            if step * STEP % (EVERY * 3600) == 0:
                sizes.append(resident())
                hour = step * STEP // 3600
                print(f"{hour:4} h   {sizes[-1]:6.1f} MB   {1000 * spent / steps:5.2f} ms a question", flush=True)
                spent, steps = 0.0, 0
    await backend.close()
    return sizes


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.three_days", description=__doc__)
    parser.add_argument("--hours", type=int, default=72)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="pult-") as folder:
        sizes = asyncio.run(run(Path(folder) / "demo.sqlite", given.hours))
    grown = sizes[-1] - sizes[0] if sizes else 0.0
    print(f"grown by {grown:.1f} MB   goal {GOAL:.0f}   {'ok' if grown <= GOAL else 'MISSED'}")


if __name__ == "__main__":
    main()
