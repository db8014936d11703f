"""Employees at work: what queues and exchanges say of them, their running calls, and what they did today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from backend_client.contract.changes import Kind
from backend_client.contract.live import Live
from backend_client.derive.cells import Dimension
from backend_client.model.agent_event import ALL_QUEUES, TELEPHONE, AgentEvent, Presence
from backend_client.model.call import Call
from backend_client.model.directory import Directories, Employee
from backend_client.model.live import STALE_AFTER
from backend_client.model.now import AgentNow, AgentState
from backend_client.model.status import Family, Status
from backend_client.model.text import fold
from backend_client.sqlite.codes import KINDS_OF_FAMILY
from backend_client.sqlite.settings import read_setting
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.transaction import Transaction

_FAMILIES = (Family.ACCEPTED, Family.MISSED, Family.SUCCESSFUL, Family.FAILED)
_COLUMN_OF_KIND = {kind: min(column, 2) for column, family in enumerate(_FAMILIES) for kind in KINDS_OF_FAMILY[family]}
"""0 accepted, 1 missed, 2 outgoing."""
_CALLS = (
    "SELECT t.key, t.kind, t.n FROM json_each(?) e CROSS JOIN json_each(?) k CROSS JOIN tally t"
    f" ON t.dimension = {int(Dimension.EMPLOYEE)} AND t.key = e.value AND t.kind = k.value AND t.day = ?"
)
_TALK = _CALLS.replace(f"dimension = {int(Dimension.EMPLOYEE)}", f"dimension = {int(Dimension.EMPLOYEE_TALK)}")
_KINDS = (
    "SELECT k.value FROM json_each(?) k CROSS JOIN tally t"
    f" ON t.dimension = {int(Dimension.ALL)} AND t.key = 0 AND t.kind = k.value AND t.day = ?"
)
_TALKED = {kind for family in (Family.ACCEPTED, Family.SUCCESSFUL) for kind in KINDS_OF_FAMILY[family]}
_EXTERNAL = ids_json(sorted(_COLUMN_OF_KIND))

_folded = lru_cache(maxsize=4096)(fold)
Place = tuple[str, str, int, str]
"""Of an address: place, presence, since, reason."""


def write_agents(transaction: Transaction, system: str, source: str, events: Iterable[AgentEvent]) -> None:
    """What a source says of employees, the newest word of each place; an older one, read again, changes nothing."""
    changed = 0
    for event in events:
        if event.place == ALL_QUEUES:
            changed += transaction.db.execute(
                "UPDATE agent SET state = ?, since = ?, reason = ?, source = ?"
                " WHERE system = ? AND address = ? AND place <> ? AND since <= ?",
                (event.presence.value, event.at, event.reason, source, system, event.address, TELEPHONE, event.at),
            ).rowcount
        changed += transaction.db.execute(
            "INSERT INTO agent (system, address, place, source, state, since, reason) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET source = excluded.source, state = excluded.state,"
            " since = excluded.since, reason = excluded.reason WHERE since <= excluded.since"
            " AND (state, reason) <> (excluded.state, excluded.reason)",
            (system, event.address, event.place, source, event.presence.value, event.at, event.reason),
        ).rowcount
    if changed:
        transaction.touch(Kind.LIVE)


Staff = list[tuple[Employee, list[str]]]
"""Employees with their extensions."""


def at_work(directories: Directories, now: int) -> Staff:
    """Employees who are active and have an extension now, by name."""
    return [(one, own) for one in directories.employees if one.active and (own := _extensions(one, now))]


def read_agents(
    db: sqlite3.Connection, live: Live, people: Staff, counts: Mapping[int, Sequence[int]], now: int
) -> tuple[AgentNow, ...]:
    """All who are `at_work`; `counts` are those of today."""
    places = _places(db, live, now)
    calls = _calls(live.calls)
    told = any(source.live and not _silent(db, now - source.at) for source in live.sources)
    return tuple(_agent(one, own, calls.get(one.id), places, counts.get(one.id, [0] * 4), told) for one, own in people)


def _agent(
    employee: Employee,
    extensions: Sequence[str],
    call: Call | None,
    places: Mapping[str, Sequence[Place]],
    counts: Sequence[int],
    told: bool,
) -> AgentNow:
    state, since, reason = AgentState.FREE if told else AgentState.UNKNOWN, None, ""
    known = [place for address in (*extensions, _folded(employee.name)) for place in places.get(address, ())]
    if known:
        state, since, reason = _state_of(known)
    if state is AgentState.FREE and not told:
        # A queue's log says who is there, not who talks.
        state = AgentState.UNKNOWN
    if call is not None:
        state = AgentState.TALKING if call.status is Status.TALKING else AgentState.RINGING
        since, reason = call.start + call.wait, ""
    return AgentNow(
        employee_id=employee.id, name=employee.name, department=employee.department, state=state, since=since,
        reason=reason, call_id=None if call is None else call.id,
        accepted=counts[0], missed=counts[1], outgoing=counts[2], talk=counts[3],
    )  # fmt: skip


def _state_of(places: Sequence[Place]) -> tuple[AgentState, int, str]:
    """Off where the telephone is, or where every queue was left; away where no queue is worked in and one is paused."""
    telephone = [place for place in places if place[0] == TELEPHONE]
    queues = [place for place in places if place[0] != TELEPHONE]
    # A pause in all queues stands for those of which nothing else is known.
    queues = [place for place in queues if place[0] != ALL_QUEUES] or queues
    for place in telephone:
        if place[1] == Presence.OUT:
            return AgentState.OFF, place[2], ""
    newest = max(place[2] for place in queues or telephone)
    words = {place[1] for place in queues}
    if Presence.IN in words or not queues:
        return AgentState.FREE, newest, ""
    if Presence.PAUSED in words:
        paused = max((place for place in queues if place[1] == Presence.PAUSED), key=lambda place: place[2])
        return AgentState.AWAY, paused[2], paused[3]
    return AgentState.OFF, newest, ""


def _extensions(employee: Employee, now: int) -> list[str]:
    return [
        extension.number
        for extension in employee.extensions
        if (extension.since is None or extension.since <= now) and (extension.until is None or now < extension.until)
    ]


def _places(db: sqlite3.Connection, live: Live, now: int) -> dict[str, list[Place]]:
    """By address, or by the folded name that a queue knows. What a source said that is long silent does not count."""
    silent = {source.name for source in live.sources if _silent(db, now - source.at)}
    found: dict[str, list[Place]] = {}
    for address, place, presence, since, reason, source in db.execute(
        "SELECT address, place, state, since, reason, source FROM agent"
    ).fetchall():
        if source not in silent:
            found.setdefault(address if address.isdigit() else fold(address), []).append(
                (place, presence, since, reason)
            )
    return found


def _silent(db: sqlite3.Connection, seconds: int) -> bool:
    return seconds > int(read_setting(db, "live_silence_seconds") or STALE_AFTER)


def _calls(calls: Iterable[Call]) -> dict[int, Call]:
    """The running call of each employee: one with a talk before one that rings."""
    found: dict[int, Call] = {}
    for call in calls:
        if call.ended is None:
            for employee in call.employees:
                if employee.id not in found or call.status is Status.TALKING:
                    found[employee.id] = call
    return found


def counts_of(db: sqlite3.Connection, ids: Sequence[int], day: int) -> dict[int, list[int]]:
    """Calls accepted, missed and made, and seconds of own talk, of employees on a local day."""
    found: dict[int, list[int]] = {}
    # The cells of a kind that no call of the day has need not be looked for.
    kinds = [kind for (kind,) in db.execute(_KINDS, (_EXTERNAL, day)).fetchall()]
    for id, kind, n in db.execute(_CALLS, (ids_json(ids), ids_json(kinds), day)).fetchall():
        found.setdefault(id, [0] * 4)[_COLUMN_OF_KIND[kind]] += n
    talked = ids_json([kind for kind in kinds if kind in _TALKED])
    for id, _, seconds in db.execute(_TALK, (ids_json(ids), talked, day)).fetchall():
        found.setdefault(id, [0] * 4)[3] += seconds
    return found
