"""`Pen`: writes to the terminal, and knows where and in which style it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tui.thin_line.cells import Cells
from tui.thin_line.cursor import Place, move
from tui.thin_line.palette import UNKNOWN, Palette

_SAME_MARKS = re.compile(r"(.)\1*+", re.DOTALL)
_LONGEST_BRIDGE = 5
"""Cells; a step over more is never longer than they are."""
_STEP = 5
"""Bytes of a step within a row, about."""


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
        for mark, begin, stop in _of_one_mark(self.cells.marks(row, start, end)):
            part = text[begin:stop]
            if part.strip(" ") or not self.palette.are_alike_on_blank(self.mark, mark):
                self.wear(mark)
            self.write(part)
        self.place = Place(row, end)

    def show_all(self, row: int, stretches: list[tuple[int, int]]) -> None:
        """Write stretches of a row, from left to right or style by style, whichever is shorter."""
        stretches = list(self._joined(row, stretches))
        for start, end in self._style_by_style(row, stretches) or stretches:
            self.show(row, start, end)

    def _joined(self, row: int, stretches: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The stretches; those with so little of one style between them that writing it is shorter than a step, as
        one."""
        joined: tuple[int, int] | None = None
        for start, end in stretches:
            if joined is None:
                joined = start, end
            elif self._is_bridge(row, joined[1], start):
                joined = joined[0], end
            else:
                yield joined
                joined = start, end
        if joined is not None:
            yield joined

    def _is_bridge(self, row: int, start: int, end: int) -> bool:
        if end - start >= _STEP:
            return False
        marks = self.cells.marks(row, start - 1, end + 1)
        return marks.count(marks[0]) == len(marks) and len(self.cells.text(row, start, end).encode()) < _STEP

    def _style_by_style(self, row: int, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The stretches cut where the style changes, those of one style together; none where that is no gain."""
        parts = [
            (mark, start + begin, start + stop)
            for start, end in stretches
            for mark, begin, stop in _of_one_mark(self.cells.marks(row, start, end))
        ]
        styles = dict.fromkeys((self.mark, *(mark for mark, _, _ in parts)))
        if len(parts) < len(styles):
            return []
        together = [part for style in styles for part in parts if part[0] == style]
        return [part[1:] for part in together] if self._way(together) < self._way(parts) else []

    def _way(self, parts: list[tuple[str, int, int]]) -> int:
        """About how many bytes the changes of style and place between the parts take."""
        size, mark, column = 0, self.mark, parts[0][1]
        for style, start, end in parts:
            size += len(self.palette.change(mark, style)) if style != mark else 0
            size += _STEP if start != column else 0
            mark, column = style, end
        return size

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


def _of_one_mark(marks: str) -> list[tuple[str, int, int]]:
    """Each mark and the places from and to before which it stands."""
    if marks.count(marks[0]) == len(marks):
        return [(marks[0], 0, len(marks))]
    return [(same[1], same.start(), same.end()) for same in _SAME_MARKS.finditer(marks)]
