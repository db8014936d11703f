"""`Scroll`: rows that a frame only moves up or down, which the terminal can do by itself in a few bytes."""

from __future__ import annotations

import re
from collections import Counter
from operator import ne
from typing import NamedTuple

from tui.thin_line.cells import Cells
from tui.thin_line.vocabulary import PIECE

_ROW = re.compile(r"\x1b\[([0-9]+);1H((?:\x1b\[[0-9;]*m|[^\x1b\r\n]++)++)")
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_ANYTHING_ELSE = re.compile(r"\x1b(?!\[[0-9;]*[mH])")
_LEAST = 50
"""Bytes, of a move itself and of being wrong about it."""
_WHOLE, _PATCHED = 20, 40
"""Bytes of a row's styles and steps, beside its cells, where it is written whole and where in parts."""


class Scroll(NamedTuple):
    """The rows from `top` to `bottom` move up by so many rows, down where `by` is negative."""

    top: int
    bottom: int
    by: int

    @property
    def sequence(self) -> str:
        """Makes them the only ones that move, moves them, and lets all move again. Leaves the cursor elsewhere."""
        edge = self.top + 1
        deed = f"{self.by}M" if self.by > 0 else f"{-self.by}L"
        return f"\x1b[{edge};{self.bottom + 1}r\x1b[{edge}H\x1b[{deed}\x1b[r"


def find_scroll(frame: str, cells: Cells) -> Scroll | None:
    """What can be moved before a frame is written. All the rows between are written by the frame from edge to edge, so
    it does not matter how well they were guessed: whatever is wrong after the move is written then."""
    if not _ROW.match(frame) or _ANYTHING_ELSE.search(frame):
        return None
    written = {int(row[1]) - 1: _STYLE.sub("", row[2]) for row in _ROW.finditer(frame) if _is_sure(row[2])}
    rows = {row: text for row, text in written.items() if len(text) == cells.width and row < cells.height}
    shown = {cells.text(row, 0, cells.width): row for row in rows}
    places = {row: shown[text] for row, text in rows.items() if text in shown and not text.isspace()}
    steps = Counter(place - row for row, place in places.items() if place != row)
    if not steps:
        return None
    by, _ = steps.most_common(1)[0]
    moved = [row for row, place in places.items() if place - row == by]
    scroll = Scroll(min(moved) + min(by, 0), max(moved) + max(by, 0), by)
    if not all(row in rows for row in range(scroll.top, scroll.bottom + 1)):
        return None
    return scroll if _gain(scroll, rows, cells) > _LEAST else None


def _is_sure(run: str) -> bool:
    """Whether each of its characters takes one cell."""
    piece = PIECE.match(run)
    return piece is not None and piece.lastgroup == "run" and piece.end() == len(run)


def _gain(scroll: Scroll, rows: dict[int, str], cells: Cells) -> int:
    """About how many bytes less are to be written."""
    gain = 0
    for row in range(scroll.top, scroll.bottom + 1):
        gain += _cost(cells, row, rows[row])
        comes_from = row + scroll.by
        # Of rows that come in nothing is known.
        is_known = scroll.top <= comes_from <= scroll.bottom
        gain -= _cost(cells, comes_from, rows[row]) if is_known else cells.width + _WHOLE
    return gain


def _cost(cells: Cells, row: int, text: str) -> int:
    differing = sum(map(ne, cells.text(row, 0, cells.width), text))
    return differing + _PATCHED if differing else 0
