"""`python -m benchmarks.pages STORE…`: a journal page under each filter, newest and anywhere, beside its goal."""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from backend_client.contract.calls import Position, WindowRequest
from backend_client.model.call_filter import CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, Status
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.file import READ_CACHE_KB
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.window import read_window
from benchmarks.centre import ZONE

ROWS = 50
TRIES = 40
SIMPLE, OTHER = 2.0, 50.0
"""Goals of performance.md in milliseconds: simple filters, any other filter or pair."""

SIMPLE_FILTERS: dict[str, CallFilter] = {
    "no filter": CallFilter(),
    "internal too": CallFilter(internal=True),
    "incoming": CallFilter(directions=(Direction.INCOMING,)),
    "outgoing": CallFilter(directions=(Direction.OUTGOING,)),
    "internal": CallFilter(directions=(Direction.INTERNAL,)),
    "missed (family)": CallFilter(families=(Family.MISSED,)),
    "failed (family)": CallFilter(families=(Family.FAILED,)),
    "no channels (status)": CallFilter(statuses=(Status.NO_CHANNELS,)),
    "missed (status)": CallFilter(statuses=(Status.MISSED,)),
    "called back": CallFilter(statuses=(Status.CALLED_BACK,)),
    "employee": CallFilter(employees=(17,)),
    "three employees": CallFilter(employees=(17, 18, 19)),
    "line": CallFilter(lines=(3,)),
    "channel": CallFilter(channels=(5,)),
    "region": CallFilter(regions=(4,)),
    "client": CallFilter(clients=(1234,)),
    "lost": CallFilter(lost=True),
    "attention": CallFilter(attention=True),
    "first contact": CallFilter(first_contact=True),
    "comment": CallFilter(comment=True),
    "recording": CallFilter(recording=True),
    "by hand": CallFilter(by_hand=True),
    "settles": CallFilter(settles=True),
    "talk ≥ 10 min": CallFilter(talk_from=600),
    "result": CallFilter(results=(2,)),
}
OTHER_FILTERS: dict[str, CallFilter] = {
    "unregistered": CallFilter(unregistered=True),
    "registered": CallFilter(unregistered=False),
    "new": CallFilter(new=True),
    "not lost": CallFilter(lost=False),
    "talk 60–90 s": CallFilter(talk_from=60, talk_to=90),
    "at night": CallFilter(hours=(2, 3)),
    "on Sundays": CallFilter(weekdays=(7,)),
    "companies": CallFilter(entities=(ClientKind.COMPANY,)),
    "responsible": CallFilter(responsible=(12,)),
    "department": CallFilter(departments=("Відділ 3",)),
    "nobody": CallFilter(nobody=True),
    "leads registered": CallFilter(leads=(LeadCategory.REGISTERED,)),
    "handled later": CallFilter(handling=(Handling.LATER,)),
    "cannot be called back": CallFilter(handling=(Handling.IMPOSSIBLE,)),
    "called back in 5 min": CallFilter(callback_to=300),
    "other employees": CallFilter(not_employees=(1, 2, 3, 4, 5)),
    "other channels": CallFilter(not_channels=(1, 2, 3)),
    "last 30 days": CallFilter(period=Period(preset=Preset.LAST_30_DAYS)),
    "missed, one year": CallFilter(families=(Family.MISSED,), period=Period(preset=Preset.LAST_YEAR)),
    "employee, lost": CallFilter(employees=(17,), lost=True),
    "line, region": CallFilter(lines=(20,), regions=(9,)),
    "result, comment": CallFilter(results=(3,), comment=True),
    "talk ≥ 10 min, incoming": CallFilter(talk_from=600, directions=(Direction.INCOMING,)),
    "unregistered, missed": CallFilter(unregistered=True, families=(Family.MISSED,)),
}


def timed(tries: int, work: Callable[[int], object]) -> list[float]:
    """Milliseconds of each try, sorted."""
    spent = []
    for i in range(tries):
        begun = time.process_time()
        work(i)
        spent.append((time.process_time() - begun) * 1000)
    return sorted(spent)


def p50_p95(spent: list[float]) -> str:
    """Two figures of sorted ones."""
    return f"{spent[len(spent) // 2]:8.2f} {spent[min(len(spent) - 1, int(len(spent) * 0.95))]:8.2f}"


def everybody() -> Viewer:
    """Somebody who sees all calls, now, in the synthetic centre's zone."""
    return Viewer(Scope(all_calls=True, employee_id=None), None, int(datetime.now(UTC).timestamp()), ZoneInfo(ZONE))


def own(employee_id: int) -> Viewer:
    """An operator."""
    at = int(datetime.now(UTC).timestamp())
    return Viewer(Scope(all_calls=False, employee_id=employee_id), employee_id, at, ZoneInfo(ZONE))


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection like those of the pool."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    for setting in (f"cache_size = -{READ_CACHE_KB}", "mmap_size = 0", "temp_store = MEMORY"):
        db.execute(f"PRAGMA {setting}")
    return db


def measure(path: Path, viewer: Viewer, filters: Iterable[tuple[str, CallFilter, float]]) -> None:
    """Print a line a filter: name, page, goal in milliseconds."""
    db = open_reader(path)
    names = names_of(read_directories(db))
    first, last = db.execute("SELECT min(start), max(start) FROM call").fetchone()
    chance = random.Random(1)
    anywhere = [Position(chance.randrange(first, last), 0) for _ in range(TRIES)]
    for name, wanted, goal in filters:
        kinds = (
            [WindowRequest(filter=wanted, below=ROWS)] * TRIES,
            [WindowRequest(filter=wanted, anchor=anchor, below=ROWS) for anchor in anywhere],
            [WindowRequest(filter=wanted, anchor=at, above=ROWS, below=ROWS, count_newer=True) for at in anywhere],
        )
        figures = []
        for requests in kinds:

            def ask(i: int, requests: list[WindowRequest] = requests) -> None:
                read_window(db, requests[i], viewer, names)

            figures.append(timed(TRIES, ask))
        # The goal is of one page; a window both ways holds two.
        worst = max(spent[int(TRIES * 0.95)] for spent in figures[:2])
        verdict = "ok" if worst <= goal else "MISSED"
        print(f"{name:28} {' '.join(map(p50_p95, figures))}   {verdict} ({goal:g})", flush=True)
    db.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", type=Path, nargs="+")
    given = parser.parse_args()
    for path in given.stores:
        print(f"{path}: {ROWS} rows; ms p50, p95 of the newest page, of a page anywhere, of one anywhere both ways")
        filters = [(name, one, SIMPLE) for name, one in SIMPLE_FILTERS.items()]
        filters += [(name, one, OTHER) for name, one in OTHER_FILTERS.items()]
        measure(path, everybody(), filters)
        print("an operator's own calls")
        measure(path, own(17), [(name, one, OTHER) for name, one, _ in filters[:16]])


if __name__ == "__main__":
    main()
