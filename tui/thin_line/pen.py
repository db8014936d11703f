"""`Pen`: writes to the terminal, and knows where and in which style it stands."""

from __future__ import annotations

import re
from itertools import pairwise

from tui.thin_line.cells import Cells
from tui.thin_line.cursor import Place, move
from tui.thin_line.palette import UNKNOWN, Palette

_SAME_MARKS = re.compile(r"(.)\1*+", re.DOTALL)
_LONGEST_BRIDGE = 5
"""Cells; a step over more is never longer than they are."""


class Pen:
    """Collects what has to be written; `place` is None and `mark` UNKNOWN when the terminal's is not known."""

    def __init__(self, cells: Cells, palette: Palette) -> None:
        self.cells = cells
        self.palette = palette
        self.place: Place | None = None
        self.mark = UNKNOWN
        self.opening = ""
        """A mark that opens an update in which nothing has been written yet."""
        self._written: list[str] = []

    def take(self) -> str:
        """What was written since the last call."""
        written = "".join(self._written)
        self._written.clear()
        return written

    def write(self, raw: str) -> None:
        """Write as it is; what it does to place and mark is for the caller to say."""
        if raw:
            if self.opening:
                self._written.append(self.opening)
                self.opening = ""
            self._written.append(raw)

    def go(self, row: int, column: int) -> None:
        """Take the cursor to a cell."""
        wanted = Place(row, column)
        if self.place != wanted:
            self.write(move(self.place, row, column, self.cells.width))
            self.place = wanted

    def wear(self, mark: str) -> None:
        """Change to a style, which must be known."""
        if self.mark != mark:
            self.write(self.palette.change(self.mark, mark))
            self.mark = mark

    def show(self, row: int, start: int, end: int) -> None:
        """Write the cells of a row from one column to before another, which must be known."""
        start = self._bridge(row, start)
        self.go(row, start)
        text = self.cells.text(row, start, end)
        for same in _SAME_MARKS.finditer(self.cells.marks(row, start, end)):
            self.wear(same[1])
            self.write(text[same.start() : same.end()])
        self.place = Place(row, end)

    def _bridge(self, row: int, start: int) -> int:
        """Where to begin so that the way to `start` is shortest: few cells between are written again, not left out."""
        if self.place is None or self.place.row != row or self.place.column is None:
            return start
        here = self.place.column
        if not 0 < start - here <= _LONGEST_BRIDGE:
            return start
        marks = self.mark + self.cells.marks(row, here, start + 1)
        changes = sum(one != next_one for one, next_one in pairwise(marks))
        if UNKNOWN in marks or changes > (marks[0] != marks[-1]):
            return start
        again = len(self.cells.text(row, here, start).encode())
        return here if again <= len(move(self.place, row, start, self.cells.width)) else start
