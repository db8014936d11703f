"""`Cells`: what the terminal is to show, one character and one mark of a style a cell, and what it shows of it yet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from tui.thin_line.palette import UNKNOWN

_LANE = 4
"""Bytes of a cell where cells are compared all at once, as one number."""


class Line(NamedTuple):
    """A row: two strings of the window's width, its characters and its marks, UNKNOWN where not known."""

    text: str
    marks: str

    @property
    def is_known(self) -> bool:
        """Whether all of it is."""
        return UNKNOWN not in self.marks


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
        left = max(0, column)
        self.know(row, left, self.unknown.text[left:], self.unknown.marks[left:])

    def put(self, row: int, column: int, text: str, marks: str) -> None:
        """Set cells that are to be written."""
        self.shown.setdefault(row, self.lines[row])
        self.know(row, column, text, marks)

    def know(self, row: int, column: int, text: str, marks: str) -> None:
        """Set cells that the terminal shows already."""
        old, end = self.lines[row], column + len(text)
        self.lines[row] = Line(old.text[:column] + text + old.text[end:], old.marks[:column] + marks + old.marks[end:])


def unlike(old: Line, new: Line, blanks: Mapping[int, int]) -> bytes:
    """A byte for each cell, 0 where two lines look the same. `blanks`: mark → the mark of what can be seen of that
    style on a blank."""
    width = len(new.text)
    low, high, spaces = _lanes(width)
    text = _number(new.text)
    differing = (_number(old.text) ^ text) + low
    if old.marks != new.marks:
        on_signs = ((_number(old.marks) ^ _number(new.marks)) + low) & ((text ^ spaces) + low)
        seen = _number(old.marks.translate(blanks)) ^ _number(new.marks.translate(blanks))
        differing |= on_signs | (seen + low)
    return (differing & high).to_bytes(_LANE * width, "little")[_LANE - 1 :: _LANE]


def _number(text: str) -> int:
    """A lane for each character, the first one lowest."""
    return int.from_bytes(text.encode("utf-32-le", "surrogatepass"), "little")


@lru_cache(maxsize=16)
def _lanes(width: int) -> tuple[int, int, int]:
    """In each lane: all bits but the highest, which added raise the highest where any was set; the highest; a blank."""
    low = int.from_bytes(b"\xff\xff\xff\x7f" * width, "little")
    return low, int.from_bytes(b"\0\0\0\x80" * width, "little"), _number(" " * width)
