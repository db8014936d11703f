"""The missed-call queue (L4)."""

from __future__ import annotations

from textual.screen import Screen


class MissedQueueScreen(Screen[None]):
    """The queue."""
