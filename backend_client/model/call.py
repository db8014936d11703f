"""A call: the row of the journal, and everything its details show."""

from __future__ import annotations

from enum import IntFlag

from msgspec import Struct

from backend_client.model.status import Direction, HungUpBy, Status, WireEnum


class Mark(IntFlag):
    """Bits of a journal row (J4). The first four are derived with the number's neighbours, the rest from the call."""

    NEW = 1
    """From a new number: no client known since at or before its start (decision 5)."""
    FIRST_CONTACT = 2
    LOST = 4
    ATTENTION = 8
    SETTLES = 16
    """This contact settled at least one earlier missed call."""
    COMMENT = 32
    RECORDING = 64
    BY_HAND = 128
    WITHHELD = 256
    SETTLED_IN_WINDOW = 512
    """A later contact came inside the call-back window."""
    SETTLED_BY_US = 1024
    """The contact that settled this missed call was outgoing."""


class PartyKind(WireEnum):
    """Who stands on one side of a call."""

    EMPLOYEE = "employee"
    CLIENT = "client"
    NUMBER = "number"
    SIP = "sip"
    APPLICATION = "application"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


class Party(Struct, frozen=True, omit_defaults=True, gc=False):
    """One side of a call: a name where one is known, and the number or SIP address."""

    kind: PartyKind
    name: str = ""
    address: str = ""


class PriceState(WireEnum):
    """J8. PENDING until end + 5 minutes (setting) even where the source has a price; MASKED travels without amount."""

    NONE = "none"
    PENDING = "pending"
    KNOWN = "known"
    NOT_KNOWN = "not-known"
    MASKED = "masked"
    UNKNOWN = "unknown"


class Price(Struct, frozen=True, omit_defaults=True):
    """Amount in millionths of the currency; read against the clock, never stored so."""

    state: PriceState = PriceState.NONE
    amount: int | None = None
    currency: str = ""


class RecordingState(WireEnum):
    """R4."""

    NONE = "none"
    PENDING = "pending"
    AVAILABLE = "available"
    DELETED = "deleted"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


class EmployeeOnCall(Struct, frozen=True, omit_defaults=True, gc=False):
    """An employee of a call by decision 7, in order; `talk` is the union of own talk intervals in seconds."""

    id: int
    name: str
    extension: str = ""
    talk: int = 0


class Call(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """One row of the journal: one call whatever the number of its legs.

    Position in the journal is the key (start, id), newest first. Instants are UTC epoch seconds, spans seconds.
    """

    id: int
    start: int
    answered: int | None = None
    ended: int | None = None
    """None while the call runs."""
    wait: int = 0
    queue_wait: int | None = None
    talk: int = 0
    direction: Direction = Direction.UNKNOWN
    status: Status = Status.UNKNOWN
    """As stored; `shown_status` adds called-back."""
    busy: bool = False
    """Sub-label of REJECTED: the line was busy."""
    marks: int = 0
    caller: Party
    callee: Party
    client_id: int | None = None
    client: str = ""
    """Name of the client that the outside number belongs to now."""
    number: str = ""
    """Outside number: E.164 or digits or a SIP address; blank when withheld or internal."""
    employees: tuple[EmployeeOnCall, ...] = ()
    application: str = ""
    """Where no phone rang: the IVR or queue, which is no employee."""
    line: str = ""
    channel: str = ""
    """Acquisition channel: its name, else the DID as dialled."""
    hung_up_by: HungUpBy = HungUpBy.NOBODY_SAID
    settled_by: int | None = None
    """Id of the contact that settled this missed call, where the reader may know it; 0 where they may not."""
    result: str = ""
    comment: str = ""
    """First characters of the comment, for a column."""

    @property
    def total(self) -> int | None:
        """Seconds from start to end; None while the call runs."""
        return None if self.ended is None else self.ended - self.start

    @property
    def key(self) -> tuple[int, int]:
        """Position in the journal."""
        return (self.start, self.id)

    @property
    def lost(self) -> bool:
        return bool(self.marks & Mark.LOST)

    @property
    def shown_status(self) -> Status:
        """The status of S2's list: a missed call with a settling call is called back (decision 4)."""
        if self.status is Status.MISSED and self.settled_by is not None:
            return Status.CALLED_BACK
        return self.status


class RouteLeg(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of the route (J7): who called whom, from when to when, with what outcome."""

    start: int
    end: int | None = None
    caller: Party
    callee: Party
    disposition: str = ""
    answered: bool = False
    """A person talked on this leg."""
    talk: int = 0
    application: str = ""
    transfer_by: Party | None = None
    """Set on the first leg of a transfer: who transferred the call …"""
    transfer_to: Party | None = None
    """… and to whom."""


class StatusReason(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """ "Why this status": the rule that chose it and the raw facts it read."""

    rule: str
    """Identifier of the rule, such as "incoming-talked"; its words are translated on the screen."""
    facts: tuple[tuple[str, str], ...] = ()
    """Pairs of field name and value as the source gave them."""


class Comment(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A person's comment on a call (J9). `revision` counts its changes; 0 means there never was one."""

    call_id: int
    text: str = ""
    author: str = ""
    at: int = 0
    revision: int = 0


class CommentVersion(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An earlier text of a comment."""

    text: str
    author: str
    at: int


class CallDetails(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything known about one call (J7), in one answer."""

    call: Call
    price: Price = Price()
    recording: RecordingState = RecordingState.NONE
    recordings: tuple[str, ...] = ()
    """One name a part, ordered by start; names, never paths that a reader could open."""
    comment: Comment
    history: tuple[CommentVersion, ...] = ()
    source_note: str = ""
    """An imported comment, whole whatever its length."""
    source_id: str = ""
    system: str = ""
    dialled: str = ""
    """The outside number as the source wrote it."""
    caller_name: str = ""
    """Caller id name as the source gave it."""
    did: str = ""
    region: str = ""
    operator: str = ""
    """Who gave out a mobile number; it may have been carried elsewhere since."""
    route: tuple[RouteLeg, ...] = ()
    reason: StatusReason = StatusReason(rule="")
    settles: tuple[int, ...] = ()
    """Ids of the missed calls that this contact settled, newest first."""
    zone: str = ""
