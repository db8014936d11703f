"""`Cells`: what the terminal is to show, one character and one mark of a style a cell, and what it shows of it yet."""

from __future__ import annotations

from tui.thin_line import lanes
from tui.thin_line.palette import UNKNOWN, Palette


class Line:
    """A row: two strings of the window's width, its characters and its marks, UNKNOWN where not known."""

    __slots__ = ("_number", "marks", "text")

    def __init__(self, text: str, marks: str) -> None:
        self.text, self.marks = text, marks
        self._number: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether all of it is."""
        return UNKNOWN not in self.marks

    def with_cells(self, column: int, text: str, marks: str) -> Line:
        """The row with other cells from a column on."""
        end = column + len(text)
        if end - column == len(self.text):
            return Line(text, marks)
        return Line(self.text[:column] + text + self.text[end:], self.marks[:column] + marks + self.marks[end:])

    def cut(self, start: int, end: int) -> Line:
        """The cells from one column to before another."""
        if end - start == len(self.text):
            return self
        return Line(self.text[start:end], self.marks[start:end])

    def unlike(self, shown: Line, palette: Palette) -> bytes:
        """A byte for each cell, 0 where the two look the same."""
        width = len(self.text)
        new, old = palette.worn_by(self.marks), palette.worn_by(shown.marks)
        text, old_text = self._as_number(), shown._as_number()
        on_signs = lanes.raised(new.marks, old.marks, width) & lanes.raised(text, lanes.spaces(width), width)
        either = lanes.raised(text, old_text, width) | lanes.raised(new.seen, old.seen, width)
        return lanes.differing(either | on_signs, width)

    def _as_number(self) -> int:
        if self._number is None:
            self._number = lanes.number(self.text)
        return self._number


Shown = tuple[Line, int, int]
"""A row as it is shown, and the columns from and to before which it may be another."""


class Cells:
    """What a row is to show is set by `put`; until it has been taken out of `shown`, the terminal shows another."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unknown = Line(UNKNOWN * width, UNKNOWN * width)
        self.lines = [self.unknown] * height
        self.shown: dict[int, Shown] = {}
        """What the terminal shows in the rows that were put since."""

    def forget(self) -> None:
        """Nothing is known."""
        self.lines = [self.unknown] * self.height
        self.shown.clear()

    def forget_from(self, row: int, column: int) -> None:
        """A row is not known from this column on."""
        unknown = UNKNOWN * (self.width - max(0, column))
        self.know(row, max(0, column), unknown, unknown)

    def put(self, row: int, column: int, text: str, marks: str) -> None:
        """Set cells that are to be written."""
        line, start, end = self.shown.get(row) or (self.lines[row], column, column)
        self.shown[row] = line, min(start, column), max(end, column + len(text))
        self.lines[row] = self.lines[row].with_cells(column, text, marks)

    def know(self, row: int, column: int, text: str, marks: str) -> None:
        """Set cells that the terminal shows already."""
        self.lines[row] = self.lines[row].with_cells(column, text, marks)
