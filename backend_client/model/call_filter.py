"""`CallFilter`: the one value behind the filter bar, the search line, saved views, commands and drill-downs."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.period import Period
from backend_client.model.status import Direction, Family, Status, WireEnum


class ClientKind(WireEnum):
    PERSON = "person"
    COMPANY = "company"
    UNKNOWN = "unknown"


class LeadCategory(WireEnum):
    """Decision 6: what became of an incoming call from a new number."""

    LOST = "lost"
    REGISTERED = "registered"
    UNREGISTERED = "unregistered"
    UNKNOWN = "unknown"


class Handling(WireEnum):
    """What became of a missed call (P9)."""

    IN_WINDOW = "in-window"
    LATER = "later"
    NEVER = "never"
    IMPOSSIBLE = "impossible"
    """The number was withheld: it cannot be called back."""
    UNKNOWN = "unknown"


class CallFilter(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What calls to show. Values of one field are alternatives, fields narrow each other; None and () ask nothing.

    Ids are those of `Directories`; in `clients`, `results`, `lines`, `channels`, `regions`, `not_channels` and
    `not_regions` 0 stands for "none known". A `bool | None` field: True has it, False has it not.
    """

    period: Period | None = None
    directions: tuple[Direction, ...] = ()
    internal: bool = False
    """Internal calls are shown too (naming Direction.INTERNAL in `directions` shows them as well)."""
    families: tuple[Family, ...] = ()
    statuses: tuple[Status, ...] = ()
    """By S2's list: MISSED is not yet called back, CALLED_BACK is missed with a settling call."""
    lost: bool | None = None
    attention: bool | None = None
    first_contact: bool | None = None
    new: bool | None = None
    unregistered: bool | None = None
    comment: bool | None = None
    recording: bool | None = None
    by_hand: bool | None = None
    settles: bool | None = None
    mine: bool = False
    """Calls in which the session's own employee took part."""
    employees: tuple[int, ...] = ()
    responsible: tuple[int, ...] = ()
    """Employees responsible for the call's client."""
    departments: tuple[str, ...] = ()
    results: tuple[int, ...] = ()
    entities: tuple[ClientKind, ...] = ()
    clients: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    """Exact number keys (C5)."""
    lines: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    regions: tuple[int, ...] = ()
    talk_from: int | None = None
    talk_to: int | None = None
    """Seconds of talk, both ends included."""
    search: str = ""
    """Free text: client name, any part of a number or SIP address, employee name."""
    hours: tuple[int, ...] = ()
    """Local hours of the start, 0–23."""
    weekdays: tuple[int, ...] = ()
    """Local weekdays of the start, Monday is 1."""
    leads: tuple[LeadCategory, ...] = ()
    handling: tuple[Handling, ...] = ()
    callback_from: int | None = None
    callback_to: int | None = None
    """Seconds from a missed call to the contact that settled it, both ends included."""
    handled_by: tuple[Direction, ...] = ()
    """Missed calls settled by a contact of this direction: outgoing is we called, incoming the client reached us."""
    wait_from: int | None = None
    wait_to: int | None = None
    """Seconds of wait, from queue entry where that is known, else from the start; both ends included."""
    rang: bool | None = None
    """Incoming calls for which a phone or a queue rang; False: that ended in a greeting or a menu before."""
    offered: tuple[int, ...] = ()
    """Incoming calls that were accepted, or missed after a phone or a queue rang and at least so many seconds."""
    withheld: bool | None = None
    """The outside number was withheld, or the source does not say it."""
    once: bool | None = None
    """The only external call of its number in the filter's period."""
    resolved: tuple[int, ...] = ()
    """No further external call of the number within so many days after this one began."""
    not_employees: tuple[int, ...] = ()
    """Somebody took part, and none of these (the Others of a report)."""
    nobody: bool = False
    """No employee took part."""
    not_clients: tuple[int, ...] = ()
    """The number belongs to a client, and to none of these."""
    not_channels: tuple[int, ...] = ()
    not_regions: tuple[int, ...] = ()
    attempt: bool | None = None
    """Attached to a task of the outbound plan; what follows narrows which tasks. Who sees own tasks only is told of
    those only."""
    tasks: tuple[int, ...] = ()
    task_operators: tuple[int, ...] = ()
    task_managers: tuple[int, ...] = ()
    deliveries: tuple[str, ...] = ()
    """Plan dates of the tasks: ISO dates, or "from..to" with either end open."""


NOTHING = CallFilter()
