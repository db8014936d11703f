"""Closing a screen once, however many answers come at once."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Answer = TypeVar("Answer")


class ClosingScreen(Screen[Answer]):
    """A screen that closes itself alone. Textual's closes whichever is on top: a second Enter, pressed before the
    screen was gone, would close the one below it, or the last one."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer; what is closed or covered stays as it is."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)
