"""What a followed source gives, and what it is to the follower."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from backend_client.ingest.source import Portion, Reason
from backend_client.model.agent_event import AgentEvent
from backend_client.model.leg import CallFacts
from backend_client.model.live import LiveCall

PAUSE = 0.1
"""Seconds between two looks at a source: a line is on screen within a second."""


class Batch(Struct, kw_only=True):
    """Records that came together, and the position behind them, committed as one."""

    facts: list[CallFacts] = []
    position: str = ""
    rejected: dict[str, int] = {}
    newest: float = 0.0
    """UTC epoch seconds of the newest record's last instant; 0 where none came."""
    behind: int = 0
    """What is known to wait in the source still: bytes, rows or events."""
    live: dict[str, LiveCall | None] | None = None
    """Running calls by linked id that changed; None for one that ended."""
    agents: tuple[AgentEvent, ...] = ()
    """What came to be known of employees at work, in order."""
    only: bool = False
    """`live` holds all running calls of the source: what it does not name has ended."""


class Followed(Protocol):
    """One source. `batches` runs in a thread of its own until `stop` is set."""

    @property
    def name(self) -> str:
        """Under which its position is kept and its lock held."""
        ...

    @property
    def format(self) -> str: ...

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """Batches as they come, after what `position` stands for (blank: from the beginning). A batch without
        anything says that the source was looked at. Raises BackendError where nothing can be read for now."""
        ...


def counted(portion: Portion) -> dict[str, int]:
    """Rejected records by reason; one that is still being written is no rejection."""
    reasons: dict[str, int] = {}
    for rejection in portion.rejections:
        if rejection.reason is not Reason.HALF_WRITTEN:
            reasons[rejection.reason.value] = reasons.get(rejection.reason.value, 0) + 1
    return reasons


def newest_of(portion: Portion) -> float:
    """The last instant of a portion's records."""
    ends = [leg.end or leg.start for leg in portion.legs] + [line.event.at for line in portion.events]
    return max(ends, default=0.0)
