"""The queue of missed calls, and the deeds of those who call back."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.missed_queue import CallBackFigures, MissedLine, QueuePart
from backend_client.model.now import Freshness


class MissedQueueRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Lines of the missed-call queue, oldest first, from the place `skip` on."""

    part: QueuePart = QueuePart.OPEN
    mine: bool = False
    """Only lines that the session's employee claimed."""
    skip: int = 0
    limit: int = 200
    figures: bool = False
    """With what operators did today."""


class MissedQueue(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The queue as the session may see it. Needs the right to the queue.

    A number leaves it when it, or any number of its client, is spoken with, or after `days` days.
    """

    change: int
    now: int
    pace: float = 1.0
    days: int
    goal_minutes: int
    lines: tuple[MissedLine, ...] = ()
    more: bool = False
    open: int = 0
    snoozed: int = 0
    done: int = 0
    oldest: int | None = None
    """The first missed call of the oldest open line."""
    team: CallBackFigures | None = None
    """Where all missed calls may be seen and figures were asked for."""
    operators: tuple[CallBackFigures, ...] = ()
    """Those with anything to tell, by name; an operator's own only."""
    record_source: Freshness = Freshness()


class ClaimMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="claim"):
    """Say that the session's employee calls this number. Conflict where somebody else said so: its fields hold
    `claimer` and `at`. `take` takes it over, which needs the right to all missed calls."""

    number: str
    take: bool = False


class ReleaseMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="release"):
    """Take the claim back. Somebody else's needs the right to all missed calls."""

    number: str


class SnoozeMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="snooze"):
    """Leave the line out until an instant (UTC epoch seconds), or until it calls again; None: put it back."""

    number: str
    until: int | None = None


class FinishMissed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="done"):
    """Take the line off for a reason; it comes back when the number calls in vain again. None: put it back."""

    number: str
    reason: str | None = None


QueueDeed = ClaimMissed | ReleaseMissed | SnoozeMissed | FinishMissed


class QueueChange(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The line after a deed. NotFound where it is in the queue no more: somebody spoke with the number."""

    change: int
    line: MissedLine
