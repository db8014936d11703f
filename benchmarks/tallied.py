"""Tallies of a synthetic centre, counted by column instead of call by call."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.centre import Centre, Ints

Row = tuple[int, ...]


def tally_rows(centre: Centre) -> tuple[Iterable[Row], Iterable[Row]]:
    """Rows of `tally` and of `tally_month`, in key order."""
    return [], []
