"""The calls of a filter, page by page, newest first; each page is a snapshot of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

from msgspec import structs

from backend_client.contract.backend import Backend
from backend_client.contract.calls import Position, WindowRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period, preset_days


async def pages(backend: Backend, filter: CallFilter, limit: int | None = None) -> AsyncIterator[tuple[Call, ...]]:
    """Pages of at most 1,000 calls, at most `limit` calls in all; none is empty.

    A named period is settled at the beginning: midnight on the way changes nothing. Calls that come meanwhile are
    newer than the first page, and left out.
    """
    settled = await _settled(backend, filter)
    anchor: Position | None = None
    left = limit
    while left is None or left > 0:
        # The anchor's own row comes with what is older.
        below = PAGE_LIMIT if anchor is None else PAGE_LIMIT - 1
        window = await backend.window(WindowRequest(filter=settled, anchor=anchor, below=below))
        rows = tuple(call for call in window.rows if anchor is None or call.key < (anchor.start, anchor.id))
        if rows:
            yield rows if left is None else rows[:left]
            anchor = Position(*rows[-1].key)
            left = None if left is None else left - len(rows)
        if not rows or not window.more_below:
            return


async def _settled(backend: Backend, filter: CallFilter) -> CallFilter:
    """The filter with a named period as its days."""
    if filter.period is None or filter.period.preset is None:
        return filter
    today = date.fromisoformat((await backend.clock()).today)
    first, last = preset_days(filter.period.preset, today)
    return structs.replace(filter, period=Period(start=first.isoformat(), end=last.isoformat()))
