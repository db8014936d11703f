"""Tasks counted by day, by month and all together, so that a report of years reads a few thousand rows. What tasks add
is one function of what stands there; a transaction writes the difference that it makes once, before its COMMIT."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from backend_client.model.task import REASONED, TaskState
from backend_client.sqlite.codes import EVENT_CODE, STATE_CODE, TASK_STATES
from backend_client.sqlite.tiers import ALL_DAYS, MONTHS_FROM, month_of

EVERYBODY = -1
"""All account managers together; all operators together."""
COLUMNS = (*(state.value.replace("-", "_") for state in TASK_STATES), "uncalled", "calls")
"""Of `task_tally`: tasks in each state by their contact date, those done without a call, and attached calls by theirs,
of each task apart."""
UNCALLED, CALLS = COLUMNS.index("uncalled"), COLUMNS.index("calls")
_DONE = f"t.state IN ({STATE_CODE[TaskState.DONE_ORDER]}, {STATE_CODE[TaskState.DONE]})"
_REASONED = f"h.event IN ({', '.join(str(EVENT_CODE[event]) for event in REASONED)})"
_TASKS = f"""
SELECT t.manager_id, t.operator_id, t.day, t.state, count(*), sum({_DONE} AND t.calls = 0)
FROM {{tasks}} GROUP BY 1, 2, 3, 4
"""
_CALLS = """
SELECT t.manager_id, a.operator_id, a.day, count(*) FROM {tasks} CROSS JOIN attempt a ON a.task_id = t.id
GROUP BY 1, 2, 3
"""
_REASONS = f"""
SELECT manager_id, operator_id, event, reason_id, day, count(*) FROM (
  SELECT t.manager_id, t.operator_id, h.event, h.reason_id, max(h.from_day) AS day
  FROM {{tasks}} CROSS JOIN task_history h ON h.task_id = t.id WHERE {_REASONED} GROUP BY t.id, h.event, h.reason_id)
GROUP BY 1, 2, 3, 4, 5
"""
_AGAIN = f"""
SELECT task_id, event, reason_id, from_day, following FROM (
  SELECT h.task_id, h.event, h.reason_id, h.from_day,
    lead(h.from_day) OVER (PARTITION BY h.task_id, h.event, h.reason_id ORDER BY h.from_day) AS following
  FROM {{tasks}} CROSS JOIN task_history h ON h.task_id = t.id WHERE {_REASONED})
WHERE from_day < following
"""
Rows = dict[tuple[int, ...], list[int]]
"""Of a tally by its key: manager, operator, period, and what is counted."""


class Chosen(Struct, frozen=True):
    """Tasks `t` to be counted."""

    source: str
    values: tuple[str | int, ...]


def these(tasks: Iterable[int]) -> Chosen:
    """Tasks by their ids."""
    return Chosen("json_each(?) j CROSS JOIN task t ON t.id = j.value", (_json(tasks),))


def of_manager(manager: int) -> Chosen:
    """All tasks of one account manager: every row of his is made up of them, and they are not all tasks at once."""
    return Chosen("(SELECT * FROM task WHERE manager_id = ?) t", (manager,))


def tallied(db: sqlite3.Connection, tasks: Chosen) -> tuple[Rows, Rows]:
    """Rows of `task_tally` and of `reason_tally` to which these tasks add up."""
    counts: Rows = {}
    for manager, operator, day, state, n, uncalled in db.execute(_TASKS.format(tasks=tasks.source), tasks.values):
        for key in _keys((manager, EVERYBODY), (operator,), (), day):
            row = counts.setdefault(key, [0] * len(COLUMNS))
            row[state] += n
            row[UNCALLED] += uncalled
    for manager, operator, day, n in db.execute(_CALLS.format(tasks=tasks.source), tasks.values):
        for key in _keys((manager, EVERYBODY), (operator,), (), day):
            counts.setdefault(key, [0] * len(COLUMNS))[CALLS] += n
    reasons: Rows = {}
    for manager, operator, event, reason, day, n in db.execute(_REASONS.format(tasks=tasks.source), tasks.values):
        for key in _keys((manager, EVERYBODY), (operator, EVERYBODY), (event, reason), day):
            reasons.setdefault(key, [0])[0] += n
    return counts, reasons


def repeated(db: sqlite3.Connection, tasks: Chosen) -> list[tuple[int, ...]]:
    """Rows of `reason_again` of these tasks: a date with a reason that the task has on a later one, the next, again."""
    return db.execute(_AGAIN.format(tasks=tasks.source), tasks.values).fetchall()


def _json(ids: Iterable[int]) -> str:
    return msgspec.json.encode(sorted(ids)).decode()


def _keys(
    managers: tuple[int, ...], operators: tuple[int, ...], kind: tuple[int, ...], day: int
) -> Iterator[tuple[int, ...]]:
    periods = (day, MONTHS_FROM + month_of(day), ALL_DAYS)
    return ((manager, operator, period, *kind) for manager in managers for operator in operators for period in periods)


class TaskDeltas:
    """What one transaction adds to and takes from the tallies of the plan."""

    def __init__(self) -> None:
        self._tasks: set[int] = set()
        self._before: tuple[Rows, Rows] = ({}, {})

    def came(self, task: int) -> None:
        """A task that was not there before."""
        self._tasks.add(task)

    def changes(self, db: sqlite3.Connection, *tasks: int) -> None:
        """These tasks are about to change: their days, people, states, attached calls, or history."""
        fresh = set(tasks) - self._tasks
        if fresh:
            for sums, found in zip(self._before, tallied(db, these(fresh)), strict=True):
                _add(sums, found, 1)
            self._tasks |= fresh

    def write(self, db: sqlite3.Connection) -> None:
        """Into the tables, and forget them."""
        if not self._tasks:
            return
        for table, sums, found in zip(_TABLES, self._before, tallied(db, these(self._tasks)), strict=True):
            deltas: Rows = {}
            _add(deltas, found, 1)
            _add(deltas, sums, -1)
            _write(db, table, deltas)
            sums.clear()
        db.executemany("DELETE FROM reason_again WHERE task_id = ?", [(task,) for task in sorted(self._tasks)])
        _write_again(db, repeated(db, these(self._tasks)))
        self._tasks.clear()


_TABLES = {
    "task_tally": (("manager_id", "operator_id", "period"), COLUMNS),
    "reason_tally": (("manager_id", "operator_id", "period", "event", "reason_id"), ("n",)),
}
"""Key and counts of each."""


def _add(sums: Rows, found: Rows, sign: int) -> None:
    for key, counts in found.items():
        row = sums.get(key)
        sums[key] = (
            [sign * n for n in counts] if row is None else [a + sign * b for a, b in zip(row, counts, strict=True)]
        )


def _write(db: sqlite3.Connection, table: str, deltas: Rows) -> None:
    """Rows that came to nothing do not stay."""
    key, counts = _TABLES[table]
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


def _write_again(db: sqlite3.Connection, rows: Iterable[tuple[int, ...]]) -> None:
    db.executemany("INSERT INTO reason_again VALUES (?, ?, ?, ?, ?)", rows)


def wrong_task_tallies(db: sqlite3.Connection, *, deep: bool) -> int:
    """How many rows differ from a count of the tasks; plainly of tasks by operator and state, all days together."""
    db.execute("BEGIN")
    try:
        return _wrong_rows(db) if deep else _wrong_totals(db)
    finally:
        db.execute("COMMIT")


def _wrong_totals(db: sqlite3.Connection) -> int:
    states = COLUMNS[:UNCALLED]
    counted: dict[int, list[int]] = {}
    rows = "SELECT operator_id, state, count(*) FROM task INDEXED BY task_report GROUP BY 1, 2"
    for operator, state, n in db.execute(rows):
        counted.setdefault(operator, [0] * len(states))[state] = n
    found = f"SELECT operator_id, {', '.join(states)} FROM task_tally WHERE manager_id = ? AND period = ?"
    # An operator may have calls only, at tasks that are somebody else's now.
    tallied = {operator: n for operator, *n in db.execute(found, (EVERYBODY, ALL_DAYS)) if any(n)}
    return sum(counted.get(operator) != tallied.get(operator) for operator in counted.keys() | tallied.keys())


def _wrong_rows(db: sqlite3.Connection) -> int:
    wrong = sum(_differing(db, manager) for manager in _managers(db))
    for table, (key, counts) in _TABLES.items():
        kept = f"SELECT {', '.join((*key[1:], *counts))} FROM {table} WHERE manager_id = {EVERYBODY}"
        sums = ", ".join(f"sum({name})" for name in counts)
        summed = (
            f"SELECT {', '.join(key[1:])}, {sums} FROM {table} WHERE manager_id <> {EVERYBODY}"
            f" GROUP BY {', '.join(key[1:])}"
        )
        for one, other in ((kept, summed), (summed, kept)):
            wrong += db.execute(f"SELECT count(*) FROM ({one} EXCEPT {other})").fetchone()[0]
    return wrong


def _managers(db: sqlite3.Connection) -> list[int]:
    """Those of tasks, and those of rows."""
    rows = db.execute(
        "SELECT manager_id FROM task UNION SELECT manager_id FROM task_tally UNION SELECT manager_id FROM reason_tally"
    )
    return [id for (id,) in rows.fetchall() if id != EVERYBODY]


def _differing(db: sqlite3.Connection, manager: int) -> int:
    """Rows of one account manager that differ."""
    chosen = of_manager(manager)
    again = db.execute(
        "SELECT r.* FROM reason_again r JOIN task t ON t.id = r.task_id WHERE t.manager_id = ?", (manager,)
    ).fetchall()
    wrong = len(set(again) ^ set(repeated(db, chosen)))
    for (table, (key, counts)), rows in zip(_TABLES.items(), tallied(db, chosen), strict=True):
        found = db.execute(f"SELECT {', '.join((*key, *counts))} FROM {table} WHERE manager_id = ?", (manager,))
        wanted = {(*place, *row) for place, row in rows.items() if place[0] == manager}
        wrong += len(wanted ^ set(found.fetchall()))
    return wrong


def count_tasks_again(db: sqlite3.Connection) -> None:
    """Make the tallies what all tasks add up to."""
    managers = _managers(db)
    for table in (*_TABLES, "reason_again"):
        db.execute(f"DELETE FROM {table}")
    for manager in managers:
        for table, rows in zip(_TABLES, tallied(db, of_manager(manager)), strict=True):
            _write(db, table, rows)
        _write_again(db, repeated(db, of_manager(manager)))
