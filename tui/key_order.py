"""Keys in the order in which they were pressed, however fast they come: over a slow line, several in one piece."""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.message import Message

DEALT_WITH = 0.1
"""Seconds after which a key is surely dealt with, and the next one need not ask."""
OPENING = frozenset({"enter", "escape"})
"""Keys that open and close screens, so that the same key again means another one."""
LONGEST_WAIT = 1.0
"""Seconds after which the next key is looked at even so: what got the one before may be gone, with all it was sent."""
Result = TypeVar("Result")


class _Taken(NamedTuple):
    """The last key: who got it, on which screen, and when; blank for a paste."""

    whom: DOMNode
    screen: DOMNode
    at: float
    key: str


class OrderlyApp(App[Result]):
    """Looks at a key when the one before has been dealt with whole. Textual takes what a field types by itself before
    the keys that are bound, which go up to the application first: of `ab`, Backspace, `c` in one piece it makes `ab`.
    And what is typed into a dialog waits until the dialog has a field to type into."""

    class Passed(Message):
        """Goes the way of the key before it, behind it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._waiting: deque[Key | Paste] = deque()
        self._waits: asyncio.TimerHandle | None = None
        """While a key before is waited for: when that ends."""
        self._taken: _Taken | None = None

    async def on_event(self, event: Event) -> None:
        """Called by Textual with all that comes in."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self._waiting.append(event)
            if self._waits is None:
                await self._go_on()
        else:
            await super().on_event(event)

    def on_orderly_app_passed(self, message: Passed) -> None:
        """The key before has been dealt with, but for what it left for later, such as a field that takes the focus."""
        self.call_later(self._dealt_with)

    async def _dealt_with(self) -> None:
        if self._waits is None:
            return
        if self._taken is not None and self._taken.screen is not self.screen:
            # It opened a screen, which is to be laid out and to choose its field first.
            self._taken = self._taken._replace(whom=self.screen, screen=self.screen)
            if self._ask(self.screen):
                return
        self._stop_waiting()
        self._taken = None
        await self._go_on()

    async def _go_on(self) -> None:
        while self._waiting:
            if self._taken is not None and self._may_overtake(self._taken) and self._ask(self._taken.whom):
                return
            event = self._waiting.popleft()
            whom, screen = self.focused or self.screen, self.screen
            await super().on_event(event)
            self._taken = _Taken(whom, screen, monotonic(), event.key if isinstance(event, Key) else "")

    def _may_overtake(self, last: _Taken) -> bool:
        """Whether the next key might be dealt with before the last one."""
        if self.screen is not last.screen:
            return True
        event = self._waiting[0]
        # A held cursor key goes the same way a hundred times, which ends in one picture.
        repeated = isinstance(event, Key) and event.key == last.key and event.key not in OPENING
        return not repeated and monotonic() - last.at < DEALT_WITH

    def _ask(self, whom: DOMNode) -> bool:
        """Whether an answer will come: not from what is closed."""
        self._stop_waiting()
        if not whom.is_attached or not whom.post_message(self.Passed()):
            return False
        self._waits = asyncio.get_running_loop().call_later(LONGEST_WAIT, self.post_message, self.Passed())
        return True

    def _stop_waiting(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None
