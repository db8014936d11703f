"""What a queue or an exchange says of an employee: at the telephone, paused, or not there."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.status import WireEnum

ALL_QUEUES = ""
"""The place of a pause in every queue at once."""
TELEPHONE = "telephone"
"""The place of what is known of the telephone itself; a queue's is "queue:" and its name."""


class Presence(WireEnum):
    IN = "in"
    PAUSED = "paused"
    OUT = "out"
    """Left the queue, or the telephone is not registered."""
    UNKNOWN = "unknown"


class AgentEvent(Struct, frozen=True, kw_only=True):
    """Since `at` (UTC epoch seconds) it is so there."""

    address: str
    """Internal number, or the name that the queue knows."""
    place: str
    presence: Presence
    at: int
    reason: str = ""


def queue_place(queue: str) -> str:
    """The place of a queue; blank and "NONE" are all of them."""
    return ALL_QUEUES if queue in ("", "NONE") else f"queue:{queue}"


def address_of(member: str) -> str:
    """The internal number of a member as a queue writes it, "PJSIP/201" or "Local/201@from-queue/n"; else all of it."""
    technology, slash, rest = member.partition("/")
    if not slash or not technology.isalnum():
        return member
    return rest.partition("@")[0].partition("/")[0].partition(";")[0]
