"""Counting the rows of a filter beside a screen: soon, exactly, and one count at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend_client.contract.calls import Count, CountRequest
from backend_client.errors import BackendError
from backend_client.model.call_filter import CallFilter
from screens.message import FieldMessage
from screens.work import work

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from backend_client.contract.backend import Backend


class Counted(FieldMessage):
    """How many calls a filter has; "more than" first where an exact count takes longer."""

    filter: CallFilter
    count: Count


class Counter:
    """Counts the calls of one filter for a screen, and posts `Counted` to it."""

    def __init__(self, screen: DOMNode) -> None:
        self._screen = screen
        self._filter: CallFilter | None = None
        self._running = self._again = self._known = False

    def count(self, backend: Backend, filter: CallFilter) -> None:
        """Count; another filter's count is given up, one of the same filter is finished first and then repeated."""
        if filter == self._filter and self._running:
            self._again = True
            return
        self._known = self._known and filter == self._filter
        self._filter, self._running, self._again = filter, True, False
        work(self._screen, partial(self._count, backend, filter), "count")

    async def _count(self, backend: Backend, filter: CallFilter) -> None:
        repeat = True
        while repeat:
            self._again = False
            try:
                count = await backend.count(CountRequest(filter=filter))
                if not count.exact and not self._known:
                    self._screen.post_message(Counted(filter, count))
                if not count.exact:
                    count = await backend.count(CountRequest(filter=filter, limit=0))
            except BackendError:
                # The rows of the same filter tell what went wrong.
                break
            self._known = True
            self._screen.post_message(Counted(filter, count))
            repeat = self._again
        self._running = False
