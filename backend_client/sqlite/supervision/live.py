"""Calls in progress and followed sources: what live sources write, and how it is read against the clock (L3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from backend_client.contract.changes import Kind
from backend_client.contract.live import Live
from backend_client.model.call import Call, EmployeeOnCall, Mark
from backend_client.model.live import LONGEST_CALL, STALE_AFTER, LiveCall, SourceState, Trouble
from backend_client.model.phone import number_key
from backend_client.model.queue import QUEUE
from backend_client.model.status import Status
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.comments import read_comment
from backend_client.sqlite.directory import EmployeeIds
from backend_client.sqlite.names import Names
from backend_client.sqlite.rows import COMMENT_IN_ROW, parties
from backend_client.sqlite.settings import read_derive_settings, read_setting
from backend_client.sqlite.supervision.played_clock import longest_silence

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction


def write_live(
    transaction: Transaction, system: str, source: str, at: int, changed: Mapping[str, LiveCall | None], *, only: bool
) -> None:
    """Make the source's running calls what it says. Their ids are those under which their facts stand already.

    With `only` what `changed` does not name has ended.
    """
    db = transaction.db
    home = read_derive_settings(db).home_country
    running = {key: _keyed(call, home) for key, call in changed.items() if call is not None}
    gone = [key for key, call in changed.items() if call is None]
    if only:
        rows = db.execute("SELECT key FROM live_call WHERE system = ? AND source = ?", (system, source)).fetchall()
        gone += [key for (key,) in rows if key not in running]
    db.executemany("DELETE FROM live_call WHERE system = ? AND key = ?", [(system, key) for key in gone])
    db.executemany(
        "INSERT INTO live_call SELECT ?1, ?2, k.call_id, ?3, ?4, ?5 FROM call_key k JOIN system s ON s.id = k.system_id"
        " WHERE s.name = ?1 AND k.key = ?2 ON CONFLICT DO UPDATE SET call_id = excluded.call_id,"
        " source = excluded.source, at = excluded.at, body = excluded.body",
        [(system, key, source, at, msgspec.json.encode(call).decode()) for key, call in running.items()],
    )
    if running or gone:
        transaction.touch(Kind.LIVE)


def _keyed(call: LiveCall, home: str) -> LiveCall:
    """With its number's key: whoever writes has the rules of numbers at hand, which cost a reader 1 MB and 28 ms."""
    if not call.outside or call.withheld:
        return call
    return structs.replace(call, number=number_key(call.outside, home).key)


def write_source(transaction: Transaction, state: SourceState, position: str = "") -> None:
    """What a follower says of its source; a blank position keeps the one that stands."""
    transaction.db.execute(
        "INSERT INTO follower VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET format = excluded.format,"
        " position = CASE WHEN excluded.position = '' THEN position ELSE excluded.position END, at = excluded.at,"
        " event_at = max(event_at, excluded.event_at), lag = excluded.lag, behind = excluded.behind,"
        " problem = excluded.problem, live = excluded.live",
        (
            state.name, state.format, position, state.at, state.event_at, state.lag, state.behind,
            msgspec.json.encode([state.problem, state.trouble]).decode() if state.problem else "", int(state.live),
        ),
    )  # fmt: skip


def read_position(db: sqlite3.Connection, source: str) -> str:
    """How far a source was read; blank for one that never was."""
    row = db.execute("SELECT position FROM follower WHERE source = ?", (source,)).fetchone()
    return "" if row is None else str(row[0])


def read_sources(db: sqlite3.Connection) -> tuple[SourceState, ...]:
    """Every source that was ever followed, by name."""
    rows = db.execute(
        "SELECT source, format, at, event_at, lag, behind, problem, live FROM follower ORDER BY source"
    ).fetchall()
    found = []
    for name, kind, at, event_at, lag, behind, told, live in rows:
        problem, trouble = _problem(told)
        found.append(
            SourceState(
                name=name, format=kind, at=at, event_at=event_at, lag=lag, behind=behind, problem=problem,
                trouble=trouble, live=bool(live),
            )
        )  # fmt: skip
    return tuple(found)


def _problem(told: str) -> tuple[str, Trouble | None]:
    """What was stored of a problem; an older follower stored its English text alone."""
    if not told.startswith("["):
        return told, None
    problem, trouble = msgspec.json.decode(told, type=tuple[str, Trouble | None])
    return problem, trouble


def read_live(db: sqlite3.Connection, scope: Scope, names: Names, now: int) -> Live:
    """Running calls that the reader may see, newest first, judged by their age, and the sources."""
    sources = read_sources(db)
    calls = sorted(running_calls(db, scope, names, now), key=lambda call: call.key, reverse=True)
    return Live(now=now, calls=tuple(calls), sources=sources, stale=_is_stale(sources, now, longest_silence(db)))


def running_calls(
    db: sqlite3.Connection, scope: Scope, names: Names | None, now: int, call_id: int | None = None
) -> Iterator[Call]:
    """The calls that run, or the one of an id, as far as the reader may see them. A record of the call that ends no
    earlier than its last event replaces it. Without `names` employees go by their numbers."""
    if scope.nothing:
        return
    heard = {source.name: source.at for source in read_sources(db)}
    people = EmployeeIds()
    home = read_derive_settings(db).home_country
    silence = int(read_setting(db, "live_silence_seconds") or STALE_AFTER)
    longest = int(read_setting(db, "live_longest_seconds") or LONGEST_CALL)
    for id, source, at, body in db.execute(
        "SELECT l.call_id, l.source, l.at, l.body FROM live_call l WHERE (?1 IS NULL OR l.call_id = ?1) AND NOT EXISTS"
        " (SELECT 1 FROM call c WHERE c.id = l.call_id AND c.ended >= l.at)",
        (call_id,),
    ).fetchall():
        live = msgspec.json.decode(body, type=LiveCall)
        end_not_seen = now - max(at, heard.get(source, 0)) > silence or now - live.start > longest
        call = _call(db, people, home, id, live, at if end_not_seen else None, names)
        if scope.all_calls or any(one.id == scope.employee_id for one in call.employees):
            yield call


def _is_stale(sources: tuple[SourceState, ...], now: int, silence: int) -> bool:
    """Whether a source that tells of running calls says nothing any more."""
    return any(source.live and (source.problem or now - source.at > silence) for source in sources)


def _call(
    db: sqlite3.Connection, people: EmployeeIds, home: str, id: int, live: LiveCall, ended: int | None,
    names: Names | None,
) -> Call:  # fmt: skip
    """A running call as a row of the journal; one whose end was not seen is an error that ended then."""
    employees = []
    for extension in live.inside:
        employee = people.holder(db, extension, live.start)
        name = extension if names is None else names.employees.get(employee or 0, extension)
        employees.append(EmployeeOnCall(id=employee or 0, name=name, extension=extension))
    number = client = ""
    client_id = None
    if live.outside and not live.withheld:
        number = live.number or number_key(live.outside, home).key
        found = db.execute(
            "SELECT c.id, c.name FROM number n JOIN client c ON c.id = n.client_id WHERE n.key = ?", (number,)
        ).fetchone()
        client_id, client = found or (None, "")
    comment = read_comment(db, id).text
    marks = (int(Mark.WITHHELD) if live.withheld else 0) | (int(Mark.COMMENT) if comment else 0)
    application = f"{QUEUE} {live.queue}" if live.queue and not employees else ""
    if names is not None:
        application = names.application(application)
    caller, callee = parties(live.direction, employees, client, number, marks, application)
    return Call(
        id=id, start=live.start, answered=live.answered, ended=ended,
        wait=(live.answered or live.since) - live.start, direction=live.direction,
        status=Status.ERROR if ended is not None else live.status, marks=marks, caller=caller, callee=callee,
        client_id=client_id, client=client, number=number, employees=tuple(employees), application=application,
        line=live.line, channel=live.did, comment=comment[:COMMENT_IN_ROW],
    )  # fmt: skip
