"""A report as a chart: a legend, the drawing, the labels; the cursor stands on a bar and shows its values."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region
from textual.strip import Strip

from backend_client.model.report import Chart
from backend_client.model.text import N_
from screens.language import _, decimal, duration, number
from screens.message import FieldMessage
from screens.widgets.chart_drawing import MARKERS, POINTS, RGB, Y_LABEL, ChartData, Series, Slots, label_line, slots
from screens.widgets.painted import Painted, Piece, fit, width_of
from screens.words import Role

SERIES_ROLES = (Role.GOOD, Role.BAD, Role.ACCENT, Role.WARNING, Role.TITLE, Role.MUTED)
HORIZONTAL = frozenset({Chart.HORIZONTAL, Chart.SHARES})
MOST_LEGEND = 2
"""Lines of the legend; what does not fit into them is cut off."""
FOOT = 3
"""Lines under the drawing: the axis with the cursor, the labels, the values at the cursor."""


class ReportChart(Painted, can_focus=True):
    """Shows a `ChartData`; the canvas of upright charts is drawn elsewhere and handed in."""

    DEFAULT_CSS = """
    ReportChart { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down,j", "move(1)", N_("Next"), id="chart.next", tooltip=N_("The next bar"), show=False),
        Binding("left,up,k", "move(-1)", N_("Previous"), id="chart.previous", tooltip=N_("The bar before"), show=False),
        Binding("home", "move(-100000)", N_("First"), id="chart.first", tooltip=N_("The first bar"), show=False),
        Binding("end", "move(100000)", N_("Last"), id="chart.last", tooltip=N_("The last bar"), show=False),
        Binding("enter", "choose", N_("Calls"), id="chart.calls", tooltip=N_("Open the calls behind the bar")),
    ]  # fmt: skip

    class Chosen(FieldMessage):
        """The calls behind the bars at this label are asked for."""

        label: int

    class Resized(FieldMessage):
        """The room changed: the canvas has to be drawn anew."""

    def __init__(self, *, note: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.note = note
        """A msgid: what is said where there is nothing to draw."""
        self.data = ChartData(Chart.BARS, (), ())
        self.place = 0
        self._canvas: tuple[Text, ...] = ()
        self._strips: dict[int, Strip] = {}
        self._known_legend: list[list[Piece]] | None = None
        self._top = 0

    def room(self, data: ChartData) -> tuple[int, int]:
        """Columns and lines of the canvas of this data."""
        return self.size.width, max(3, self.size.height - len(self._legend(data)) - FOOT)

    def show(self, data: ChartData, canvas: tuple[Text, ...] = ()) -> None:
        """Show a chart; the cursor stays on its label where it is still there."""
        label = self.data.labels[self.place] if self.place < len(self.data.labels) else None
        self.data, self._canvas = data, canvas
        self._strips.clear()
        self._known_legend = None
        # The newest day, or the greatest entry.
        first = 0 if data.kind in HORIZONTAL else max(0, len(data.labels) - 1)
        self.place = data.labels.index(label) if label in data.labels else first
        self._scroll()
        self.refresh()

    def colours(self) -> tuple[tuple[RGB, ...], RGB, RGB]:
        """Those of the series, of the ground and of the ink, by the theme."""

        def rgb(role: Role) -> RGB:
            colour = self.style_of(role).color
            red, green, blue = colour.get_truecolor() if colour else (200, 200, 200)
            return red, green, blue

        return tuple(map(rgb, SERIES_ROLES)), self.background_colors[1].rgb, rgb(Role.PLAIN)

    def action_move(self, by: int) -> None:
        """Go along the labels."""
        self.place = max(0, min(self.place + by, len(self.data.labels) - 1))
        if self.data.kind in HORIZONTAL:
            self._scroll()
            self.refresh()
        else:
            self.refresh(Region(0, self.size.height - FOOT, self.size.width, FOOT))

    def action_choose(self) -> None:
        """Open the calls behind the bars here."""
        if self.data.labels:
            self.post_message(self.Chosen(self.place))

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a double click opens the bar."""
        if self.data.kind in HORIZONTAL:
            place = self._top + event.y - self._head
        else:
            place = self._first + (event.x - Y_LABEL) // max(1, self._slots.width)
        if 0 <= place < len(self.data.labels):
            self.action_move(place - self.place)
            if event.chain > 1:
                self.action_choose()

    def on_resize(self) -> None:
        self._known_legend = None
        self._scroll()
        self.post_message(self.Resized())

    @property
    def _slots(self) -> Slots:
        second = Y_LABEL if self.data.bars and self.data.lines else 0
        return slots(len(self.data.labels), self.size.width - Y_LABEL - second)

    @property
    def _first(self) -> int:
        """The first label that there is room for."""
        return len(self.data.labels) - self._slots.count

    def _scroll(self) -> None:
        if self.data.kind in HORIZONTAL:
            room = max(1, self.size.height - self._head - 1)
            self._top = max(self.place - room + 1, min(self._top, self.place))
            self._top = max(0, min(self._top, len(self.data.labels) - room))

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.data.labels:
            return self.strip([(f" {_(self.note)}", Role.MUTED)] if self.note and y == 1 else [], width)
        head = self._head
        if y < head:
            return self.strip(self._own_legend[y], width)
        if y == self.size.height - 1:
            return self.strip(self._values(width), width)
        if self.data.kind in HORIZONTAL:
            place = self._top + y - head
            return self.strip(self._bar(place, width) if place < len(self.data.labels) else [], width)
        if y == self.size.height - FOOT:
            return self.strip(self._axis(), width)
        if y == self.size.height - FOOT + 1:
            line, _shown = label_line(self.data.labels[self._first :], self._slots)
            return self.strip([(" " * Y_LABEL + line, Role.MUTED)], width)
        if y - head >= len(self._canvas):
            return self.strip([], width)
        return self._painted(y - head, width)

    def _painted(self, line: int, width: int) -> Strip:
        """A line of the canvas; kept, for a hundred segments take a millisecond."""
        strip = self._strips.get(line)
        if strip is None or strip.cell_length != width:
            segments = self._canvas[line].render(self.app.console)
            strip = Strip(segments).apply_style(self.rich_style).adjust_cell_length(width, self.rich_style)
            self._strips[line] = strip
        return strip

    @property
    def _head(self) -> int:
        return len(self._own_legend)

    @property
    def _own_legend(self) -> list[list[Piece]]:
        """That of what is shown; each line asks for it."""
        if self._known_legend is None:
            self._known_legend = self._legend(self.data)
        return self._known_legend

    def _legend(self, data: ChartData) -> list[list[Piece]]:
        """A sign and a name each, in as many lines as they need."""
        parts: list[list[Piece]] = [
            [(f" {sign} ", _role(index)), (f"{series.name}  ", Role.PLAIN)]
            for index, (sign, series) in enumerate(self._signed(data))
        ]
        if data.kind is Chart.SHARES:
            total = sum(value for series in data.bars for value in series.values)
            parts.append([(f" {_('Total')} {number(round(total))}", Role.TITLE)])
        if data.averages:
            across = data.kind in HORIZONTAL
            parts.append([(" │ ", Role.WARNING) if across else (" ─ ", Role.PLAIN), (_("average"), Role.PLAIN)])
        lines: list[list[Piece]] = [[]]
        for part in parts:
            if lines[-1] and width_of([*lines[-1], *part]) > self.size.width and len(lines) < MOST_LEGEND:
                lines.append([])
            lines[-1] += part
        return lines

    def _axis(self) -> list[Piece]:
        columns, middle = self._slots.count * self._slots.width, self._slots.middle(self.place - self._first)
        left = " " * (Y_LABEL - 1) + "└"
        if not 0 <= middle < columns:
            return [(left + "─" * columns, Role.MUTED)]
        return [(left + "─" * middle, Role.MUTED), ("▲", Role.ACCENT), ("─" * (columns - middle - 1), Role.MUTED)]

    def _values(self, width: int) -> list[Piece]:
        label = self.data.labels[self.place]
        room = max(0, width - cell_len(label) - 4)
        notes = [notes[self.place] for notes in (self.data.notes, self.data.brief) if self.place < len(notes)]
        note = next((note for note in notes if cell_len(note) <= room), None) or self._by_signs()
        return [(f"► {label}  ", Role.ACCENT), (fit(note, room), Role.PLAIN)]

    def _by_signs(self) -> str:
        """The values under the signs of the legend: what fits into any window."""
        values = [(sign, series.values[self.place]) for sign, series in self._signed(self.data)]
        return "  ".join(f"{sign} {self._written(value)}" for sign, value in values)

    def _written(self, value: float) -> str:
        if self.data.spans:
            return duration(round(value))
        return number(int(value)) if value == int(value) else decimal(value)

    @staticmethod
    def _signed(data: ChartData) -> list[tuple[str, Series]]:
        """Each series with its sign: bars have patterns, lines points."""
        bars = [(MARKERS[i % len(MARKERS)], series) for i, series in enumerate(data.bars)]
        return bars + [(POINTS[i % len(POINTS)], series) for i, series in enumerate(data.lines)]

    def _bar(self, place: int, width: int) -> list[Piece]:
        """A label, its stacked bar and its sum; the average is marked across."""
        here = place == self.place
        label_width = min(28, max(10, width // 4))
        sums = [sum(each.values[i] for each in self.data.bars) for i in range(len(self.data.labels))]
        total = sum(sums) or 1
        shown = duration(round(sums[place])) if self.data.spans else number(round(sums[place]))
        if self.data.kind is Chart.SHARES:
            shown += f"  {round(100 * sums[place] / total)} %"
        room = max(4, width - label_width - 16)
        average = sum(self.data.averages)
        unit = (max(*sums, average) or 1) / room
        pieces: list[Piece] = [
            ("►" if here else " ", Role.ACCENT),
            (fit(self.data.labels[place], label_width), Role.ACCENT if here else Role.PLAIN),
            (" ", Role.PLAIN),
        ]
        drawn, height = 0, 0.0
        for index, series in enumerate(self.data.bars):
            height += series.values[place]
            cells = round(height / unit) - drawn
            pieces.append((MARKERS[index % len(MARKERS)] * cells, _role(index)))
            drawn += cells
        if not self.data.averages:
            return [*pieces, (f" {shown}", Role.PLAIN)]
        return [*_marked(pieces, 2 + label_width + round(average / unit)), (f" {shown}", Role.PLAIN)]


def _marked(pieces: list[Piece], at: int) -> list[Piece]:
    """The pieces with a line through the cell `at`; blanks lead to it where they end before."""
    found: list[Piece] = []
    place = 0
    for text, role in pieces:
        end = place + cell_len(text)
        if place <= at < end:
            cut = at - place
            found += [(text[:cut], role), ("│", Role.WARNING), (text[cut + 1 :], role)]
        else:
            found.append((text, role))
        place = end
    return [*found, (" " * (at - place), Role.PLAIN), ("│", Role.WARNING)] if at >= place else found


def _role(index: int) -> Role:
    return SERIES_ROLES[index % len(SERIES_ROLES)]
