"""An instant of a recording. By itself, for whoever only talks to the player needs no numpy (70 ms)."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """The part's index, and seconds from its beginning."""

    part: int
    second: float
