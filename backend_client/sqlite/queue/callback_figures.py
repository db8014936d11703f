"""What was done about missed calls today: by the contacts that settled them, and by who made these."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from statistics import median_low

from msgspec import Struct, structs

from backend_client.contract.missed_queue import MissedQueue
from backend_client.derive.local_time import DAY
from backend_client.model.call import Mark
from backend_client.model.missed_queue import CallBackFigures
from backend_client.model.permissions import Session
from backend_client.sqlite.codes import KIND_STEP, unpack_employees
from backend_client.sqlite.names import Names
from backend_client.sqlite.queue.lines import QueueReader, claimed_by
from backend_client.sqlite.queue.open_missed import OpenNumber
from backend_client.sqlite.queue.state import QueueState

_SETTLED = (
    f"SELECT s.kind / {KIND_STEP}, s.employees, m.callback, m.marks FROM call s INDEXED BY call_settles"
    " CROSS JOIN call m INDEXED BY call_settled ON m.settled_by = s.id"
    f" WHERE (s.marks & {int(Mark.SETTLES)}) <> 0 AND s.start >= ? AND s.answered >= ?"
)
_LONGEST_RING = DAY // 4
"""A talk of today may belong to a call that began before midnight."""


class _Settled(Struct, frozen=True):
    """A missed call that was settled."""

    callback: int
    in_time: bool


def with_figures(
    queue: MissedQueue,
    reader: QueueReader,
    open_lines: Sequence[tuple[OpenNumber, QueueState]],
    session: Session,
    names: Names,
) -> MissedQueue:
    """The queue with today's work: of everybody where all missed calls may be seen, else the session's own."""
    team, by_employee = _settled_today(reader.db, reader.local.midnight(reader.local.day(reader.now)))
    goal = 60 * reader.settings.goal_minutes
    claims = claimed_by(open_lines)
    figures = [
        structs.replace(
            _figures(by_employee.get(id, []), claims.get(id, []), goal),
            employee_id=id,
            name=names.employees.get(id, ""),
        )
        for id in {*by_employee, *claims}
        if reader.sees_all or id == session.employee_id
    ]
    figures.sort(key=lambda one: (one.name.casefold(), one.employee_id))
    first = [number.first for number, _ in open_lines]
    return structs.replace(
        queue, operators=tuple(figures), team=_figures(team, first, goal) if reader.sees_all else None
    )


def _settled_today(db: sqlite3.Connection, midnight: int) -> tuple[list[_Settled], dict[int, list[_Settled]]]:
    """Missed calls by the contact that settled them: all, and by who made an outgoing one."""
    team: list[_Settled] = []
    by_employee: dict[int, list[_Settled]] = {}
    for outgoing, employees, callback, marks in db.execute(_SETTLED, (midnight - _LONGEST_RING, midnight)).fetchall():
        settled = _Settled(callback, bool(marks & Mark.SETTLED_IN_WINDOW))
        team.append(settled)
        if outgoing:
            for id, _, _ in unpack_employees(employees)[:1]:
                by_employee.setdefault(id, []).append(settled)
    return team, by_employee


def _figures(settled: Sequence[_Settled], open_lines: Sequence[int], goal: int) -> CallBackFigures:
    return CallBackFigures(
        settled=len(settled), in_time=sum(one.in_time for one in settled),
        within_goal=sum(one.callback <= goal for one in settled),
        median=median_low([one.callback for one in settled]) if settled else None,
        open=len(open_lines), oldest=min(open_lines, default=None),
    )  # fmt: skip
