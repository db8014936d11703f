"""The report "Operational outbound work" (T3), counted from ranges of the tasks' index."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from backend_client.model.period import Period
from backend_client.model.plan_report import (
    PlanCounts,
    PlanReport,
    PlanReportRequest,
    PlanRow,
    ProgressPoint,
    ReasonCount,
)
from backend_client.model.task import TaskEvent, TaskFilter, TaskState
from backend_client.sqlite.codes import EVENT_CODE, STATE_CODE, TASK_EVENTS, TASK_STATES
from backend_client.sqlite.plan.days import FIRST, LAST, days_of, iso_of
from backend_client.sqlite.plan.filter import among
from backend_client.sqlite.plan.problems import read_problems
from backend_client.sqlite.plan.rows import NOBODY, OPEN_CODES
from backend_client.sqlite.plan.writing import Author


class Base(Struct, frozen=True):
    """What the report is about: days of contact, both included, and conditions on `task t`."""

    first: int
    last: int
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
    first, last = _closed(db, days_of(request.period, today), today)
    delivery = None if request.delivery is None else days_of(request.delivery, today)
    base = Base(first, last, delivery, request.managers, request.operators, today)
    operators = _operators(db, base)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    _count_inside(db, base, operators, counts)
    _count_away(db, base, counts)
    start, end = author.local.midnight(first), author.local.midnight(last + 1)
    _count_calls(db, base, operators, (start, end), counts)
    total: dict[str, int] = defaultdict(int)
    for of_operator in counts.values():
        for name, n in of_operator.items():
            total[name] += n
    total["calls"] = _all_calls(db, base, (start, end))
    problems, more = read_problems(db, base, operators) if request.problems else ((), False)
    progress_day = min(last, today)
    return PlanReport(
        change=change, now=author.now, today=iso_of(today), first=iso_of(first), last=iso_of(last), base=base.filter,
        rows=tuple(
            PlanRow(operator_id=operator, counts=PlanCounts(**counts[operator]))
            for operator in _by_name(db, (id for id, found in counts.items() if any(found.values())))
        ),
        total=PlanCounts(**total), reasons=_reasons(db, base),
        progress=_progress(db, base, author, progress_day) if first <= progress_day else (),
        progress_day=iso_of(progress_day) if first <= progress_day else "", problems=problems, more_problems=more,
    )  # fmt: skip


def _closed(db: sqlite3.Connection, days: tuple[int, int], today: int) -> tuple[int, int]:
    """An open end is the first or the last contact date that there is or was."""
    first, last = days
    if first == FIRST or last == LAST:
        edges = [
            edge
            for table in ("task", "task_away")
            for edge in db.execute(f"SELECT (SELECT min(day) FROM {table}), (SELECT max(day) FROM {table})").fetchone()
        ]
        known = [edge for edge in edges if edge is not None] or [today]
        first = min(known) if first == FIRST else first
        last = max(max(known), first) if last == LAST else last
    return first, max(first, last)


_ALL_OPERATORS = """
WITH RECURSIVE o(id) AS (SELECT min(operator_id) FROM task
  UNION ALL SELECT (SELECT min(operator_id) FROM task WHERE operator_id > o.id) FROM o WHERE o.id IS NOT NULL)
SELECT id FROM o WHERE id IS NOT NULL
"""
"""One step an operator, where DISTINCT would read the whole index."""


def _operators(db: sqlite3.Connection, base: Base) -> list[int]:
    return sorted(set(base.operators)) or [id for (id,) in db.execute(_ALL_OPERATORS).fetchall()]


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
_DONE = (STATE_CODE[TaskState.DONE_ORDER], STATE_CODE[TaskState.DONE])


def _count_inside(db: sqlite3.Connection, base: Base, operators: list[int], counts: dict[int, dict[str, int]]) -> None:
    """Tasks whose contact date is inside: ranges of one index, by operator and state."""
    ranges = f"FROM task t INDEXED BY task_report WHERE t.operator_id = ? AND t.state = ?{base.narrower}"
    between = " AND t.day BETWEEN ? AND ?"
    for operator in operators:
        found = counts[operator]
        for code, state in enumerate(TASK_STATES):
            spans = [("", base.first, base.last)]
            if code in OPEN_CODES:
                spans = [("overdue", base.first, min(base.last, base.today - 1))]
                spans += [("active", max(base.first, base.today), base.last)]
            for name, first, last in spans:
                if first > last:
                    continue
                n = db.execute(f"SELECT count(*) {ranges}{between}", (operator, code, first, last)).fetchone()[0]
                found["planned"] += n
                for column in _COUNTED[state]:
                    found[column] += n
                if name:
                    found[f"{name}_{_WAITING[state]}"] += n
        for code in _DONE:
            found["done_without_call"] += db.execute(
                f"SELECT count(*) {ranges}{between} AND t.calls = 0", (operator, code, base.first, base.last)
            ).fetchone()[0]


def _count_away(db: sqlite3.Connection, base: Base, counts: dict[int, dict[str, int]]) -> None:
    """Tasks moved out of the period: planned in it once, however often they were moved."""
    rows = db.execute(
        "SELECT t.operator_id, t.state, t.day < :today, count(DISTINCT t.id)"
        " FROM task_away w INDEXED BY task_away_day CROSS JOIN task t ON t.id = w.task_id"
        f" WHERE w.day BETWEEN :first AND :last AND NOT t.day BETWEEN :first AND :last{base.of_operators}"
        " GROUP BY 1, 2, 3",
        {"first": base.first, "last": base.last, "today": base.today},
    ).fetchall()
    for operator, code, gone_by, n in rows:
        found = counts[operator]
        found["planned"] += n
        found["postponed"] += n
        if code in OPEN_CODES:
            found[f"{'overdue' if gone_by else 'active'}_{_WAITING[TASK_STATES[code]]}"] += n


def _count_calls(
    db: sqlite3.Connection,
    base: Base,
    operators: list[int],
    span: tuple[int, int],
    counts: dict[int, dict[str, int]],
) -> None:
    """Attached calls by who made them, each once."""
    for operator in operators:
        n = db.execute(
            "SELECT count(*) FROM (SELECT DISTINCT a.start, a.call_id FROM attempt a"
            f" WHERE a.operator_id = ? AND a.start >= ? AND a.start < ?{_of_tasks(base)})",
            (operator, *span),
        ).fetchone()[0]
        if n:
            counts[operator]["calls"] += n


def _all_calls(db: sqlite3.Connection, base: Base, span: tuple[int, int]) -> int:
    chosen = f" AND {among('a.operator_id', base.operators)}" if base.operators else ""
    n: int = db.execute(
        "SELECT count(*) FROM (SELECT DISTINCT a.start, a.call_id FROM attempt a INDEXED BY attempt_start"
        f" WHERE a.start >= ? AND a.start < ?{chosen}{_of_tasks(base)})",
        span,
    ).fetchone()[0]
    return n


def _of_tasks(base: Base) -> str:
    if not base.narrower:
        return ""
    return f" AND EXISTS (SELECT 1 FROM task t WHERE t.id = a.task_id{base.narrower})"


def _reasons(db: sqlite3.Connection, base: Base) -> tuple[ReasonCount, ...]:
    """Tasks by why they were postponed, refused or dropped."""
    held = f" AND EXISTS (SELECT 1 FROM task t WHERE t.id = h.task_id{base.of_operators})" if base.of_operators else ""
    rows = db.execute(
        "SELECT h.event, h.reason_id, count(DISTINCT h.task_id) FROM task_history h INDEXED BY task_history_day"
        " WHERE h.event BETWEEN 4 AND 7 AND h.event >= :postponed AND h.from_day BETWEEN :first AND :last"
        f"{held} GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2",
        {"postponed": EVENT_CODE[TaskEvent.POSTPONE], "first": base.first, "last": base.last},
    ).fetchall()
    return tuple(ReasonCount(event=TASK_EVENTS[event], reason_id=reason, tasks=n) for event, reason, n in rows)


_STEPS = {
    TaskEvent.DONE: "done",
    TaskEvent.NOT_REACHED: "failed",
    TaskEvent.POSTPONE: "postponed",
    TaskEvent.REFUSE: "failed",
    TaskEvent.DROP: "dropped",
}


def _progress(db: sqlite3.Connection, base: Base, author: Author, day: int) -> tuple[ProgressPoint, ...]:
    """Outcomes of one day by the hour, of each task the last one."""
    rows = db.execute(
        "SELECT h.task_id, h.at, h.event, t.operator_id FROM task_history h INDEXED BY task_history_at"
        " CROSS JOIN task t ON t.id = h.task_id WHERE h.event BETWEEN 3 AND 7 AND h.at >= :start AND h.at < :end"
        f" AND h.from_day BETWEEN :first AND :last{base.of_operators} ORDER BY h.at, h.number",
        {
            "start": author.local.midnight(day), "end": author.local.midnight(day + 1),
            "first": base.first, "last": base.last,
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
