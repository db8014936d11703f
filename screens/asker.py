"""Asking the backend once for many changes: one question at a time, and not too soon after the last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from screens.work import work

if TYPE_CHECKING:
    from textual.dom import DOMNode

APART = 0.5
"""Seconds between two questions while changes come one after another."""


class Asker:
    """Asks for a screen; what comes while a question is open is one more question."""

    def __init__(self, screen: DOMNode, question: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        self._screen = screen
        self._question = question
        self._group = group
        self._again = False
        self.asking = False

    def ask(self) -> None:
        """Ask now, or when the open question is answered."""
        self._again = True
        if not self.asking:
            self.asking = True
            work(self._screen, self._run, self._group)

    async def _run(self) -> None:
        try:
            while self._again:
                self._again = False
                await self._question()
                await asyncio.sleep(APART)
        finally:
            self.asking = False
