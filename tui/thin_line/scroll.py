"""`Scroll`: rows that a frame only moves up or down, which the terminal can do by itself in a few bytes."""

from __future__ import annotations

from collections import Counter
from operator import ne
from typing import NamedTuple

from tui.thin_line.cells import Cells, Line

_FEWEST = 3
"""Rows; of fewer none is worth a move."""
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

    def moved(self, cells: Cells) -> dict[int, Line]:
        """What the terminal shows in these rows once they have moved; of rows that came in nothing is known."""
        rows = range(self.top, self.bottom + 1)
        shown = {row: _shown(cells, row) for row in rows}
        return {row: shown.get(row + self.by, cells.unknown) for row in rows}


def find_scroll(cells: Cells) -> Scroll | None:
    """What can be moved before the rows that were put are written. It does not matter how well it is guessed: whatever
    is wrong after the move is written then."""
    if len(cells.shown) < _FEWEST:
        return None
    texts = {line.text: row for row, line in cells.shown.items()}
    places = {row: texts.get(cells.lines[row].text, row) for row in cells.shown}
    steps = Counter(
        place - row for row, place in places.items() if place != row and not cells.lines[row].text.isspace()
    )
    if not steps:
        return None
    by, _ = steps.most_common(1)[0]
    moved = [row for row, place in places.items() if place - row == by]
    scroll = Scroll(min(moved) + min(by, 0), max(moved) + max(by, 0), by)
    # What is not known cannot be written again where it was.
    if not all(line.is_known for line in cells.lines[scroll.top : scroll.bottom + 1]):
        return None
    return scroll if _gain(scroll, cells) > _LEAST else None


def _shown(cells: Cells, row: int) -> Line:
    return cells.shown.get(row, cells.lines[row])


def _gain(scroll: Scroll, cells: Cells) -> int:
    """About how many bytes less are to be written."""
    gain = 0
    for row, moved in scroll.moved(cells).items():
        text = cells.lines[row].text
        gain += _cost(_shown(cells, row).text, text)
        gain -= _cost(moved.text, text) if moved is not cells.unknown else cells.width + _WHOLE
    return gain


def _cost(shown: str, text: str) -> int:
    differing = sum(map(ne, shown, text))
    return differing + _PATCHED if differing else 0
