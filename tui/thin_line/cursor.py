"""The shortest way for the cursor from one cell to another."""

from __future__ import annotations

from collections.abc import Iterator
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
    return min(_ways(old, row, column, width), key=len)


def _ways(old: Place | None, row: int, column: int, width: int) -> Iterator[str]:
    if old is not None:
        if old.row == row:
            yield from _along(old.column, column, width)
        elif old.column == column:
            yield _step(row - old.row, "B", "A")
        if row == old.row + 1:
            yield "\r\n" + _step(column, "C", "D")
    yield f"\x1b[{row + 1}H" if column == 0 else f"\x1b[{row + 1};{column + 1}H"


def _along(old: int | None, new: int, width: int) -> Iterator[str]:
    yield "\r" if new == 0 else f"\x1b[{new + 1}G"
    if old is not None and old < width:
        yield "\b" if new == old - 1 else _step(new - old, "C", "D")


def _step(by: int, ahead: str, back: str) -> str:
    if by == 0:
        return ""
    count = "" if abs(by) == 1 else str(abs(by))
    return f"\x1b[{count}{ahead if by > 0 else back}"
