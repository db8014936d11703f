"""What time it is where the calls are, and what changed."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.status import WireEnum


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
