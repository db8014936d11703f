"""Windows of the journal, counts, a call and what is said of it."""

from __future__ import annotations

from msgspec import Struct

from backend_client.contract.wire import Request, Result
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.client_filter import ClientFilter

COUNT_EXACTLY_TO = 10_000


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


class UnsortedRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Today's callers without a card (J1)."""

    limit: int = 100


class Unsorted(Result, frozen=True, omit_defaults=True, kw_only=True):
    numbers: int
    """How many different unregistered numbers called today."""


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


class ExportRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Say that the calls of a filter are exported: who exports asks first. Needs the right to export."""

    filter: CallFilter = CallFilter()
    clients: ClientFilter | None = None
    """Clients are exported instead of calls."""
    limit: int | None = None


class ExportPermit(Result, frozen=True, omit_defaults=True, kw_only=True):
    calls: int
    """How many calls, or clients, stand in the audit log as exported, counted to COUNT_EXACTLY_TO."""
