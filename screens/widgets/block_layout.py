"""Where the blocks of a board stand: rows in the order of the blocks, filled to the edges.

Small blocks of one figure stand in rows of their own, high ones beside each other; what has no room is left out
from the end. Rows that follow each other have their columns in common: the last block of a shorter one is as wide as
those that are not there. The places depend on the window and the choice of blocks alone: data never moves a block.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

GAP = 1
"""Cells between two blocks of a row."""


@dataclass(frozen=True)
class Shape:
    """What room a block wants."""

    id: Hashable
    width: int
    """Least width in cells."""
    height: int
    """Least height in lines, its title included."""
    share: int = 1
    """How much of the room left over in its row it gets."""
    grows: int = 0
    """How much of the lines left over its row gets; 0: a figure, which is as high as it is."""


@dataclass(frozen=True)
class Placed:
    """A block's place: left upper cell and size."""

    id: Hashable
    x: int
    y: int
    width: int
    height: int


def layout(shapes: Sequence[Shape], width: int, height: int, *, beside: int = 2) -> tuple[Placed, ...]:
    """Places of the blocks that there is room for, in order. `beside`: how many growing blocks a row takes."""
    rows = _rows(shapes, width, beside)
    while rows and sum(_height(row) for row in rows) > height:
        rows.pop()
    if not rows:
        # A window too low for the first row: its first block as far as it goes.
        return tuple(Placed(one.id, 0, 0, width, height) for one in shapes[:1] if height > 0)
    heights = [_height(row) for row in rows]
    weights = [max(one.grows for one in row) for row in rows]
    for at, more in enumerate(_shared(height - sum(heights), weights)):
        heights[at] += more
    placed: list[Placed] = []
    y = 0
    for row, lines in zip(rows, heights, strict=True):
        alike = [len(one) for one in rows if bool(one[0].grows) == bool(row[0].grows)]
        placed += _across(row, max(alike), width, y, lines)
        y += lines
    return tuple(placed)


def _rows(shapes: Sequence[Shape], width: int, beside: int) -> list[list[Shape]]:
    """Blocks row by row; a run of figures that needs several rows is parted evenly."""
    rows: list[list[Shape]] = []
    run: list[Shape] = []
    for shape in shapes:
        if run and bool(run[0].grows) != bool(shape.grows):
            rows += _broken(run, width, beside)
            run = []
        run.append(shape)
    return rows + _broken(run, width, beside)


def _broken(run: Sequence[Shape], width: int, beside: int) -> list[list[Shape]]:
    rows: list[list[Shape]] = []
    most = beside if run and run[0].grows else len(run)
    for shape in run:
        room = width - sum(one.width + GAP for one in rows[-1]) if rows else 0
        if rows and shape.width <= room and len(rows[-1]) < most:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    if len(rows) > 1 and not run[0].grows:
        each = -(-len(run) // len(rows))
        rows = [list(run[at : at + each]) for at in range(0, len(run), each)]
    return rows


def _height(row: Sequence[Shape]) -> int:
    return max(one.height for one in row)


def _across(row: Sequence[Shape], columns: int, width: int, y: int, lines: int) -> list[Placed]:
    """A row's blocks side by side, from edge to edge."""
    shapes = [*row, *[row[-1]] * (columns - len(row))]
    least = sum(one.width for one in shapes) + GAP * (columns - 1)
    more = _shared(max(0, width - least), [one.share for one in shapes])
    placed, x = [], 0
    for one, extra in zip(row, more, strict=False):
        cells = width - x if one is row[-1] else one.width + extra
        placed.append(Placed(one.id, x, y, cells, lines))
        x += cells + GAP
    return placed


def _shared(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount in whole parts by weight; the last ones of any weight take what division leaves."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts, given, weight = [], 0, 0
    for one in weights:
        weight += one
        parts.append(amount * weight // total - given)
        given += parts[-1]
    return parts
