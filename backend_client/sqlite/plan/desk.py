"""The plan's methods of the contract, for one session on one store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from backend_client.contract.plan_report import PlanReport, PlanReportRequest
from backend_client.contract.tasks import (
    GeneratedTasks,
    GenerateTasks,
    ImportedTasks,
    ImportTasks,
    TaskCard,
    TaskChange,
    TaskDeed,
    TaskList,
    TaskListRequest,
    TaskRequest,
)
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.derive.local_time import local_time
from backend_client.errors import Forbidden, Invalid
from backend_client.model.audit import Deed
from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.names import Names
from backend_client.sqlite.plan.deeds import change_task
from backend_client.sqlite.plan.filter import TaskViewer
from backend_client.sqlite.plan.generating import due_clients, generate_tasks
from backend_client.sqlite.plan.importing import import_tasks
from backend_client.sqlite.plan.listing import read_task_card, read_task_list
from backend_client.sqlite.plan.report import read_plan_report
from backend_client.sqlite.plan.rows import scope_of
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.transaction import Transaction


class PlanDesk:
    """Reads are given a connection in a snapshot, writes a transaction."""

    def __init__(self, session: Session, calls: Scope, now: Callable[[], float]) -> None:
        self._session = session
        self._calls = calls
        self._now = now

    def check_reader(self) -> None:
        """Raises Forbidden for who has no part in the plan, before anything is looked up."""
        scope_of(self._session)

    def check_manager(self) -> None:
        """Raises Forbidden for who may not change the plan."""
        if not self._session.may(Permission.MANAGE_PLAN):
            raise Forbidden(N_("Your role may not change the plan."), N_("The head and the administrator may."))

    def check_report(self) -> None:
        """Raises Forbidden for who may not see the report."""
        if not self._session.may(Permission.PLAN_REPORT):
            raise Forbidden(
                N_("Your role may not see the report of the outbound plan."),
                N_("The head, quality control and the administrator may."),
            )

    def _author(self, db: sqlite3.Connection) -> Author:
        return Author(self._session, int(self._now()), local_time(read_derive_settings(db).zone))

    def _viewer(self, db: sqlite3.Connection) -> TaskViewer:
        return TaskViewer(scope_of(self._session), self._author(db).today)

    def tasks(self, db: sqlite3.Connection, request: TaskListRequest) -> TaskList:
        return read_task_list(db, request, self._viewer(db))

    def task(self, db: sqlite3.Connection, request: TaskRequest, names: Names) -> TaskCard:
        return read_task_card(db, request, self._viewer(db), names, self._calls)

    def change(self, transaction: Transaction, deed: TaskDeed) -> TaskChange:
        return change_task(transaction, self._author(transaction.db), self._calls, deed)

    def check_import(self, request: ImportTasks) -> None:
        """Raises Forbidden, and Invalid for too many records at once."""
        self.check_manager()
        if len(request.records) > PAGE_LIMIT:
            raise Invalid(N_("At most {limit} records at a time."), limit=PAGE_LIMIT)

    def take_in(self, transaction: Transaction, facts: FactWriter, request: ImportTasks) -> ImportedTasks:
        author = self._author(transaction.db)
        taken = import_tasks(transaction, facts, author, request)
        record(transaction, self._session, Deed.TASK, author.now, amount=len(request.records))
        return taken

    def due(self, db: sqlite3.Connection, request: GenerateTasks) -> list[int]:
        """The clients whom the rule asks to call."""
        return due_clients(db, request, self._author(db).today)

    def generate(self, transaction: Transaction, request: GenerateTasks, clients: list[int]) -> GeneratedTasks:
        author = self._author(transaction.db)
        made = generate_tasks(transaction, author, request, clients)
        record(transaction, self._session, Deed.TASK, author.now, amount=len(made.tasks))
        return made

    def report(self, db: sqlite3.Connection, request: PlanReportRequest) -> PlanReport:
        return read_plan_report(db, request, self._author(db))
