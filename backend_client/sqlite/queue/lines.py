"""The missed-call queue as a session may see it (L4): lines, and what people did to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from backend_client.contract.missed_queue import MissedQueue, MissedQueueRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.derive.local_time import LocalTime, local_time
from backend_client.errors import Forbidden
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DAY_WINDOW
from backend_client.model.missed_queue import MissedLine, QueuePart
from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.codes import unpack_employees
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import Names
from backend_client.sqlite.queue.open_missed import OpenMissed, OpenNumber, queue_since
from backend_client.sqlite.queue.state import UNTOUCHED, QueueState, part_of, read_states, still_valid
from backend_client.sqlite.rows import employees_of
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.supervision.dashboard_settings import read_dashboard_settings
from backend_client.sqlite.supervision.freshness import read_freshness


class QueueReader:
    """One reading of the queue: in one snapshot, for one session, at one instant."""

    def __init__(
        self, db: sqlite3.Connection, session: Session, scope: Scope, now: int, names: Names, missed: OpenMissed
    ) -> None:
        if not session.may(Permission.MISSED_QUEUE):
            raise Forbidden(N_("Your role does not work on missed calls."), N_("An administrator can allow it."))
        self.db = db
        self.now = now
        self.settings = read_dashboard_settings(db)
        self.sees_all = session.may(Permission.ALL_MISSED)
        self._session = session
        self._scope = scope
        self._names = names
        self._derive = read_derive_settings(db)
        self.local: LocalTime = local_time(self._derive.zone)
        self.since = queue_since(now, self.settings, self.local)
        self.numbers = missed.read(db, self.since)
        if not self.sees_all:
            self.numbers = missed.for_operator(db, self.numbers.values(), scope, self.settings)

    def parts(self) -> dict[QueuePart, list[tuple[OpenNumber, QueueState]]]:
        """Every number with its state, by the part of the queue in which it is, the first missed one first."""
        states = read_states(self.db, self.since)
        found: dict[QueuePart, list[tuple[OpenNumber, QueueState]]] = {
            QueuePart.OPEN: [], QueuePart.SNOOZED: [], QueuePart.DONE: [],
        }  # fmt: skip
        for id, number in self.numbers.items():
            if id in states:
                state = still_valid(states[id], number)
                found[part_of(state, self.now)].append((number, state))
            else:
                found[QueuePart.OPEN].append((number, UNTOUCHED))
        return found

    def lines(self, entries: Sequence[tuple[OpenNumber, QueueState]]) -> list[MissedLine]:
        """Those of the numbers that are there, with names."""
        keys = _keys(self.db, [number.number_id for number, _ in entries])
        return [
            self._line(number, state, keys[number.number_id]) for number, state in entries if number.number_id in keys
        ]

    def _line(self, number: OpenNumber, state: QueueState, key: tuple[str, int | None, str]) -> MissedLine:
        last = number.calls[-1]
        own = any(id == self._scope.employee_id for id, _, _ in unpack_employees(last.employees))
        all_calls = self._scope.all_calls
        snoozed = state.snoozed_until is not None and state.snoozed_until > self.now
        # What a colleague wrote is not among what the queue shows to an operator.
        told = self.sees_all or state.done_by == self._session.name
        return MissedLine(
            number=key[0], client_id=key[1], client=key[2], attempts=len(number.calls), first=number.first,
            last=number.last, due=number.first + 60 * self.settings.goal_minutes,
            in_time_until=self._window_end(number.first),
            lost=all_calls and any(call.marks & Mark.LOST for call in number.calls),
            claimer_id=state.claimer_id, claimer=state.claimer, claimed_at=state.claimed_at,
            snoozed_until=state.snoozed_until if snoozed else None,
            done_at=state.done_at, done_by=state.done_by if told else "", reason=state.reason if told else "",
            employees=employees_of(last.employees, self._names) if all_calls else (),
            call_id=last.id if all_calls or (own and self._scope.employee_id is not None) else None,
        )  # fmt: skip

    def _window_end(self, first: int) -> int:
        """The first instant at which a call-back is not in time any more."""
        if self._derive.callback_window == DAY_WINDOW:
            return self.local.midnight(self.local.day(first) + 1)
        return first + 60 * self._derive.callback_window + 1


def _keys(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, tuple[str, int | None, str]]:
    """Key, client's id and name of these numbers."""
    rows = db.execute(
        "SELECT n.id, n.key, n.client_id, coalesce(c.name, '') FROM json_each(?) CROSS JOIN number n ON n.id = value"
        " LEFT JOIN client c ON c.id = n.client_id",
        (ids_json(ids),),
    ).fetchall()
    return {id: (key, client_id, client) for id, key, client_id, client in rows}


def read_missed_queue(
    db: sqlite3.Connection,
    request: MissedQueueRequest,
    session: Session,
    viewer: Viewer,
    names: Names,
    missed: OpenMissed,
) -> MissedQueue:
    """A page of the queue. Raises Forbidden."""
    change = int(db.execute("SELECT number FROM change").fetchone()[0])
    reader = QueueReader(db, session, viewer.scope, viewer.now, names, missed)
    parts = reader.parts()
    wanted = parts.get(request.part, [])
    if request.mine:
        wanted = [entry for entry in wanted if entry[1].claimer_id is not None and is_own(entry[1], session)]
    first = max(0, request.skip)
    page = wanted[first : first + max(0, min(request.limit, PAGE_LIMIT)) + 1]
    limit = max(0, min(request.limit, PAGE_LIMIT))
    open_lines = parts[QueuePart.OPEN]
    queue = MissedQueue(
        change=change, now=viewer.now, days=reader.settings.queue_days, goal_minutes=reader.settings.goal_minutes,
        lines=tuple(reader.lines(page[:limit])), more=len(page) > limit,
        open=len(open_lines), snoozed=len(parts[QueuePart.SNOOZED]), done=len(parts[QueuePart.DONE]),
        oldest=open_lines[0][0].first if open_lines else None, record_source=read_freshness(db)[1],
    )  # fmt: skip
    if not request.figures:
        return queue
    from backend_client.sqlite.queue.callback_figures import with_figures

    return with_figures(queue, reader, open_lines, session, names)


def is_own(state: QueueState, session: Session) -> bool:
    """Whether the session's employee claimed it."""
    if session.employee_id is None:
        return state.claimer_id is None and state.claimer == session.name
    return state.claimer_id == session.employee_id


def claimed_by(entries: Iterable[tuple[OpenNumber, QueueState]]) -> Mapping[int, list[int]]:
    """First missed calls of the open lines by the employee who claimed them."""
    found: dict[int, list[int]] = {}
    for number, state in entries:
        if state.claimer_id is not None:
            found.setdefault(state.claimer_id, []).append(number.first)
    return found
