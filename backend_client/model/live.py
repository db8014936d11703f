"""Calls in progress, and the sources that tell of them (L3)."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.status import Direction, Status

STALE_AFTER = 600
"""Seconds without a word from a dead source after which a running call's end counts as not seen; a setting."""
LONGEST_CALL = 4 * 3600
"""Seconds after which a running call's end counts as not seen, whatever the source says; a setting."""
HEARTBEAT = 15
"""Seconds in which a live source says something, or looks stale."""

LATE = 60
"""Seconds behind which a source is said to lag."""


class LiveCall(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A running call as its source last told it. Instants are UTC epoch seconds."""

    start: int
    direction: Direction
    status: Status
    """RINGING, CONNECTING or TALKING."""
    since: int
    """Since when it has been so."""
    answered: int | None = None
    outside: str = ""
    """The outside number as the source wrote it; blank for an internal call."""
    number: str = ""
    """Its key, as the store knows it; blank before it is written there."""
    caller: str = ""
    inside: tuple[str, ...] = ()
    """Internal numbers that ring, or talk."""
    names: tuple[str, ...] = ()
    queue: str = ""
    line: str = ""
    did: str = ""
    withheld: bool = False


class Trouble(Struct, frozen=True, omit_defaults=True):
    """A failure as it is told: msgids, and what fills their {names}."""

    text: str
    hint: str = ""
    fields: dict[str, str] = {}


class SourceState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A followed source: when it was last looked at, its newest record, and how far behind it is."""

    name: str
    format: str = ""
    at: int = 0
    event_at: int = 0
    """The newest record's last instant; 0 for none yet."""
    lag: float = 0.0
    """Seconds from that instant to its commit."""
    behind: int = 0
    problem: str = ""
    """Why nothing can be read now, in English; blank where all is well."""
    trouble: Trouble | None = None
    """The same as it can be translated."""
    live: bool = False
    """Tells of running calls."""

    @property
    def late(self) -> int:
        """Whole seconds behind: none for old records of a source in which nothing waits."""
        return round(self.lag) if self.behind or self.lag <= LATE else 0
