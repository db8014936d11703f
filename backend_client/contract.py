"""`Backend`: the one contract that every screen, command and test speaks, and the structs of its calls.

The contract is the wire: each method takes one request and gives one result, both msgspec Structs; no cursors,
no callbacks. Requests forbid unknown fields, results ignore them. All methods are cancellable and raise
`BackendError` kinds only. The row filter for rights is applied below this line.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from backend_client.model.call import Call, CallDetails, Comment
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import ClientMatch, Directories
from backend_client.model.permissions import Session
from backend_client.model.report import ReportRequest, ReportResult
from backend_client.model.status import WireEnum

PAGE_LIMIT = 1000
COUNT_EXACTLY_TO = 10_000


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


class Backend(Protocol):
    """Every implementation passes tests/contract."""

    @property
    def session(self) -> Session: ...

    async def clock(self) -> Clock: ...
    async def directories(self) -> Directories: ...
    async def changes(self, request: ChangeRequest) -> Changes: ...
    async def window(self, request: WindowRequest) -> Window: ...
    async def count(self, request: CountRequest) -> Count: ...
    async def call(self, request: CallRequest) -> CallDetails: ...
    async def comment(self, request: CommentRequest) -> Comment: ...
    async def views(self) -> Views: ...
    async def save_view(self, request: ViewRequest) -> Views: ...
    async def unsorted(self, request: UnsortedRequest) -> Unsorted: ...
    async def find_clients(self, request: ClientSearch) -> Clients: ...
    async def report(self, request: ReportRequest) -> ReportResult: ...
    async def close(self) -> None: ...
