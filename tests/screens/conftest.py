"""A backend of a list of calls, for the screens' own behaviour."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from backend_client.contract.audit import AuditPage, AuditRequest
from backend_client.contract.calls import (
    CallRequest,
    CommentRequest,
    Count,
    CountRequest,
    ExportPermit,
    ExportRequest,
    LogCall,
    SetResult,
    Unsorted,
    UnsortedRequest,
    Window,
    WindowRequest,
)
from backend_client.contract.changes import ChangeRequest, Changes, Clock
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
from backend_client.contract.views import SaveState, State, StateKind, States, StatesRequest, ViewRequest, Views
from backend_client.errors import BackendError, NotFound
from backend_client.model.call import Call, CallDetails, Comment, EmployeeOnCall, Mark, Party, PartyKind
from backend_client.model.client import ClientCard
from backend_client.model.directory import Directories
from backend_client.model.live import SourceState
from backend_client.model.permissions import Role, Session
from backend_client.model.quality import Doubt, ImportRun
from backend_client.model.recording import Recording
from backend_client.model.report import ReportRequest, ReportResult
from backend_client.model.status import Direction, Status

NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
STATUSES = (Status.ANSWERED, Status.MISSED, Status.ANSWERED, Status.NO_ANSWER, Status.MISSED_OFFLINE)


def a_call(id: int, start: int, **fields: object) -> Call:
    status = STATUSES[id % len(STATUSES)]
    outgoing = status is Status.NO_ANSWER or (id % 7 == 0 and status is Status.ANSWERED)
    client = Party(PartyKind.CLIENT, f"Client {id}", f"38044123{id:04}")
    employee = Party(PartyKind.EMPLOYEE, f"Operator {id % 5}", f"10{id % 5}")
    answered = status is Status.ANSWERED
    values: dict[str, object] = {
        "id": id,
        "start": start,
        "answered": start + 5 if answered else None,
        "ended": start + 60,
        "wait": 5,
        "talk": 55 if answered else 0,
        "direction": Direction.OUTGOING if outgoing else Direction.INCOMING,
        "status": status,
        "caller": employee if outgoing else client,
        "callee": client if outgoing else employee,
        "client_id": id if id % 3 else None,
        "client": f"Client {id}" if id % 3 else "",
        "number": f"+38044123{id:04}",
        "employees": (EmployeeOnCall(id % 5 + 1, f"Operator {id % 5}", f"10{id % 5}", 55 if answered else 0),),
        "line": "ukrtelecom",
        "marks": (Mark.ATTENTION if status is Status.MISSED else 0) | (Mark.RECORDING if answered else 0),
    }
    return Call(**(values | fields))  # type: ignore[arg-type]


class ListBackend:
    """Answers from a list of calls, newest first; the filter is not looked at."""

    def __init__(self, calls: list[Call]) -> None:
        self.calls = sorted(calls, key=lambda call: call.key, reverse=True)
        self.change = 1
        self.error: BackendError | None = None
        self.asked: list[WindowRequest] = []
        self.running: list[Call] = []
        self.followed: list[SourceState] = []
        self.doubts: tuple[Doubt, ...] = ()
        self.runs: tuple[ImportRun, ...] = ()
        self.stale = False
        self.left: dict[tuple[StateKind, str], str] = {}
        """What was left open, by kind and name."""
        self._moved = asyncio.Event()

    @property
    def session(self) -> Session:
        return Session(employee_id=1, name="Operator 1", roles=(Role.ADMINISTRATOR,))

    def change_to(self, calls: list[Call]) -> None:
        self.calls = sorted(calls, key=lambda call: call.key, reverse=True)
        self.change += 1
        self._moved.set()

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    async def clock(self) -> Clock:
        self._check()
        starts = [call.start for call in self.calls]
        first, last = (min(starts), max(starts)) if starts else (None, None)
        return Clock(
            now=NOON, zone="Europe/Kyiv", today="2026-11-21", first_start=first, last_start=last,
            calls_anywhere=bool(starts),
        )  # fmt: skip

    async def directories(self) -> Directories:
        return Directories()

    async def changes(self, request: ChangeRequest) -> Changes:
        self._check()
        if request.wait and self.change == request.since:
            self._moved.clear()
            await self._moved.wait()
        self._check()
        return Changes(change=self.change, everything=True)

    async def window(self, request: WindowRequest) -> Window:
        self._check()
        self.asked.append(request)
        first = 0
        if request.oldest:
            first = max(0, len(self.calls) - request.below)
            rows = self.calls[first:]
        elif request.anchor is None:
            rows = self.calls[: request.below]
        else:
            place = (request.anchor.start, request.anchor.id)
            at = sum(call.key > place for call in self.calls)
            first = max(0, at - request.above)
            rows = self.calls[first : at + 1 + request.below]
        last = first + len(rows)
        return Window(
            change=self.change, rows=tuple(rows), more_above=first > 0, more_below=last < len(self.calls),
            newer=min(first, 1000),
        )  # fmt: skip

    async def count(self, request: CountRequest) -> Count:
        self._check()
        total = len(self.calls)
        if request.limit and total > request.limit:
            return Count(number=request.limit, exact=False)
        return Count(number=total)

    async def live(self) -> Live:
        return Live(now=NOON, calls=tuple(self.running), sources=tuple(self.followed), stale=self.stale)

    async def call(self, request: CallRequest) -> CallDetails:
        self._check()
        for call in (*self.calls, *self.running):
            if call.id == request.id:
                return CallDetails(call=call, comment=Comment(call_id=call.id), zone="Europe/Kyiv")
        raise NotFound("There is no call {id}.", "It may have been removed.", id=request.id)

    async def comment(self, request: CommentRequest) -> Comment:
        raise NotImplementedError

    async def views(self) -> Views:
        return Views()

    async def save_view(self, request: ViewRequest) -> Views:
        return Views()

    async def states(self, request: StatesRequest) -> States:
        self._check()
        found = [State(name=name, text=text) for (kind, name), text in self.left.items() if kind == request.kind]
        return States(states=tuple(found))

    async def save_state(self, request: SaveState) -> None:
        self._check()
        self.left[request.kind, request.name] = request.text
        if not request.text:
            del self.left[request.kind, request.name]

    async def export(self, request: ExportRequest) -> ExportPermit:
        return ExportPermit(calls=len(self.calls))

    async def unsorted(self, request: UnsortedRequest) -> Unsorted:
        return Unsorted(numbers=sum(1 for call in self.calls if not call.client))

    async def find_clients(self, request: ClientSearch) -> Clients:
        return Clients()

    async def report(self, request: ReportRequest) -> ReportResult:
        raise NotImplementedError

    async def client(self, request: ClientRequest) -> ClientCard:
        raise NotImplementedError

    async def clients(self, request: ClientListRequest) -> ClientList:
        raise NotImplementedError

    async def change_client(self, request: ClientDeed) -> ClientChange:
        raise NotImplementedError

    async def import_clients(self, request: ImportClients) -> ImportedClients:
        raise NotImplementedError

    async def change_directory(self, request: DirectoryDeed) -> Directories:
        raise NotImplementedError

    async def set_result(self, request: SetResult) -> Call:
        raise NotImplementedError

    async def log_call(self, request: LogCall) -> Call:
        raise NotImplementedError

    async def audit(self, request: AuditRequest) -> AuditPage:
        raise NotImplementedError

    async def recording(self, request: RecordingRequest) -> Recording:
        raise NotImplementedError

    async def recording_range(self, request: RangeRequest) -> PartRange:
        raise NotImplementedError

    async def recording_link(self, request: LinkRequest) -> RecordingLink:
        raise NotImplementedError

    async def sources(self, request: SourcesRequest) -> Sources:
        return Sources(now=NOON, zone="UTC", sources=tuple(self.followed), doubts=self.doubts, runs=self.runs)

    async def tariffs(self) -> Tariffs:
        return Tariffs()

    async def change_tariffs(self, request: ChangeTariffs) -> Tariffs:
        raise NotFound("")

    async def heard(self, request: HeardRequest) -> None:
        raise NotImplementedError

    async def now(self, request: NowRequest) -> Now:
        raise NotImplementedError

    async def missed_queue(self, request: MissedQueueRequest) -> MissedQueue:
        raise NotImplementedError

    async def change_queue(self, request: QueueDeed) -> QueueChange:
        raise NotImplementedError

    async def tasks(self, request: TaskListRequest) -> TaskList:
        raise NotImplementedError

    async def task(self, request: TaskRequest) -> TaskCard:
        raise NotImplementedError

    async def change_task(self, request: TaskDeed) -> TaskChange:
        raise NotImplementedError

    async def import_tasks(self, request: ImportTasks) -> ImportedTasks:
        raise NotImplementedError

    async def generate_tasks(self, request: GenerateTasks) -> GeneratedTasks:
        raise NotImplementedError

    async def plan_report(self, request: PlanReportRequest) -> PlanReport:
        raise NotImplementedError

    async def close(self) -> None:
        return None


@pytest.fixture
def backend() -> ListBackend:
    """1,500 calls, four minutes apart, the newest at noon UTC."""
    return ListBackend([a_call(id, NOON - (1500 - id) * 240) for id in range(1, 1501)])
