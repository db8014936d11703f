"""Digits so large that they are read from across the room: each dot of a letter is a block of cells."""

from __future__ import annotations

from collections.abc import Mapping

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


def large(text: str, width: int, height: int, *, ascii: bool = False) -> tuple[str, ...] | None:
    """The text in the largest digits that fit, as lines of equal width; None where none do, or a sign has no shape."""
    if not text or any(sign not in _SHAPES for sign in text):
        return None
    dots = sum(len(_SHAPES[sign][0]) for sign in text) + len(text) - 1
    for high in range(height // _ROWS, 0, -1):
        wide = min(width // dots, int(high * _WIDEST))
        if wide >= high * _NARROWEST:
            return _drawn(text, wide, high, "#" if ascii else "█")
    return None


def _drawn(text: str, wide: int, high: int, ink: str) -> tuple[str, ...]:
    lines = []
    for row in range(_ROWS):
        dots = " ".join(_SHAPES[sign][row] for sign in text)
        lines += ["".join((ink if dot == "#" else " ") * wide for dot in dots)] * high
    return tuple(lines)
