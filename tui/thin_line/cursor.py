"""The shortest way for the cursor from one cell to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Place(NamedTuple):
    """A cell, from 0. A column of None is somewhere in the row; one equal to the window's width is after the last
    column was written, where terminals differ in what a step is."""

    row: int
    column: int | None


def move(old: Place | None, row: int, column: int, width: int) -> str:
    """The shortest sequence to a cell; `old` of None is a place that is not known.

    Rows are only crossed where both ends are inside the window, so nothing scrolls.
    """
    if old is not None and old.row == row:
        return _along(old.column, column, width)
    ways = [f"\x1b[{row + 1}H" if column == 0 else f"\x1b[{row + 1};{column + 1}H"]
    if old is not None:
        if old.column == column:
            ways.append(_step(row - old.row, "B", "A"))
        if row == old.row + 1:
            ways.append("\r\n" + _step(column, "C", "D"))
    return min(ways, key=len)


@lru_cache(maxsize=2048)
def _along(old: int | None, new: int, width: int) -> str:
    """The shortest sequence to another column of the same row; no step is known from beyond the edge."""
    absolute = "\r" if new == 0 else f"\x1b[{new + 1}G"
    if old is None or old >= width:
        return absolute
    return min(absolute, "\b" if new == old - 1 else _step(new - old, "C", "D"), key=len)


def _step(by: int, ahead: str, back: str) -> str:
    if by == 0:
        return ""
    count = "" if abs(by) == 1 else str(abs(by))
    return f"\x1b[{count}{ahead if by > 0 else back}"
