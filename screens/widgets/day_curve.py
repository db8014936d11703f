"""The day by the hour: stacked bars, the expected curve as a line between them, numbers and hours below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screens.widgets.board import Cell, Line
from screens.words import Role

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_SLOT = 3
"""Columns that an hour needs for a number of two digits under its bar."""
_WIDEST = 12


@dataclass(frozen=True)
class HourBar:
    """An hour: its two stacked parts, what is expected of it, and what its number opens."""

    hour: int
    lower: int
    upper: int = 0
    expected: float | None = None
    opens: object = None
    running: bool = False
    """The hour is not over."""

    @property
    def total(self) -> int:
        return self.lower + self.upper


def day_curve(bars: Sequence[HourBar], width: int, height: int, *, ascii: bool = False) -> list[Line]:
    """Lines of a chart of exactly this size, of hours in which anything is or is expected."""
    shown = _worked(bars)
    if not shown or height < 3:
        return []
    slot = max(1, min(_WIDEST, width // len(shown)))
    shown = shown[len(shown) - min(len(shown), width // slot) :]
    rows = height - 2
    most = max(1.0, *(float(bar.total) for bar in shown), *(bar.expected or 0.0 for bar in shown))
    lines = [_row(shown, row, rows, most, slot, ascii) for row in reversed(range(rows))]
    return [*lines, *_foot(shown, slot)]


def _worked(bars: Sequence[HourBar]) -> Sequence[HourBar]:
    """From the first hour with anything to the last."""
    busy = [at for at, bar in enumerate(bars) if bar.total or bar.running or (bar.expected or 0) >= 0.5]
    return bars[busy[0] : busy[-1] + 1] if busy else ()


def _row(bars: Sequence[HourBar], row: int, rows: int, most: float, slot: int, ascii: bool) -> Line:
    """One line of cells, counted from the bottom."""
    cells: list[Cell] = []
    for bar in bars:
        eighths = round(bar.total / most * rows * 8)
        level = max(0, min(8, eighths - row * 8))
        wanted = bar.expected is not None and row == min(rows - 1, int(bar.expected / most * rows))
        line = ("-" if ascii else "─", Role.WARNING)
        wide = max(1, slot - 1)
        if level:
            # What was missed is the upper part, and at least one cell where there is any. A shade fills its cell:
            # an uppermost one that is not full is drawn by eighths with gaps, so that equal counts are equally high.
            lower = min(round(bar.lower / most * rows), (eighths - 1) // 8) if bar.upper else rows
            glyph, role = ("%", Role.BAD) if row >= lower else ("#", Role.ACCENT)
            if not ascii:
                glyph = "▒" if row >= lower and level == 8 else _EIGHTHS[level]
            broken = role is Role.BAD and level < 8 and not ascii
            cells.append(Cell(((f"{glyph} " if broken else glyph * 2) * wide)[:wide], role))
        else:
            cells.append(Cell(line[0] * wide, line[1]) if wanted else Cell(" " * wide))
        if slot > 1:
            cells.append(Cell(*line) if wanted else Cell(" "))
    return cells


def _foot(bars: Sequence[HourBar], slot: int) -> list[Line]:
    """The numbers, where there is room for them, and the hours."""
    numbers: list[Cell] = []
    hours: list[Cell] = []
    for place, bar in enumerate(bars):
        text = str(bar.total) if bar.total else ""
        if slot >= _SLOT and text and len(text) < slot and bar.opens is not None:
            numbers.append(Cell(text.ljust(slot - 1), Role.PLAIN, bar.opens, bar.hour))
        else:
            numbers.append(Cell(" " * slot))
        every = -(-_SLOT // slot)
        hour = f"{bar.hour:02}".center(max(2, slot - 1)) if place % every == 0 else ""
        if place % every == 0:
            hours.append(Cell(hour.ljust(slot * every), Role.ACCENT if bar.running else Role.MUTED))
    return [numbers, hours]
