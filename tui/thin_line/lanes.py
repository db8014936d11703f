"""The characters of rows as one number, so that all their cells are compared at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_LANE = 2
"""Bytes of a cell. Neither a mark nor a sure character has the highest bit."""


def lanes_of(text: str) -> bytes:
    """A lane for each character."""
    return text.encode("utf-16-le")


def number(rows: Iterable[bytes]) -> int:
    """The lanes of rows one after the other, the first one lowest."""
    return int.from_bytes(b"".join(rows), "little")


def raised(one: int, other: int, count: int) -> int:
    """The highest bit, and maybe others, in each lane in which two numbers differ."""
    return (one ^ other) + _constants(count)[0]


def highest(lanes: int, count: int) -> bytes:
    """A byte for each cell: 0x80 where the highest bit of its lane is set, else 0."""
    return (lanes & _constants(count)[1]).to_bytes(_LANE * count, "little")[_LANE - 1 :: _LANE]


def spaces(count: int) -> int:
    """Blanks."""
    return _constants(count)[2]


@lru_cache(maxsize=64)
def _constants(count: int) -> tuple[int, int, int]:
    """In each lane: all bits but the highest, which added raise the highest where any was set; the highest; a blank."""
    return number([b"\xff\x7f" * count]), number([b"\0\x80" * count]), number([lanes_of(" " * count)])
