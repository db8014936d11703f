"""`Cells`: what the terminal is to show, one character and one mark of a style a cell, and what it shows of it yet."""

from __future__ import annotations

from collections.abc import Sequence

from tui.thin_line import lanes
from tui.thin_line.palette import UNKNOWN, Palette


class Line:
    """A row: two strings of the window's width, its characters and its marks, UNKNOWN where not known."""

    __slots__ = ("_lanes", "marks", "text")

    def __init__(self, text: str, marks: str) -> None:
        self.text, self.marks = text, marks
        self._lanes: bytes | None = None

    @property
    def is_known(self) -> bool:
        """Whether all of it is."""
        return UNKNOWN not in self.marks

    @property
    def lanes(self) -> bytes:
        """Its characters, to be compared."""
        if self._lanes is None:
            self._lanes = lanes.lanes_of(self.text)
        return self._lanes

    def with_cells(self, column: int, text: str, marks: str) -> Line:
        """The row with other cells from a column on."""
        end = column + len(text)
        if end - column == len(self.text):
            return Line(text, marks)
        return Line(self.text[:column] + text + self.text[end:], self.marks[:column] + marks + self.marks[end:])


def unlike(new: Sequence[Line], shown: Sequence[Line], palette: Palette) -> bytes:
    """A byte for each cell of some rows, one row after the other: 0x80 where the two look different, else 0."""
    count = len(new) * len(new[0].text)
    worn, old = [palette.worn_by(line.marks) for line in new], [palette.worn_by(line.marks) for line in shown]
    text = lanes.number(line.lanes for line in new)
    old_text = lanes.number(line.lanes for line in shown)
    marks = lanes.raised(lanes.number(row.marks for row in worn), lanes.number(row.marks for row in old), count)
    seen = lanes.raised(lanes.number(row.seen for row in worn), lanes.number(row.seen for row in old), count)
    on_signs = marks & lanes.raised(text, lanes.spaces(count), count)
    return lanes.highest(lanes.raised(text, old_text, count) | seen | on_signs, count)


class Cells:
    """What a row is to show is set by `put`; until it has been taken out of `shown`, the terminal shows another."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unknown = Line(UNKNOWN * width, UNKNOWN * width)
        self.lines = [self.unknown] * height
        self.shown: dict[int, Line] = {}
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
        line = self.lines[row]
        self.shown.setdefault(row, line)
        self.lines[row] = line.with_cells(column, text, marks)

    def know(self, row: int, column: int, text: str, marks: str) -> None:
        """Set cells that the terminal shows already."""
        self.lines[row] = self.lines[row].with_cells(column, text, marks)
