"""Closing: of a screen once, however many answers come at once; of a widget while it is clicked."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

Answer = TypeVar("Answer")


class ClosingScreen(Screen[Answer]):
    """A screen that closes itself alone. Textual's closes whichever is on top: a second Enter, pressed before the
    screen was gone, would close the one below it, or the last one."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer; what is closed or covered stays as it is."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Where a selection begins: not in what is just being removed, which has no parent to measure it by."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (None, None) if widget is not None and widget.parent is None else (widget, offset)
