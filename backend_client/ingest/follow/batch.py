"""What a followed source gives, and what it is to the follower."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct, structs

from backend_client.ingest.source import Portion, Rejection
from backend_client.model.agent_event import AgentEvent
from backend_client.model.leg import CallFacts
from backend_client.model.live import LiveCall
from backend_client.model.reason import Reason

PAUSE = 0.1
"""Seconds between two looks at a source: a line is on screen within a second."""


class Batch(Struct, kw_only=True):
    """Records that came together, and the position behind them, committed as one."""

    facts: list[CallFacts] = []
    position: str = ""
    rejections: list[Rejection] = []
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

    @property
    def empty(self) -> bool:
        """Whether it only says that the source was looked at."""
        return not (self.facts or self.position or self.live is not None or self.agents or self.rejections)

    @property
    def rejected(self) -> dict[str, int]:
        """Rejected records by reason."""
        return dict(Counter(rejection.reason.value for rejection in self.rejections))


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


def refused(portion: Portion, *, lines: bool = True) -> list[Rejection]:
    """The records that were not taken; one that is still being written is no rejection. Without `lines` their numbers
    count from somewhere inside the source, and say nothing."""
    found = [one for one in portion.rejections if one.reason is not Reason.HALF_WRITTEN]
    return found if lines else [structs.replace(one, line=0) for one in found]


def newest_of(portion: Portion) -> float:
    """The last instant of a portion's records."""
    ends = [leg.end or leg.start for leg in portion.legs] + [line.event.at for line in portion.events]
    return max(ends, default=0.0)
