"""Deriving everything again from the facts, under open consoles; and checking that it would change nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing

from msgspec import Struct

from backend_client.contract.changes import Kind
from backend_client.derive.histogram import Bin
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.histograms import Place, id_of, rows_of_periods
from backend_client.sqlite.plan.tallies import count_tasks_again, wrong_task_tallies
from backend_client.sqlite.settings import read_derive_settings, read_setting, write_setting
from backend_client.sqlite.tallied_days import first_counted_day
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, first_day, month_of
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.upkeep.left_undone import REBUILD
from backend_client.sqlite.upkeep.recount import count_days
from backend_client.sqlite.writer import Writer

Progress = Callable[[int, int], None]
"""Called after each transaction with the last call id done and the greatest one."""


def rebuild(writer: Writer, progress: Progress | None = None, *, since: int | None = None) -> int:
    """Derive every call again, in transactions of at most about 250 ms, and give the number of calls that changed.

    `since` (UTC epoch seconds): only calls that started then or later, as when an extension changes hands. Goes on
    where it stopped if it was killed, unless the settings or `since` changed. Others may read and write meanwhile. The
    tallies of the plan are made anew where they are wrong; everybody waits for that.
    """
    facts = FactWriter(writer)
    with writer.transaction() as transaction:
        job = f"{read_derive_settings(transaction.db).version}:{'' if since is None else since}:"
        place = _begin(transaction, job)
    changed = 0
    while True:
        last, differing = facts.derive_again(place, since=since, finish=_position_of(job))
        changed += differing
        if last is None:
            break
        place = last
        if progress is not None:
            progress(place, _greatest(writer))
    with closing(writer.file.reader()) as db:
        wrong = wrong_task_tallies(db, deep=True)
    with writer.transaction() as transaction:
        if wrong:
            count_tasks_again(transaction.db)
            transaction.touch(Kind.TASKS)
        write_setting(transaction, REBUILD, None)
    return changed


def _begin(transaction: Transaction, job: str) -> int:
    under_way = read_setting(transaction.db, REBUILD) or ""
    if under_way.startswith(job):
        return int(under_way.removeprefix(job))
    write_setting(transaction, REBUILD, f"{job}0")
    return 0


def _position_of(job: str) -> Callable[[Transaction, int], None]:
    def write(transaction: Transaction, last: int) -> None:
        write_setting(transaction, REBUILD, f"{job}{last}")

    return write


def _greatest(writer: Writer) -> int:
    with closing(writer.file.reader()) as db:
        return int(db.execute("SELECT coalesce(max(call_id), 0) FROM facts").fetchone()[0])


class CheckReport(Struct, frozen=True, kw_only=True):
    """How far a store is from what its facts say; all zero in a sound one."""

    calls: int = 0
    """Calls that would change if derived again, neighbours included."""
    tallies: int = 0
    """Cells of the tallies that differ from the calls."""

    @property
    def sound(self) -> bool:
        return not (self.calls or self.tallies)


def check(writer: Writer, progress: Progress | None = None) -> CheckReport:
    """Whether tallies are what the calls add up to, and calls what their facts say. Changes nothing."""
    with closing(writer.file.reader()) as db:
        tallies = wrong_tallies(db)
    return CheckReport(calls=wrong_calls(writer, progress)[0], tallies=tallies)


def wrong_calls(writer: Writer, progress: Progress | None = None) -> tuple[int, int]:
    """How many calls would change if they were derived again, and how many were looked at."""
    facts = FactWriter(writer)
    place = calls = looked_at = 0
    while True:
        last, differing = facts.derive_again(place, keep=False)
        calls += differing
        if last is None:
            return calls, looked_at
        place, looked_at = last, looked_at + facts.derived
        if progress is not None:
            progress(place, _greatest(writer))


def wrong_tallies(db: sqlite3.Connection, progress: Progress | None = None) -> int:
    """How many cells of both tiers differ from a count of all calls. Month by month, each its own snapshot: a store
    of any size takes the memory of one month and holds the log for seconds."""
    days = db.execute(
        "SELECT min(day), max(day) FROM (SELECT day FROM call UNION ALL SELECT day FROM tally)"
    ).fetchone()
    if days[0] is None:
        return int(db.execute("SELECT count(*) FROM tally_month").fetchone()[0])
    first, last = month_of(days[0]), month_of(days[1])
    counted_from = first_counted_day(db) or days[0]
    wrong = 0
    for month in range(month_of(max(days[0], counted_from)), last + 1):
        wrong += _wrong_in_month(db, month, counted_from)
        if progress is not None:
            progress(month - first, last + 1 - first)
    beyond = db.execute("SELECT count(*) FROM tally_month WHERE month < ? OR month > ?", (first, last)).fetchone()
    whole = db.execute(
        "SELECT count(*) FROM client_tally a WHERE period = ? AND n <> (SELECT sum(m.n) FROM client_tally m"
        " WHERE m.client_id = a.client_id AND m.period >= ? AND m.period < ?)",
        (ALL_DAYS, MONTHS_FROM, ALL_DAYS),
    ).fetchone()
    return wrong + int(beyond[0]) + int(whole[0])


def _wrong_in_month(db: sqlite3.Connection, month: int, counted_from: int) -> int:
    first, end = max(first_day(month), counted_from), first_day(month + 1)
    db.execute("BEGIN")
    try:
        counted = count_days(db, first, end)
        months: Counter[tuple[int, int, int, int]] = Counter()
        for (dimension, key, kind, _), n in counted.cells.items():
            months[dimension, key, kind, month] += n
        return (
            _differing(db, "tally", "day", first, end, counted.cells)
            + _differing(db, "tally_month", "month", month, month + 1, months)
            + _differing_clients(db, month, first, counted.clients)
            + _differing_bins(db, month, first, counted.bins)
        )
    finally:
        db.execute("COMMIT")


def _differing_clients(
    db: sqlite3.Connection, month: int, first: int, counted: Mapping[tuple[int, int, int], int]
) -> int:
    """Rows of `client_tally` of a month and its days that differ; all days together are the sum of the months."""
    rows: dict[tuple[int, int], list[int]] = {}
    for (client, family, day), n in counted.items():
        for period in (day, MONTHS_FROM + month):
            rows.setdefault((client, period), [0, 0, 0, 0])[family] += n
    end = first_day(month + 1)
    wrong = 0
    for client, period, *families, n in db.execute(
        "SELECT * FROM client_tally WHERE period >= ? AND period < ? OR period = ?", (first, end, MONTHS_FROM + month)
    ):
        wrong += rows.pop((client, period), None) != families or sum(families) != n
    return wrong + len(rows)


def _differing_bins(db: sqlite3.Connection, month: int, first: int, counted: Mapping[Place, Mapping[Bin, int]]) -> int:
    """Rows of `histogram` of a month and its days that differ."""
    rows: dict[int, Counter[Bin]] = {}
    for (along, key, day), bins in counted.items():
        for period in (day, MONTHS_FROM + month):
            rows.setdefault(id_of(along, key, period), Counter()).update(bins)
    spans = ((first, first_day(month + 1)), (MONTHS_FROM + month, MONTHS_FROM + month + 1))
    found = {id: bins for span in spans for id, bins in rows_of_periods(db, *span)}
    wanted = {id: {slot: n for slot, n in bins.items() if n} for id, bins in rows.items()}
    return sum(found.get(id) != (bins or None) for id, bins in wanted.items()) + len(found.keys() - wanted.keys())


def _differing(
    db: sqlite3.Connection,
    table: str,
    period: str,
    first: int,
    end: int,
    counted: Mapping[tuple[int, int, int, int], int],
) -> int:
    found = wrong = 0
    for *cell, n in db.execute(
        f"SELECT dimension, key, kind, {period}, n FROM {table} WHERE {period} >= ? AND {period} < ?", (first, end)
    ):
        known = counted.get((cell[0], cell[1], cell[2], cell[3]))
        found += known is not None
        wrong += known != n
    return wrong + len(counted) - found
