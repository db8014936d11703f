"""The shortest way for the cursor from one cell to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Place(NamedTuple):
    """A cell, from 0. A column of None is somewhere in the row; one equal to the window's width is after the last
    column was written, where terminals differ in what a step is."""

    row: int
    column: int | None


def move(old: tuple[int, int | None] | None, row: int, column: int, width: int) -> str:
    """The shortest sequence to a cell; `old` of None is a place that is not known.

    Rows are only crossed where both ends are inside the window, so nothing scrolls.
    """
    if old is not None:
        here, place = old
        if here == row:
            return _along(place, column, width)
        if place == column:
            return min(_step(row - here, "B", "A"), _to(row, column), key=len)
        if row == here + 1:
            return min(_next_line(column), _to(row, column), key=len)
    return _to(row, column)


@lru_cache(maxsize=512)
def _along(old: int | None, new: int, width: int) -> str:
    """The shortest sequence to another column of the same row; no step is known from beyond the edge."""
    absolute = "\r" if new == 0 else f"\x1b[{new + 1}G"
    if old is None or old >= width:
        return absolute
    return min(absolute, "\b" if new == old - 1 else _step(new - old, "C", "D"), key=len)


def _to(row: int, column: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H"


@lru_cache(maxsize=256)
def _next_line(column: int) -> str:
    # The tty makes a line feed a new line; a return beside it would be one byte more.
    return "\n" + _step(column, "C", "D")


def _step(by: int, ahead: str, back: str) -> str:
    if by == 0:
        return ""
    count = "" if abs(by) == 1 else str(abs(by))
    return f"\x1b[{count}{ahead if by > 0 else back}"
