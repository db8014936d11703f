"""`python -m benchmarks.plan STORE [--fill 1000000]`: the operator's list and the report of the outbound plan.

With `--fill` so many tasks are first put into the store: give it a copy. Two of three are calls that were made, so that
they have attempts; one of six was postponed.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from backend_client.contract.plan_report import PlanReportRequest
from backend_client.contract.tasks import TaskListRequest
from backend_client.derive.local_time import local_time
from backend_client.model.period import Period, Preset
from backend_client.model.permissions import Role, Session
from backend_client.model.task import Outcome, TaskFilter, TaskOrder, TaskState
from backend_client.model.task_event import TaskEvent
from backend_client.sqlite.access.scope import TaskScope
from backend_client.sqlite.codes import EVENT_CODE
from backend_client.sqlite.file import open_file
from backend_client.sqlite.plan.codes import STATE_CODE
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.filter import TaskViewer
from backend_client.sqlite.plan.listing import read_task_list
from backend_client.sqlite.plan.report import read_plan_report
from backend_client.sqlite.plan.tallies import count_tasks_again
from backend_client.sqlite.plan.words import enter_words
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.writer import Writer
from benchmarks.centre import ZONE
from benchmarks.pages import open_reader

GOAL = 50.0
"""Milliseconds of the list and of the report at 1 million tasks and 10 million calls; medians are held to it."""
TRIES = 20
HEAD = Session(employee_id=None, name="Benchmark", roles=(Role.HEAD,))
_LATER = 30
"""Days for which calls are planned ahead."""
_OLD = 7
"""Days after which hardly a task is open still."""
_CLOSED = [(TaskState.DONE_ORDER, 50), (TaskState.DONE, 20), (TaskState.REFUSED, 20), (TaskState.DROPPED_CONFIRMED, 8)]
_RECENT = [
    (TaskState.DONE_ORDER, 40), (TaskState.DONE, 15), (TaskState.REFUSED, 10), (TaskState.PLANNED, 15),
    (TaskState.NOT_REACHED, 12), (TaskState.POSTPONED, 6), (TaskState.DROPPED, 2),
]  # fmt: skip
_AHEAD = [(TaskState.PLANNED, 9), (TaskState.POSTPONED, 1)]
_EVENT_OF = {
    TaskState.DONE_ORDER: TaskEvent.DONE, TaskState.DONE: TaskEvent.DONE, TaskState.REFUSED: TaskEvent.REFUSE,
    TaskState.NOT_REACHED: TaskEvent.NOT_REACHED, TaskState.DROPPED: TaskEvent.DROP,
    TaskState.DROPPED_CONFIRMED: TaskEvent.CONFIRM_DROP,
}  # fmt: skip
_ATTACH = """
INSERT OR IGNORE INTO attempt SELECT t.operator_id, c.start, c.id, t.id, t.day
FROM task t CROSS JOIN number n ON n.client_id = t.client_id
CROSS JOIN call c INDEXED BY call_number ON c.number_id = n.id AND c.start BETWEEN (t.day - 1) * 86400
  AND (t.day + 2) * 86400 AND c.day = t.day AND c.kind BETWEEN 16 AND 31
CROSS JOIN call_employee e ON e.employee_id = t.operator_id AND e.start = c.start AND e.call_id = c.id
WHERE t.operator_id <> 0
"""


class Planned(Struct, frozen=True):
    """A task to make: whose, of whom, when."""

    client: int
    operator: int
    day: int


def fill(path: Path, tasks: int = 0) -> None:
    """Put so many tasks into a store (0: one for each ten calls), with history and attempts."""
    with (
        closing(open_file(path, create=False)) as file,
        closing(Writer(file)) as writer,
        writer.transaction(durable=False) as transaction,
    ):
        db = transaction.db
        today, calls = db.execute("SELECT max(day), count(*) FROM call").fetchone()
        tasks = tasks or calls // 10
        chance = random.Random(1)
        for place, planned in enumerate(_planned(db, tasks, today, chance), 1):
            _insert(db, place, planned, today, chance)
        for task, *texts in db.execute("SELECT id, address, order_number FROM task").fetchall():
            enter_words(db, task, texts)
        db.execute(_ATTACH)
        db.execute("UPDATE task SET calls = (SELECT count(DISTINCT call_id) FROM attempt WHERE task_id = task.id)")
        count_tasks_again(db)


def _planned(db: sqlite3.Connection, tasks: int, today: int, chance: random.Random) -> Iterator[Planned]:
    made = db.execute(
        "SELECT n.client_id, e.employee_id, c.day FROM call_employee e CROSS JOIN call c ON c.id = e.call_id"
        " CROSS JOIN number n ON n.id = c.number_id WHERE c.kind BETWEEN 16 AND 31 AND n.client_id IS NOT NULL"
    )
    called = made.fetchall()
    for client, operator, day in chance.sample(called, min(len(called), tasks * 2 // 3)):
        yield Planned(client, operator, day)
    days = (today - min(day for _, _, day in called)) + _LATER
    clients = [id for (id,) in db.execute("SELECT id FROM client WHERE archived = 0").fetchall()]
    operators = [id for (id,) in db.execute("SELECT id FROM employee").fetchall()]
    for _ in range(tasks - min(len(called), tasks * 2 // 3)):
        yield Planned(chance.choice(clients), chance.choice(operators), today + _LATER - chance.randrange(days))


def _insert(db: sqlite3.Connection, id: int, planned: Planned, today: int, chance: random.Random) -> None:
    day = planned.day
    mix = (
        _CLOSED
        if day < today - _OLD
        else _RECENT
        if day <= today
        else [(TaskState.PLANNED, 9), (TaskState.POSTPONED, 1)]
    )
    [state] = chance.choices([one for one, _ in mix], [weight for _, weight in mix])
    moves = 1 + (chance.random() < 0.3) if state is TaskState.POSTPONED or chance.random() < 1 / 6 else 0
    done_on = day if day <= today else today - chance.randrange(30)
    at = done_on * 86_400 + chance.randrange(30_000, 60_000)
    db.execute(
        "INSERT INTO task (id, day, plan_day, operator_id, manager_id, client_id, address, order_number, last_delivery,"
        " state, postponed, created, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (id, day, day + 1, planned.operator, planned.operator % 10 + 1, planned.client, f"вул. Садова, {id % 300}",
         str(id), day - chance.randrange(7, 90), STATE_CODE[state], moves, at, at),
    )  # fmt: skip
    lines: list[tuple[int, int | None, int]] = [(EVENT_CODE[TaskEvent.ADD], None, day - moves * 3)]
    for move in range(moves):
        was = day - (moves - move) * 3
        lines.append((EVENT_CODE[TaskEvent.POSTPONE], was, was + 3))
        db.execute("INSERT OR IGNORE INTO task_away VALUES (?, ?, ?, ?)", (id, was, planned.operator, day))
    if state in _EVENT_OF:
        lines.append((EVENT_CODE[_EVENT_OF[state]], day, day))
    db.executemany(
        "INSERT INTO task_history (task_id, number, at, author, event, from_state, to_state, from_day, to_day)"
        " VALUES (?, ?, ?, 'Benchmark', ?, 0, ?, ?, ?)",
        [
            (id, number, at, event, STATE_CODE[state], was, now) for number, (event, was, now) in enumerate(lines, 1)
        ],
    )  # fmt: skip


def lists(operator: int, today: int) -> dict[str, tuple[TaskListRequest, TaskViewer]]:
    """What an operator and a head look at."""
    own, head = TaskViewer(TaskScope(False, operator), today), TaskViewer(TaskScope(True, None), today)
    work = TaskFilter(contact=Period(end=iso_of(today)), open=True)
    month = Period(start=iso_of(today - 29), end=iso_of(today))
    return {
        "an operator's calls for today": (TaskListRequest(filter=work), own),
        "the same, by client": (TaskListRequest(filter=work, order=TaskOrder.CLIENT), own),
        "open until today, of all": (TaskListRequest(filter=work), head),
        "the whole plan, in order of work": (TaskListRequest(), head),
        "the whole plan, by date": (TaskListRequest(order=TaskOrder.CONTACT), head),
        "search in the whole plan": (TaskListRequest(filter=TaskFilter(search="садова, 17")), head),
        "search of what nearly all have": (TaskListRequest(filter=TaskFilter(search="садова")), head),
        "search of an order": (TaskListRequest(filter=TaskFilter(search="123456")), head),
        "search among an operator's": (TaskListRequest(filter=TaskFilter(search="садова, 17")), own),
        "today's tasks of all": (TaskListRequest(filter=TaskFilter(contact=Period(preset=Preset.TODAY))), head),
        "a client's tasks": (TaskListRequest(filter=TaskFilter(clients=(7,)), order=TaskOrder.CONTACT), head),
        "done in 30 days (a cell)": (
            TaskListRequest(filter=TaskFilter(planned=month, outcomes=(Outcome.DONE,)), order=TaskOrder.CONTACT), head
        ),
        "planned in 30 days by one (a cell)": (
            TaskListRequest(filter=TaskFilter(planned=month, operators=(operator,))), head
        ),
        "planned in 30 days (the total's cell)": (
            TaskListRequest(filter=TaskFilter(planned=month)), head
        ),
    }  # fmt: skip


def reports(today: int) -> dict[str, PlanReportRequest]:
    """The report over a day, a week, thirty days, a year, 900 days, ever; narrowed; with the problem clients."""
    week, ten_days, month, year, long = (
        Period(start=iso_of(today - days + 1), end=iso_of(today)) for days in (7, 10, 30, 365, 900)
    )  # fmt: skip
    plain = {
        "today": PlanReportRequest(period=Period(start=iso_of(today), end=iso_of(today))),
        "a week": PlanReportRequest(period=week),
        "30 days": PlanReportRequest(period=month),
        "a year": PlanReportRequest(period=year),
        "900 days": PlanReportRequest(period=long),
        "ever": PlanReportRequest(period=Period()),
        "30 days of a manager": PlanReportRequest(period=month, managers=(3,)),
        "ever of a manager": PlanReportRequest(period=Period(), managers=(3,)),
        "900 days of a manager": PlanReportRequest(period=long, managers=(3,)),
        "30 days of an operator": PlanReportRequest(period=month, operators=(7,)),
        "ever of an operator": PlanReportRequest(period=Period(), operators=(7,)),
        "a year of two operators": PlanReportRequest(period=year, operators=(7, 8)),
        "30 days, ten plan dates": PlanReportRequest(period=month, delivery=ten_days),
        "ever, ten plan dates": PlanReportRequest(period=Period(), delivery=ten_days),
    }
    with_problems = {f"{name}, problems": replace(request, problems=True) for name, request in plain.items()}
    return plain | with_problems


def timed(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each try, sorted: of this process, so that what else the machine does counts little."""
    spent = []
    for _ in range(TRIES):
        begun = time.process_time()
        work()
        spent.append((time.process_time() - begun) * 1000)
    return sorted(spent)


def measure(path: Path) -> list[tuple[str, float, float]]:
    """Name, median and 95th percentile in milliseconds."""
    figures = []
    with closing(open_reader(path)) as db:
        today = db.execute("SELECT max(day) FROM call").fetchone()[0]
        operator = db.execute("SELECT operator_id FROM task WHERE day = ? AND operator_id <> 0", (today,)).fetchone()[0]
        author = Author(HEAD, today * 86_400 + 50_000, local_time(ZONE))
        for name, (asked, viewer) in lists(operator, today).items():
            spent = timed(lambda a=asked, b=viewer: read_task_list(db, a, b))  # type: ignore[misc]
            figures.append((f"list: {name}", spent))
        for name, wanted in reports(today).items():
            spent = timed(lambda a=wanted: read_plan_report(db, a, author))  # type: ignore[misc]
            figures.append((f"report: {name}", spent))
    return [(name, spent[len(spent) // 2], spent[int(len(spent) * 0.95)]) for name, spent in figures]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--fill", type=int, default=0, metavar="TASKS", help="first put so many tasks into the store")
    given = parser.parse_args()
    if given.fill:
        begun = time.perf_counter()
        fill(given.store, given.fill)
        print(f"{given.fill} tasks made in {time.perf_counter() - begun:.0f} s", flush=True)
    for name, p50, p95 in measure(given.store):
        print(f"{name:<44} {p50:8.2f} {p95:8.2f}  (goal {GOAL:g}): {'ok' if p50 <= GOAL else 'MISSED'}", flush=True)


if __name__ == "__main__":
    main()
