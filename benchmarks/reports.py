"""`python -m benchmarks.reports STORE`: milliseconds of every report over four periods, beside DuckDB.

Ours are of CPU time, which other programs on the machine disturb less; DuckDB's are of the clock, as it uses all cores.
DuckDB (`pip install pult[bench]`) reads the columns it needs into its own tables first; without it its column is empty.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import structs

from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.report import By, Measure, ReportRequest
from backend_client.model.reports import REPORTS
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.reports.count_calls import SliceCache
from backend_client.sqlite.reports.days import day_of
from backend_client.sqlite.reports.reader import read_report
from benchmarks.centre import ZONE
from benchmarks.pages import open_reader

TRIES = 5
GOAL = 50.0
NEAR = tuple(column.id for column in REPORTS["service"].columns if not column.optional and column.id != "once")
"""Without one-off callers, which come after the rest."""
_SERVICE = (
    "kind, count(*), sum(talk), sum(wait), count(*) FILTER (wait <= 20), count(*) FILTER (talk < 30),"
    " count(*) FILTER (wait >= 5), count(*) FILTER (marks & 4 <> 0)"
)
"""Without the calls that were the number's last for a week."""
CASES: tuple[tuple[str, ReportRequest, str], ...] = (
    ("calls by day", ReportRequest(report="calls"), "SELECT day, kind, count(*) FROM call {where} GROUP BY ALL"),
    (
        "calls by month",
        ReportRequest(report="calls", by=By.MONTH),
        "SELECT day, kind, count(*) FROM call {where} GROUP BY ALL",
    ),
    ("regions", ReportRequest(report="regions"), "SELECT region_id, kind, count(*) FROM call {where} GROUP BY ALL"),
    ("hours, average", ReportRequest(report="hours"), "SELECT hour, kind, count(*) FROM call {where} GROUP BY ALL"),
    (
        "hours, peak",
        ReportRequest(report="hours", measure=Measure.PEAK),
        "SELECT hour, f, max(n) FROM (SELECT hour, day, kind // 16 AS f, count(*) AS n FROM call {where} GROUP BY ALL)"
        " GROUP BY ALL",
    ),
    ("weekdays", ReportRequest(report="weekdays"), "SELECT day % 7, kind, count(*) FROM call {where} GROUP BY ALL"),
    ("channels", ReportRequest(report="channels"), "SELECT channel_id, kind, count(*) FROM call {where} GROUP BY ALL"),
    (
        "employees, no others",
        ReportRequest(report="employees", top=0),
        "SELECT employee_id, kind, count(*) FROM call_employee p JOIN call c ON c.id = p.call_id {where} GROUP BY ALL",
    ),
    (
        "clients",
        ReportRequest(report="clients"),
        "SELECT client_id, count(*) AS n FROM call JOIN number m ON m.id = number_id {where} GROUP BY ALL"
        " ORDER BY n DESC LIMIT 5",
    ),
    (
        "leads by day",
        ReportRequest(report="leads"),
        "SELECT day, marks & 4, client_id IS NULL, count(*) FROM call JOIN number m ON m.id = number_id"
        f" {{where}} AND kind < 16 AND marks & {int(Mark.NEW)} <> 0 GROUP BY ALL",
    ),
    (
        "missed by day",
        ReportRequest(report="missed"),
        "SELECT day, marks & 1536, count(*), median(callback) FROM call {where} AND kind < 16 AND answered IS NULL"
        " GROUP BY ALL",
    ),
    (
        "compared, talk",
        ReportRequest(report="compared", measure=Measure.TALK),
        "SELECT employee_id, kind, sum(p.talk) FROM call_employee p JOIN call c ON c.id = p.call_id {where}"
        " GROUP BY ALL",
    ),
    (
        "hours of the week",
        ReportRequest(report="heat"),
        "SELECT hour, day % 7, count(*) FROM call {where} GROUP BY ALL",
    ),
    (
        "service by day",
        ReportRequest(report="service", columns=NEAR),
        f"SELECT day, {_SERVICE} FROM call {{where}} GROUP BY ALL",
    ),
    (
        "service by hour",
        ReportRequest(report="service", by=By.HOUR, columns=NEAR),
        f"SELECT hour, {_SERVICE} FROM call {{where}} GROUP BY ALL",
    ),
    (
        "service by employee",
        ReportRequest(report="service", by=By.EMPLOYEE, columns=NEAR),
        f"SELECT employee_id, {_SERVICE.replace('talk', 'p.talk')} FROM call_employee p JOIN call c ON c.id = p.call_id"
        " {where} GROUP BY ALL",
    ),
)
OTHERS: tuple[tuple[str, ReportRequest], ...] = (
    ("employees with others", ReportRequest(report="employees")),
    ("calls, talk ≥ 60 s", ReportRequest(report="calls", filter=CallFilter(talk_from=60))),
    ("channels of companies", ReportRequest(report="channels", filter=CallFilter(unregistered=True))),
    ("service by day, with one-off callers", ReportRequest(report="service")),
    ("service by hour, with one-off callers", ReportRequest(report="service", by=By.HOUR)),
)
OWN: tuple[tuple[str, ReportRequest], ...] = tuple(
    (name, request) for name, request, _ in CASES if name != "employees, no others"
)


def periods(now: datetime) -> dict[str, Period]:
    """A day, 30 days, a year, everything."""
    today = now.astimezone(ZoneInfo(ZONE)).date()

    def back(days: int) -> Period:
        return Period(start=(today - timedelta(days=days)).isoformat(), end=(today - timedelta(days=1)).isoformat())

    return {"1 day": back(1), "30 days": back(30), "1 year": back(365), "all": Period()}


def best(work: Callable[[], object], tries: int = TRIES, clock: Callable[[], float] = time.process_time) -> float:
    """The quickest of some tries, in milliseconds: what other programs on the machine disturbed least."""
    spent = []
    for _ in range(tries):
        begun = clock()
        work()
        spent.append((clock() - begun) * 1000)
    return min(spent)


class Duck:
    """The same calls in DuckDB's own tables."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db: Any = import_module("duckdb").connect()
        columns = "id, day, hour, kind, marks, number_id, region_id, channel_id, callback, answered, talk, wait"
        self._copy(db, "call", columns)
        self._copy(db, "call_employee", "employee_id, call_id, talk")
        self._copy(db, "number", "id, client_id")

    def _copy(self, db: sqlite3.Connection, table: str, columns: str) -> None:
        names = columns.split(", ")
        with NamedTemporaryFile("w", suffix=".csv", newline="") as file:
            lines = csv.writer(file)
            rows = db.execute(f"SELECT {columns} FROM {table}")
            while page := rows.fetchmany(100_000):
                lines.writerows(page)
            file.flush()
            types = ", ".join(f"'{name}': 'BIGINT'" for name in names)
            self._db.execute(
                f"CREATE TABLE {table} AS SELECT * FROM read_csv('{file.name}', header=false, columns={{{types}}})"
            )

    def ask(self, query: str, first: int, last: int) -> object:
        return self._db.execute(query.format(where=f"WHERE day BETWEEN {first} AND {last}")).fetchall()


def slowest(store: Path) -> Iterator[tuple[str, str, float]]:
    """Of each period the report that takes longest, and its milliseconds."""
    db = open_reader(store)
    directories = read_directories(db)
    names, now = names_of(directories), datetime.now(UTC)
    viewer = Viewer(Scope(all_calls=True, employee_id=None), None, int(now.timestamp()), ZoneInfo(ZONE))
    for span, period in periods(now).items():
        found = []
        for name, request, _ in CASES:
            asked = structs.replace(request, filter=structs.replace(request.filter, period=period))
            work = partial(read_report, db, asked, viewer, names, directories, SliceCache())
            found.append((best(work), name))
        spent, name = max(found)
        yield span, name, spent
    db.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--no-duckdb", action="store_true")
    given = parser.parse_args()
    db = open_reader(given.store)
    duck = None if given.no_duckdb or find_spec("duckdb") is None else Duck(db)
    directories = read_directories(db)
    names = names_of(directories)
    now = datetime.now(UTC)
    everybody = Viewer(Scope(all_calls=True, employee_id=None), None, int(now.timestamp()), ZoneInfo(ZONE))
    own = Viewer(Scope(all_calls=False, employee_id=17), 17, int(now.timestamp()), ZoneInfo(ZONE))

    def ask(request: ReportRequest, period: Period, viewer: Viewer) -> None:
        wanted = structs.replace(request.filter, period=period)
        read_report(db, structs.replace(request, filter=wanted), viewer, names, directories, SliceCache())

    spans = periods(now)
    print(f"ms, best of {TRIES}; after the bar DuckDB with the same calls in its own tables")
    print(f"{'':24}" + "".join(f"{name:>20}" for name in spans))
    for name, request, query in CASES:
        figures = []
        for period in spans.values():
            ours, theirs = best(partial(ask, request, period, everybody)), _duck(duck, query, period)
            verdict = "ok" if ours <= min(GOAL, max(5.0, GOAL if theirs is None else theirs)) else "!!"
            figures.append(f"{ours:8.1f} |{'' if theirs is None else f'{theirs:6.1f}':>6} {verdict}")
        print(f"{name:24}" + "".join(f"{figure:>20}" for figure in figures), flush=True)
    _print("an operator's own calls", OWN, spans, partial(ask, viewer=own), 3)
    _print("other filters, first time", OTHERS, spans, partial(ask, viewer=everybody), 1)
    db.close()


def _print(
    title: str,
    cases: tuple[tuple[str, ReportRequest], ...],
    spans: dict[str, Period],
    ask: Callable[[ReportRequest, Period], None],
    tries: int,
) -> None:
    print(title)
    for name, request in cases:
        figures = [f"{best(partial(ask, request, period), tries):8.1f}" for period in spans.values()]
        print(f"{name:24}" + "".join(f"{figure:>20}" for figure in figures), flush=True)


def _duck(duck: Duck | None, query: str, period: Period) -> float | None:
    if duck is None or not query:
        return None
    first, last = (day_of(period.start), day_of(period.end)) if period.start else (0, 10**6)
    return best(partial(duck.ask, query, first, last), clock=time.perf_counter)


if __name__ == "__main__":
    main()
