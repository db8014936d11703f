"""A waveform in braille: two columns and four rows of dots a cell."""

from __future__ import annotations

from collections.abc import Sequence

_LEFT = (0x40, 0x04, 0x02, 0x01)
_RIGHT = (0x80, 0x20, 0x10, 0x08)
"""Dots of a cell's columns, from the bottom up."""
_BLANK = 0x2800
LEVELS = 4
"""Dots that a row is high."""


def lane(heights: Sequence[int], width: int, rows: int = 1) -> list[str]:
    """Heights of 0–255 as `rows` lines of `width` cells, the top line first; each column is the loudest it covers."""
    dots = [_dots(heights, 2 * width, column, rows * LEVELS) for column in range(2 * width)]
    lines = []
    for row in reversed(range(rows)):
        cells = []
        for cell in range(width):
            left, right = (max(0, min(dots[2 * cell + side] - row * LEVELS, LEVELS)) for side in (0, 1))
            cells.append(chr(_BLANK | sum(_LEFT[:left]) | sum(_RIGHT[:right])))
        lines.append("".join(cells))
    return lines


def _dots(heights: Sequence[int], columns: int, column: int, most: int) -> int:
    """How many dots a column is high: at least one wherever there is any sound."""
    if not heights:
        return 0
    first = column * len(heights) // columns
    last = max(first + 1, (column + 1) * len(heights) // columns)
    return -(-max(heights[first:last]) * most // 255)
