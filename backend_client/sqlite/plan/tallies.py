"""Tasks counted by day, by month and all together, so that a report of years reads a few thousand rows. What tasks add
is one function of what stands there; a transaction writes the difference that it makes once, before its COMMIT."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from msgspec import Struct

from backend_client.model.task import TaskState
from backend_client.model.task_event import REASONED, TaskEvent
from backend_client.sqlite.codes import EVENT_CODE
from backend_client.sqlite.plan.codes import STATE_CODE, TASK_STATES
from backend_client.sqlite.plan.trouble import MOST_COUNTED, NO_PLAN_DAY, Trouble, packed, write_changes, write_days
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, first_day, month_of

EVERYBODY = -1
"""All account managers together; all operators together."""
COLUMNS = (*(state.value.replace("-", "_") for state in TASK_STATES), "uncalled", "calls")
"""Of `task_tally`: tasks in each state by their contact date, those done without a call, and calls, each once."""
UNCALLED, CALLS = COLUMNS.index("uncalled"), COLUMNS.index("calls")
_DONE = f"t.state IN ({STATE_CODE[TaskState.DONE_ORDER]}, {STATE_CODE[TaskState.DONE]})"
_DROPPED = f"t.state IN ({STATE_CODE[TaskState.DROPPED]}, {STATE_CODE[TaskState.DROPPED_CONFIRMED]})"
_REFUSED = f"t.state = {STATE_CODE[TaskState.REFUSED]}"
_MISSED, _MOVED = (f"h.event = {EVENT_CODE[event]}" for event in (TaskEvent.NOT_REACHED, TaskEvent.POSTPONE))
_REASONED = f"h.event IN ({', '.join(str(EVENT_CODE[event]) for event in REASONED)})"
_TASKS = f"""
SELECT t.manager_id, t.operator_id, t.day, t.state, count(*), sum({_DONE} AND t.calls = 0)
FROM {{tasks}} GROUP BY 1, 2, 3, 4
"""
_CALLS = "SELECT t.manager_id, a.operator_id, a.day, a.call_id FROM {attempts}"
_REASONS = f"""
SELECT manager_id, operator_id, event, reason_id, day, count(*) FROM (
  SELECT t.manager_id, t.operator_id, h.event, h.reason_id, max(h.from_day) AS day
  FROM {{lines}} AND {_REASONED}{{latest}} GROUP BY h.task_id, h.event, h.reason_id)
GROUP BY 1, 2, 3, 4, 5
"""
_AGAIN = f"""
SELECT task_id, event, reason_id, from_day, following FROM (
  SELECT h.task_id, h.event, h.reason_id, h.from_day,
    lead(h.from_day) OVER (PARTITION BY h.task_id, h.event, h.reason_id ORDER BY h.from_day) AS following
  FROM task_history h WHERE {_REASONED}{{narrower}})
WHERE from_day < following
"""
"""A date on which a task had a reason that it has on a later one as well, and the next of them."""
_OF_TASK = (
    "t.id AS task_id, coalesce(t.client_id, -t.number_id, 0) AS party, t.operator_id, t.manager_id,"
    f" coalesce(t.plan_day, {NO_PLAN_DAY}) AS plan_day"
)
_COUNTED = ", ".join(f"min(sum({name}), {MOST_COUNTED})" for name in ("dropped", "refused", "missed", "moved"))
_TROUBLES = f"""
SELECT day, task_id, party, operator_id, manager_id, plan_day, {_COUNTED}
FROM (
  SELECT {_OF_TASK}, t.day, {_DROPPED} AS dropped, {_REFUSED} AS refused, 0 AS missed, 0 AS moved
  FROM {{tasks}} AND ({_DROPPED} OR {_REFUSED})
  UNION ALL SELECT {_OF_TASK}, h.from_day, 0, 0, {_MISSED}, {_MOVED} FROM {{lines}} AND ({_MISSED} OR {_MOVED}))
GROUP BY day, task_id
"""
"""What went wrong with a task, by contact date; its party is a client, or minus a number that is nobody's."""
Rows = dict[tuple[int, ...], list[int]]
"""Of a tally by its key: manager, operator, period, and what is counted."""
Shape = tuple[tuple[str, ...], tuple[str, ...]]
"""Key and counts of a table."""
_TABLES: dict[str, Shape] = {
    "task_tally": (("manager_id", "operator_id", "period"), COLUMNS),
    "reason_tally": (("manager_id", "operator_id", "period", "event", "reason_id"), ("n",)),
}


class Chosen(Struct, frozen=True):
    """What is counted: tasks `t`, attempts `a` with their tasks, lines `h` of history with theirs, and which of these
    are the latest of their reason."""

    tasks: str
    attempts: str
    lines: str
    latest: str
    values: dict[str, int | str]


_TASK_OF = "CROSS JOIN task t ON t.id = {}.task_id"


def _these(tasks: Iterable[int], calls: Iterable[int]) -> Chosen:
    """Tasks with their history, and calls."""
    return Chosen(
        tasks="json_each(:tasks) j CROSS JOIN task t WHERE t.id = j.value",
        attempts="json_each(:calls) j CROSS JOIN attempt a INDEXED BY attempt_call ON a.call_id = j.value "
        + _TASK_OF.format("a"),
        lines="json_each(:tasks) j CROSS JOIN task t ON t.id = j.value CROSS JOIN task_history h"
        " INDEXED BY task_history_reason ON h.task_id = t.id WHERE h.event BETWEEN 4 AND 7",
        latest="",
        values={"tasks": ids_json(sorted(tasks)), "calls": ids_json(sorted(calls))},
    )


def _of_month(month: int) -> Chosen:
    """All that counts for the days of a month; a reason does for the last day on which the task had it."""
    first, end = first_day(month), first_day(month + 1)
    return Chosen(
        tasks="task t WHERE t.day >= :first AND t.day < :end",
        # A local day begins and ends less than a day away from that of UTC.
        attempts=f"attempt a INDEXED BY attempt_start {_TASK_OF.format('a')}"
        " WHERE a.start >= (:first - 1) * 86400 AND a.start < (:end + 1) * 86400 AND a.day >= :first AND a.day < :end",
        lines=f"task_history h INDEXED BY task_history_day {_TASK_OF.format('h')}"
        " WHERE h.event BETWEEN 4 AND 7 AND h.from_day >= :first AND h.from_day < :end",
        latest=" AND NOT EXISTS (SELECT 1 FROM task_history l INDEXED BY task_history_reason"
        " WHERE l.task_id = h.task_id AND l.event = h.event AND l.event BETWEEN 4 AND 7"
        " AND l.reason_id = h.reason_id AND l.from_day >= :end)",
        values={"first": first, "end": end},
    )


def _tallied(db: sqlite3.Connection, chosen: Chosen) -> tuple[Rows, Rows]:
    """Rows of `task_tally` and of `reason_tally` to which it adds up."""
    counts: Rows = {}
    for manager, operator, day, state, n, uncalled in db.execute(_TASKS.format(tasks=chosen.tasks), chosen.values):
        for key in _keys(manager, operator, day):
            row = counts.setdefault(key, [0] * len(COLUMNS))
            row[state] += n
            row[UNCALLED] += uncalled
    made = {
        (key, call)
        for manager, operator, day, call in db.execute(_CALLS.format(attempts=chosen.attempts), chosen.values)
        for key in _keys(manager, operator, day)
    }
    for key, _call in made:
        counts.setdefault(key, [0] * len(COLUMNS))[CALLS] += 1
    reasons: Rows = {}
    rows = db.execute(_REASONS.format(lines=chosen.lines, latest=chosen.latest), chosen.values)
    for manager, operator, event, reason, day, n in rows:
        for key in _keys(manager, operator, day):
            reasons.setdefault((*key, event, reason), [0])[0] += n
    return counts, reasons


def _troubles(db: sqlite3.Connection, chosen: Chosen) -> set[Trouble]:
    """What went wrong with the tasks."""
    return set(db.execute(_TROUBLES.format(tasks=chosen.tasks, lines=chosen.lines), chosen.values).fetchall())


def _keys(manager: int, operator: int, day: int) -> list[tuple[int, int, int]]:
    """Where something of these people and this day is counted."""
    return [
        (one, other, period)
        for one in (manager, EVERYBODY)
        for other in (operator, EVERYBODY)
        for period in (day, MONTHS_FROM + month_of(day), ALL_DAYS)
    ]


class TaskDeltas:
    """What one transaction adds to and takes from the tallies of the plan."""

    def __init__(self) -> None:
        self._tasks: set[int] = set()
        self._calls: set[int] = set()
        self._before: tuple[Rows, Rows] = ({}, {})
        self._troubles: set[Trouble] = set()

    def came(self, task: int) -> None:
        """A task that was not there before."""
        self._tasks.add(task)

    def changes(self, db: sqlite3.Connection, tasks: Iterable[int], calls: Iterable[int] = ()) -> None:
        """These tasks are about to change: their days, people, clients, states, or history; and what these calls are
        attached to."""
        fresh = set(tasks) - self._tasks
        attached = db.execute(
            "SELECT a.call_id FROM json_each(?) j CROSS JOIN attempt a ON a.task_id = j.value",
            (ids_json(sorted(fresh)),),
        ).fetchall()
        fresh_calls = {*calls, *(call for (call,) in attached)} - self._calls
        if not fresh and not fresh_calls:
            return
        chosen = _these(fresh, fresh_calls)
        for sums, found in zip(self._before, _tallied(db, chosen), strict=True):
            _add(sums, found, 1)
        self._troubles |= _troubles(db, chosen)
        self._tasks |= fresh
        self._calls |= fresh_calls

    def write(self, db: sqlite3.Connection) -> None:
        """Into the tables, and forget them."""
        if not self._tasks and not self._calls:
            return
        chosen = _these(self._tasks, self._calls)
        for (table, shape), before, after in zip(_TABLES.items(), self._before, _tallied(db, chosen), strict=True):
            _add(after, before, -1)
            _write(db, table, shape, after)
            before.clear()
        db.executemany("DELETE FROM reason_again WHERE task_id = ?", [(task,) for task in sorted(self._tasks)])
        troubles = _troubles(db, chosen)
        write_changes(db, self._troubles - troubles, troubles - self._troubles)
        self._troubles.clear()
        narrower = " AND h.event BETWEEN 4 AND 7 AND h.task_id IN (SELECT value FROM json_each(?))"
        db.execute(f"INSERT INTO reason_again {_AGAIN.format(narrower=narrower)}", (ids_json(sorted(self._tasks)),))
        self._tasks.clear()
        self._calls.clear()


def _add(sums: Rows, found: Rows, sign: int) -> None:
    for key, counts in found.items():
        row = sums.setdefault(key, [0] * len(counts))
        sums[key] = [a + sign * b for a, b in zip(row, counts, strict=True)]


def _write(db: sqlite3.Connection, table: str, shape: Shape, deltas: Rows) -> None:
    """Rows that came to nothing do not stay."""
    key, counts = shape
    changed = sorted((*place, *row) for place, row in deltas.items() if any(row))
    db.executemany(
        f"INSERT INTO {table} ({', '.join((*key, *counts))}) VALUES ({', '.join('?' * (len(key) + len(counts)))})"
        f" ON CONFLICT DO UPDATE SET {', '.join(f'{name} = {name} + excluded.{name}' for name in counts)}",
        changed,
    )
    db.executemany(
        f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}"
        f" AND {' AND '.join(f'{name} = 0' for name in counts)}",
        [row[: len(key)] for row in changed if min(row[len(key) :]) < 0],
    )


def wrong_task_tallies(db: sqlite3.Connection, *, deep: bool) -> int:
    """How many rows differ from a count of the tasks: month by month, each its own snapshot; plainly of tasks by
    operator and state, all days together."""
    if not deep:
        return _wrong_totals(db)
    wrong = sum(_wrong_in_month(db, month) for month in _months(db))
    for table, (key, counts) in _TABLES.items():
        names = ", ".join(name for name in key if name != "period")
        kept = f"SELECT {names}, {', '.join(counts)} FROM {table} WHERE period = {ALL_DAYS}"
        summed = (
            f"SELECT {names}, {', '.join(f'sum({name})' for name in counts)} FROM {table}"
            f" WHERE period >= {MONTHS_FROM} AND period < {ALL_DAYS} GROUP BY {names}"
        )
        wrong += _differing(db, kept, summed)
    return wrong + _differing(db, "SELECT * FROM reason_again", _AGAIN.format(narrower=""))


def _differing(db: sqlite3.Connection, one: str, other: str) -> int:
    """Rows of either query that the other has not."""
    found = f"SELECT (SELECT count(*) FROM ({one} EXCEPT {other})) + (SELECT count(*) FROM ({other} EXCEPT {one}))"
    return int(db.execute(found).fetchone()[0])


def _wrong_totals(db: sqlite3.Connection) -> int:
    states = COLUMNS[:UNCALLED]
    sums = ", ".join(f"count(*) FILTER (WHERE state = {code})" for code in range(len(states)))
    counted = f"SELECT operator_id, {sums} FROM task INDEXED BY task_report GROUP BY operator_id"
    # An operator may have calls only, at tasks that are somebody else's now.
    kept = (
        f"SELECT operator_id, {', '.join(states)} FROM task_tally WHERE manager_id = {EVERYBODY}"
        f" AND operator_id <> {EVERYBODY} AND period = {ALL_DAYS} AND {' + '.join(states)} <> 0"
    )
    return _differing(db, counted, kept)


def contact_dates(db: sqlite3.Connection) -> list[int]:
    """The first and the last contact date that there is, and that there was; none where there are no tasks."""
    edges = [
        day
        for table in ("task", "task_away")
        for day in db.execute(f"SELECT (SELECT min(day) FROM {table}), (SELECT max(day) FROM {table})").fetchone()
    ]
    return [day for day in edges if day is not None]


def _months(db: sqlite3.Connection) -> list[int]:
    """Every month that may have rows, or should."""
    months = {month_of(day) for day in contact_dates(db)}
    for table in _TABLES:
        for (period,) in db.execute(f"SELECT DISTINCT period FROM {table} WHERE period < {ALL_DAYS}"):
            months.add(month_of(period) if period < MONTHS_FROM else period - MONTHS_FROM)
    months.update(month_of(day) for (day,) in db.execute("SELECT day FROM day_trouble"))
    return list(range(min(months), max(months) + 1)) if months else []


def _wrong_in_month(db: sqlite3.Connection, month: int) -> int:
    db.execute("BEGIN")
    try:
        chosen = _of_month(month)
        span = (first_day(month), first_day(month + 1))
        kept = db.execute("SELECT * FROM day_trouble WHERE day >= ? AND day < ?", span)
        wrong = len(set(packed(_troubles(db, chosen))) ^ set(kept.fetchall()))
        for (table, (key, counts)), rows in zip(_TABLES.items(), _tallied(db, chosen), strict=True):
            found = db.execute(
                f"SELECT {', '.join((*key, *counts))} FROM {table} WHERE period >= ? AND period < ? OR period = ?",
                (*span, MONTHS_FROM + month),
            ).fetchall()
            wanted = {(*place, *row) for place, row in rows.items() if place[2] != ALL_DAYS}
            wrong += len(wanted ^ set(found))
        return wrong
    finally:
        db.execute("COMMIT")


def count_tasks_again(db: sqlite3.Connection) -> None:
    """Make the tallies what all tasks add up to."""
    months = _months(db)
    for table in (*_TABLES, "reason_again", "day_trouble"):
        db.execute(f"DELETE FROM {table}")
    for month in months:
        for (table, shape), rows in zip(_TABLES.items(), _tallied(db, _of_month(month)), strict=True):
            _write(db, table, shape, rows)
        write_days(db, _troubles(db, _of_month(month)))
    db.execute(f"INSERT INTO reason_again {_AGAIN.format(narrower='')}")
