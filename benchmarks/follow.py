"""Following at 200 calls a second, with sessions that read: commits, and the way from a line to the store."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import threading
import time
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from backend_client.contract import ChangeRequest, WindowRequest
from backend_client.ingest.follow.files import FollowedFile
from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.source import SourceOptions
from backend_client.opening import open_store
from backend_client.sqlite.file import open_file
from backend_client.sqlite.transaction import Writer

RATE = 200
SECONDS = 20
SESSIONS = 50
PROCESSES = 5
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


def main() -> None:
    """Write the lines at the rate, follow them, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        store, source = Path(folder) / "store.db", Path(folder) / "Master.csv"
        source.touch()
        open_file(store).close()
        file = open_file(store)
        writer = Writer(file)
        follower = Follower(writer, [FollowedFile(source, SourceOptions(), "main")], lambda *_: None)
        puts: list[float] = []
        put = follower._facts.put

        def timed_put(*arguments: object, **options: object) -> object:
            began = time.perf_counter()
            report = put(*arguments, **options)  # type: ignore[arg-type]
            puts.append(time.perf_counter() - began)
            return report

        follower._facts.put = timed_put  # type: ignore[method-assign, assignment]
        consoles = [get_context("spawn").Process(target=sit, args=(store,), daemon=True) for _ in range(PROCESSES)]
        for process in consoles:
            process.start()
        thread = threading.Thread(target=follower.run)
        thread.start()
        time.sleep(3)
        began, n = time.perf_counter(), 0
        with source.open("a") as out:
            while (passed := time.perf_counter() - began) < SECONDS:
                while n < passed * RATE:
                    n += 1
                    out.write(line_of(n))
                out.flush()
                time.sleep(0.01)
        with closing(file.reader()) as db:
            caught = time.perf_counter()
            while db.execute("SELECT count(*) FROM call").fetchone()[0] < n and time.perf_counter() - caught < 60:
                time.sleep(0.02)
            stored = db.execute("SELECT count(*) FROM call").fetchone()[0]
        behind = time.perf_counter() - caught
        follower.stop.set()
        thread.join()
        for process in consoles:
            process.terminate()
            process.join()
        puts.sort()
        print(f"lines {n}, calls {stored}, caught up {behind:.2f} s after the last line")
        median, late = statistics.median(puts) * 1000, puts[int(len(puts) * 0.95)] * 1000
        print(f"{len(puts)} transactions beside {SESSIONS} sessions: p50 {median:.1f} ms, p95 {late:.1f} ms")


if __name__ == "__main__":
    main()
