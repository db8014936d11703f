"""Direction, status and family of a call: product.md decision 4, in code."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class WireEnum(StrEnum):
    """A value that travels: a reader older than its writer sees `unknown`, never an error."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return cls.__members__.get("UNKNOWN")


class Direction(WireEnum):
    """Seen from the call centre."""

    INCOMING = "in"
    OUTGOING = "out"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class Status(WireEnum):
    """The 13 statuses of S2. CALLED_BACK, RINGING and CONNECTING are never stored with an ended call:
    the first is MISSED with a settling call, the others exist only while a call runs."""

    ANSWERED = "answered"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"
    NO_ANSWER = "no-answer"
    CANCELLED = "cancelled"
    MISSED = "missed"
    CALLED_BACK = "called-back"
    ERROR = "error"
    TALKED_THEN_DROPPED = "talked-then-dropped"
    NO_CHANNELS = "no-channels"
    MISSED_OFFLINE = "missed-offline"
    RINGING = "ringing"
    CONNECTING = "connecting"
    TALKING = "talking"
    UNKNOWN = "unknown"


class Family(WireEnum):
    """Each ended external call is in exactly one; reports, filters and names use them."""

    ACCEPTED = "accepted"
    MISSED = "missed"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Name(WireEnum):
    """The names of S4: what a 1C user calls a status."""

    ACCEPTED = "accepted"
    REACHED = "reached"
    NO_REPLY = "no-reply"
    LOST = "lost"
    CANCELLED = "cancelled"
    NOT_REACHED = "not-reached"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class HungUpBy(WireEnum):
    """Who ended the call; NOBODY_SAID where the source does not tell (plain CDR never does)."""

    CALLER = "caller"
    CALLEE = "callee"
    NOBODY_SAID = "nobody-said"
    UNKNOWN = "unknown"


TALKED = frozenset({Status.ANSWERED, Status.TALKED_THEN_DROPPED})
RUNNING = frozenset({Status.RINGING, Status.CONNECTING, Status.TALKING})
OUTGOING_ONLY = frozenset({Status.UNAVAILABLE, Status.REJECTED, Status.NO_ANSWER, Status.CANCELLED})


def family_of(direction: Direction, status: Status) -> Family | None:
    """The family of an ended external call; None for an internal or a running one."""
    if direction is Direction.INTERNAL or status in RUNNING:
        return None
    if direction is Direction.INCOMING:
        return Family.ACCEPTED if status in TALKED else Family.MISSED
    return Family.SUCCESSFUL if status in TALKED else Family.FAILED


def name_of(direction: Direction, status: Status, *, lost: bool) -> Name:
    """The S4 name: accepted, reached, lost, no reply, cancelled, not reached (decision 4)."""
    match family_of(direction, status):
        case Family.ACCEPTED:
            return Name.ACCEPTED
        case Family.SUCCESSFUL:
            return Name.REACHED
        case Family.MISSED:
            return Name.LOST if lost else Name.NO_REPLY
        case Family.FAILED:
            return Name.CANCELLED if status is Status.CANCELLED else Name.NOT_REACHED
        case _:
            return Name.INTERNAL if direction is Direction.INTERNAL else Name.UNKNOWN
