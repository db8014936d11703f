"""A row with lines under it. They must fit in the view together; the keys that move go through the rest first."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from screens.widgets.page_cache import Key
from screens.widgets.painted import Pieces
from screens.words import Role


class OpenedRow(Struct):
    """The key of the row, the lines under it, and the first of them that is shown. `room` is the lines of the view."""

    key: Key
    lines: Sequence[Pieces]
    first: int = 0

    def height(self, room: int) -> int:
        """How many lines are shown."""
        return min(len(self.lines), max(0, room - 1))

    def move(self, by: int, room: int) -> bool:
        """Show later or earlier lines; False where there are none that way."""
        before = self.first
        self.first = max(0, min(before + by, len(self.lines) - self.height(room)))
        return self.first != before

    def pieces(self, line: int, room: int, *, ascii: bool = False) -> Pieces:
        """A line of those shown, with an edge that tells where there is more."""
        edge = "|" if ascii else "│"
        if line == 0 and self.first:
            edge = "^" if ascii else "▴"
        elif line == self.height(room) - 1 and self.first + line + 1 < len(self.lines):
            edge = "v" if ascii else "▾"
        return [(f" {edge} ", Role.ACCENT), *self.lines[self.first + line]]
