"""`Pen`: writes to the terminal, and knows where and in which style it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from tui.thin_line.cells import Cells
from tui.thin_line.cursor import move
from tui.thin_line.palette import UNKNOWN, Palette
from tui.thin_line.scroll import find_scroll

_DIFFERENT = 0x80
_STRETCH = re.compile(rb"\x80++(?:\0{1,4}\x80++)*+")
"""Cells to be written; a step over so few that need not be is no shorter than they are."""
_SHORT = 12
"""Cells among which no step is looked for: it would spare a byte or two."""
_STEP, _JUMP, _CHANGE = 4, 7, 15
"""About how many bytes it takes to go elsewhere in a row, to another row, and to another style."""


Part = tuple[str, int, int, str]
"""Cells of one style: their mark, their row, the first one's column, their text."""


class Pen:
    """Collects what has to be written; `place` is None and `mark` UNKNOWN when the terminal's is not known."""

    def __init__(self, cells: Cells, palette: Palette) -> None:
        self.cells = cells
        self.palette = palette
        self.place: tuple[int, int | None] | None = None
        """As a `Place`."""
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
        if self.place != (row, column):
            self.write(move(self.place, row, column, self.cells.width))
            self.place = row, column

    def wear(self, mark: str) -> None:
        """Change to a style, which must be known."""
        if self.mark != mark:
            self.write(self.palette.change(self.mark, mark))
            self.mark = mark

    def paint(self, *, may_scroll: bool) -> None:
        """Write what was put into the cells and the terminal does not show yet: row by row, or style by style through
        all rows, whichever is shorter."""
        if may_scroll and (scroll := find_scroll(self.cells)):
            self.write(scroll.sequence)
            self.place = None
            moved = scroll.moved(self.cells)
            self.cells.shown.update((row, (line, 0, self.cells.width)) for row, line in moved.items())
        parts = self._parts()
        self.cells.shown.clear()
        self.draw(self._shortest(parts))

    def _shortest(self, parts: list[Part]) -> Iterable[Part]:
        """The parts row by row as they are, or style by style, whichever is about the shorter way."""
        styles: dict[str, list[Part]] = {self.mark: []}
        changes, rows, mark, row = 0, 0, self.mark, -1
        for part in parts:
            if part[0] != mark:
                mark = part[0]
                changes += 1
                if mark not in styles:
                    styles[mark] = []
            if part[1] != row:
                row = part[1]
                rows += 1
            styles[mark].append(part)
        spared = changes - len(styles) + 1
        if spared * _CHANGE > (len(parts) - rows) * (_JUMP - _STEP):
            return chain.from_iterable(styles.values())
        return parts

    def draw(self, parts: Iterable[Part]) -> None:
        """Write cells, which must be known, in this order."""
        place, worn, width = self.place, self.mark, self.cells.width
        written: list[str] = []
        for mark, row, column, text in parts:
            if place != (row, column):
                written.append(move(place, row, column, width))
            if mark != worn and not (text.isspace() and self.palette.are_alike_on_blank(worn, mark)):
                written.append(self.palette.change(worn, mark))
                worn = mark
            written.append(text)
            place = row, column + len(text)
        self.place, self.mark = place, worn
        self.write("".join(written))

    def _parts(self) -> list[Part]:
        """What differs from what is shown, from left to right and row by row."""
        parts: list[Part] = []
        worn, are_alike = self.mark, self.palette.are_alike_on_blank
        for row, (shown, left, right) in self.cells.shown.items():
            line = self.cells.lines[row]
            unlike = bytes(left) + line.cut(left, right).unlike(shown.cut(left, right), self.palette)
            if _DIFFERENT not in unlike:
                continue
            for mark, first, last in self.palette.worn_by(line.marks).styles:
                here = unlike.find(_DIFFERENT, first, last)
                if here < 0:
                    continue
                over = unlike.rfind(_DIFFERENT, here, last) + 1
                if over - here <= _SHORT:
                    stretches = [(here, over)]
                else:
                    stretches = [found.span() for found in _STRETCH.finditer(unlike, here, over)]
                for start, end in stretches:
                    text = line.text[start:end]
                    if worn != mark and not (text.isspace() and are_alike(worn, mark)):
                        worn = mark
                    parts.append((worn, row, start, text))
        return parts
