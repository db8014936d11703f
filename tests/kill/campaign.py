"""Kills, many times and at random moments: `python -m tests.kill --times 1000`."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
from contextlib import closing
from pathlib import Path

from backend_client.sqlite.upkeep.check import check_store
from tests.kill.deeds import CALLS, NUMBERS, Deed
from tests.kill.deeds import DEEDS as SINGLE
from tests.kill.following import Follow
from tests.sqlite.busy_centre import busy_day
from tests.sqlite.stores import Desk

DEEDS: tuple[Deed, ...] = (*SINGLE, Follow())


def make_centre(path: Path) -> None:
    """The store that every round begins with."""
    with closing(Desk(path)) as desk:
        for place, number in enumerate(NUMBERS):
            desk.facts.put(busy_day(number, CALLS, first=place))
        desk.link(NUMBERS[0], "Olena Bondar")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def run(times: int, seed: int, names: list[str] | None = None) -> int:
    """So many rounds, deed after deed; gives how many steps were confirmed. Raises AssertionError with the seed."""
    chosen = [deed for deed in DEEDS if not names or type(deed).__name__.lower() in names]
    steps = 0
    with tempfile.TemporaryDirectory(prefix="pult-kill-") as folder:
        centre = Path(folder) / "centre.db"
        make_centre(centre)
        for number in range(times):
            deed = chosen[number % len(chosen)]
            place = Path(folder) / "round"
            place.mkdir()
            try:
                steps += kill(deed, centre, place / "store.db", random.Random(f"{seed} {number}"))
            except BaseException as error:
                raise AssertionError(f"round {number} of seed {seed}, {type(deed).__name__}: {error!r}") from error
            shutil.rmtree(place)
    return steps


def kill(deed: Deed, centre: Path, path: Path, chance: random.Random) -> int:
    """One round: work, kill, look; how many steps were confirmed."""
    shutil.copy(centre, path)
    deed.prepare(path)
    confirmed = _killed(deed, path, chance.uniform(0, deed.seconds))
    deed.recover(path)
    with closing(Desk(path)) as desk:
        deed.verify(desk, confirmed)
        report = check_store(desk.writer, deep=True)
        assert report.sound, report
    return len(confirmed)


def _killed(deed: Deed, path: Path, seconds: float) -> list[str]:
    """What the deed confirmed until it was killed. A pipe keeps what was written to it when its writer dies."""
    reading, writing = os.pipe()

    def confirm(text: str) -> None:
        os.write(writing, f"{text}\n".encode())

    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.write(writing, b"begins\n")
            deed.work(path, confirm)
        except BaseException:
            os.write(writing, f"failed: {traceback.format_exc()!r}\n".encode())
        finally:
            os._exit(0)
    os.close(writing)
    held = os.read(reading, 7)
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
        if not (more := os.read(reading, 65536)):
            break
        held += more
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        held += more
    os.close(reading)
    lines = held.decode().splitlines()[1:]
    for line in lines:
        assert not line.startswith("failed: "), line
    return lines
