"""What keeps a screen live: one worker that asks what changed, and outlives a lost connection."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import structs
from textual.worker import Worker

from backend_client.contract.changes import ChangeRequest, Changes
from backend_client.errors import BackendError
from screens.message import FieldMessage
from screens.pace import TOGETHER, is_slow
from screens.work import work

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend
    from screens.console_screen import ConsoleScreen

WAIT = 25.0
"""Seconds that one question may stand open."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 1.5
"""A server that is there again is found within two seconds."""


class Changed(FieldMessage):
    """Something changed since the feed last said so, or may have while it could not ask."""

    changes: Changes


class Unreached(FieldMessage):
    """The backend could not be asked; said again at each try."""

    error: BackendError
    silent_for: int
    """Seconds since it last answered."""


class Feed:
    """The live side of one screen: posts `Changed` and `Unreached` to it while it is shown."""

    def __init__(self, screen: ConsoleScreen) -> None:
        self._screen = screen
        self._worker: Worker[None] | None = None

    def start(self, backend: Backend, since: int) -> None:
        """Listen for changes after this change number; a feed that runs already goes on, a hidden screen needs none."""
        if not self._screen.shown:
            return
        if self._worker is None or self._worker.is_finished:
            self._worker = work(self._screen, partial(self._listen, backend, since), "feed")

    def stop(self) -> None:
        """Stop listening, as when the screen is left."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    async def _listen(self, backend: Backend, since: int) -> None:
        pause, lost, heard = FIRST_PAUSE, False, monotonic()
        while True:
            try:
                changes = await backend.changes(ChangeRequest(since=since, wait=0.0 if lost else WAIT))
            except BackendError as error:
                lost = True
                self._screen.post_message(Unreached(error, int(monotonic() - heard)))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if lost:
                # What was asked meanwhile got no answer, whether anything changed or not.
                changes = structs.replace(changes, everything=True)
            if lost or changes.change != since:
                self._screen.post_message(Changed(changes))
                if is_slow(self._screen):
                    await asyncio.sleep(TOGETHER)
            since, pause, lost, heard = changes.change, FIRST_PAUSE, False, monotonic()
