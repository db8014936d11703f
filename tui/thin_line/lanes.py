"""The characters of a row as one number, so that the cells of two rows are compared all at once."""

from __future__ import annotations

from functools import lru_cache

_LANE = 2
"""Bytes of a cell. Neither a mark nor a sure character has the highest bit."""


def number(text: str) -> int:
    """A lane for each character, the first one lowest."""
    return int.from_bytes(text.encode("utf-16-le"), "little")


def raised(one: int, other: int, width: int) -> int:
    """The highest bit, and maybe others, in each lane in which two numbers differ."""
    return (one ^ other) + _lanes(width)[0]


def differing(lanes: int, width: int) -> bytes:
    """A byte for each cell, 0 where the highest bit of its lane is not set."""
    return (lanes & _lanes(width)[1]).to_bytes(_LANE * width, "little")[_LANE - 1 :: _LANE]


def spaces(width: int) -> int:
    """Blanks."""
    return _lanes(width)[2]


@lru_cache(maxsize=16)
def _lanes(width: int) -> tuple[int, int, int]:
    """In each lane: all bits but the highest, which added raise the highest where any was set; the highest; a blank."""
    low = int.from_bytes(b"\xff\x7f" * width, "little")
    return low, int.from_bytes(b"\0\x80" * width, "little"), number(" " * width)
