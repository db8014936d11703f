"""Many consoles on one server: events while calls come, a server that is killed and comes back, a slow line.

python -m benchmarks.consoles [STORE] [--consoles 200] [--seconds 20] [--delay 50]

Works on a copy of the store; without one on an empty store.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from backend_client.contract.backend import Backend
from backend_client.contract.calls import Position, WindowRequest
from backend_client.contract.changes import ChangeRequest
from backend_client.errors import Unreachable
from backend_client.http.backend import connect
from backend_client.model.leg import CallFacts, Leg
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.file import open_file
from backend_client.sqlite.writer import Writer
from benchmarks.copies import copied
from benchmarks.serving import percentile, token_for
from screens.feed import FIRST_PAUSE, LONGEST_PAUSE, WAIT
from tests.pty.terminal import Terminal

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Event as Stop

RATE = 100
"""Calls a second."""
TURNS = 10
"""Transactions a second in which they come."""
EVENT_GOAL = 1.0
BACK_GOAL = 2.0
ROWS = 50
PROCESSES = 4
"""In which the consoles sit."""
_SPAWN = get_context("spawn")


def call_of(n: int) -> CallFacts:
    """A call that was missed just now."""
    now = int(time.time())
    leg = Leg(
        key=f"{now}|{n}", uniqueid=f"{now}.{n}", linkedid=f"{now}.{n}", start=now - 20, end=now, duration=20,
        disposition="NO ANSWER", caller=f"0671{n % 1_000_000:06}", callee="201",
        channel=f"PJSIP/provider-{n:08x}", dstchannel=f"PJSIP/201-{n:08x}", context="from-trunk", app="Dial",
        did="380441112233",
    )  # fmt: skip
    return CallFacts(system="main", call_key=f"{now}.{n}", legs=(leg,))


def write_calls(store: Path, stop: Stop, told: Queue[tuple[int, float]]) -> None:
    """Write calls at the rate until told to stop; tells each change number and when it stood in the store."""
    with closing(open_file(store)) as file, closing(Writer(file)) as writer:
        facts, n = FactWriter(writer), 0
        while not stop.wait(1 / TURNS):
            facts.put([call_of(n + one) for one in range(RATE // TURNS)])
            n += RATE // TURNS
            told.put((writer.change, time.time()))


def sit(url: str, token: str, count: int, heard: Queue[tuple[int, int, float]], windows: bool) -> None:
    """Consoles of one process: each tells which changes it heard of, and when; `windows`: and asks for its own."""

    async def one() -> None:
        backend = await connect(url, token)
        since = (await backend.changes(ChangeRequest())).change
        while True:
            changes = await backend.changes(ChangeRequest(since=since, wait=WAIT))
            if changes.change != since:
                heard.put((since, changes.change, time.time()))
                since = changes.change
                if windows:
                    await backend.window(WindowRequest(below=ROWS))

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(count)))

    asyncio.run(all_of_them())


def events(url: str, token: str, store: Path, consoles: int, seconds: int, *, windows: bool) -> None:
    """Print how late the consoles hear of calls."""
    stop: Stop = _SPAWN.Event()
    wrote: Queue[tuple[int, float]] = _SPAWN.Queue()
    heard: Queue[tuple[int, int, float]] = _SPAWN.Queue()
    share = consoles // PROCESSES
    sitting = [
        _SPAWN.Process(target=sit, args=(url, token, share, heard, windows), daemon=True) for _ in range(PROCESSES)
    ]
    for process in sitting:
        process.start()
    time.sleep(6)
    writing = _SPAWN.Process(target=write_calls, args=(store, stop, wrote))
    writing.start()
    times: dict[int, float] = {}
    told: list[tuple[int, int, float]] = []
    end = time.time() + seconds
    while time.time() < end:
        time.sleep(0.2)
        while not wrote.empty():
            number, at = wrote.get()
            times[number] = at
        while not heard.empty():
            told.append(heard.get())
    stop.set()
    for process in sitting:
        process.terminate()
    writing.join()
    late = []
    for since, number, at in told:
        oldest = min((then for change, then in times.items() if since < change <= number), default=None)
        if oldest is not None:
            late.append(at - oldest)
    if late:
        sign = "ok" if percentile(late, 0.95) <= EVENT_GOAL else "TOO SLOW"
        doing = "with their windows" if windows else "events only"
        print(
            f"{consoles} consoles, {RATE} calls/s, {doing}: {len(late)} events, from the oldest untold change "
            f"median {median(late):.2f} s, p95 {percentile(late, 0.95):.2f} s   goal {EVENT_GOAL:g}   {sign}",
            flush=True,
        )


@contextmanager
def server_of(store: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A running server; killed at the end."""
    command: list[str | Path] = [Path(sys.executable).with_name("pult"), "--store", store, "serve", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        server.stderr.readline()
        try:
            yield server
        finally:
            server.kill()


async def come_back(store: Path, token: str, port: int, consoles: int) -> None:
    """Kill the server under open consoles, write calls, start it again: until every window is a fresh one."""
    url = f"http://127.0.0.1:{port}"
    shown: dict[int, tuple[float, object]] = {}
    wanted: list[object] = []

    async def console(number: int, backend: Backend) -> None:
        """As a screen's feed does: asks again with growing pauses, then for its window."""
        window = await backend.window(WindowRequest(below=ROWS))
        shown[number] = (time.monotonic(), window.rows)
        since, pause, lost = window.change, FIRST_PAUSE, False
        while True:
            try:
                changes = await backend.changes(ChangeRequest(since=since, wait=0.0 if lost else WAIT))
                if lost or changes.change != since:
                    rows = (await backend.window(WindowRequest(below=ROWS))).rows
                    shown[number] = (time.monotonic(), rows)
                since, lost, pause = changes.change, False, FIRST_PAUSE
            except Unreachable:
                lost = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    with server_of(store, port) as server:
        backends = [await connect(url, token) for _ in range(consoles)]
        tasks = [asyncio.create_task(console(number, backend)) for number, backend in enumerate(backends)]
        while len(shown) < consoles:  # noqa: ASYNC110 (no console tells another)
            await asyncio.sleep(0.1)
        server.send_signal(signal.SIGKILL)
        await asyncio.sleep(3)
        with closing(open_file(store)) as file, closing(Writer(file)) as writer:
            FactWriter(writer).put([call_of(10_000_000 + n) for n in range(ROWS)])
    shown.clear()
    with server_of(store, port):
        began = time.monotonic()
        fresh = await connect(url, token)
        wanted.append((await fresh.window(WindowRequest(below=ROWS))).rows)
        while len(shown) < consoles or any(rows != wanted[0] for _at, rows in shown.values()):
            await asyncio.sleep(0.02)
            if time.monotonic() - began > 30:
                break
        right = [at - began for at, rows in shown.values() if rows == wanted[0]]
        sign = "ok" if len(right) == consoles and max(right) <= BACK_GOAL else "TOO SLOW"
        print(
            f"killed and started again: {len(right)} of {consoles} windows as a fresh one, the last after "
            f"{max(right, default=0):.2f} s   goal {BACK_GOAL:g}   {sign}",
            flush=True,
        )
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for backend in (*backends, fresh):
            await backend.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Pass bytes on, each as late as a line of this length makes it; what follows waits for nothing else."""
    loop = asyncio.get_running_loop()

    def pass_on(data: bytes) -> None:
        if not writer.is_closing():
            writer.write(data)

    while data := await reader.read(65536):
        loop.call_later(seconds, pass_on, data)
    loop.call_later(seconds, writer.close)


async def _proxy(port: int, seconds: float) -> AsyncIterator[int]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_carry(reader, to, seconds), _carry(there, writer, seconds), return_exceptions=True)

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as listening:
        yield int(listening.sockets[0].getsockname()[1])


def proxy(port: int, seconds: float, told: Queue[int]) -> None:
    """A line with this delay each way; tells its own port."""

    async def serve() -> None:
        async for own in _proxy(port, seconds):
            told.put(own)
            await asyncio.Event().wait()

    asyncio.run(serve())


async def pages_over(url: str, token: str, direct: str, round_trip: float) -> None:
    """A page anywhere, over the slow line and without it."""
    taken: dict[str, list[float]] = {url: [], direct: []}
    for address, found in taken.items():
        backend = await connect(address, token)
        last = (await backend.clock()).last_start or 0
        for step in range(20):
            began = time.perf_counter()
            await backend.window(WindowRequest(anchor=Position(last - step * 86_400, 2**62), above=20, below=200))
            found.append((time.perf_counter() - began) * 1000)
        await backend.close()
    trips = (median(taken[url]) - median(taken[direct])) / (round_trip * 1000)
    print(
        f"a page over {round_trip * 1000:.0f} ms: median {median(taken[url]):.0f} ms, without the line "
        f"{median(taken[direct]):.0f} ms: {trips:.2f} round trips   goal 1   {'ok' if trips < 1.3 else 'TOO MANY'}",
        flush=True,
    )


def keys_over(url: str, token: str, round_trip: float) -> None:
    """Keys of a real console over the slow line: those that move the cursor, and one that needs rows it has not."""
    command = [sys.executable, "-c", "from tui.cli import main; main()", "--remote", url]
    with Terminal.start(command, 120, 40, env={"PULT_TOKEN": token}) as terminal:
        terminal.wait_for("Today")
        terminal.settle(0.5)
        terminal.send("2")
        terminal.wait_for("Journal")
        terminal.settle(1.0)
        keys = []
        for _ in range(40):
            terminal.send("down")
            keys.append(terminal.settle(0.1).seconds * 1000)
        pages = []
        for key in ("end", "home", "end", "home"):
            terminal.send(key)
            pages.append(terminal.settle(1.0).seconds * 1000)
    sign = "ok" if percentile(keys, 0.95) < round_trip * 1000 / 2 else "WAITS"
    print(f"cursor key over {round_trip * 1000:.0f} ms: p95 {percentile(keys, 0.95):.0f} ms   {sign}")
    print(f"first and last row of the journal, to the last byte: median {median(pages):.0f} ms", flush=True)


def slow_line(store: Path, token: str, port: int, delay: float) -> None:
    """A console at the other end of a line with this delay each way."""
    told: Queue[int] = _SPAWN.Queue()
    with server_of(store, port):
        line = _SPAWN.Process(target=proxy, args=(port, delay, told), daemon=True)
        line.start()
        url = f"http://127.0.0.1:{told.get()}"
        asyncio.run(pages_over(url, token, f"http://127.0.0.1:{port}", 2 * delay))
        keys_over(url, token, 2 * delay)
        line.terminate()


def main() -> None:
    """Measure on a copy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, nargs="?")
    parser.add_argument("--consoles", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--delay", type=int, default=50, help="of the slow line, milliseconds each way")
    parser.add_argument("--port", type=int, default=7981)
    given = parser.parse_args()
    with copied(given.store) as store:
        token = token_for(store)
        for windows in (False, True):
            with server_of(store, given.port):
                events(f"http://127.0.0.1:{given.port}", token, store, given.consoles, given.seconds, windows=windows)
        asyncio.run(come_back(store, token, given.port, given.consoles))
        slow_line(store, token, given.port, given.delay / 1000)


if __name__ == "__main__":
    main()
