"""The rows that a table holds: one unbroken run out of a list that nobody has counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = tuple[int, ...] | tuple[str, int]
"""What a row is found again by; ascending from the top of the list to its bottom."""

CAPACITY = 400


class PageCache(Generic[Row]):
    """An unbroken run of rows in the order of the list, and whether more lie above and below it.

    There are no row numbers but offsets inside the run. Pages are added at either end; beyond the capacity the
    far end is dropped and will be asked for again.
    """

    def __init__(self, key: Callable[[Row], Key], capacity: int = CAPACITY) -> None:
        self.key = key
        self.capacity = capacity
        self.rows: list[Row] = []
        self.more_above = False
        self.more_below = False

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, offset: int) -> Row:
        return self.rows[offset]

    def find(self, key: Key) -> int:
        """Offset of the row with this key, else of the first one after its place."""
        return bisect_left(self.rows, key, key=self.key)

    def holds(self, key: Key) -> bool:
        offset = self.find(key)
        return offset < len(self.rows) and self.key(self.rows[offset]) == key

    def replace(self, rows: Sequence[Row], *, more_above: bool, more_below: bool) -> None:
        """Forget the run and hold another."""
        self.rows = list(rows)
        self.more_above = more_above
        self.more_below = more_below

    def add_above(self, rows: Sequence[Row], *, more: bool) -> int:
        """Add rows over the first; those at or after it are dropped. Returns how far every offset moved down."""
        if self.rows:
            first = self.key(self.rows[0])
            rows = [row for row in rows if self.key(row) < first]
        self.rows[:0] = rows
        self.more_above = more
        if len(self.rows) > self.capacity:
            del self.rows[self.capacity :]
            self.more_below = True
        return len(rows)

    def add_below(self, rows: Sequence[Row], *, more: bool) -> int:
        """Add rows under the last; those at or before it are dropped. Returns how far every offset moved up."""
        if self.rows:
            last = self.key(self.rows[-1])
            rows = [row for row in rows if self.key(row) > last]
        self.rows.extend(rows)
        self.more_below = more
        excess = max(0, len(self.rows) - self.capacity)
        if excess:
            del self.rows[:excess]
            self.more_above = True
        return excess
