"""A chart as lines of text: the canvas by plotext, the legend, axis and labels around it to the cell.

Every bar is a whole number of columns wide, so that bars and gaps are equal, and a label stands under its bar.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from backend_client.model.report import Chart
from screens.widgets.painted import fit

RGB = tuple[int, int, int]
MARKERS = "█▓▒░▚▞"
"""A pattern a series, so that it is told apart without colour, too."""
POINTS = "●○◆◇▲△"
"""The same for lines."""
Y_LABEL = 7
"""Columns of the axis at the left: its numbers and its line."""
_ENOUGH = 9
"""Cells of a label, with the one that parts it from the next."""
_NARROWEST = 2
"""Columns between the axes: plotext divides by the distance of the first from the last."""
_PLOTEXT = threading.Lock()
"""plotext keeps state in its module: one drawing at a time."""


@dataclass(frozen=True)
class Series:
    """One series: its name, and a value a label."""

    name: str
    values: tuple[float, ...]
    line: bool = False
    """Drawn as a line on a second axis."""
    stack: int = 0
    """Where bars are stacked: onto which of the stacks that stand side by side."""


@dataclass(frozen=True)
class ChartData:
    """What is drawn. `notes` are the texts shown for a label when the cursor is there."""

    kind: Chart
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    """The same where there is little room."""
    averages: tuple[float, ...] = ()
    """Of each series, where the chart marks them: their sum across horizontal bars and stacks, else a line each."""
    spans: bool = False
    """Values are seconds, written as times."""

    def fitting(self, width: int) -> ChartData:
        """The same as lines where bars side by side would have no column each, as one stack where stacks would not."""
        room = slots(len(self.labels), width - Y_LABEL).bar
        if self.kind is Chart.BARS and room < len(self.series):
            return replace(self, kind=Chart.LINES)
        if self.kind is Chart.STACKED and room < self.stacks:
            return replace(self, series=tuple(replace(series, stack=0) for series in self.series))
        return self

    @property
    def stacks(self) -> int:
        """How many stand side by side."""
        return 1 + max((series.stack for series in self.bars), default=0)

    @property
    def bars(self) -> tuple[Series, ...]:
        return () if self.kind is Chart.LINES else tuple(series for series in self.series if not series.line)

    @property
    def lines(self) -> tuple[Series, ...]:
        return self.series if self.kind is Chart.LINES else tuple(series for series in self.series if series.line)


@dataclass(frozen=True)
class HeatData:
    """Rows and columns of cells: a value, how it is written, and what is said of it."""

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    values: tuple[tuple[float | None, ...], ...] = ()
    """By row, then column."""
    texts: tuple[tuple[str, ...], ...] = ()
    notes: tuple[tuple[str, ...], ...] = ()

    @property
    def most(self) -> float:
        return max((value or 0 for row in self.values for value in row), default=0)

    def level(self, row: int, column: int) -> int:
        """0 for nothing, 1 to 4 by quarters of the greatest value."""
        value = self.values[row][column] or 0
        return math.ceil(4 * value / self.most) if value > 0 else 0


@dataclass(frozen=True)
class Slots:
    """Where labels stand on a canvas: each has `width` columns, of which the last is a gap if there is room."""

    count: int
    width: int

    @property
    def bar(self) -> int:
        return max(1, self.width - 1)

    def middle(self, index: int) -> int:
        """The column in the middle of a slot's bar."""
        return index * self.width + (self.bar - 1) // 2


def slots(labels: int, room: int) -> Slots:
    """As many columns a label as there is room for, at least one: what does not fit is left out at the left."""
    width = min(16, max(1, room // max(1, labels)))
    return Slots(min(labels, room // width), width)


def scale(highest: float) -> list[int]:
    """Round numbers from 0 to the highest value or a little more, about five of them."""
    highest = max(1.0, highest)
    step = 10 ** math.floor(math.log10(highest))
    for times in (1, 2, 5, 10):
        if highest / (step * times / 10) <= 5 or times == 10:
            break
    unit = next(s for s in (step / 10, step / 5, step / 2, step, step * 2) if highest / s <= 5)
    whole = max(1, math.ceil(unit))
    return list(range(0, math.ceil(highest / whole) * whole + 1, whole))


def shares(series: Sequence[Series]) -> tuple[Series, ...]:
    """Each value as percent of the sum at its label."""
    sums = [sum(values) or 1.0 for values in zip(*(each.values for each in series), strict=True)]
    return tuple(
        replace(each, values=tuple(100 * value / total for value, total in zip(each.values, sums, strict=True)))
        for each in series
    )


def label_line(labels: Sequence[str], places: Slots) -> tuple[str, list[int]]:
    """The labels under the bars, as many as do not touch, and the indexes of those. A longer name than its bar is wide
    is cut where that leaves enough of it to be known by."""
    line, shown, free = "", [], 0
    for index, label in enumerate(labels):
        if cell_len(label) >= places.width >= _ENOUGH:
            label = fit(label, places.width - 1)
        start = max(0, places.middle(index) - (cell_len(label) - 1) // 2)
        if start < free or start + cell_len(label) > places.count * places.width + 4:
            continue
        line += " " * (start - cell_len(line)) + label
        free = start + cell_len(label) + 1
        shown.append(index)
    return line, shown


@lru_cache(maxsize=16)
def canvas(
    data: ChartData, width: int, height: int, colours: tuple[RGB, ...], ground: RGB, ink: RGB
) -> tuple[Text, ...]:
    """The bars and lines between their axes, none where there is no room beside the axes. Blocking, 5 to 20 ms after
    the first: call it in a thread."""
    # 110 ms, and only where a chart is looked at.
    from textual_plotext import Plot

    bars = shares(data.bars) if data.kind is Chart.STACKED_SHARES else data.bars
    stacked = data.kind in (Chart.STACKED, Chart.STACKED_SHARES)
    second = bool(bars and data.lines)
    places = slots(len(data.labels), width - Y_LABEL - (Y_LABEL if second else 0))
    if places.count * places.width < _NARROWEST:
        return ()
    first = len(data.labels) - places.count
    with _PLOTEXT:
        plot: Any = Plot()
        # A fresh figure draws for seconds unless it was cleared first.
        plot.clear_figure()
        columns = places.count * places.width
        size = (columns + Y_LABEL + (Y_LABEL if second else 0), height)
        plot.plotsize(*size)
        plot._set_size(*size)
        for paint, colour in ((plot.canvas_color, ground), (plot.axes_color, ground), (plot.ticks_color, ink)):
            paint(colour)
        plot.xaxes(False, False)
        plot.yaxes(True, second)
        plot.xticks([])
        plot.xlim(0, columns - 1)
        # An axis has no marks where nothing at all is drawn.
        plot.scatter([0], [0], marker=" ")
        parts = [replace(each, values=each.values[first:]) for each in bars]
        _bars(plot, parts, places, colours, stacks=data.stacks if stacked else 0)
        _averages(plot, data.averages, columns, colours, ink, together=stacked)
        _lines(plot, [each.values[first:] for each in data.lines], places, colours[len(bars) :], right=second)
        if data.kind is Chart.STACKED_SHARES:
            _axis(plot, [0, 25, 50, 75, 100], ["0", "25", "50", "75", "100"])
        elif stacked:
            _axis(plot, *marks_of(highest_stack(data), data.spans))
        else:
            _axis(plot, *marks_of(max(_highest(bars or data.lines), *data.averages, 0), data.spans))
        if second:
            _axis(plot, *marks_of(_highest(data.lines), data.spans), side="right")
        built = str(plot.build())
    return tuple(Text.from_ansi(line, no_wrap=True) for line in built.splitlines())


def _highest(series: Sequence[Series]) -> float:
    return max((value for each in series for value in each.values), default=1)


def marks_of(highest: float, spans: bool) -> tuple[list[int], list[str]]:
    """Marks of an axis and how they are written; times as hours and minutes, short ones as minutes and seconds."""
    if not spans:
        marks = scale(highest)
        return marks, [f"{mark}" if mark < 10**6 else f"{mark // 1000}k" for mark in marks]
    step = 3600 if highest >= 7200 else 60
    marks = [mark * step for mark in scale(highest / step)]
    return marks, [f"{mark // step}:00" for mark in marks]


def _averages(
    plot: Any, averages: Sequence[float], columns: int, colours: Sequence[RGB], ink: RGB, *, together: bool
) -> None:
    """A line across at each average; of a stack at their sum."""
    lines = [(sum(averages), ink)] if together and averages else [(n, _of(colours, i)) for i, n in enumerate(averages)]
    for height, colour in lines:
        plot.scatter(list(range(columns)), [height] * columns, marker="─", color=colour)


def _axis(plot: Any, marks: Sequence[int], texts: Sequence[str], side: str = "left") -> None:
    room = Y_LABEL - 1
    texts = [f"{text:>{room}}" if side == "left" else f"{text:<{room}}" for text in texts]
    plot.ylim(0, marks[-1], yside=side)
    plot.yticks(list(marks), texts, yside=side)


def highest_stack(data: ChartData) -> float:
    """The height of the tallest stack, or of the average where that is more."""
    of_stack = [[each.values for each in data.bars if each.stack == stack] for stack in range(data.stacks)]
    sums = (sum(values) for rows in of_stack if rows for values in zip(*rows, strict=True))
    return max(max(sums, default=1), sum(data.averages))


def _bars(plot: Any, rows: Sequence[Series], places: Slots, colours: Sequence[RGB], *, stacks: int) -> None:
    """Bars as filled columns: drawn by plotext's own bars their widths would differ. Without stacks side by side."""
    each = max(1, places.bar // max(1, stacks or len(rows)))
    for index in reversed(range(len(rows))):
        series = rows[index]
        under = [row.values for row in rows[:index] if row.stack == series.stack] if stacks else []
        offset = min((series.stack if stacks else index) * each, places.width - 1)
        columns: list[int] = []
        heights: list[float] = []
        for place in range(places.count):
            # The tallest first: each lower part of a stack is drawn over its foot.
            height = series.values[place] + sum(values[place] for values in under)
            start = place * places.width + offset
            if height > 0:
                columns += range(start, start + each)
                heights += [height] * each
        if columns:
            plot.scatter(columns, heights, marker=MARKERS[index % len(MARKERS)], color=_of(colours, index), fillx=True)


def _lines(plot: Any, rows: Sequence[Sequence[float]], places: Slots, colours: Sequence[RGB], *, right: bool) -> None:
    """A point a column, on the straight line between the labels' values."""
    for index, values in enumerate(rows):
        columns: list[int] = []
        heights: list[float] = []
        for place in range(places.count):
            columns.append(places.middle(place))
            heights.append(values[place])
            following = values[place + 1] if place + 1 < places.count else values[place]
            for step in range(1, places.width if place + 1 < places.count else 1):
                columns.append(places.middle(place) + step)
                heights.append(values[place] + (following - values[place]) * step / places.width)
        marker = POINTS[index % len(POINTS)]
        plot.scatter(columns, heights, marker=marker, color=_of(colours, index), yside="right" if right else "left")


def _of(colours: Sequence[RGB], index: int) -> RGB:
    return colours[index % len(colours)] if colours else (128, 128, 128)
