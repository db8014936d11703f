"""The dashboard (L1): one answer a change, shared by all who look at it."""

from __future__ import annotations

import math
import sqlite3
import threading
from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct, structs

from backend_client.contract.changes import Kind
from backend_client.contract.now import Now, NowRequest
from backend_client.derive.cells import Dimension
from backend_client.derive.local_time import LocalTime, local_time
from backend_client.errors import Forbidden
from backend_client.model.call import Mark
from backend_client.model.directory import Directories
from backend_client.model.missed_queue import QueuePart
from backend_client.model.now import DayFigures as Day
from backend_client.model.now import HourFigures, PlanProgress, ServiceLevel
from backend_client.model.permissions import Permission, Role, Session
from backend_client.model.report import ServiceGoal
from backend_client.model.status import Direction, Family
from backend_client.model.text import N_
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.codes import DIRECTION_CODE, KIND_STEP, KINDS_OF_FAMILY
from backend_client.sqlite.filter_sql import RANG, WAIT, Viewer
from backend_client.sqlite.names import Names
from backend_client.sqlite.plan.progress import read_plan_progress
from backend_client.sqlite.queue.lines import QueueReader
from backend_client.sqlite.queue.open_missed import OpenMissed, OpenNumber
from backend_client.sqlite.reports.days import iso
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.supervision.agents import at_work, counts_of, read_agents
from backend_client.sqlite.supervision.dashboard_settings import read_dashboard_settings
from backend_client.sqlite.supervision.day_figures import SERIES, DayFigures, Hours
from backend_client.sqlite.supervision.freshness import read_freshness
from backend_client.sqlite.supervision.live import read_live
from backend_client.sqlite.tallied_days import first_counted_day

_EVERYTHING = Session(employee_id=None, name="", roles=(Role.ADMINISTRATOR,))
_ACCEPTED = ", ".join(map(str, sorted(KINDS_OF_FAMILY[Family.ACCEPTED])))
_INCOMING = f"c.kind >= {DIRECTION_CODE[Direction.INCOMING] * KIND_STEP} AND c.kind < {KIND_STEP}"
_MARKED = (
    f"SELECT key, sum(n) FROM tally WHERE dimension = {int(Dimension.MARK)}"
    f" AND key IN ({int(Mark.ATTENTION)}, {int(Mark.LOST)}) AND kind IN (SELECT value FROM json_each(?)) AND day = ?"
    " GROUP BY key"
)
_MISSED = ids_json(sorted(KINDS_OF_FAMILY[Family.MISSED]))


class Board:
    """What was answered last, for sessions that see everything, and what it was made of."""

    def __init__(self) -> None:
        self.missed = OpenMissed()
        self._lock = threading.Lock()
        self._answer: Now | None = None
        self._day: Counted | None = None
        self._plan: tuple[tuple[int, int], PlanProgress] | None = None
        self._figures: DayFigures | None = None
        self._queue: _Waiting | None = None

    def read(
        self, db: sqlite3.Connection, request: NowRequest, session: Session, viewer: Viewer, names: Names,
        directories: Directories,
    ) -> Now:  # fmt: skip
        """`db` is in a transaction. Raises Forbidden."""
        if not (session.may(Permission.DASHBOARD) and session.may(Permission.ALL_CALLS)):
            raise Forbidden(N_("The dashboard is for those who see all calls."), N_("An administrator can allow it."))
        change = int(db.execute("SELECT number FROM change").fetchone()[0])
        live_source, record_source = read_freshness(db)
        if request.etag == change and request.held // 60 == viewer.now // 60:
            return Now(
                change=change, unchanged=True, now=viewer.now, live_source=live_source, record_source=record_source
            )
        with self._lock:
            known = self._answer
            if known is None or known.change != change or known.now // 60 != viewer.now // 60:
                known = self._answer = self._made(db, change, viewer, names, directories)
        return structs.replace(
            _seen_by(known, session), now=viewer.now, live_source=live_source, record_source=record_source
        )

    def _made(self, db: sqlite3.Connection, change: int, viewer: Viewer, names: Names, directories: Directories) -> Now:
        local = local_time(viewer.zone.key)
        if self._figures is None or self._figures.local is not local:
            self._figures = DayFigures(local)
        figures, settings, now = self._figures, read_dashboard_settings(db), viewer.now
        today = local.day(now)
        live = read_live(db, Scope(True, None), names, now)
        same_weekdays = _earlier(db, today, settings.expected_weeks, figures)
        hours = figures.read(db, [today, today - 1, today - 7, *same_weekdays])
        staff = at_work(directories, now)
        counted = self._counted(db, local, settings.service, [one.id for one, _extensions in staff], now)
        waiting = self._waiting(db, QueueReader(db, _EVERYTHING, Scope(True, None), now, names, self.missed))
        return Now(
            change=change, now=now, zone=viewer.zone.key,
            today=_day(today, _sums(hours[today])),
            yesterday=_until(db, figures, today - 1, now), week_ago=_until(db, figures, today - 7, now),
            calls=live.calls, agents=read_agents(db, live, staff, counted.employees, now),
            hours=_by_hour(hours[today], [hours[day] for day in same_weekdays]), expected_days=len(same_weekdays),
            service=counted.service, attention=counted.attention, lost=counted.lost,
            waiting_goal=settings.service.seconds,
            queue_open=len(waiting), queue_oldest=waiting[0] if waiting else None,
            queue_late=bisect_left(waiting, now - 60 * settings.goal_minutes),
            plan=self._progress(db, today),
        )  # fmt: skip

    def _waiting(self, db: sqlite3.Connection, queue: QueueReader) -> Sequence[int]:
        """First missed calls of the lines that are open, in order. They stand until a line changes, somebody does
        anything with one, or one that was put off is there again."""
        known, stamp = self._queue, _kind_stamp(db, Kind.QUEUE)
        if known is None or known.numbers is not queue.numbers or known.stamp != stamp or known.until <= queue.now:
            parts = queue.parts()
            until = min((state.snoozed_until or 0 for _one, state in parts[QueuePart.SNOOZED]), default=math.inf)
            waiting = [number.first for number, _state in parts[QueuePart.OPEN]]
            known = self._queue = _Waiting(numbers=queue.numbers, stamp=stamp, until=until, first=waiting)
        return known.first

    def _progress(self, db: sqlite3.Connection, today: int) -> PlanProgress:
        """It stands until the plan changes."""
        key = (today, _kind_stamp(db, Kind.TASKS))
        if self._plan is None or self._plan[0] != key:
            self._plan = (key, read_plan_progress(db, today))
        return self._plan[1]

    def _counted(
        self, db: sqlite3.Connection, local: LocalTime, goal: ServiceGoal, people: Sequence[int], now: int
    ) -> Counted:
        """Most changes are of running calls: what is counted of the day stands until the day changes."""
        today = local.day(now)
        stamp = db.execute("SELECT number FROM change_day WHERE day = ?", (today,)).fetchone()
        ids = tuple(people)
        key = (local.zone, today, stamp, first_counted_day(db), goal, ids)
        if self._day is None or self._day.key != key:
            marked = dict(db.execute(_MARKED, (_MISSED, today)).fetchall())
            self._day = Counted(
                key=key, service=_service(db, goal, local.midnight(today)),
                attention=marked.get(int(Mark.ATTENTION), 0), lost=marked.get(int(Mark.LOST), 0),
                employees=counts_of(db, ids, today),
            )  # fmt: skip
        return self._day


class _Waiting(Struct, frozen=True, kw_only=True):
    """What was read of the queue."""

    numbers: dict[int, OpenNumber]
    stamp: int
    until: float
    first: list[int]


def _kind_stamp(db: sqlite3.Connection, kind: Kind) -> int:
    row = db.execute("SELECT number FROM change_kind WHERE kind = ?", (kind.value,)).fetchone()
    return 0 if row is None else int(row[0])


class Counted(Struct, frozen=True, kw_only=True):
    """What was counted of today. `key` says of what."""

    key: tuple[object, ...]
    service: ServiceLevel
    attention: int
    lost: int
    employees: dict[int, list[int]]


def _seen_by(answer: Now, session: Session) -> Now:
    """Without the blocks to which the session has no right."""
    if not session.may(Permission.PLAN_REPORT):
        answer = structs.replace(answer, plan=None)
    if not session.may(Permission.ALL_MISSED):
        answer = structs.replace(answer, queue_open=None, queue_oldest=None, queue_late=None)
    return answer


def _first_day(db: sqlite3.Connection, figures: DayFigures) -> int | None:
    row = db.execute("SELECT min(start) FROM call").fetchone()
    return None if row[0] is None else figures.local.day(row[0])


def _earlier(db: sqlite3.Connection, today: int, weeks: int, figures: DayFigures) -> list[int]:
    """The same weekday of so many weeks before, from the store's first call on."""
    first = _first_day(db, figures)
    return [] if first is None else [day for day in range(today - 7, today - 7 * weeks - 1, -7) if day >= first]


def _until(db: sqlite3.Connection, figures: DayFigures, day: int, now: int) -> Day | None:
    first = _first_day(db, figures)
    return None if first is None or day < first else _day(day, figures.until(db, day, figures.clock(now)))


def _day(day: int, sums: Sequence[int]) -> Day:
    return Day(day=iso(day), accepted=sums[0], missed=sums[1], outgoing=sums[2])


def _sums(hours: Hours) -> list[int]:
    return [sum(hours[series::SERIES]) for series in range(SERIES)]


def _by_hour(today: Hours, earlier: Sequence[Hours]) -> tuple[HourFigures, ...]:
    found = []
    for hour in range(24):
        accepted, missed, outgoing = today[hour * SERIES : hour * SERIES + SERIES]
        incoming = [day[hour * SERIES] + day[hour * SERIES + 1] for day in earlier]
        out = [day[hour * SERIES + 2] for day in earlier]
        found.append(
            HourFigures(
                hour=hour, accepted=accepted, missed=missed, outgoing=outgoing,
                expected_incoming=round(sum(incoming) / len(earlier), 1) if earlier else None,
                expected_outgoing=round(sum(out) / len(earlier), 1) if earlier else None,
            )
        )  # fmt: skip
    return tuple(found)


def _service(db: sqlite3.Connection, goal: ServiceGoal, midnight: int) -> ServiceLevel:
    """As the report on service (P12) counts it, of the calls since midnight: 0.2 µs a call."""
    accepted = f"c.kind IN ({_ACCEPTED})"
    offered = f"({accepted} OR ({RANG} AND {WAIT} >= ?))" if goal.count_abandoned else accepted
    bounds = [goal.short_abandon] if goal.count_abandoned else []
    in_time, late, all_offered = db.execute(
        f"SELECT coalesce(sum({accepted} AND {WAIT} <= ?), 0), coalesce(sum({accepted} AND {WAIT} > ?), 0),"
        f" coalesce(sum({offered}), 0) FROM call c INDEXED BY call_start WHERE c.start >= ? AND {_INCOMING}",
        (goal.seconds, goal.seconds, *bounds, midnight),
    ).fetchone()
    return ServiceLevel(goal=goal, in_time=in_time, late=late, offered=all_offered)
