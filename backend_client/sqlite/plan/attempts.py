"""Attempts come from the journal: outgoing calls to the client's numbers, on a contact date of the task, in which the
operator took part who had the task then. They are attached by themselves, whatever changes: calls, links, tasks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from backend_client.model.status import Direction
from backend_client.sqlite.codes import DIRECTION_CODE, KIND_STEP
from backend_client.sqlite.plan.tallies import TaskDeltas

_OUT = DIRECTION_CODE[Direction.OUTGOING] * KIND_STEP
_FOUND = f"""
WITH due(day, operator_id) AS (
  SELECT day, operator_id FROM task WHERE id = :task AND operator_id <> 0
  UNION SELECT day, operator_id FROM task_away WHERE task_id = :task AND operator_id <> 0),
party(id) AS (
  SELECT n.id FROM task t JOIN number n ON n.client_id = t.client_id WHERE t.id = :task
  UNION SELECT number_id FROM task WHERE id = :task AND number_id IS NOT NULL)
SELECT due.operator_id, c.start, c.id, due.day FROM due CROSS JOIN party CROSS JOIN call c INDEXED BY call_number
WHERE c.number_id = party.id AND c.start >= (due.day - 1) * 86400 AND c.start < (due.day + 2) * 86400
  AND c.day = due.day AND c.kind >= {_OUT} AND c.kind < {_OUT + KIND_STEP}
  AND EXISTS (SELECT 1 FROM call_employee e
    WHERE e.employee_id = due.operator_id AND e.start = c.start AND e.call_id = c.id)
"""
# A local day begins and ends less than a day away from that of UTC.
_OF_NUMBERS = """
SELECT t.id FROM json_each(:pairs) p JOIN number n ON n.id = p.value ->> 0 JOIN task t ON t.client_id = n.client_id
WHERE t.day = p.value ->> 1 OR EXISTS (SELECT 1 FROM task_away w WHERE w.task_id = t.id AND w.day = p.value ->> 1)
UNION
SELECT t.id FROM json_each(:pairs) p JOIN task t ON t.number_id = p.value ->> 0
WHERE t.day = p.value ->> 1 OR EXISTS (SELECT 1 FROM task_away w WHERE w.task_id = t.id AND w.day = p.value ->> 1)
"""
_OF_CLIENTS = "SELECT id FROM task WHERE client_id IN (SELECT value FROM json_each(?))"


class Touched:
    """What one transaction changed that calls may be attached by."""

    def __init__(self) -> None:
        self._calls: set[tuple[int, int]] = set()
        self._clients: set[int] = set()
        self._tasks: set[int] = set()

    def call(self, number: int | None, day: int, kind: int) -> None:
        """A call of that number on that local day came, went or changed."""
        if number is not None and kind // KIND_STEP == _OUT // KIND_STEP:
            self._calls.add((number, day))

    def client(self, client: int | None) -> None:
        """A client won or lost a number."""
        if client is not None:
            self._clients.add(client)

    def task(self, task: int) -> None:
        self._tasks.add(task)

    def attach(self, db: sqlite3.Connection, tallies: TaskDeltas) -> bool:
        """Attach to all tasks concerned what belongs to them; whether any differs from before."""
        tasks = self._concerned(db)
        differing = [task for task in sorted(tasks) if _attach(db, tallies, task)]
        return bool(differing)

    def _concerned(self, db: sqlite3.Connection) -> set[int]:
        tasks = set(self._tasks)
        if (self._calls or self._clients) and db.execute("SELECT 1 FROM task LIMIT 1").fetchone() is not None:
            pairs = msgspec.json.encode(sorted(self._calls)).decode()
            tasks.update(id for (id,) in db.execute(_OF_NUMBERS, {"pairs": pairs}).fetchall())
            clients = msgspec.json.encode(sorted(self._clients)).decode()
            tasks.update(id for (id,) in db.execute(_OF_CLIENTS, (clients,)).fetchall())
        for touched in (self._calls, self._clients, self._tasks):
            touched.clear()
        return tasks


def attempts_of(db: sqlite3.Connection, task: int) -> set[tuple[int, int, int, int]]:
    """The calls that belong to a task by what stands there now: (operator, start, call, day)."""
    return set(db.execute(_FOUND, {"task": task}).fetchall())


def known_attempts(db: sqlite3.Connection, task: int) -> set[tuple[int, int, int, int]]:
    """The calls that are attached to a task, alike."""
    rows = db.execute("SELECT operator_id, start, call_id, day FROM attempt WHERE task_id = ?", (task,))
    return set(rows.fetchall())


def _attach(db: sqlite3.Connection, tallies: TaskDeltas, task: int) -> bool:
    found = attempts_of(db, task)
    known = known_attempts(db, task)
    if found == known:
        return False
    tallies.changes(db, [task], {call for _, _, call, _ in found ^ known})
    db.executemany(
        "DELETE FROM attempt WHERE operator_id = ? AND start = ? AND call_id = ? AND task_id = ?",
        [(*key[:3], task) for key in known - found],
    )
    db.executemany("INSERT INTO attempt VALUES (?, ?, ?, ?, ?)", _rows(found - known, task))
    calls = len({call for _, _, call, _ in found})
    db.execute("UPDATE task SET calls = ? WHERE id = ?", (calls, task))
    return True


def _rows(found: Iterable[tuple[int, int, int, int]], task: int) -> list[tuple[int, int, int, int, int]]:
    return [(operator, start, call, task, day) for operator, start, call, day in found]
