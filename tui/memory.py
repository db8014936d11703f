"""What the console's libraries may keep, and how soon what nobody uses any more is given up."""

from __future__ import annotations

import gc
from functools import lru_cache

from rich import cells

WIDTHS = 1024
"""Texts whose width is remembered: several screens of them. Rich's own 4,096 are as many numbers and names of callers
who are long gone, half a megabyte."""


def bound_caches() -> None:
    """Remember fewer widths of text than Rich does."""
    cells.cached_cell_len = lru_cache(WIDTHS)(cells.cached_cell_len.__wrapped__)


def collect_garbage() -> None:
    """Begin to look for garbage, in all of it after 18,000 new objects and not 70,000: a closed screen is a ring of a
    megabyte. In the newest of it more rarely than Python does, for paging makes many. What the start made stays, and is
    never looked through."""
    gc.freeze()
    gc.set_threshold(2000, 3, 3)
    gc.enable()
