"""The import log, and what in a store's data does not fit together: what an administrator should know."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call_filter import CallFilter
from backend_client.model.status import WireEnum


class RejectedRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A record that was not taken."""

    line: int = 0
    """In its file, or its id; 0 where it is not known."""
    reason: str
    """A `Reason`, and after a colon what of the record it is about."""
    text: str = ""
    """The record's beginning."""


class ImportRun(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One reading of a source, or one time of following it. `reasons`: rejected records by `Reason`."""

    at: int
    source: str
    format: str = ""
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    finished: bool = True
    reasons: dict[str, int] = {}
    rejected_file: str = ""
    """Where the rejected records lie, on the machine that read them; blank where none were kept."""
    examples: tuple[RejectedRow, ...] = ()
    """The first of them, where that file can be read."""


class Misfit(WireEnum):
    """What may be wrong with data."""

    NAMELESS_EXTENSION = "nameless-extension"
    """Internal numbers in records that nobody entered for an employee."""
    NAMELESS_LINE = "nameless-line"
    NO_RECORD = "no-record"
    """Calls of which only queue_log or channel events tell: their records have not come."""
    ENDLESS = "endless"
    """Ended calls of more than twelve hours."""
    FUTURE = "future"
    """Calls that began later than an hour from now: some clock was wrong."""
    NO_RECORDING = "no-recording"
    """The records name a recording, and its file is not where recordings lie."""
    UNKNOWN = "unknown"


class Doubt(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One kind of misfit. `filter` or `calls` (ids, the newest first, not all of many) open the calls behind it."""

    kind: Misfit
    count: int
    examples: tuple[str, ...] = ()
    looked_at: int = 0
    """How many of the newest calls were looked at; 0: all."""
    filter: CallFilter | None = None
    calls: tuple[int, ...] = ()
