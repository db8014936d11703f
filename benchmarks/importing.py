"""An import of call records as Asterisk writes them, into a large store, while consoles look on and write.

python -m benchmarks.importing STORE [--legs 60000] [--profile]   The store is copied first; the copy is deleted.

The goal was set on a machine of its own, and only ratios of one run compare: the yardstick before and after tells how
fast this one is beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import csv
import itertools
import multiprocessing
import multiprocessing.synchronize
import pstats
import random
import resource
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from backend_client.contract.calls import CommentRequest, CountRequest, WindowRequest
from backend_client.errors import Conflict
from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.run import ImportOptions, import_files
from backend_client.model.call_filter import CallFilter
from backend_client.opening import open_store
from backend_client.sqlite import call_row, deriver
from backend_client.sqlite.around import Around
from backend_client.sqlite.call_row import Pair
from backend_client.sqlite.file import open_file
from backend_client.sqlite.tallies import Deltas
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.writer import Writer
from benchmarks import yardstick
from benchmarks.copies import copied

LEGS = 60_000
CALLS_A_DAY = 9_000
WATCHERS = 2
"""Consoles that look on; another one writes comments."""
GOAL, WRITE_GOAL, TALLY_GOAL = 8_000, 400.0, 25.0
"""Legs a second, p95 of a console's write in milliseconds, the tallies' share in percent."""
CALL_SHARES = (("queue", 0.32), ("direct", 0.28), ("missed", 0.12), ("out", 0.20), ("internal", 0.08))


class Figures(Struct, kw_only=True):
    """What one import cost."""

    legs: int
    seconds: float
    cpu: float
    """Seconds of the process that writes: what a machine with nothing else to do would need."""
    reading: float
    """Seconds of the process that reads ahead of it."""
    tallies: float
    """Seconds spent on finding what calls add to the tallies, and on writing it."""
    grown_mb: float
    """How much the process grew over the second half of the import."""
    machine: float = 1.0
    """The speed of this machine, 1.0 for that of the goals."""
    writes: list[float]
    """Milliseconds of each comment that a console saved meanwhile, sorted."""


def lines_of(store: Path, seed: int = 1) -> Iterator[list[str]]:
    """Rows of a Master.csv with linkedid, without end: four fifths of the calls from numbers that the store knows,
    those that call often more than others; half of the numbers in the international form, half in the national."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as db:
        most, at = db.execute("SELECT max(id), max(start) - 864000 FROM call").fetchone()
        ids = ",".join(str(chance.randrange(1, most + 1)) for _ in range(30_000))
        known = [
            key
            for (key,) in db.execute(
                f"SELECT n.key FROM call c JOIN number n ON n.id = c.number_id WHERE c.id IN ({ids})"
            )
            if key.startswith("+380")
        ]
        inside = [number for (number,) in db.execute("SELECT number FROM extension ORDER BY number")]
        trunks = [code for (code,) in db.execute("SELECT code FROM line ORDER BY code")]
    kinds, shares = [kind for kind, _ in CALL_SHARES], [share for _, share in CALL_SHARES]
    for serial in itertools.count(step=3):
        at += chance.randrange(1, 2 * 86_400 // CALLS_A_DAY)
        number = chance.choice(known) if chance.random() < 0.8 else f"+38067{chance.randrange(10**7):07}"
        text = number if chance.random() < 0.5 else number.replace("+38", "")
        yield from _call(chance, chance.choices(kinds, shares)[0], at, serial, text, chance.choice(trunks), inside)


def _call(
    chance: random.Random, kind: str, at: int, serial: int, number: str, trunk: str, inside: list[str]
) -> Iterator[list[str]]:
    linked = f"{at}.{serial}"
    first, second = chance.sample(inside, 2)
    talk, wait = chance.randrange(5, 400), chance.randrange(3, 30)
    outer, desk = f"PJSIP/{trunk}-{serial:08x}", f"PJSIP/{first}-{serial + 1:08x}"

    def row(
        src: str, dst: str, context: str, ends: tuple[str, str], app: str, from_: int, talk: int, said: str, n: int = 0
    ) -> list[str]:
        start, answer, end = at + from_, at + from_ + wait, at + from_ + wait + talk
        times = [_moment(start), _moment(answer) if talk else "", _moment(end)]
        names = ["", src, dst, context, f'"{src}" <{src}>', *ends, app, f"PJSIP/{dst},30"]
        return [
            *names,
            *times,
            str(wait + talk),
            str(talk),
            said,
            "DOCUMENTATION",
            f"{at}.{serial + n}",
            "",
            linked,
            "1",
        ]

    if kind == "out":
        yield row(first, number, "from-internal", (desk, outer), "Dial", 0, talk, "ANSWERED")
    elif kind == "internal":
        yield row(
            first, second, "from-internal", (desk, f"PJSIP/{second}-{serial + 2:08x}"), "Dial", 0, talk, "ANSWERED"
        )
    elif kind == "direct":
        yield row(number, first, "from-trunk", (outer, desk), "Dial", 0, talk, "ANSWERED")
    elif kind == "missed":
        yield row(number, first, "from-trunk", (outer, desk), "Dial", 0, 0, "NO ANSWER")
    else:
        other = f"PJSIP/{second}-{serial + 2:08x}"
        yield row(number, "600", "ext-queues", (outer, other), "Queue", 0, 0, "NO ANSWER")
        yield row(number, "600", "ext-queues", (outer, desk), "Queue", 0, talk, "ANSWERED", 1)


def _moment(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M:%S")


def write_lines(store: Path, legs: int, path: Path) -> None:
    """A Master.csv of so many legs."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(itertools.islice(lines_of(store), legs))


def watch(path: Path, done: multiprocessing.synchronize.Event) -> None:
    """A console that looks on: once a second the newest page and how many calls there are today."""

    async def look() -> None:
        backend = await open_store(path)
        while not done.is_set():
            await backend.window(WindowRequest(filter=CallFilter(), below=100))
            await backend.count(CountRequest(filter=CallFilter(), limit=1000))
            await asyncio.sleep(1.0)
        await backend.close()

    asyncio.run(look())


def comment(path: Path, done: multiprocessing.synchronize.Event, spent: multiprocessing.Queue[list[float]]) -> None:
    """A console whose person comments on calls: the milliseconds of each."""

    async def write() -> list[float]:
        backend, chance, times = await open_store(path), random.Random(2), []
        newest = (await backend.window(WindowRequest(filter=CallFilter(), below=500))).rows
        while not done.is_set():
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            begun = time.perf_counter()
            try:
                await backend.comment(CommentRequest(call_id=chance.choice(newest).id, text="Передзвонити", revision=0))
            except Conflict:
                continue
            times.append((time.perf_counter() - begun) * 1000)
        await backend.close()
        return times

    spent.put(asyncio.run(write()))


@contextmanager
def _prepared(store: Path, legs: int) -> Iterator[tuple[Path, Path]]:
    """A copy of the store, and a file of so many legs for it."""
    with copied(store) as path:
        lines = path.with_name("Master.csv")
        write_lines(store, legs, lines)
        yield path, lines


def _speed(folder: Path) -> float:
    """The yardstick in a process of its own: of this one the greatest size so far is a figure."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(yardstick.speed, folder).result()


def beside_the_yardstick(store: Path, legs: int) -> Figures:
    """An import into a copy of the store, with the yardstick before and after."""
    with _prepared(store, legs) as (path, lines):
        before = _speed(path.parent)
        figures = measure(path, lines, legs)
        figures.machine = (before + _speed(path.parent)) / 2
    return figures


def measure(path: Path, lines: Path, legs: int) -> Figures:
    """Import `lines` into the store at `path` with consoles on it."""
    start = multiprocessing.get_context("spawn")
    done, spent = start.Event(), start.Queue()
    others = [start.Process(target=watch, args=(path, done)) for _ in range(WATCHERS)]
    others.append(start.Process(target=comment, args=(path, done, spent)))
    for process in others:
        process.start()
    time.sleep(2.0)
    try:
        figures = _import(path, lines, legs)
    finally:
        done.set()
    figures.writes = sorted(spent.get(timeout=30))
    for process in others:
        process.join(30)
    return figures


def _import(path: Path, lines: Path, legs: int) -> Figures:
    tallied, halfway = 0.0, 0
    write, count = Deltas.write, call_row.count

    def timed(self: Deltas, db: sqlite3.Connection, counted_from: int | None) -> None:
        nonlocal tallied
        begun = time.process_time()
        write(self, db, counted_from)
        tallied += time.process_time() - begun

    def timed_count(
        transaction: Transaction, pairs: Sequence[Pair], clients: Mapping[int, int], around: Around
    ) -> None:
        nonlocal tallied
        begun = time.process_time()
        count(transaction, pairs, clients, around)
        tallied += time.process_time() - begun

    def note_half(records: int) -> None:
        nonlocal halfway
        if not halfway and records >= legs // 2:
            halfway = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    Deltas.write = timed  # type: ignore[method-assign]
    deriver.count = timed_count  # type: ignore[attr-defined, assignment]
    try:
        with closing(open_file(path)) as file, closing(Writer(file)) as writer:
            options = ImportOptions(timezone="UTC", rejected_folder=lines.parent)
            began, cpu, reading = time.perf_counter(), time.process_time(), _children()
            report = import_files([lines], LocalImportStore(writer), options, lambda told: note_half(told.records))
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            reading = _children() - reading
    finally:
        Deltas.write = write  # type: ignore[method-assign]
        deriver.count = count  # type: ignore[attr-defined]
    if report.new != legs or report.rejected:
        raise SystemExit(f"{report.new} of {legs} legs taken, {report.rejected} rejected")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - halfway) / 1024
    return Figures(legs=legs, seconds=seconds, cpu=cpu, reading=reading, tallies=tallied, grown_mb=grown, writes=[])


def _children() -> float:
    """Processor seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(figures: Figures) -> Iterator[tuple[str, str, float]]:
    """Name, unit and value of each figure."""
    writes = figures.writes or [0.0]
    yield "import", "legs/s", figures.legs / figures.seconds
    yield "this machine, 1 for that of the goals", "", figures.machine
    yield "import, on the machine of the goals", "legs/s", figures.legs / figures.seconds / figures.machine
    yield "import, by the writer's CPU time", "legs/s", figures.legs / figures.cpu
    yield "import, by all its CPU time", "legs/s", figures.legs / (figures.cpu + figures.reading)
    yield "tallies' share", "%", 100 * figures.tallies / (figures.cpu + figures.reading)
    yield "a console's write, p95", "ms", writes[min(len(writes) - 1, int(len(writes) * 0.95))]
    yield "memory grown in the second half", "MB", figures.grown_mb


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--legs", type=int, default=LEGS)
    parser.add_argument("--profile", action="store_true", help="where the time goes, without consoles")
    given = parser.parse_args()
    if given.profile:
        with _prepared(given.store, given.legs) as (path, lines):
            profile = cProfile.Profile()
            profile.runcall(_import, path, lines, given.legs)
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return
    for name, unit, value in told(beside_the_yardstick(given.store, given.legs)):
        print(f"{name:<40}{value:>12,.{1 if value > 10 else 2}f} {unit}")


if __name__ == "__main__":
    main()
