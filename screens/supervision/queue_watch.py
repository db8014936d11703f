"""Watching the missed-call queue from any screen, and telling of each new line once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from backend_client.contract.changes import ChangeRequest, Changes, Kind
from backend_client.contract.missed_queue import MissedQueueRequest
from backend_client.errors import BackendError
from backend_client.model.missed_queue import MissedLine
from backend_client.model.permissions import Permission
from backend_client.model.phone import format_number
from backend_client.model.text import clean
from screens.feed import LONGEST_PAUSE, WAIT
from screens.language import _, home_of, ngettext, number
from screens.work import work

if TYPE_CHECKING:
    from textual.app import App

    from backend_client.contract.backend import Backend

TAIL = 50
"""So many of the newest lines are compared: a line that is new stands among them."""
APART = 10.0
"""Seconds between two alerts; what comes meanwhile is told together."""


class QueueWatch:
    """Tells `tell` of new lines while it runs."""

    def __init__(self, app: App[Any], backend: Backend, tell: Callable[[str], Awaitable[None]]) -> None:
        self._app = app
        self._backend = backend
        self._tell = tell
        self._worker: Worker[None] | None = None
        self._known: frozenset[tuple[str, int]] | None = None
        self._open = 0

    def start(self) -> None:
        """Watch, if the session may see the queue; one that watches goes on."""
        may = self._backend.session.may(Permission.MISSED_QUEUE)
        if may and (self._worker is None or self._worker.is_finished):
            self._known = None
            self._worker = work(self._app, partial(self._watch), "queue watch")

    def stop(self) -> None:
        """Watch no more."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    async def _watch(self) -> None:
        since = 0
        while True:
            try:
                changes = await self._backend.changes(ChangeRequest(since=since, wait=WAIT if since else 0.0))
                if (not since or _touches(changes)) and (new := await self._new_lines()):
                    await self._tell(told(new, home_of((await self._backend.clock()).home_country)))
                    await asyncio.sleep(APART)
                since = changes.change
            except BackendError:
                # The screen that is shown tells it.
                await asyncio.sleep(LONGEST_PAUSE)

    async def _new_lines(self) -> list[MissedLine]:
        """Lines that were not there at the last look; none at the first."""
        queue = await self._backend.missed_queue(MissedQueueRequest(skip=max(0, self._open - TAIL), limit=2 * TAIL))
        while queue.more:
            self._open = queue.open
            queue = await self._backend.missed_queue(MissedQueueRequest(skip=max(0, queue.open - TAIL), limit=2 * TAIL))
        self._open = queue.open
        known, newest = self._known, {(line.number, line.first) for line in queue.lines}
        self._known = frozenset(newest)
        if known is None:
            return []
        # An older line comes into the tail when others leave the queue: it has waited before.
        began = max((first for _number, first in known), default=0) - 3600
        return [line for line in queue.lines if (line.number, line.first) not in known and line.first > began]


def _touches(changes: Changes) -> bool:
    return changes.everything or bool(changes.days) or Kind.QUEUE in changes.kinds


def told(lines: list[MissedLine], home: str) -> str:
    """One sentence of new lines; numbers of the country `home` as they are dialled there."""
    if len(lines) > 1:
        text = ngettext("{count} new missed call", "{count} new missed calls", len(lines))
        return text.format(count=number(len(lines)))
    return _("Missed call: {who}").format(who=clean(lines[0].client) or format_number(lines[0].number, home))
