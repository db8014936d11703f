"""Calls that run now."""

from __future__ import annotations

from backend_client.contract.wire import Result
from backend_client.model.call import Call
from backend_client.model.live import SourceState


class Live(Result, frozen=True, omit_defaults=True, kw_only=True):
    """Running calls, newest first, and the followed sources. A call whose end was not seen has status ERROR and the
    instant of its last event as its end. `stale`: a source of running calls says nothing any more."""

    now: int
    calls: tuple[Call, ...] = ()
    sources: tuple[SourceState, ...] = ()
    stale: bool = False
    pace: float = 1.0
    """As in `Clock`."""
