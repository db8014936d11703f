"""The missed-call queue (L4): numbers that called in vain and were not spoken with since."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call import EmployeeOnCall
from backend_client.model.status import WireEnum

QUEUE_DAYS = 7
"""A missed call waits in the queue for so many days; a setting."""
GOAL_MINUTES = 15
"""Within so many minutes a missed call should be called back; a setting."""
LONGEST_REASON = 200
"""Characters of the reason with which a line is done."""
LONGEST_SNOOZE = 7 * 86_400
"""Seconds."""


class QueuePart(WireEnum):
    """Lines of the queue by what people did to them."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"
    UNKNOWN = "unknown"


class MissedLine(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A number: its missed calls since anybody last spoke with it or with its client. Instants UTC epoch seconds.

    To an operator only those of the calls that the queue shows to them count.
    """

    number: str
    """Its key; shown as elsewhere."""
    client: str = ""
    client_id: int | None = None
    attempts: int = 1
    first: int
    last: int
    due: int
    """Until when it should be called back: the goal after the first missed call."""
    in_time_until: int
    """Until when a call-back counts as in time: the end of the call-back window of the first missed call."""
    lost: bool = False
    """The number was new: it is lost while nobody speaks with it. Told where all calls may be seen."""
    claimer_id: int | None = None
    claimer: str = ""
    claimed_at: int | None = None
    snoozed_until: int | None = None
    done_at: int | None = None
    done_by: str = ""
    reason: str = ""
    employees: tuple[EmployeeOnCall, ...] = ()
    """Whom the last of the calls rang, where all calls may be seen."""
    call_id: int | None = None
    """The last missed call, for a reader who may open it."""

    def late(self, now: int) -> bool:
        """Whether the goal has passed."""
        return now > self.due


class CallBackFigures(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Today's work on missed calls: of one operator by their own outgoing calls and claims, or of all together."""

    employee_id: int | None = None
    """None: all together, contacts that the clients made themselves included."""
    name: str = ""
    settled: int = 0
    """Missed calls that a contact of today settled."""
    in_time: int = 0
    """Of these, inside the call-back window."""
    within_goal: int = 0
    """Of these, within the goal."""
    median: int | None = None
    """Seconds from the missed call to the talk that settled it."""
    open: int = 0
    """Lines open now: of an operator those that they claimed."""
    oldest: int | None = None
    """The first missed call of the oldest of them."""
