"""What the dashboard and the missed-call queue cost the store and the server.

python -m benchmarks.now STORE [--walls 50] [--seconds 30]   On a copy: the store is written to.

The store's clock is set to the busiest hour of its last whole day, so that the day has calls to count.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend_client.contract.backend import Backend
from backend_client.contract.changes import ChangeRequest, Kind
from backend_client.contract.missed_queue import ClaimMissed, MissedQueueRequest, ReleaseMissed
from backend_client.contract.now import NowRequest
from backend_client.derive.local_time import local_time
from backend_client.http.backend import connect
from backend_client.model.permissions import Role, Session
from backend_client.model.played_clock import PlayedClock
from backend_client.sqlite.file import open_file
from backend_client.sqlite.settings import read_derive_settings, write_setting
from backend_client.sqlite.store import SqliteBackend
from backend_client.sqlite.supervision.played_clock import NAME, read_played_clock, write_played_clock
from backend_client.sqlite.writer import Writer
from benchmarks.serving import percentile, token_for
from benchmarks.shell import cpu_seconds, pss_mb

GOAL = 20.0
"""Milliseconds of CPU of one answer after a change, at 10 million calls."""
TRIES = 30
PORT = 7981
_HOUR = 17


@contextmanager
def busy_hour(store: Path) -> Iterator[tuple[Writer, Callable[[], float]]]:
    """The store at five in the afternoon of its last whole day; its clock is its own again afterwards."""
    with closing(open_file(store)) as file, closing(Writer(file)) as writer:
        with closing(file.reader()) as db:
            local = local_time(read_derive_settings(db).zone)
            last = local.day(db.execute("SELECT max(start) FROM call").fetchone()[0])
        shown = local.midnight(last - 1) + _HOUR * 3600
        with writer.transaction() as transaction:
            write_played_clock(transaction, PlayedClock(real=time.time(), shown=shown))
        try:
            with closing(file.reader()) as db:
                clock = read_played_clock(db)
            assert clock is not None
            yield writer, clock
        finally:
            with writer.transaction() as transaction:
                write_setting(transaction, NAME, None)


def touch(writer: Writer, now: float, zone: str) -> None:
    """As if a call of today had ended."""
    with writer.transaction(durable=False) as transaction:
        transaction.touch_day(local_time(zone).day(int(now)))
        transaction.touch(Kind.LIVE)


async def spent(ask: Callable[[], Awaitable[object]], before: Callable[[], None] = lambda: None) -> list[float]:
    """Milliseconds of this process's CPU for each of some tries."""
    found = []
    for _ in range(TRIES):
        before()
        began = time.process_time()
        await ask()
        found.append((time.process_time() - began) * 1000)
    return found


async def alone(store: Path, writer: Writer, clock: Callable[[], float]) -> dict[str, list[float]]:
    """The store itself, with nobody else: milliseconds of each question."""
    file = open_file(store)
    head = SqliteBackend(file, Session(employee_id=None, name="", roles=(Role.HEAD,)), now=clock)
    with closing(file.reader()) as db:
        busiest = db.execute("SELECT id FROM employee ORDER BY id LIMIT 1").fetchone()[0]
    operator = head.for_session(Session(employee_id=busiest, name="", roles=(Role.OPERATOR,)))
    zone = (await head.clock()).zone
    page, figures = MissedQueueRequest(limit=50), MissedQueueRequest(limit=50, figures=True)
    queue = await head.missed_queue(page)
    first = queue.lines[0].number
    await operator.missed_queue(page)
    answer = await head.now(NowRequest())

    def changed() -> None:
        touch(writer, clock(), zone)

    async def claim() -> None:
        await head.change_queue(ClaimMissed(number=first))
        await head.change_queue(ReleaseMissed(number=first))

    told = f"{queue.open} numbers wait, {len(answer.agents)} agents, {answer.today.incoming} incoming calls today"
    print(told, file=sys.stderr)
    rows = (
        ("dashboard after a change", lambda: head.now(NowRequest()), changed),
        ("dashboard, somebody else asked before", lambda: head.now(NowRequest()), lambda: None),
        ("queue after a change", lambda: head.missed_queue(page), changed),
        ("queue with figures", lambda: head.missed_queue(figures), lambda: None),
        ("an operator's queue after a change", lambda: operator.missed_queue(page), changed),
        ("a claim and its release", claim, lambda: None),
    )
    found = {name: await spent(ask, before) for name, ask, before in rows}
    await head.close()
    return found


async def walls(url: str, token: str, writer: Writer, clock: Callable[[], float], count: int, seconds: int) -> None:
    """Dashboards that ask again at each change, while a call ends every second."""
    backends = [await connect(url, token) for _ in range(count)]
    zone = (await backends[0].clock()).zone
    heard: list[float] = []
    wrote: dict[int, float] = {}

    async def stand(backend: Backend) -> None:
        answer = await backend.now(NowRequest())
        while True:
            changes = await backend.changes(ChangeRequest(since=answer.change, wait=25))
            answer = await backend.now(NowRequest(etag=answer.change, held=answer.now))
            at = wrote.get(changes.change)
            if at is not None:
                heard.append((time.perf_counter() - at) * 1000)

    standing = [asyncio.create_task(stand(backend)) for backend in backends]
    await asyncio.sleep(3)
    for _ in range(seconds):
        touch(writer, clock(), zone)
        wrote[writer.change] = time.perf_counter()
        await asyncio.sleep(1)
    for task in standing:
        task.cancel()
    await asyncio.gather(*standing, return_exceptions=True)
    for backend in backends:
        await backend.close()
    median, p95 = percentile(heard, 0.5), percentile(heard, 0.95)
    print(f"{count} dashboards: from a change to the answer median {median:.0f} ms, p95 {p95:.0f} ms")


def serve(store: Path, writer: Writer, clock: Callable[[], float], count: int, seconds: int) -> None:
    """A server of the store, with what it costs to hold so many dashboards."""
    token = token_for(store)
    command = [str(Path(sys.executable).with_name("pult")), "--store", str(store), "serve", "--port", str(PORT)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        server.stderr.readline()
        try:
            began, cpu = time.perf_counter(), cpu_seconds(server.pid)
            asyncio.run(walls(f"http://127.0.0.1:{PORT}", token, writer, clock, count, seconds))
            share = 100 * (cpu_seconds(server.pid) - cpu) / (time.perf_counter() - began)
            print(f"the server: {share:.0f} % of a core, PSS {pss_mb(server.pid):.0f} MB")
        finally:
            server.terminate()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.now", description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--walls", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    with busy_hour(given.store) as (writer, clock):
        for name, taken in asyncio.run(alone(given.store, writer, clock)).items():
            median, p95 = percentile(taken, 0.5), percentile(taken, 0.95)
            sign = "ok" if median <= GOAL else "TOO SLOW"
            print(f"{name:<40} median {median:6.2f} ms   p95 {p95:6.2f} ms   goal {GOAL:.0f}   {sign}", flush=True)
        if given.walls:
            serve(given.store, writer, clock, given.walls, given.seconds)


if __name__ == "__main__":
    main()
