"""A chart on a screen: bars that lie are drawn at once, upright ones off the loop and not twice the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from screens.console_screen import ConsoleScreen
from screens.message import FieldMessage
from screens.widgets.chart_drawing import RGB, ChartData, canvas
from screens.widgets.report_chart import HORIZONTAL, ReportChart
from screens.work import work

if TYPE_CHECKING:
    from rich.text import Text


class Drawing(NamedTuple):
    """All that a canvas depends on."""

    data: ChartData
    width: int
    height: int
    colours: tuple[RGB, ...]
    ground: RGB
    ink: RGB


class DrawnChartScreen(ConsoleScreen):
    """The base of screens with a ReportChart."""

    class Drawn(FieldMessage):
        """The canvas of this drawing, and what its labels stand for."""

        drawing: Drawing
        canvas: tuple[Text, ...]
        behind: Sequence[Any]

    def __init__(self) -> None:
        super().__init__()
        self.behind: Sequence[Any] = ()
        """What stands behind each label of the chart that is shown: a later answer may have others."""
        self._drawing: Drawing | None = None
        """What the upright chart shows."""

    @property
    def chart(self) -> ReportChart:
        """The chart."""
        return self.query_one(ReportChart)

    def draw(self, data: ChartData, behind: Sequence[Any]) -> None:
        """Show this data; `behind` has an item for each label, or none at all."""
        if data.kind in HORIZONTAL or not data.labels:
            self._drawing, self.behind = None, behind
            self.chart.show(data)
            return
        if not self.chart.size:
            # Not laid out yet, which it is told of: until then only what it showed before may stand there.
            if self._drawing is not None and data.fitting(self._drawing.width) != self._drawing.data:
                self._drawing = None
                self.chart.show(data)
            return
        data = data.fitting(self.chart.size.width)
        width, height = self.chart.room(data)
        colours, ground, ink = self.chart.colours()
        drawing = Drawing(data, width, height, colours, ground, ink)
        if drawing == self._drawing:
            self.behind = behind
        else:
            work(self, partial(self._draw, drawing, behind), "chart")

    async def _draw(self, drawing: Drawing, behind: Sequence[Any]) -> None:
        drawn = await asyncio.to_thread(canvas, *drawing)
        self.post_message(self.Drawn(drawing, drawn, behind))

    def on_drawn_chart_screen_drawn(self, message: Drawn) -> None:
        self._drawing, self.behind = message.drawing, message.behind
        self.chart.show(message.drawing.data, message.canvas)
