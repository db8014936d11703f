"""Builds the demo's store: everything through the same doors as real records, so that everything is derived."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from backend_client.contract.calls import CommentRequest
from backend_client.demo.history import DAYS, History
from backend_client.demo.people import CHANNELS, TRUNKS, WORKERS, Client, Numbers, make_clients
from backend_client.demo.plan import add_plan
from backend_client.demo.remarks import RESULTS
from backend_client.derive.marks import ALWAYS
from backend_client.errors import Busy
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.directory import Extension
from backend_client.model.permissions import Session
from backend_client.model.played_clock import PlayedClock
from backend_client.model.text import N_
from backend_client.recordings.settings import RecordingSettings
from backend_client.sqlite.clients.registration import add_client, link_number
from backend_client.sqlite.comments import save_comment
from backend_client.sqlite.directory import add_employee
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.file import open_file
from backend_client.sqlite.recordings import write_recording_settings
from backend_client.sqlite.supervision.played_clock import write_played_clock
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.turnstile import OpenMark
from backend_client.sqlite.writer import Writer

_BATCH = 1000
_DAY = 86400
_PER_DAY = 130
"""Calls, about, for the progress."""


def build_demo(
    path: Path,
    now: int,
    seed: int = 1,
    progress: Callable[[float], None] = lambda _: None,
    login: str = "",
    pace: float | None = None,
    days: int = DAYS,
    density: float = 1.0,
) -> None:
    """Make a store at `path` with three months of calls up to `now` (UTC epoch seconds); replaces one that is there.

    The same seed and now give the same calls. `progress` gets 0 to 1. `login`: the operating system's user who sits
    at an operator's desk, so that "mine" has calls. `pace`: the store's clock goes on from `now` so fast, for a day
    that is played into it. `density`: how many times as many calls as in a small office. Written under
    another name and renamed when it is whole. Raises BackendError kinds of a store that cannot be written.
    """
    _check_unused(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    _remove(fresh)
    try:
        file = open_file(fresh)
        writer = Writer(file)
        try:
            _fill(writer, now, Random(seed), progress, login, days, density)
            if pace is not None:
                with writer.transaction(durable=False) as transaction:
                    write_played_clock(transaction, PlayedClock(real=time.time(), shown=now, pace=pace))
        finally:
            writer.close()
            file.close()
        _remove(path)
        fresh.rename(path)
    finally:
        _remove(fresh)


def _check_unused(path: Path) -> None:
    """Raises Busy where somebody has the store open: they would go on in a file that is no more."""
    if not path.exists():
        return
    mark = OpenMark(path)
    try:
        if not mark.is_alone():
            raise Busy(
                N_("The store {path} is open in another console, so that no new one is made in its place."),
                N_("Close that console, or its server, and try again."),
                path=str(path),
            )
    finally:
        mark.release()


def _remove(path: Path) -> None:
    """A store, SQLite's files beside it, and the store's own locks ("-queue", "-write", "-open")."""
    for file in (path, *path.parent.glob(f"{path.name}-*")):
        file.unlink(missing_ok=True)


def _fill(
    writer: Writer, now: int, random: Random, progress: Callable[[float], None], login: str, days: int, density: float
) -> None:
    settings = DeriveSettings()
    numbers = Numbers(random)
    clients = make_clients(random, numbers)
    facts = FactWriter(writer)
    with writer.transaction(durable=False) as transaction:
        employees = _add_directories(transaction, login)
        write_recording_settings(transaction, RecordingSettings(roots=("demo:",), first_channel="client"))
        _add_clients(transaction, facts, clients, employees, now)
    history = History(random, clients, numbers, now, ZoneInfo(settings.zone), days, density)
    calls = history.calls()
    done = 0
    while batch := list(islice(calls, _BATCH)):
        facts.put(batch)
        done += len(batch)
        progress(min(0.95, done / (_PER_DAY * days * density)))
    with writer.transaction(durable=False) as transaction:
        _add_remarks(transaction, history, employees)
        _add_results(transaction, history.results, random)
        # Its own chance: what else is by chance stays as it was.
        add_plan(transaction, Random(now), employees, now, ZoneInfo(settings.zone))
    progress(1.0)


def _add_directories(transaction: Transaction, login: str) -> dict[str, int]:
    """Employees' ids by extension; channels, trunks and results beside them."""
    employees = {
        worker.extension: add_employee(
            transaction, worker.name, department=worker.department, roles=worker.roles,
            login=login if worker is WORKERS[0] else "", extensions=[Extension(number=worker.extension)],
        )
        for worker in WORKERS
    }  # fmt: skip
    db = transaction.db
    db.executemany("INSERT INTO channel (did, name) VALUES (?, ?)", [(did, name) for did, name, _ in CHANNELS])
    db.executemany("INSERT INTO line (code, name) VALUES (?, ?)", TRUNKS)
    db.executemany("INSERT INTO result (name) VALUES (?)", [(name,) for name in RESULTS])
    return employees


def _add_clients(
    transaction: Transaction, facts: FactWriter, clients: Iterable[Client], employees: dict[str, int], now: int
) -> None:
    for client in clients:
        since = ALWAYS if client.registered is None else now - int(client.registered * _DAY)
        responsible = employees[client.responsible]
        made = add_client(transaction, client.name, kind=client.kind, responsible=responsible, since=since)
        for number in client.numbers:
            link_number(transaction, facts, number, made, since)


def _add_remarks(transaction: Transaction, history: History, employees: dict[str, int]) -> None:
    calls = _call_ids(transaction, [remark.call_key for remark in history.remarks])
    names = {worker.extension: worker for worker in WORKERS}
    for remark in history.remarks:
        if remark.call_key in calls:
            worker = names[remark.extension]
            session = Session(employee_id=employees[remark.extension], name=worker.name, roles=worker.roles)
            request = CommentRequest(call_id=calls[remark.call_key], text=remark.text, revision=0)
            save_comment(transaction, session, request, remark.at)


def _add_results(transaction: Transaction, keys: list[str], random: Random) -> None:
    ids = [id for (id,) in transaction.db.execute("SELECT id FROM result ORDER BY id").fetchall()]
    calls = _call_ids(transaction, keys)
    chosen = [(random.choices(ids, (5, 8, 1, 3, 1, 2))[0], calls[key]) for key in keys if key in calls]
    transaction.db.executemany("UPDATE call SET result_id = ? WHERE id = ?", chosen)


def _call_ids(transaction: Transaction, keys: list[str]) -> dict[str, int]:
    rows = transaction.db.execute(
        "SELECT key, call_id FROM call_key WHERE key IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(keys).decode(),),
    )
    return dict(rows.fetchall())
