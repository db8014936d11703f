"""The local store as a `Backend`: reads on leased connections in threads, writes behind the turnstile."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from msgspec import structs

from backend_client.contract.calls import CommentRequest, CountRequest, ExportPermit
from backend_client.contract.changes import Clock
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import Forbidden, Invalid
from backend_client.model.audit import Deed
from backend_client.model.permissions import Permission
from backend_client.model.played_clock import PlayedClock
from backend_client.model.text import N_
from backend_client.sqlite.access.audit import read_audit, record
from backend_client.sqlite.access.scope import scope_of, task_scope_of
from backend_client.sqlite.changes import ChangeWatch
from backend_client.sqlite.clients.client_rights import permit_clients
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.directory import DirectoryCache
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.pool import ReadPool
from backend_client.sqlite.rows import read_calls
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.supervision.live import read_live
from backend_client.sqlite.unsorted import count_unsorted
from backend_client.sqlite.window import read_window
from backend_client.sqlite.writer import Writer

if TYPE_CHECKING:
    from backend_client.contract.audit import AuditPage, AuditRequest
    from backend_client.contract.calls import (
        CallRequest,
        Count,
        ExportRequest,
        LogCall,
        SetResult,
        Unsorted,
        UnsortedRequest,
        Window,
        WindowRequest,
    )
    from backend_client.contract.changes import ChangeRequest, Changes
    from backend_client.contract.clients import (
        ClientChange,
        ClientDeed,
        ClientList,
        ClientListRequest,
        ClientRequest,
        Clients,
        ClientSearch,
        ImportClients,
        ImportedClients,
    )
    from backend_client.contract.directories import DirectoryDeed
    from backend_client.contract.live import Live
    from backend_client.contract.missed_queue import MissedQueue, MissedQueueRequest, QueueChange, QueueDeed
    from backend_client.contract.now import Now, NowRequest
    from backend_client.contract.plan_report import PlanReport, PlanReportRequest
    from backend_client.contract.recordings import (
        HeardRequest,
        LinkRequest,
        PartRange,
        RangeRequest,
        RecordingLink,
        RecordingRequest,
    )
    from backend_client.contract.sources import Sources, SourcesRequest
    from backend_client.contract.tariffs import ChangeTariffs, Tariffs
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
    from backend_client.contract.views import SaveState, States, StatesRequest, ViewRequest, Views
    from backend_client.model.call import Call, CallDetails, Comment
    from backend_client.model.client import ClientCard
    from backend_client.model.directory import Directories
    from backend_client.model.permissions import Session
    from backend_client.model.recording import Recording
    from backend_client.model.report import ReportRequest, ReportResult
    from backend_client.sqlite.access.scope import Scope
    from backend_client.sqlite.facts import FactWriter
    from backend_client.sqlite.file import StoreFile
    from backend_client.sqlite.names import Names
    from backend_client.sqlite.plan.desk import PlanDesk
    from backend_client.sqlite.recordings import RecordingDesk
    from backend_client.sqlite.reports.count_calls import SliceCache
    from backend_client.sqlite.supervision.now import Board
    from backend_client.sqlite.transaction import Transaction

T = TypeVar("T")


class SqliteBackend:
    """One session on one store. Made by `backend_client.opening.open_store`."""

    def __init__(self, file: StoreFile, session: Session, *, now: Callable[[], float] = time.time) -> None:
        self.file = file
        self._session = session
        self._scope = scope_of(session)
        self._now = now
        self._pace = now.pace if isinstance(now, PlayedClock) else 1.0
        self._pool = ReadPool(file)
        self._shelf = ReadPool(file)
        """For recordings: a folder or a server of them that hangs holds up nobody who asks for anything else."""
        self._writer = Writer(file)
        self._watch = ChangeWatch(file)
        self._directories = DirectoryCache()
        self._names: tuple[Directories, Names] | None = None
        self._sums: SliceCache | None = None

    @property
    def session(self) -> Session:
        return self._session

    def for_session(self, session: Session) -> SqliteBackend:
        """The same open store for somebody else; who opened it closes it."""
        other = copy(self)
        other._session, other._scope = session, scope_of(session)
        # What was made for one session may know what another must not.
        other._sums = None
        # Judged for each session anew.
        other._board = self._board
        vars(other).pop("_recordings", None)
        vars(other).pop("_plan", None)
        return other

    async def clock(self) -> Clock:
        return await self._read(lambda db, viewer, names: structs.replace(_clock(db, viewer), pace=self._pace))

    async def directories(self) -> Directories:
        return await self._pool.run(self._directories.read)

    async def changes(self, request: ChangeRequest) -> Changes:
        return await self._watch.changes(request)

    async def window(self, request: WindowRequest) -> Window:
        return await self._read(lambda db, viewer, names: read_window(db, request, viewer, names))

    async def count(self, request: CountRequest) -> Count:
        def number(db: sqlite3.Connection, viewer: Viewer, names: Names) -> Count:
            if request.clients is None:
                return read_count(db, request, viewer, names)
            from backend_client.sqlite.clients.client_list import count_clients

            permit_clients(self._session)
            return count_clients(db, request.clients, viewer, request.limit)

        return await self._read(number)

    async def live(self) -> Live:
        live = await self._read(lambda db, viewer, names: read_live(db, viewer.scope, names, viewer.now))
        return structs.replace(live, pace=self._pace)

    async def now(self, request: NowRequest) -> Now:
        def read(db: sqlite3.Connection, viewer: Viewer, names: Names) -> Now:
            directories = self._names[0] if self._names is not None else self._directories.read(db)
            answer = self._board.read(db, request, self._session, viewer, names, directories)
            return structs.replace(answer, pace=self._pace)

        return await self._read(read)

    async def missed_queue(self, request: MissedQueueRequest) -> MissedQueue:
        def read(db: sqlite3.Connection, viewer: Viewer, names: Names) -> MissedQueue:
            from backend_client.sqlite.queue.lines import read_missed_queue

            queue = read_missed_queue(db, request, self._session, viewer, names, self._board.missed)
            return structs.replace(queue, pace=self._pace)

        return await self._read(read)

    async def change_queue(self, request: QueueDeed) -> QueueChange:
        def change(transaction: Transaction) -> QueueChange:
            from backend_client.sqlite.queue.deeds import change_queue

            missed, now = self._board.missed, int(self._now())
            return change_queue(transaction, self._session, self._scope, names_of(directories), missed, request, now)

        directories = await self.directories()
        return await self._write(change)

    @cached_property
    def _board(self) -> Board:
        # 8 ms that the first paint does without.
        from backend_client.sqlite.supervision.now import Board

        return Board()

    async def call(self, request: CallRequest) -> CallDetails:
        def details(db: sqlite3.Connection) -> CallDetails:
            from backend_client.sqlite.details import read_details

            directories = self._directories.read(db)
            names = self._names_of(directories)
            db.execute("BEGIN")
            return read_details(db, request, self._session, self._scope, directories, names, int(self._now()))

        return await self._pool.run(details)

    async def comment(self, request: CommentRequest) -> Comment:
        if not self._session.may(Permission.COMMENT):
            raise Forbidden(N_("You may not comment on calls."), N_("An administrator can allow it."))

        def save(transaction: Transaction) -> Comment:
            from backend_client.sqlite.comments import save_comment
            from backend_client.sqlite.details import running_call, visible_call

            now = int(self._now())
            running = running_call(transaction.db, request.call_id, self._scope, None, now)
            call = visible_call(transaction.db, request.call_id, self._scope) if running is None else running.id
            saved = save_comment(transaction, self._session, request, now)
            if saved.revision != request.revision:
                record(transaction, self._session, Deed.COMMENT, saved.at, object_id=call)
            return saved

        return await self._write(save)

    async def views(self) -> Views:
        from backend_client.sqlite.states import read_views

        return await self._pool.run(lambda db: read_views(db, self._session))

    async def save_view(self, request: ViewRequest) -> Views:
        from backend_client.sqlite.states import save_view

        return await self._write(lambda transaction: save_view(transaction, self._session, request))

    async def states(self, request: StatesRequest) -> States:
        from backend_client.sqlite.states import read_states

        return await self._read(lambda db, viewer, names: read_states(db, self._session, request.kind))

    async def save_state(self, request: SaveState) -> None:
        from backend_client.sqlite.states import save_state

        await self._write(lambda transaction: save_state(transaction, self._session, request))

    async def unsorted(self, request: UnsortedRequest) -> Unsorted:
        return await self._read(lambda db, viewer, names: count_unsorted(db, viewer))

    async def find_clients(self, request: ClientSearch) -> Clients:
        permit_clients(self._session)
        from backend_client.sqlite.clients.client_search import find_clients

        return await self._pool.run(lambda db: find_clients(db, request))

    async def client(self, request: ClientRequest) -> ClientCard:
        permit_clients(self._session)

        def card(db: sqlite3.Connection) -> ClientCard:
            from backend_client.sqlite.clients.client_cards import read_card
            from backend_client.sqlite.clients.client_changes import resolve_client

            db.execute("BEGIN")
            return read_card(db, resolve_client(db, request.id), self._scope)

        return await self._pool.run(card)

    async def clients(self, request: ClientListRequest) -> ClientList:
        permit_clients(self._session)

        def rows(db: sqlite3.Connection, viewer: Viewer, names: Names) -> ClientList:
            from backend_client.sqlite.clients.client_list import read_client_list

            return read_client_list(db, request, viewer)

        return await self._read(rows)

    async def change_client(self, request: ClientDeed) -> ClientChange:
        def change(transaction: Transaction) -> ClientChange:
            from backend_client.contract.clients import RegisterClient
            from backend_client.sqlite.clients.client_changes import change_client

            now = int(self._now())
            changed = change_client(transaction, self._facts, self._session, self._scope, request, now)
            deed = Deed.REGISTER if isinstance(request, RegisterClient) else Deed.CLIENT
            client = None if changed.client is None else changed.client.id
            record(transaction, self._session, deed, now, object_id=client, amount=changed.calls)
            return changed

        return await self._write(change)

    async def import_clients(self, request: ImportClients) -> ImportedClients:
        if not self._session.may(Permission.IMPORT):
            raise Forbidden(N_("Your role may not import clients."), N_("Ask a supervisor or the administrator."))
        if len(request.records) > PAGE_LIMIT:
            raise Invalid(N_("At most {limit} records at a time."), limit=PAGE_LIMIT)

        def take(transaction: Transaction) -> ImportedClients:
            from backend_client.sqlite.clients.client_import import import_clients

            now, amount = int(self._now()), len(request.records)
            record(transaction, self._session, Deed.CLIENT, now, amount=amount)
            return import_clients(transaction, self._facts, self._session, request, now)

        return await self._write(take, keep=not request.rehearse)

    async def change_directory(self, request: DirectoryDeed) -> Directories:
        """Where an extension changed hands, the calls since then are derived again before this answers."""
        from backend_client.sqlite.directory_changes import change_directory
        from backend_client.sqlite.upkeep.rebuild import rebuild

        def change(transaction: Transaction) -> int | None:
            since = change_directory(transaction, self._session, request)
            record(transaction, self._session, Deed.DIRECTORY, int(self._now()))
            return since

        since = await self._write(change)
        if since is not None:
            await self._pool.call(lambda: rebuild(self._writer, since=since))
        return await self.directories()

    async def set_result(self, request: SetResult) -> Call:
        if not self._session.may(Permission.COMMENT):
            raise Forbidden(N_("You may not set call results."), N_("An administrator can allow it."))

        def save(transaction: Transaction) -> int:
            from backend_client.sqlite.call_deeds import save_result
            from backend_client.sqlite.details import running_call, visible_call

            if running_call(transaction.db, request.call_id, self._scope, None, int(self._now())) is not None:
                raise Invalid(N_("The call still runs: say its outcome when it has ended."))
            call = visible_call(transaction.db, request.call_id, self._scope)
            save_result(transaction, call, request.result_id)
            record(transaction, self._session, Deed.RESULT, int(self._now()), object_id=call)
            return call

        return await self._call_now(await self._write(save))

    async def log_call(self, request: LogCall) -> Call:
        if not self._session.may(Permission.COMMENT):
            raise Forbidden(N_("You may not write calls down."), N_("An administrator can allow it."))
        return await self._call_now(await self._pool.call(lambda: self._log(request)))

    def _log(self, request: LogCall) -> int:
        """Write the call down, whole with its outcome and comment or not at all; gives its id."""
        from backend_client.sqlite.call_deeds import facts_by_hand, save_result
        from backend_client.sqlite.comments import save_comment

        now, made = int(self._now()), []
        facts = self._pool.read(lambda db: facts_by_hand(db, request, self._session, now))

        def complete(transaction: Transaction) -> None:
            row = transaction.db.execute(
                "SELECT k.call_id FROM call_key k JOIN system s ON s.id = k.system_id WHERE s.name = ? AND k.key = ?",
                (facts.system, facts.call_key),
            ).fetchone()
            call = int(row[0])
            if request.result_id is not None:
                save_result(transaction, call, request.result_id)
            if request.comment:
                comment = CommentRequest(call_id=call, text=request.comment, revision=0)
                save_comment(transaction, self._session, comment, now)
            record(transaction, self._session, Deed.LOG_CALL, now, object_id=call)
            made.append(call)

        self._facts.put([facts], durable=True, after=complete)
        return made[0]

    async def _call_now(self, id: int) -> Call:
        return await self._read(lambda db, viewer, names: read_calls(db, [id], names, self._scope)[id])

    @cached_property
    def _facts(self) -> FactWriter:
        # 10 ms that the first paint does without.
        from backend_client.sqlite.facts import FactWriter

        return FactWriter(self._writer)

    async def export(self, request: ExportRequest) -> ExportPermit:
        if not self._session.may(Permission.EXPORT):
            raise Forbidden(N_("You may not export lists."), N_("An administrator can allow it."))
        calls = (await self.count(CountRequest(filter=request.filter, clients=request.clients))).number
        if request.limit is not None:
            calls = min(calls, max(0, request.limit))
        now = int(self._now())
        await self._write(lambda transaction: record(transaction, self._session, Deed.EXPORT, now, amount=calls))
        return ExportPermit(calls=calls)

    async def audit(self, request: AuditRequest) -> AuditPage:
        return await self._pool.run(lambda db: read_audit(db, self._session, request))

    async def recording(self, request: RecordingRequest) -> Recording:
        return await self._shelf.run(lambda db: self._recordings.look(db, request.call_id))

    async def recording_range(self, request: RangeRequest) -> PartRange:
        desk = self._recordings
        desk.check(request)
        async with desk.turn(request):
            if not desk.is_written(request):
                # Before the transaction: nobody's writing waits for where recordings lie.
                size = await self._shelf.run(lambda db: desk.size_of(db, request.call_id))
                await self._write(lambda transaction: desk.write(transaction, request, size))
            desk.note_written(request)
        return await self._shelf.run(lambda db: desk.read(db, request))

    async def recording_link(self, request: LinkRequest) -> RecordingLink:
        call = await self._shelf.run(lambda db: self._recordings.check_link(db, request))
        return await self._write(lambda transaction: self._recordings.link(transaction, request, call))

    async def heard(self, request: HeardRequest) -> None:
        await self._write(lambda transaction: self._recordings.heard(transaction, request))

    @cached_property
    def _recordings(self) -> RecordingDesk:
        from backend_client.sqlite.recordings import RecordingDesk

        return RecordingDesk(self.file.path, self._session, self._scope, self._now)

    async def sources(self, request: SourcesRequest) -> Sources:
        def look(db: sqlite3.Connection) -> Sources:
            from backend_client.sqlite.upkeep.quality import read_quality

            return read_quality(db, self.file.path, self._session, request, int(self._now()))

        return await self._pool.run(look)

    async def tariffs(self) -> Tariffs:
        from backend_client.sqlite.tariffs import read_tariffs

        return await self._pool.run(lambda db: read_tariffs(db, self._session))

    async def change_tariffs(self, request: ChangeTariffs) -> Tariffs:
        def change(transaction: Transaction) -> Tariffs:
            from backend_client.sqlite.tariffs import change_tariffs, read_tariffs

            change_tariffs(transaction, self._session, request)
            amount = len(request.put) + len(request.remove)
            record(transaction, self._session, Deed.DIRECTORY, int(self._now()), amount=amount)
            return read_tariffs(transaction.db, self._session)

        return await self._write(change)

    async def tasks(self, request: TaskListRequest) -> TaskList:
        self._plan.check_reader()
        return await self._read(lambda db, viewer, names: self._plan.tasks(db, request))

    async def task(self, request: TaskRequest) -> TaskCard:
        self._plan.check_reader()
        return await self._read(lambda db, viewer, names: self._plan.task(db, request, names))

    async def change_task(self, request: TaskDeed) -> TaskChange:
        self._plan.check_reader()
        return await self._write(lambda transaction: self._plan.change(transaction, request))

    async def import_tasks(self, request: ImportTasks) -> ImportedTasks:
        self._plan.check_import(request)
        return await self._write(
            lambda transaction: self._plan.take_in(transaction, self._facts, request), keep=not request.rehearse
        )

    async def generate_tasks(self, request: GenerateTasks) -> GeneratedTasks:
        self._plan.check_manager()
        clients = await self._read(lambda db, viewer, names: self._plan.due(db, request))
        return await self._write(
            lambda transaction: self._plan.generate(transaction, request, clients), keep=not request.rehearse
        )

    async def plan_report(self, request: PlanReportRequest) -> PlanReport:
        self._plan.check_report()
        return await self._read(lambda db, viewer, names: self._plan.report(db, request))

    @cached_property
    def _plan(self) -> PlanDesk:
        # Not before somebody looks at the plan.
        from backend_client.sqlite.plan.desk import PlanDesk

        return PlanDesk(self._session, self._scope, self._now)

    async def report(self, request: ReportRequest) -> ReportResult:
        # 5 ms of reading, and only reports need it.
        from backend_client.sqlite.reports.reader import read_report

        def read(db: sqlite3.Connection, viewer: Viewer, names: Names) -> ReportResult:
            directories = self._names[0] if self._names is not None else self._directories.read(db)
            return read_report(db, request, viewer, names, directories, self._report_cache())

        return await self._read(read)

    def _report_cache(self) -> SliceCache:
        from backend_client.sqlite.reports.count_calls import SliceCache

        if self._sums is None:
            self._sums = SliceCache()
        return self._sums

    async def close(self) -> None:
        self._watch.close()
        self._pool.close()
        self._shelf.close()
        try:
            # It waits for whoever writes; others go on meanwhile.
            await asyncio.to_thread(self._writer.close)
        finally:
            self.file.close()

    async def _read(self, query: Callable[[sqlite3.Connection, Viewer, Names], T]) -> T:
        """Run a query in one snapshot; cancelling interrupts it."""

        def leased(db: sqlite3.Connection) -> T:
            names = self._names_of(self._directories.read(db))
            db.execute("BEGIN")
            return query(db, self._viewer(db), names)

        return await self._pool.run(leased)

    async def _write(self, deed: Callable[[Transaction], T], *, keep: bool = True) -> T:
        def write() -> T:
            with self._writer.transaction(keep=keep) as transaction:
                return deed(transaction)

        return await self._pool.call(write)

    def _viewer(self, db: sqlite3.Connection) -> Viewer:
        zone = ZoneInfo(read_derive_settings(db).zone)
        tasks = task_scope_of(self._session)
        return Viewer(self._scope, self._session.employee_id, int(self._now()), zone, tasks)

    def _names_of(self, directories: Directories) -> Names:
        known = self._names
        if known is None or known[0] is not directories:
            known = self._names = (directories, names_of(directories))
        return known[1]


def _clock(db: sqlite3.Connection, viewer: Viewer) -> Clock:
    first, last = _first_and_last(db, viewer.scope)
    return Clock(
        now=viewer.now,
        zone=viewer.zone.key,
        home_country=read_derive_settings(db).home_country,
        today=datetime.fromtimestamp(viewer.now, viewer.zone).date().isoformat(),
        first_start=first,
        last_start=last,
        calls_anywhere=db.execute("SELECT 1 FROM call LIMIT 1").fetchone() is not None,
    )


def _first_and_last(db: sqlite3.Connection, scope: Scope) -> tuple[int | None, int | None]:
    if scope.nothing:
        return None, None
    own = "" if scope.all_calls else f" WHERE employee_id = {int(scope.employee_id or 0)}"
    table = "call" if scope.all_calls else "call_employee"
    first, last = (db.execute(f"SELECT {edge}(start) FROM {table}{own}").fetchone()[0] for edge in ("min", "max"))
    return first, last
