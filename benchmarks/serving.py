"""`python -m benchmarks.serving STORE`: pages over HTTP on loopback, and consoles that listen while calls come.

It works on a copy in mind: an account and its token are added to the store that is named.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from backend_client.contract.backend import Backend
from backend_client.contract.calls import Position, WindowRequest
from backend_client.contract.changes import ChangeRequest
from backend_client.http.backend import connect
from backend_client.model.call_filter import CallFilter
from backend_client.model.permissions import Role
from backend_client.model.status import Family
from backend_client.opening import open_store
from backend_client.sqlite.access.accounts import employee_for, issue_token, put_account
from backend_client.sqlite.file import open_file
from backend_client.sqlite.writer import Writer
from benchmarks.reports import CASES, periods

GOAL = 15.0
"""Milliseconds, p95 of a journal page at 10 million calls."""
REPORT_GOAL = 10.0
"""Milliseconds that a report may take longer than from the store itself."""
EVENT_GOAL = 1.0
"""Seconds, p95 from a change to the console that hears of it."""
TRIES = 300
ROWS = 50

FILTERS = {
    "no filter": CallFilter(),
    "missed": CallFilter(families=(Family.MISSED,)),
    "lost": CallFilter(lost=True),
    "employee": CallFilter(employees=(17,)),
    "line": CallFilter(lines=(3,)),
}


def token_for(store: Path) -> str:
    """A day's token of a head."""
    now = int(time.time())
    with closing(open_file(store)) as file, closing(Writer(file)) as writer, writer.transaction() as transaction:
        employee = employee_for(transaction, "benchmark", "Benchmark", (Role.HEAD,))
        put_account(transaction, employee, None, now)
        return issue_token(transaction, employee, now, days=1)


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def pages(backend: Backend) -> None:
    """A page of 50 rows anywhere, one after the other over one kept-alive connection."""
    clock = await backend.clock()
    first, last = clock.first_start or 0, clock.last_start or 0
    for name, wanted in FILTERS.items():
        taken = []
        for _ in range(TRIES):
            anchor = Position(random.randrange(first, last + 1), 2**62)
            began = time.perf_counter()
            await backend.window(WindowRequest(filter=wanted, anchor=anchor, below=ROWS))
            taken.append((time.perf_counter() - began) * 1000)
        p95 = percentile(taken, 0.95)
        sign = "ok" if p95 <= GOAL else "TOO SLOW"
        print(f"{name:<12} median {percentile(taken, 0.5):6.2f} ms   p95 {p95:6.2f} ms   goal {GOAL:.0f}   {sign}")


async def reports(remote: Backend, store: Path) -> None:
    """Every report of a year, over HTTP and straight from the store: what the way between adds at most."""
    own = await open_store(store)
    period = periods(datetime.now(UTC))["1 year"]
    added: list[tuple[float, str, float]] = []
    for name, request, _query in CASES:
        asked = replace(request, filter=replace(request.filter, period=period))
        best: list[float] = []
        for backend in (own, remote):
            spent = []
            for _ in range(4):
                began = time.perf_counter()
                await backend.report(asked)
                spent.append((time.perf_counter() - began) * 1000)
            best.append(min(spent))
        added.append((best[1] - best[0], name, best[1]))
    await own.close()
    worst, name, whole = max(added)
    sign = "ok" if worst <= REPORT_GOAL else "TOO SLOW"
    print(f"reports of a year: at most {worst:.1f} ms more than from the store ({name}, {whole:.1f} ms)   "
          f"goal {REPORT_GOAL:.0f}   {sign}")  # fmt: skip


async def listeners(url: str, token: str, store: Path, consoles: int, seconds: int) -> None:
    """Consoles that ask for changes while a writer touches a day ten times a second."""
    heard: list[float] = []
    wrote: dict[int, float] = {}
    backends = [await connect(url, token) for _ in range(consoles)]

    async def listen(backend: Backend) -> None:
        since = (await backend.changes(ChangeRequest())).change
        while True:
            changes = await backend.changes(ChangeRequest(since=since, wait=25))
            now = time.perf_counter()
            oldest = min((at for number, at in wrote.items() if since < number <= changes.change), default=None)
            if oldest is not None:
                heard.append(now - oldest)
            since = changes.change

    listening = [asyncio.create_task(listen(backend)) for backend in backends]
    await asyncio.sleep(1)
    with closing(open_file(store)) as file, closing(Writer(file)) as writer:
        for _ in range(seconds * 10):
            with writer.transaction(durable=False) as transaction:
                transaction.touch_day(20_000)
            wrote[writer.change] = time.perf_counter()
            await asyncio.sleep(0.1)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    for backend in backends:
        await backend.close()
    p95 = percentile(heard, 0.95)
    sign = "ok" if p95 <= EVENT_GOAL else "TOO SLOW"
    print(f"{consoles} consoles: {len(heard)} events, p95 {p95:.2f} s from the oldest untold change   {sign}")


async def measure(url: str, token: str, store: Path, consoles: int) -> None:
    """Everything, against a running server."""
    backend = await connect(url, token)
    await pages(backend)
    await reports(backend, store)
    await backend.close()
    if consoles:
        await listeners(url, token, store, consoles, 10)


def main() -> None:
    """Start a server of the store, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--consoles", type=int, default=200)
    parser.add_argument("--port", type=int, default=7979)
    wanted = parser.parse_args()
    token = token_for(wanted.store)
    print(f"{wanted.store}, {datetime.now(UTC):%Y-%m-%d}")
    command = [Path(sys.executable).with_name("pult"), "--store", wanted.store, "serve", "--port", str(wanted.port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        print(server.stderr.readline().strip())
        try:
            asyncio.run(measure(f"http://127.0.0.1:{wanted.port}", token, wanted.store, wanted.consoles))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
