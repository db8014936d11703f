"""The demo's outbound plan: water that is delivered by routes, so that clients are called before it runs out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.contract.tasks import AddTask, DoneTask, DropTask, MissTask, PostponeTask, RefuseTask, TaskDeed
from backend_client.demo.people import DELIVERY, SALES, WORKERS
from backend_client.derive.local_time import LocalTime, local_time
from backend_client.model.permissions import Role, Session
from backend_client.model.status import Direction
from backend_client.model.task import Task
from backend_client.model.task_event import TaskEvent
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.codes import DIRECTION_CODE, EVENT_CODE, KIND_STEP
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.deeds import change_task
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.transaction import Transaction

_DAYS_BACK, _DAYS_ON = 4, 3
_LEFT_TODAY, _COMING, _OVERDUE = 26, 12, 7
"""Tasks that nobody called yet: of today, of each coming day, of the days before."""
_NEVER_REACHED = 0.25
"""Share of those not reached on a day before today whom nobody postponed."""
_MILLION = 1_000_000
_OUT = DIRECTION_CODE[Direction.OUTGOING] * KIND_STEP
_CALLED = f"""
SELECT e.employee_id, n.client_id, c.day, c.start, c.talk FROM call c
JOIN call_employee e ON e.call_id = c.id AND e.start = c.start JOIN number n ON n.id = c.number_id
WHERE c.kind >= {_OUT} AND c.kind < {_OUT + KIND_STEP} AND n.client_id IS NOT NULL AND c.day >= ?
ORDER BY c.start, c.id
"""
REASONS: dict[TaskEvent, tuple[str, ...]] = {
    TaskEvent.POSTPONE: ("Є запас води", "Просив пізніше", "Не на місці", "Чекає на оплату"),
    TaskEvent.REFUSE: ("Дорого", "Інший постачальник", "Більше не потрібно"),
    TaskEvent.DROP: ("Переїхали", "Офіс закрився"),
}
_STREETS = ("вул. Вигадана", "просп. Неіснуючий", "вул. Казкова", "бульв. Примарний", "пров. Уявний")
_WORDS = ("до понеділка", "після зарплати", "", "", "передзвонити зранку")


class _Party(Struct):
    """Whom a task is for."""

    client: int
    address: str
    delivered: date


def add_plan(transaction: Transaction, random: Random, employees: dict[str, int], now: int, zone: ZoneInfo) -> None:
    """Tasks of the last days with their outcomes, of today, and of the days to come; `employees`: ids by extension."""
    _Planner(transaction, random, employees, now, local_time(zone.key)).plan()


class _Planner:
    def __init__(
        self, transaction: Transaction, random: Random, employees: dict[str, int], now: int, local: LocalTime
    ) -> None:
        self._transaction = transaction
        self._random = random
        self._now = now
        self._local = local
        self._today = local.day(now)
        head = next(one for one in WORKERS if Role.HEAD in one.roles)
        self._head = Session(employee_id=employees[head.extension], name=head.name, roles=head.roles)
        self._operators = {
            employees[one.extension]: Session(employee_id=employees[one.extension], name=one.name, roles=one.roles)
            for one in WORKERS
            if one.department in (SALES, DELIVERY) and Role.OPERATOR in one.roles
        }
        self._reasons: dict[TaskEvent, list[int]] = {}
        self._taken: set[tuple[int, int]] = set()

    @property
    def _db(self) -> sqlite3.Connection:
        return self._transaction.db

    def plan(self) -> None:
        self._add_reasons()
        for operator, client, day, start, talk in self._db.execute(_CALLED, (self._today - _DAYS_BACK,)).fetchall():
            if operator in self._operators and (client, day) not in self._taken:
                self._called(operator, client, day, start, talk)
        parties = self._strangers()
        for days, count in ((0, _LEFT_TODAY), (-1, _OVERDUE), *((day, _COMING) for day in range(1, _DAYS_ON + 1))):
            for _ in range(count):
                self._add(next(parties), self._random.choice(list(self._operators)), self._today + days)

    def _add_reasons(self) -> None:
        for event, names in REASONS.items():
            self._reasons[event] = [
                int(self._db.execute(
                    "INSERT INTO task_reason (name, event) VALUES (?, ?) RETURNING id", (name, EVENT_CODE[event])
                ).fetchone()[0])
                for name in names
            ]  # fmt: skip

    def _strangers(self) -> Iterator[_Party]:
        """Clients who have no task yet, by chance."""
        clients = [id for (id,) in self._db.execute("SELECT id FROM client ORDER BY id").fetchall()]
        self._random.shuffle(clients)
        with_tasks = {client for client, _day in self._taken}
        yield from (self._party(client) for client in clients if client not in with_tasks)

    def _party(self, client: int) -> _Party:
        random = self._random
        address = f"{random.choice(_STREETS)}, {random.randint(1, 90)}, кв. {random.randint(1, 180)}"
        delivered = date.fromisoformat(iso_of(self._today)) - timedelta(days=random.randint(9, 70))
        return _Party(client, address, delivered)

    def _add(self, party: _Party, operator: int, day: int) -> Task:
        random = self._random
        deed = AddTask(
            contact_date=iso_of(day), contact_time=f"{random.randint(9, 17):02}:{random.choice((0, 15, 30, 45)):02}",
            plan_date=iso_of(day + random.randint(1, 3)), operator_id=operator, manager_id=self._head.employee_id,
            client_id=party.client, address=party.address, last_delivery=party.delivered.isoformat(),
        )  # fmt: skip
        self._taken.add((party.client, day))
        task = self._do(self._head, min(self._now, self._local.midnight(min(day, self._today)) - 6 * 3600), deed)
        assert task is not None
        return task

    def _called(self, operator: int, client: int, day: int, start: int, talk: int) -> None:
        """A task, and what came of the call that the journal has."""
        task = self._add(self._party(client), operator, day)
        self._do(self._operators[operator], min(self._now, start + talk + 40), self._outcome(task, day, talk))

    def _outcome(self, task: Task, day: int, talk: int) -> TaskDeed:
        random, id, revision = self._random, task.id, task.revision
        weights = (55, 12, 18, 10, 5)
        if not talk:
            if day == self._today or random.random() < _NEVER_REACHED:
                return MissTask(id=id, revision=revision)
            weights = (0, 0, 1, 0, 0)
        chosen = random.choices(("order", "none", "later", "refused", "dropped"), weights)[0]
        if chosen == "order":
            amount = random.randint(2, 9) * 85 * _MILLION
            return DoneTask(id=id, revision=revision, order=f"ВВ-{id + 4000}", amount=amount, currency="UAH")
        if chosen == "none":
            return DoneTask(id=id, revision=revision, with_order=False)
        if chosen == "refused":
            return RefuseTask(id=id, revision=revision, reason_id=random.choice(self._reasons[TaskEvent.REFUSE]))
        if chosen == "dropped":
            return DropTask(id=id, revision=revision, reason_id=random.choice(self._reasons[TaskEvent.DROP]))
        later = day + random.randint(2, 6)
        return PostponeTask(
            id=id, revision=revision, contact_date=iso_of(later), plan_date=iso_of(later + 1),
            reason_id=random.choice(self._reasons[TaskEvent.POSTPONE]), text=random.choice(_WORDS),
        )  # fmt: skip

    def _do(self, session: Session, at: int, deed: TaskDeed) -> Task | None:
        author = Author(session, at, self._local)
        return change_task(self._transaction, author, Scope(True, session.employee_id), deed).task
