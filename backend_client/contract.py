"""`Backend`: the one contract that every screen, command and test speaks, and the structs of its calls.

The contract is the wire: each method takes one request and gives one result, both msgspec Structs; no cursors,
no callbacks. Requests forbid unknown fields, results ignore them. All methods are cancellable and raise
`BackendError` kinds only. The row filter for rights is applied below this line.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from backend_client.model.audit import AuditEntry, Deed
from backend_client.model.call import Call, CallDetails, Comment
from backend_client.model.call_filter import CallFilter, ClientKind
from backend_client.model.client import ClientCard, ClientRecord, ClientRow, RecordFate
from backend_client.model.client_filter import ClientFilter
from backend_client.model.directory import ClientMatch, Directories, Employee
from backend_client.model.live import SourceState
from backend_client.model.missed_queue import CallBackFigures, MissedLine, QueuePart
from backend_client.model.now import AgentNow, DayFigures, Freshness, HourFigures, PlanProgress, ServiceLevel
from backend_client.model.permissions import Session
from backend_client.model.plan import (
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
from backend_client.model.plan_report import PlanReport, PlanReportRequest
from backend_client.model.quality import Doubt, ImportRun
from backend_client.model.recording import (
    HeardRequest,
    LinkRequest,
    PartRange,
    RangeRequest,
    Recording,
    RecordingLink,
    RecordingRequest,
)
from backend_client.model.report import ReportRequest, ReportResult
from backend_client.model.status import WireEnum
from backend_client.model.tariff import Tariff
from backend_client.model.task import TaskReason

PAGE_LIMIT = 1000
COUNT_EXACTLY_TO = 10_000
MOST_TARIFFS = 20_000


class Request(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what is asked."""


class Result(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of what is answered; fields that a reader does not know are ignored."""


class Kind(WireEnum):
    """What a change touched beside local days of calls."""

    CLIENTS = "clients"
    DIRECTORIES = "directories"
    TASKS = "tasks"
    LIVE = "live"
    VIEWS = "views"
    QUEUE = "queue"
    """Claims and other deeds of the missed-call queue."""
    UNKNOWN = "unknown"


class Clock(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The backend's now, zone and today; dates on screen are of this zone."""

    now: int
    zone: str
    today: str
    """ISO local date."""
    first_start: int | None = None
    last_start: int | None = None
    """Starts of the earliest and the latest call that the session may see; None in an empty store."""
    home_country: str = ""
    """ISO 3166 code: numbers of this country are shown as they are dialled there."""
    calls_anywhere: bool = False
    """Whether the store holds any call at all, seen by this session or not."""
    pace: float = 1.0
    """Seconds of this clock that pass in one: more than 1 only in a demo that plays fast."""


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """A place in the journal: a call's key, or any instant with id 2**62 for "just after it" (jump to a date)."""

    start: int
    id: int


class WindowRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The rows around an anchor, newest first: `above` newer ones, the anchor's own and `below` older ones.

    Without an anchor: the newest `below` rows. An anchor whose row has gone is a place all the same.
    With `oldest`: the last rows of the journal.
    """

    filter: CallFilter = CallFilter()
    anchor: Position | None = None
    above: int = 0
    below: int = 100
    oldest: bool = False
    count_newer: bool = False
    """Count the rows above the first one too (for "N new"); a page of many filters costs several times as much so."""
    etag: int = 0
    """The change number of the window that the caller holds; unchanged answers come without rows."""


class Window(Result, frozen=True, omit_defaults=True, kw_only=True):
    """Rows of the journal, newest first, and what lies beyond them."""

    change: int
    unchanged: bool = False
    rows: tuple[Call, ...] = ()
    more_above: bool = False
    more_below: bool = False
    newer: int = 0
    """How many rows are above the first, counted to 1,000, where the request asked for it."""


class CountRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    filter: CallFilter = CallFilter()
    clients: ClientFilter | None = None
    """Count clients instead of calls."""
    limit: int = COUNT_EXACTLY_TO
    """Count no further than this; 0 counts to the end, however long it takes."""


class Count(Result, frozen=True, omit_defaults=True, kw_only=True):
    number: int
    exact: bool = True
    """False: there are more than `number`."""


class CallRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    id: int


class CommentRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Set, change or (empty text) delete a comment. `revision` is the one that the writer saw; where it is not
    the newest any more: Conflict, whose fields hold the other's `text`, `author`, `at` and `revision`."""

    call_id: int
    text: str
    revision: int


class View(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A saved view: a filter under a name of the employee's own."""

    name: str
    filter: CallFilter = CallFilter()


class Views(Result, frozen=True, omit_defaults=True, kw_only=True):
    views: tuple[View, ...] = ()


class ViewRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Save under a name (replaces), or delete."""

    name: str
    filter: CallFilter | None = None


class StateKind(WireEnum):
    """What an employee left as it was, to find it so in every console."""

    REPORT = "report"
    """How a report was asked, under its id; under the blank name the report that was open."""
    DRAFT = "draft"
    """An unfinished text, under what it is about."""
    UNKNOWN = "unknown"


class State(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A text that only its writer reads."""

    name: str
    text: str


class StatesRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    kind: StateKind


class States(Result, frozen=True, omit_defaults=True, kw_only=True):
    """By name; the session's own alone."""

    states: tuple[State, ...] = ()


class SaveState(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Keep a text under a name, in place of the one that was there; a blank one forgets it."""

    kind: StateKind
    name: str
    text: str = ""


class ChangeRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Ask what changed after `since`; waits up to `wait` seconds for something to change (0 answers at once)."""

    since: int = 0
    wait: float = 0.0


class Changes(Result, frozen=True, omit_defaults=True, kw_only=True):
    """Touched local days (days since 1970-01-01) and kinds after `since`; more than 400 days: `everything`."""

    change: int
    days: tuple[int, ...] = ()
    kinds: tuple[Kind, ...] = ()
    everything: bool = False


class UnsortedRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Today's callers without a card (J1)."""

    limit: int = 100


class Unsorted(Result, frozen=True, omit_defaults=True, kw_only=True):
    numbers: int
    """How many different unregistered numbers called today."""


class ClientSearch(Request, frozen=True, omit_defaults=True, kw_only=True):
    text: str
    limit: int = 20


class Clients(Result, frozen=True, omit_defaults=True, kw_only=True):
    clients: tuple[ClientMatch, ...] = ()


class ClientRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The card of a client; of one that was merged, the card of the client that has its numbers now."""

    id: int


class ClientPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """A place in the list of clients."""

    sort_key: str
    id: int


class ClientListRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Clients by name: `above` rows before the anchor, its own and `below` after it; without one, the first rows."""

    filter: ClientFilter = ClientFilter()
    anchor: ClientPlace | None = None
    above: int = 0
    below: int = 100
    last: bool = False
    whole: bool = False
    """With all numbers and contact persons, note and source, as for an export."""


class ClientList(Result, frozen=True, omit_defaults=True, kw_only=True):
    change: int = 0
    rows: tuple[ClientRow, ...] = ()
    more_above: bool = False
    more_below: bool = False


class RegisterClient(Request, frozen=True, omit_defaults=True, kw_only=True, tag="register"):
    """Give numbers, as anybody writes them, to a new client (`client_id` None), or to one that is there.

    `person_id` or `person` (the name of a new one): the contact person whose numbers they are. A number of somebody
    else raises Conflict, whose fields hold `number`, `client` (the name), `client_id` and `archived`, unless `move`,
    which needs the right to move numbers between clients.
    """

    numbers: tuple[str, ...] = ()
    client_id: int | None = None
    name: str = ""
    kind: ClientKind = ClientKind.PERSON
    responsible_id: int | None = None
    note: str = ""
    person_id: int | None = None
    person: str = ""
    move: bool = False


class EditClient(Request, frozen=True, omit_defaults=True, kw_only=True, tag="edit"):
    """Change the card. `revision` is the one that the writer saw: where it is not the newest, Conflict."""

    id: int
    revision: int
    name: str
    kind: ClientKind = ClientKind.PERSON
    responsible_id: int | None = None
    note: str = ""


class EditPerson(Request, frozen=True, omit_defaults=True, kw_only=True, tag="person"):
    """Rename a contact person; a blank name removes, and the numbers stay the client's."""

    id: int
    name: str = ""


class UnlinkNumber(Request, frozen=True, omit_defaults=True, kw_only=True, tag="unlink"):
    """Say that a number is nobody's."""

    number: str


class MergeClients(Request, frozen=True, omit_defaults=True, kw_only=True, tag="merge"):
    """Two cards of one client: `other`'s numbers, persons and note go over to `id`; its own id still finds them."""

    id: int
    other: int


class ArchiveClient(Request, frozen=True, omit_defaults=True, kw_only=True, tag="archive"):
    """Take a client off the lists, or put it back. Its numbers and calls stay its own."""

    id: int
    archived: bool = True


class UndoClientDeed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="undo"):
    """Restore what a deed changed, exactly; without a number, the session's own latest. Raises Conflict where
    something of it was changed since."""

    deed: int | None = None


ClientDeed = RegisterClient | EditClient | EditPerson | UnlinkNumber | MergeClients | ArchiveClient | UndoClientDeed


class ClientChange(Result, frozen=True, omit_defaults=True, kw_only=True):
    """What a deed did. `deed` undoes it."""

    deed: int
    client: ClientCard | None = None
    """The card now; None where undoing took it away."""
    calls: int = 0
    """Calls of the numbers that changed hands, those that the session may see."""


class ImportClients(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Some records of a list of clients, at most PAGE_LIMIT; `rehearse` tells what would become of them."""

    records: tuple[ClientRecord, ...]
    source: str = ""
    same_name: bool = False
    """A client of the same name, with other numbers, is the same one; otherwise such a record is left alone."""
    rehearse: bool = False


class ImportedClients(Result, frozen=True, omit_defaults=True, kw_only=True):
    fates: tuple[RecordFate, ...] = ()


class EditEmployee(Request, frozen=True, omit_defaults=True, kw_only=True, tag="employee"):
    """Make (id 0) or change an employee; the extensions replace those that stood, and calls follow.

    Login and roles are the administrator's.
    """

    employee: Employee


class NameLine(Request, frozen=True, omit_defaults=True, kw_only=True, tag="line"):
    id: int
    name: str


class NameChannel(Request, frozen=True, omit_defaults=True, kw_only=True, tag="channel"):
    id: int
    name: str


class NameGroup(Request, frozen=True, omit_defaults=True, kw_only=True, tag="group"):
    """Name a queue or group of phones; with id 0 one whose number no call told yet."""

    id: int = 0
    number: str = ""
    name: str


class RenameDepartment(Request, frozen=True, omit_defaults=True, kw_only=True, tag="department"):
    """Give a group of employees another name; one that is there already takes them in."""

    name: str
    to: str


class EditResult(Request, frozen=True, omit_defaults=True, kw_only=True, tag="result"):
    """Make (id 0), rename, or retire an outcome of calls."""

    id: int = 0
    name: str
    active: bool = True


class EditReason(Request, frozen=True, omit_defaults=True, kw_only=True, tag="reason"):
    """Make (id 0), rename, or retire a reason for postponing, refusing or dropping a task."""

    reason: TaskReason


DirectoryDeed = EditReason | EditEmployee | NameLine | NameChannel | NameGroup | RenameDepartment | EditResult


class SetResult(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Say with what outcome a call ended; None takes it back."""

    call_id: int
    result_id: int | None = None


class LogCall(Request, frozen=True, omit_defaults=True, kw_only=True):
    """A call made outside the telephony (J11), by the session's own employee. Instants UTC epoch seconds."""

    number: str
    outgoing: bool = False
    start: int
    talk: int = 0
    """Seconds; 0: nobody answered."""
    result_id: int | None = None
    comment: str = ""


class AuditRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Lines of the audit log, newest first: `limit` of them, those before the line `before`, or from the line `at` on
    with `above` newer ones; with `oldest` the first of the log. Needs the right to read it."""

    before: int | None = None
    limit: int = 100
    employees: tuple[int, ...] = ()
    deeds: tuple[Deed, ...] = ()
    at: int | None = None
    above: int = 0
    oldest: bool = False
    check: bool = False
    """Go through the whole chain of hashes: 4 µs a line."""


class AuditPage(Result, frozen=True, omit_defaults=True, kw_only=True):
    entries: tuple[AuditEntry, ...] = ()
    more: bool = False
    """Whether older lines follow."""
    head: str = ""
    """Number and hash of the newest line of the whole log."""
    more_above: bool = False
    change: int = 0
    broken: int | None = None
    """Of a check: the first line that is not what was written. None: all are."""


class ExportRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Say that the calls of a filter are exported: who exports asks first. Needs the right to export."""

    filter: CallFilter = CallFilter()
    clients: ClientFilter | None = None
    """Clients are exported instead of calls."""
    limit: int | None = None


class ExportPermit(Result, frozen=True, omit_defaults=True, kw_only=True):
    calls: int
    """How many calls, or clients, stand in the audit log as exported, counted to COUNT_EXACTLY_TO."""


class Live(Result, frozen=True, omit_defaults=True, kw_only=True):
    """Running calls, newest first, and the followed sources. A call whose end was not seen has status ERROR and the
    instant of its last event as its end. `stale`: a source of running calls says nothing any more."""

    now: int
    calls: tuple[Call, ...] = ()
    sources: tuple[SourceState, ...] = ()
    stale: bool = False
    pace: float = 1.0
    """As in `Clock`."""


class NowRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The dashboard (L1). `etag` and `held`: change number and `now` of the answer that the caller holds; where nothing
    changed and no minute began since, the answer comes without figures, but with what the sources say."""

    etag: int = 0
    held: int = 0


class Now(Result, frozen=True, omit_defaults=True, kw_only=True):
    """What goes on at this instant, and today until this minute. Needs the right to the dashboard."""

    change: int
    unchanged: bool = False
    """Nothing changed: calls, agents and figures are left out; those that the caller holds stand."""
    now: int
    pace: float = 1.0
    zone: str = ""
    today: DayFigures = DayFigures(day="")
    """Until this minute."""
    yesterday: DayFigures | None = None
    """Until the same minute of the local clock; None where the store begins later."""
    week_ago: DayFigures | None = None
    """The same weekday last week, until the same minute."""
    calls: tuple[Call, ...] = ()
    """Running calls, newest first, as `live` gives them."""
    agents: tuple[AgentNow, ...] = ()
    """Employees who are active and have an extension, by name."""
    hours: tuple[HourFigures, ...] = ()
    """All hours of the local day."""
    expected_days: int = 0
    """So many days stand behind the expected curve."""
    service: ServiceLevel = ServiceLevel()
    attention: int = 0
    """Missed calls of today that need attention."""
    lost: int = 0
    """Of them, lost leads."""
    waiting_goal: int = 0
    """Seconds of waiting that the service level allows, at which a waiting caller is to be seen."""
    queue_open: int | None = None
    """Open lines of the missed-call queue, and the first missed call of the oldest; None without the right to it."""
    queue_oldest: int | None = None
    queue_late: int | None = None
    """Of them, those past the goal when this was answered."""
    plan: PlanProgress | None = None
    """None without the right to see the plan of all."""
    live_source: Freshness = Freshness()
    """Behind calls in progress, waiting callers and agents."""
    record_source: Freshness = Freshness()
    """Behind everything that is counted."""


class MissedQueueRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Lines of the missed-call queue, oldest first, from the place `skip` on."""

    part: QueuePart = QueuePart.OPEN
    mine: bool = False
    """Only lines that the session's employee claimed."""
    skip: int = 0
    limit: int = 200
    figures: bool = False
    """With what operators did today."""


class MissedQueue(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The queue as the session may see it. Needs the right to the queue.

    A number leaves it when it, or any number of its client, is spoken with, or after `days` days.
    """

    change: int
    now: int
    pace: float = 1.0
    days: int
    goal_minutes: int
    lines: tuple[MissedLine, ...] = ()
    more: bool = False
    open: int = 0
    snoozed: int = 0
    done: int = 0
    oldest: int | None = None
    """The first missed call of the oldest open line."""
    team: CallBackFigures | None = None
    """Where all missed calls may be seen and figures were asked for."""
    operators: tuple[CallBackFigures, ...] = ()
    """Those with anything to tell, by name; an operator's own only."""
    record_source: Freshness = Freshness()


class ClaimMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="claim"):
    """Say that the session's employee calls this number. Conflict where somebody else said so: its fields hold
    `claimer` and `at`. `take` takes it over, which needs the right to all missed calls."""

    number: str
    take: bool = False


class ReleaseMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="release"):
    """Take the claim back. Somebody else's needs the right to all missed calls."""

    number: str


class SnoozeMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="snooze"):
    """Leave the line out until an instant (UTC epoch seconds), or until it calls again; None: put it back."""

    number: str
    until: int | None = None


class FinishMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="done"):
    """Take the line off for a reason; it comes back when the number calls in vain again. None: put it back."""

    number: str
    reason: str | None = None


QueueDeed = ClaimMissed | ReleaseMissed | SnoozeMissed | FinishMissed


class QueueChange(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The line after a deed. NotFound where it is in the queue no more: somebody spoke with the number."""

    change: int
    line: MissedLine


class SourcesRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Followed sources, the newest runs of the import log, and what in the data does not fit together. Needs the
    right to import."""

    runs: int = 20


class Sources(Result, frozen=True, omit_defaults=True, kw_only=True):
    now: int
    zone: str
    sources: tuple[SourceState, ...] = ()
    runs: tuple[ImportRun, ...] = ()
    """The newest first."""
    doubts: tuple[Doubt, ...] = ()


class ChangeTariffs(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Put tariffs in the place of those of the same prefixes, and take others away; `replace`: take all others away.
    A table has at most MOST_TARIFFS. Needs the rights to edit directories and to see prices."""

    put: tuple[Tariff, ...] = ()
    remove: tuple[str, ...] = ()
    replace: bool = False


class Tariffs(Result, frozen=True, omit_defaults=True, kw_only=True):
    """By prefix."""

    change: int = 0
    tariffs: tuple[Tariff, ...] = ()


class Backend(Protocol):
    """Every implementation passes tests/contract."""

    @property
    def session(self) -> Session: ...

    async def clock(self) -> Clock: ...
    async def directories(self) -> Directories: ...
    async def changes(self, request: ChangeRequest) -> Changes: ...
    async def window(self, request: WindowRequest) -> Window: ...
    async def count(self, request: CountRequest) -> Count: ...
    async def live(self) -> Live: ...
    async def now(self, request: NowRequest) -> Now: ...
    async def missed_queue(self, request: MissedQueueRequest) -> MissedQueue: ...
    async def change_queue(self, request: QueueDeed) -> QueueChange: ...
    async def call(self, request: CallRequest) -> CallDetails: ...
    async def comment(self, request: CommentRequest) -> Comment: ...
    async def views(self) -> Views: ...
    async def save_view(self, request: ViewRequest) -> Views: ...
    async def states(self, request: StatesRequest) -> States: ...
    async def save_state(self, request: SaveState) -> None: ...
    async def unsorted(self, request: UnsortedRequest) -> Unsorted: ...
    async def find_clients(self, request: ClientSearch) -> Clients: ...
    async def report(self, request: ReportRequest) -> ReportResult: ...
    async def client(self, request: ClientRequest) -> ClientCard: ...
    async def clients(self, request: ClientListRequest) -> ClientList: ...
    async def change_client(self, request: ClientDeed) -> ClientChange: ...
    async def import_clients(self, request: ImportClients) -> ImportedClients: ...
    async def change_directory(self, request: DirectoryDeed) -> Directories: ...
    async def set_result(self, request: SetResult) -> Call: ...
    async def log_call(self, request: LogCall) -> Call: ...
    async def export(self, request: ExportRequest) -> ExportPermit: ...
    async def audit(self, request: AuditRequest) -> AuditPage: ...
    async def recording(self, request: RecordingRequest) -> Recording: ...
    async def recording_range(self, request: RangeRequest) -> PartRange: ...
    async def recording_link(self, request: LinkRequest) -> RecordingLink: ...
    async def heard(self, request: HeardRequest) -> None: ...
    async def sources(self, request: SourcesRequest) -> Sources: ...
    async def tasks(self, request: TaskListRequest) -> TaskList: ...
    async def task(self, request: TaskRequest) -> TaskCard: ...
    async def change_task(self, request: TaskDeed) -> TaskChange: ...
    async def import_tasks(self, request: ImportTasks) -> ImportedTasks: ...
    async def generate_tasks(self, request: GenerateTasks) -> GeneratedTasks: ...
    async def plan_report(self, request: PlanReportRequest) -> PlanReport: ...
    async def tariffs(self) -> Tariffs: ...
    async def change_tariffs(self, request: ChangeTariffs) -> Tariffs: ...
    async def close(self) -> None: ...
