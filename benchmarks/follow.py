"""Following: the way from a line to an open console, and 200 calls a second beside 50 sessions that read.

python -m benchmarks.follow [STORE] [--seconds 20]   Works on a copy of the store; without one on an empty store.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend_client.contract.calls import WindowRequest
from backend_client.contract.changes import ChangeRequest
from backend_client.ingest.follow.files import FollowedFile
from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.source import SourceOptions
from backend_client.opening import open_store
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.file import open_file
from backend_client.sqlite.writer import Writer
from benchmarks.copies import copied
from tests.pty.terminal import Terminal

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Event as Stop

RATE = 200
SECONDS = 20
SESSIONS = 50
PROCESSES = 5
SHOWN = 30
"""Lines whose way to the screen is measured; so many rows the screen has."""
_PULT = [sys.executable, "-c", "from tui.cli import main; main()"]
_SPAWN = get_context("spawn")
_LINE = (
    '"","38067{n:07}","380442000001","from-trunk","""Joana"" <38067{n:07}>","PJSIP/provider-{n:08x}",'
    '"PJSIP/201-{n:08x}","Dial","PJSIP/201,20","{at}","{at}","{at}",0,0,"NO ANSWER","DOCUMENTATION",'
    '"{epoch}.{n}","","","{epoch}.{n}",{n}\n'
)


def line_of(n: int) -> str:
    """The record of a missed call that ended now."""
    now = time.time()
    return _LINE.format(n=n, at=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now)), epoch=int(now))


async def _session(path: Path) -> None:
    """A console: waits for changes and asks for its window again."""
    backend = await open_store(path)
    change = (await backend.window(WindowRequest())).change
    while True:
        changes = await backend.changes(ChangeRequest(since=change, wait=5.0))
        if changes.change != change:
            change = changes.change
            await backend.window(WindowRequest())


async def _sessions(path: Path) -> None:
    await asyncio.gather(*(_session(path) for _ in range(SESSIONS // PROCESSES)))


def sit(path: Path) -> None:
    """Consoles of one process."""
    asyncio.run(_sessions(path))


class _Timed(FactWriter):
    """Notes how long each transaction took, and how much of that its own process worked."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self.spent: list[tuple[float, float]] = []

    def put(self, *arguments: Any, **options: Any) -> Any:
        began, worked = time.perf_counter(), time.process_time()
        report = super().put(*arguments, **options)
        self.spent.append((time.perf_counter() - began, time.process_time() - worked))
        return report


def follow(store: Path, source: Path, stop: Stop, told: Queue[list[tuple[float, float]]]) -> None:
    """Follow until told to stop; tells what each transaction took."""
    with closing(open_file(store)) as file, closing(Writer(file)) as writer:
        follower = Follower(writer, [FollowedFile(source, SourceOptions(), "main")], lambda *_: None)
        follower._facts = timed = _Timed(writer)

        def end() -> None:
            stop.wait()
            follower.stop.set()

        threading.Thread(target=end, daemon=True).start()
        follower.run()
        told.put(timed.spent)


@contextmanager
def sessions(store: Path) -> Iterator[None]:
    """Fifty consoles in five processes."""
    consoles = [_SPAWN.Process(target=sit, args=(store,), daemon=True) for _ in range(PROCESSES)]
    for process in consoles:
        process.start()
    try:
        yield
    finally:
        for process in consoles:
            process.terminate()
            process.join()


def sustain(store: Path, source: Path, seconds: int) -> None:
    """Write lines at the rate, follow them beside the sessions, and print what it took."""
    stop: Stop = _SPAWN.Event()
    told: Queue[list[tuple[float, float]]] = _SPAWN.Queue()
    with sessions(store), closing(open_file(store)) as file, closing(file.reader()) as db:
        before = db.execute("SELECT count(*) FROM call").fetchone()[0]
        process = _SPAWN.Process(target=follow, args=(store, source, stop, told))
        process.start()
        time.sleep(3)
        began, n = time.perf_counter(), 0
        with source.open("a") as out:
            while (passed := time.perf_counter() - began) < seconds:
                while n < passed * RATE:
                    n += 1
                    out.write(line_of(n))
                out.flush()
                time.sleep(0.01)
        caught = time.perf_counter()
        while (stored := db.execute("SELECT count(*) FROM call").fetchone()[0] - before) < n:
            if time.perf_counter() - caught > 60:
                break
            time.sleep(0.02)
        behind = time.perf_counter() - caught
        stop.set()
        spent = told.get()
        process.join()
    print(f"lines {n}, calls {stored}, caught up {behind:.2f} s after the last line")
    for name, values in (("transactions", [wall for wall, _ in spent]), ("their own CPU", [cpu for _, cpu in spent])):
        values.sort()
        median, late = statistics.median(values) * 1000, values[int(len(values) * 0.95)] * 1000
        print(f"{len(values)} {name} beside {SESSIONS} sessions: p50 {median:.1f} ms, p95 {late:.1f} ms (goal 20)")


def show(store: Path, source: Path) -> None:
    """Write one line now and then, and print how long each takes to stand on an open console's screen."""
    follower = subprocess.Popen(
        [*_PULT, "--store", str(store), "follow", "--quiet", str(source)], env={**os.environ, "TZ": ""}
    )
    waited = []
    try:
        with Terminal.start([*_PULT, "--store", str(store)], 120, 40, env={}) as terminal:
            terminal.wait_for("Today")
            # Read on: a terminal that answers late is taken for a slow line.
            terminal.settle(3.0)
            for n in range(5_000_000, 5_000_000 + SHOWN):
                with source.open("a") as out:
                    out.write(line_of(n))
                began = time.perf_counter()
                terminal.wait_for(f"{n // 10_000:03} {n // 100 % 100:02} {n % 100:02}")
                waited.append(time.perf_counter() - began)
                terminal.settle(0.2)
    finally:
        follower.terminate()
        follower.wait()
    waited.sort()
    median, late = statistics.median(waited), waited[int(len(waited) * 0.95)]
    print(f"line to screen: p50 {median:.2f} s, p95 {late:.2f} s, the slowest {waited[-1]:.2f} s (goal 1)")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.follow", description=__doc__)
    parser.add_argument("store", type=Path, nargs="?")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    given = parser.parse_args()
    with copied(given.store) as store:
        source = store.with_name("Master.csv")
        source.touch()
        show(store, source)
        sustain(store, source, given.seconds)


if __name__ == "__main__":
    main()
