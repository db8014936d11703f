"""One line of progress on a terminal's stderr."""

from __future__ import annotations

import shutil
import sys
import time

REDRAW = 0.1
"""Seconds between two drawings."""


class ProgressLine:
    """A line that is drawn over; where stderr is no terminal nothing is drawn."""

    def __init__(self) -> None:
        self._drawn_at = 0.0
        self._is_terminal = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Draw this text, at most ten times a second."""
        now = time.monotonic()
        if not self._is_terminal or now - self._drawn_at < REDRAW:
            return
        self._drawn_at = now
        sys.stderr.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn_at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
