"""The report "Operational outbound work" (T3), counted from ranges of the tasks' index."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest
from operator import itemgetter
from typing import NamedTuple

import msgspec
from msgspec import Struct

from backend_client.contract.plan_report import (
    PlanCounts,
    PlanReport,
    PlanReportRequest,
    PlanRow,
    ProgressPoint,
    ReasonCount,
)
from backend_client.model.period import Period
from backend_client.model.task import TaskFilter, TaskState
from backend_client.model.task_event import REASONED, TaskEvent
from backend_client.sqlite.codes import EVENT_CODE, TASK_EVENTS
from backend_client.sqlite.plan.codes import STATE_CODE, TASK_STATES
from backend_client.sqlite.plan.days import FIRST, LAST, days_of, iso_of
from backend_client.sqlite.plan.filter import among
from backend_client.sqlite.plan.problems import read_problems
from backend_client.sqlite.plan.rows import NOBODY, OPEN_CODES
from backend_client.sqlite.plan.tallies import CALLS, COLUMNS, EVERYBODY, UNCALLED, contact_dates
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, tiers


class Base(Struct, frozen=True):
    """What the report is about: days of contact, both included, and conditions on `task t`."""

    first: int
    last: int
    every: bool
    """Whether no contact date is outside these."""
    delivery: tuple[int, int] | None
    managers: tuple[int, ...]
    operators: tuple[int, ...]
    today: int

    @property
    def narrower(self) -> str:
        """Conditions beside days and operators, each preceded by AND."""
        parts = [among("t.manager_id", self.managers)] if self.managers else []
        if self.delivery is not None:
            parts.append(f"t.plan_day BETWEEN {self.delivery[0]} AND {self.delivery[1]}")
        return "".join(f" AND {part}" for part in parts)

    @property
    def few_deliveries(self) -> bool:
        """Whether the plan dates are a narrower range than the contact dates."""
        return self.delivery is not None and self.delivery[1] - self.delivery[0] <= self.last - self.first

    @property
    def of_operators(self) -> str:
        """The same with the operators."""
        chosen = f" AND {among('t.operator_id', self.operators)}" if self.operators else ""
        return chosen + self.narrower

    @property
    def filter(self) -> TaskFilter:
        """What every cell is narrowed from."""
        delivery = None
        if self.delivery is not None:
            start, end = self.delivery
            delivery = Period(
                start="" if start == FIRST else iso_of(start), end="" if end == LAST else iso_of(end)
            )  # fmt: skip
        return TaskFilter(
            planned=Period(start=iso_of(self.first), end=iso_of(self.last)), delivery=delivery,
            managers=self.managers, operators=self.operators,
        )  # fmt: skip


def read_plan_report(db: sqlite3.Connection, request: PlanReportRequest, author: Author) -> PlanReport:
    """Count it in one snapshot. Raises Invalid for a period that cannot be read."""
    change = db.execute("SELECT number FROM change").fetchone()[0]
    today = author.today
    first, last, every = _closed(db, days_of(request.period, today), today)
    delivery = None if request.delivery is None else days_of(request.delivery, today)
    base = Base(first, last, every, delivery, request.managers, request.operators, today)
    operators = _operators(db, base)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    away = [] if every else _read_away(db, base)
    _count_away(base, away, counts)
    planned = None
    if delivery is None:
        _count_tallied(db, base, operators, counts)
        total_calls = _count_calls(db, base, operators, counts)
    else:
        planned = _count_narrowed(db, base, away, counts)
        span = author.local.midnight(first), author.local.midnight(last + 1)
        total_calls = _count_calls_of_tasks(db, base, planned, span, counts)
    total: dict[str, int] = defaultdict(int)
    for of_operator in counts.values():
        for name, n in of_operator.items():
            total[name] += n
    total["calls"] = total_calls
    problems, more = read_problems(db, base) if request.problems else ((), False)
    progress_day = min(last, today)
    return PlanReport(
        change=change, now=author.now, today=iso_of(today), first=iso_of(first), last=iso_of(last), base=base.filter,
        rows=tuple(
            PlanRow(operator_id=operator, counts=PlanCounts(**counts[operator]))
            for operator in _by_name(db, (id for id, found in counts.items() if any(found.values())))
        ),
        total=PlanCounts(**total), reasons=_reasons(db, base, planned),
        progress=_progress(db, base, author, progress_day) if first <= progress_day else (),
        progress_day=iso_of(progress_day) if first <= progress_day else "", problems=problems, more_problems=more,
    )  # fmt: skip


def _closed(db: sqlite3.Connection, days: tuple[int, int], today: int) -> tuple[int, int, bool]:
    """An open end is the first or the last contact date that there is or was; and whether none is outside."""
    first, last = days
    known = contact_dates(db) or [today]
    first = min(known) if first == FIRST else first
    last = max(max(known), first) if last == LAST else max(first, last)
    return first, last, first <= min(known) and max(known) <= last


_OPERATORS = """
WITH RECURSIVE known(id) AS (SELECT -1 UNION ALL
  SELECT (SELECT min(operator_id) FROM task_tally WHERE manager_id = -1 AND operator_id > known.id)
  FROM known WHERE id IS NOT NULL)
SELECT id FROM known WHERE id >= 0
"""
"""One step an operator, where DISTINCT would read the whole index."""


def _operators(db: sqlite3.Connection, base: Base) -> list[int]:
    return sorted(set(base.operators)) or [id for (id,) in db.execute(_OPERATORS).fetchall()]


def _by_name(db: sqlite3.Connection, operators: Iterable[int]) -> list[int]:
    """In the order of names, those of nobody last."""
    keys = dict(db.execute("SELECT id, sort_key FROM employee").fetchall())
    return sorted(operators, key=lambda id: (id == NOBODY, keys.get(id, ""), id))


_COUNTED = {
    TaskState.PLANNED: ("left",),
    TaskState.NOT_REACHED: ("failed", "not_reached"),
    TaskState.POSTPONED: ("postponed",),
    TaskState.DROPPED: ("dropped",),
    TaskState.DONE_ORDER: ("done", "done_order"),
    TaskState.DONE: ("done",),
    TaskState.REFUSED: ("failed", "refused"),
    TaskState.DROPPED_CONFIRMED: ("dropped",),
}
"""The columns in which a task counts whose contact date is inside the period."""
_WAITING = {
    TaskState.PLANNED: "planned",
    TaskState.NOT_REACHED: "planned",
    TaskState.POSTPONED: "postponed",
    TaskState.DROPPED: "dropped",
}
_DONE_CODES = (STATE_CODE[TaskState.DONE_ORDER], STATE_CODE[TaskState.DONE])
_TALLIED = """
SELECT {by}, {sums} FROM json_each(:managers) m CROSS JOIN json_each(:operators) o CROSS JOIN json_each(:periods) p
CROSS JOIN {table} t ON t.manager_id = m.value AND t.operator_id = o.value
  AND t.period >= p.value ->> 0 AND t.period < p.value ->> 1
GROUP BY {by}
"""


def _tallied(
    db: sqlite3.Connection,
    base: Base,
    table: str,
    operators: Iterable[int],
    first: int,
    by: str,
    columns: Sequence[str],
) -> list[tuple[int, ...]]:
    """Sums of the columns of a tally over the days from `first` on, of the base's managers."""
    query = _TALLIED.format(table=table, by=by, sums=", ".join(f"sum(t.{name})" for name in columns))
    values = {
        "managers": ids_json(sorted(set(base.managers)) or (EVERYBODY,)), "operators": ids_json(operators),
        "periods": msgspec.json.encode(_periods(base, first)).decode(),
    }  # fmt: skip
    return db.execute(query, values).fetchall()


def _periods(base: Base, first: int) -> list[tuple[int, int]]:
    """Ranges of a tally's periods that make up the base's days from `first` on; their ends are not among them."""
    if first > base.last:
        return []
    if base.every and first == base.first:
        return [(ALL_DAYS, ALL_DAYS + 1)]
    months, edges = tiers(first, base.last + 1)
    ranges = [(start, end) for start, end in edges if start is not None and end is not None]
    if months is not None and months[0] is not None and months[1] is not None:
        ranges.append((MONTHS_FROM + months[0], MONTHS_FROM + months[1]))
    return ranges


def _count_tallied(db: sqlite3.Connection, base: Base, operators: list[int], counts: dict[int, dict[str, int]]) -> None:
    """Tasks whose contact date is inside."""
    to_come = {
        operator: ahead
        for operator, *ahead in _tallied(
            db, base, "task_tally", operators, max(base.first, base.today), "o.value", COLUMNS[: len(OPEN_CODES)]
        )
    }
    none = [0] * len(OPEN_CODES)
    for operator, *sums in _tallied(db, base, "task_tally", operators, base.first, "o.value", COLUMNS[:CALLS]):
        for code, ahead in zip_longest(range(len(TASK_STATES)), to_come.get(operator, none), fillvalue=0):
            _count(counts[operator], code, sums[code] - ahead, ahead)
        counts[operator]["done_without_call"] += sums[UNCALLED]


def _count(found: dict[str, int], code: int, before: int, after: int) -> None:
    """So many tasks in a state, whose contact date inside the period has gone by, and so many whose has not; of closed
    ones that is not asked."""
    state = TASK_STATES[code]
    found["planned"] += before + after
    for column in _COUNTED[state]:
        found[column] += before + after
    if code in OPEN_CODES:
        found[f"overdue_{_WAITING[state]}"] += before
        found[f"active_{_WAITING[state]}"] += after


def _count_calls(db: sqlite3.Connection, base: Base, operators: list[int], counts: dict[int, dict[str, int]]) -> int:
    """Attached calls by who made them, each once; gives how many there are of all."""
    if len(base.managers) > 1 or len(base.operators) > 1:
        return _count_calls_apart(db, base, operators, counts)
    whose = operators if base.operators else [*operators, EVERYBODY]
    rows = _tallied(db, base, "task_tally", whose, base.first, "o.value", ("calls",))
    calls = {row[0]: row[1] for row in rows}
    total = calls.pop(EVERYBODY, sum(calls.values()))
    for operator, n in calls.items():
        counts[operator]["calls"] += n
    return total


def _count_calls_apart(
    db: sqlite3.Connection, base: Base, operators: list[int], counts: dict[int, dict[str, int]]
) -> int:
    """The same of several people, who have calls in common: these are looked at one by one."""
    joined = " CROSS JOIN task t ON t.id = a.task_id" if base.managers else ""
    rows = db.execute(
        f"SELECT DISTINCT a.operator_id, a.call_id FROM json_each(:operators) o"
        f" CROSS JOIN attempt a ON a.operator_id = o.value{joined}"
        " WHERE a.start >= (:first - 1) * 86400 AND a.start < (:last + 2) * 86400 AND a.day BETWEEN :first AND :last"
        f"{base.narrower}",
        {"operators": ids_json(operators), "first": base.first, "last": base.last},
    ).fetchall()
    return _count_rows(rows, counts)


def _count_rows(rows: Collection[tuple[int, int]], counts: dict[int, dict[str, int]]) -> int:
    """Count (operator, call), and the calls."""
    for operator, _call in rows:
        counts[operator]["calls"] += 1
    return len({call for _, call in rows})


class Away(NamedTuple):
    """A task that was moved out of the period."""

    task: int
    operator: int
    state: int
    gone_by: bool
    """Whether its contact date has."""


def _read_away(db: sqlite3.Connection, base: Base) -> list[Away]:
    """Tasks moved out of the period, each once, however often it was; of all operators."""
    rows = db.execute(
        "SELECT DISTINCT t.id, t.operator_id, t.state, t.day < :today"
        " FROM task_away w INDEXED BY task_away_day CROSS JOIN task t ON t.id = w.task_id"
        f" WHERE w.day BETWEEN :first AND :last AND NOT w.day_now BETWEEN :first AND :last{base.narrower}",
        {"first": base.first, "last": base.last, "today": base.today},
    ).fetchall()
    return [Away(*row) for row in rows]


def _count_away(base: Base, away: list[Away], counts: dict[int, dict[str, int]]) -> None:
    alike = Counter((one.operator, one.state, one.gone_by) for one in away)
    for (operator, code, gone_by), n in alike.items():
        if base.operators and operator not in base.operators:
            continue
        found = counts[operator]
        found["planned"] += n
        found["postponed"] += n
        if code in OPEN_CODES:
            found[f"{'overdue' if gone_by else 'active'}_{_WAITING[TASK_STATES[code]]}"] += n


def _count_narrowed(db: sqlite3.Connection, base: Base, away: list[Away], counts: dict[int, dict[str, int]]) -> str:
    """Count the tasks of some plan dates whose contact date is inside, from one range of an index; gives the ids of all
    that were planned, of all operators, as JSON."""
    source = (
        "json_each(:operators) o CROSS JOIN json_each(:states) s CROSS JOIN task t INDEXED BY task_report"
        " ON t.operator_id = o.value AND t.state = s.value"
    )
    if base.few_deliveries:
        source = "task t INDEXED BY task_plan"
    values = {
        "operators": ids_json(id for (id,) in db.execute(_OPERATORS)), "states": ids_json(range(len(TASK_STATES))),
        "first": base.first, "last": base.last, "today": base.today,
    }  # fmt: skip
    rows = db.execute(
        f"SELECT t.id, t.operator_id, t.state, t.day < :today, t.calls = 0 FROM {source}"
        f" WHERE t.day BETWEEN :first AND :last{base.narrower}",
        values,
    ).fetchall()
    for (operator, code, gone_by, uncalled), n in Counter(map(itemgetter(1, 2, 3, 4), rows)).items():
        if base.operators and operator not in base.operators:
            continue
        _count(counts[operator], code, n * gone_by, n * (1 - gone_by))
        if uncalled and code in _DONE_CODES:
            counts[operator]["done_without_call"] += n
    # In their order what belongs to them is found in half the time.
    return ids_json(sorted([*(row[0] for row in rows), *(one.task for one in away)]))


def _count_calls_of_tasks(
    db: sqlite3.Connection, base: Base, planned: str, span: tuple[int, int], counts: dict[int, dict[str, int]]
) -> int:
    """The calls of these tasks by who made them, each once; gives how many there are."""
    rows = db.execute(
        "SELECT a.operator_id, a.call_id FROM json_each(:planned) p"
        " CROSS JOIN attempt a INDEXED BY attempt_task ON a.task_id = p.value"
        " WHERE a.start >= :start AND a.start < :end",
        {"planned": planned, "start": span[0], "end": span[1]},
    ).fetchall()
    return _count_rows({row for row in rows if not base.operators or row[0] in base.operators}, counts)


def _reasons(db: sqlite3.Connection, base: Base, planned: str | None) -> tuple[ReasonCount, ...]:
    """Tasks by why they were postponed, refused or dropped."""
    counts = _tallied_reasons(db, base) if planned is None else _reasons_of_tasks(db, base, planned)
    ordered = sorted(((event, -n, reason) for (event, reason), n in counts.items() if n))
    return tuple(ReasonCount(event=TASK_EVENTS[event], reason_id=reason, tasks=-n) for event, n, reason in ordered)


def _tallied_reasons(db: sqlite3.Connection, base: Base) -> Counter[tuple[int, int]]:
    """Each task is counted on the last of its dates with a reason; where that comes after the period, on the last one
    inside."""
    counts: Counter[tuple[int, int]] = Counter()
    operators = base.operators or (EVERYBODY,)
    for event, reason, n in _tallied(db, base, "reason_tally", operators, base.first, "t.event, t.reason_id", ("n",)):
        counts[event, reason] += n
    if not base.every:
        counts.update(
            db.execute(
                "SELECT r.event, r.reason_id FROM reason_again r INDEXED BY reason_again_day"
                f" CROSS JOIN task t ON t.id = r.task_id WHERE r.day BETWEEN :first AND :last AND r.following > :last"
                f"{base.of_operators}",
                {"first": base.first, "last": base.last},
            ).fetchall()
        )
    return counts


def _reasons_of_tasks(db: sqlite3.Connection, base: Base, planned: str) -> Counter[tuple[int, int]]:
    reasoned = among("h.event", (EVENT_CODE[event] for event in REASONED))
    mine = among("t.operator_id", base.operators)
    chosen = f" AND EXISTS (SELECT 1 FROM task t WHERE t.id = h.task_id AND {mine})" if base.operators else ""
    return Counter(
        db.execute(
            "SELECT h.event, h.reason_id FROM json_each(:planned) p"
            " CROSS JOIN task_history h INDEXED BY task_history_reason ON h.task_id = p.value"
            f" WHERE {reasoned} AND h.event BETWEEN 4 AND 7 AND h.from_day BETWEEN :first AND :last{chosen}"
            " GROUP BY h.task_id, h.event, h.reason_id",
            {"planned": planned, "first": base.first, "last": base.last},
        ).fetchall()
    )


_STEPS = {
    TaskEvent.DONE: "done",
    TaskEvent.NOT_REACHED: "failed",
    TaskEvent.POSTPONE: "postponed",
    TaskEvent.REFUSE: "failed",
    TaskEvent.DROP: "dropped",
}

_STANDING = (
    " AND NOT EXISTS (SELECT 1 FROM task_history r WHERE r.task_id = h.task_id AND r.number > h.number"
    " AND r.event IN (:reopened, :returned) AND NOT EXISTS (SELECT 1 FROM task_history o"
    " WHERE o.task_id = h.task_id AND o.number > h.number AND o.number < r.number AND o.event BETWEEN 3 AND 7))"
)
"""The outcome was not taken back: what takes one back takes the last one before it."""


def _progress(db: sqlite3.Connection, base: Base, author: Author, day: int) -> tuple[ProgressPoint, ...]:
    """Outcomes of one day by the hour, of each task the last one that was not taken back; whatever day the task was
    planned for, as overdue ones are worked on too."""
    rows = db.execute(
        "SELECT h.task_id, h.at, h.event, t.operator_id FROM task_history h INDEXED BY task_history_at"
        " CROSS JOIN task t ON t.id = h.task_id WHERE h.event BETWEEN 3 AND 7 AND h.at >= :start AND h.at < :end"
        f"{_STANDING}{base.of_operators} ORDER BY h.at, h.number",
        {
            "start": author.local.midnight(day), "end": author.local.midnight(day + 1),
            "reopened": EVENT_CODE[TaskEvent.REOPEN], "returned": EVENT_CODE[TaskEvent.RETURN],
        },
    ).fetchall()  # fmt: skip
    latest = {
        task: (operator, author.local.day_and_hour(at)[1], _STEPS[TASK_EVENTS[event]])
        for task, at, event, operator in rows
    }
    points: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for operator, hour, step in latest.values():
        points[operator, hour][step] += 1
    return tuple(
        ProgressPoint(operator_id=operator, hour=hour, **found) for (operator, hour), found in sorted(points.items())
    )
