"""`Pen`: writes to the terminal, and knows where and in which style it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from tui.thin_line.cells import Cells, Line, unlike
from tui.thin_line.cursor import move
from tui.thin_line.palette import UNKNOWN, Palette
from tui.thin_line.scroll import find_scroll

_DIFFERENT = 0x80
_STRETCH = re.compile(
    b"|".join(rb"%c%c*+(?:%c{1,4}%c++)*+" % (turn | 0x80, turn | 0x80, turn, turn | 0x80) for turn in range(4))
)
"""Cells of one style to be written; a step over so few that need not be is no shorter than they are."""
_OTHER_ROW = bytes.maketrans(b"\0\1", b"\2\3")
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
            self.cells.shown.update(scroll.moved(self.cells))
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
        rows, width = list(self.cells.shown), self.cells.width
        lines = [self.cells.lines[row] for row in rows]
        differing = unlike(lines, list(self.cells.shown.values()), self.palette)
        if _DIFFERENT not in differing:
            return []
        parts: list[Part] = []
        worn, are_alike = self.mark, self.palette.are_alike_on_blank
        for found in _STRETCH.finditer(self._by_turns(differing, lines)):
            first, end = found.span()
            at, start = divmod(first, width)
            line = lines[at]
            text, mark = line.text[start : end - at * width], line.marks[start]
            if worn != mark and not (text.isspace() and are_alike(worn, mark)):
                worn = mark
            parts.append((worn, rows[at], start, text))
        return parts

    def _by_turns(self, differing: bytes, lines: Sequence[Line]) -> bytes:
        """The bytes of `unlike`, the lowest bits of each another number where another style or another row begins."""
        turns = [self.palette.worn_by(line.marks).turns for line in lines]
        turns[1::2] = [row.translate(_OTHER_ROW) for row in turns[1::2]]
        both = int.from_bytes(differing, "little") | int.from_bytes(b"".join(turns), "little")
        return both.to_bytes(len(differing), "little")
