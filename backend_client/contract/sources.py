"""Where records come from, and what in them does not fit together."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.live import SourceState
from backend_client.model.quality import Doubt, ImportRun


class SourcesRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Followed sources, the newest runs of the import log, and what in the data does not fit together. Needs the
    right to import."""

    runs: int = 20


class Sources(Result, frozen=True, omit_defaults=True, kw_only=True):
    now: int
    zone: str
    sources: tuple[SourceState, ...] = ()
    runs: tuple[ImportRun, ...] = ()
    """The newest first."""
    doubts: tuple[Doubt, ...] = ()
