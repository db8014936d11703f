"""Digits so large that they are read from across the room: each dot of a letter is a block of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_ROWS = 5
"""Dots that a digit is high; the common ones are three wide."""
_SHAPES: Mapping[str, tuple[str, ...]] = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    ".": (" ", " ", " ", " ", "#"),
    ",": (" ", " ", " ", "#", "#"),
    "-": ("   ", "   ", "###", "   ", "   "),
    "—": ("   ", "   ", "###", "   ", "   "),
    "+": ("   ", " # ", "###", " # ", "   "),
    "/": ("  #", "  #", " # ", "#  ", "#  "),
    "%": ("# #", "  #", " # ", "#  ", "# #"),
    " ": (" ", " ", " ", " ", " "),
    "\u00a0": (" ", " ", " ", " ", " "),
}
_NARROWEST, _WIDEST = 1.0, 2.4
"""Cells that a dot is wide for each line that it is high: a cell is about half as wide as it is high."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def large(text: str, width: int, height: int, *, ascii: bool = False) -> tuple[str, ...] | None:
    """The text in the largest digits that fit, as lines of equal width; None where none do, or a sign has no shape."""
    if not text or any(sign not in _SHAPES for sign in text):
        return None
    dots = sum(len(_SHAPES[sign][0]) for sign in text) + len(text) - 1
    for halves in _heights(height, ascii):
        wide = min(width // dots, int(halves / 2 * _WIDEST))
        if wide >= halves / 2 * _NARROWEST:
            return _drawn(text, wide, halves, "#" if ascii else "")
    return None


def lines_of_largest(height: int, *, ascii: bool = False) -> int:
    """How many of so many lines the largest digits take, however long the text is; 0 where none have room."""
    return next((-(-_ROWS * halves // 2) for halves in _heights(height, ascii)), 0)


def _heights(height: int, ascii: bool) -> Sequence[int]:
    """Half lines that a dot may be high, the largest first; a letter for ink fills whole lines alone."""
    most = 2 * height // _ROWS
    return range(most - most % 2, 1, -2) if ascii else range(most, 1, -1)


def _drawn(text: str, wide: int, halves: int, ink: str) -> tuple[str, ...]:
    rows = []
    for row in range(_ROWS):
        dots = " ".join(_SHAPES[sign][row] for sign in text)
        rows += [[dot == "#" for dot in dots for _cell in range(wide)]] * halves
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = (zip(upper, lower, strict=True) for upper, lower in zip(rows[::2], rows[1::2], strict=True))
    return tuple("".join(ink if ink and pair[0] else _HALVES[pair] for pair in line) for line in pairs)
