"""`Cells`: what the terminal is to show, one character and one mark of a style a cell, and what it shows of it yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from tui.thin_line.palette import UNKNOWN

_LANE = 2
"""Bytes of a cell where the cells of a line are compared all at once, as one number. Neither a mark nor a sure
character has the highest bit."""


class Line:
    """A row: two strings of the window's width, its characters and its marks, UNKNOWN where not known."""

    __slots__ = ("_numbers", "marks", "text")

    def __init__(self, text: str, marks: str) -> None:
        self.text, self.marks = text, marks
        self._numbers: tuple[int, int, int] | None = None

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

    def styles(self) -> Iterator[tuple[str, int, int]]:
        """Each mark with the columns from and to before which it stands."""
        start, rest, width = 0, self.marks, len(self.marks)
        while rest:
            mark = rest[0]
            rest = rest.lstrip(mark)
            end = width - len(rest)
            yield mark, start, end
            start = end

    def unlike(self, shown: Line, blanks: Mapping[int, int]) -> bytes:
        """A byte for each cell, 0 where the two look the same. `blanks`: mark → the mark of what can be seen of that
        style on a blank."""
        width = len(self.text)
        low, high, spaces = _lanes(width)
        text, marks, seen = self._as_numbers(blanks)
        old_text, old_marks, old_seen = shown._as_numbers(blanks)
        on_signs = ((marks ^ old_marks) + low) & ((text ^ spaces) + low)
        unlike = ((text ^ old_text) + low) | ((seen ^ old_seen) + low) | on_signs
        return (unlike & high).to_bytes(_LANE * width, "little")[_LANE - 1 :: _LANE]

    def _as_numbers(self, blanks: Mapping[int, int]) -> tuple[int, int, int]:
        """Characters, marks, and marks of what can be seen on a blank."""
        if self._numbers is None:
            self._numbers = _number(self.text), _number(self.marks), _number(self.marks.translate(blanks))
        return self._numbers


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


def _number(text: str) -> int:
    """A lane for each character, the first one lowest."""
    return int.from_bytes(text.encode("utf-16-le"), "little")


@lru_cache(maxsize=16)
def _lanes(width: int) -> tuple[int, int, int]:
    """In each lane: all bits but the highest, which added raise the highest where any was set; the highest; a blank."""
    low = int.from_bytes(b"\xff\x7f" * width, "little")
    return low, int.from_bytes(b"\0\x80" * width, "little"), _number(" " * width)
