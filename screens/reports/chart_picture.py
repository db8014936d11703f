"""A chart as a picture: SVG of the same series and scales as on screen; PNG out of it, where the extra is there."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.util import find_spec

from backend_client.errors import Invalid
from backend_client.model.report import Chart
from backend_client.model.text import N_
from screens.language import _, duration, number
from screens.widgets.chart_drawing import ChartData, HeatData, Series, highest_stack, marks_of, shares

WIDTH, HEIGHT = 1200, 675
_LEFT, _RIGHT, _TOP, _FOOT = 80, 80, 110, 70
"""Room around the drawing: for the axes, the title with the legend, the labels."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999", "#f0e442")
"""Told apart by colour-blind eyes, too (Okabe and Ito)."""
Point = tuple[float, float]
_INK, _RULE = "#222222", "#dddddd"


class Svg:
    """Shapes, in pixels."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, told: str = "") -> None:
        title = f"<title>{escape(told)}</title>" if told else ""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}">{title}</rect>'
        )

    def line(self, points: Sequence[Point], colour: str, *, width: float = 1, dashed: bool = False) -> None:
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = ' stroke-dasharray="6 4"' if dashed else ""
        self._parts.append(f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes}/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        size: int = 14,
        bold: bool = False,
        ink: str = _INK,
    ) -> None:
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{ink}"{weight}>'
            f"{escape(text)}</text>"
        )

    def __str__(self) -> str:
        width, height = self._size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            ' font-family="DejaVu Sans, Arial, Helvetica, sans-serif">\n'
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(self._parts) + "\n</svg>\n"
        )


def chart_svg(data: ChartData, title: str, subject: str) -> str:
    """Bars and lines as a document of SVG."""
    if data.kind in (Chart.HORIZONTAL, Chart.SHARES):
        return _horizontal(data, title, subject)
    svg = _begun(title, subject)
    _legend(svg, [series.name for series in (*data.bars, *data.lines)], average=bool(data.averages))
    if not data.labels:
        return str(svg)
    _upright(svg, data)
    return str(svg)


def heat_svg(data: HeatData, title: str, subject: str) -> str:
    """Hours against weekdays as a document of SVG."""
    svg = _begun(title, subject)
    wide = (WIDTH - _LEFT - _RIGHT) / max(1, len(data.columns))
    high = (HEIGHT - _TOP - _FOOT) / max(1, len(data.rows))
    for column, text in enumerate(data.columns):
        svg.text(_LEFT + (column + 0.5) * wide, HEIGHT - _FOOT + 24, text, anchor="middle")
    for row, name in enumerate(data.rows):
        svg.text(_LEFT - 10, _TOP + (row + 0.5) * high + 5, name, anchor="end")
        for column, text in enumerate(data.texts[row]):
            share = (data.values[row][column] or 0) / (data.most or 1)
            red, green, blue = (round(255 - share * (255 - full)) for full in (0, 114, 178))
            left, top = _LEFT + column * wide, _TOP + row * high
            svg.rect(left + 1, top + 1, wide - 2, high - 2, f"#{red:02x}{green:02x}{blue:02x}", data.notes[row][column])
            ink = "#ffffff" if share > 0.6 else _INK
            svg.text(left + wide / 2, top + high / 2 + 5, text, anchor="middle", size=13, ink=ink)
    return str(svg)


def png_of(svg: str) -> bytes:
    """The picture in pixels. Raises Invalid where the extra is not installed."""
    if find_spec("resvg_py") is None:
        raise Invalid(
            N_("Pictures in PNG need one package more."), N_("Install it: pip install pult[png]; SVG needs nothing.")
        )
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg))


def _begun(title: str, subject: str) -> Svg:
    svg = Svg(WIDTH, HEIGHT)
    svg.text(_LEFT, 40, title, size=22, bold=True)
    svg.text(_LEFT, 66, subject)
    return svg


def _legend(svg: Svg, names: Sequence[str], *, average: bool) -> None:
    place = float(_LEFT)
    for index, name in enumerate(names):
        svg.rect(place, 82, 14, 14, _colour(index))
        svg.text(place + 20, 94, name)
        place += 40 + 8.5 * len(name)
    if average:
        svg.line([(place, 89), (place + 24, 89)], _INK, width=2, dashed=True)
        svg.text(place + 30, 94, _("average"))


def _colour(index: int) -> str:
    return COLOURS[index % len(COLOURS)]


def _upright(svg: Svg, data: ChartData) -> None:
    hundred = data.kind is Chart.STACKED_SHARES
    stacked = hundred or data.kind is Chart.STACKED
    bars = shares(data.bars) if hundred else data.bars
    if stacked:
        highest = highest_stack(data)
    else:
        highest = max(_highest(bars or data.lines), *data.averages, 0)
    marks, texts = marks_of(highest, data.spans)
    if hundred:
        marks, texts = [0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"]
    top = marks[-1]
    for mark, text in zip(marks, texts, strict=True):
        svg.line(_across(mark, top), _RULE)
        svg.text(_LEFT - 10, _y(mark, top) + 5, text, anchor="end")
    _labels(svg, data.labels)
    _bars(svg, bars, data.labels, top, stacks=data.stacks if stacked else 0)
    averages = [sum(data.averages)] if stacked and data.averages else data.averages
    for index, average in enumerate(averages):
        svg.line(_across(average, top), _INK if stacked else _colour(index), width=2, dashed=True)
    if bars and data.lines:
        marks, texts = marks_of(_highest(data.lines), data.spans)
        top = marks[-1]
        for mark, text in zip(marks, texts, strict=True):
            svg.text(WIDTH - _RIGHT + 10, _y(mark, top) + 5, text)
    for index, series in enumerate(data.lines, len(bars)):
        points = [(_x(place, len(data.labels)), _y(value, top)) for place, value in enumerate(series.values)]
        svg.line(points, _colour(index), width=3)


def _across(value: float, top: float) -> list[Point]:
    return [(_LEFT, _y(value, top)), (WIDTH - _RIGHT, _y(value, top))]


def _highest(series: Sequence[Series]) -> float:
    return max((value for each in series for value in each.values), default=1)


def _slot(labels: int) -> float:
    return (WIDTH - _LEFT - _RIGHT) / labels


def _x(place: int, labels: int) -> float:
    return _LEFT + (place + 0.5) * _slot(labels)


def _y(value: float, top: float) -> float:
    return HEIGHT - _FOOT - value / (top or 1) * (HEIGHT - _TOP - _FOOT)


def _labels(svg: Svg, labels: Sequence[str]) -> None:
    """As many as do not touch."""
    longest = max(map(len, labels)) * 9 + 12
    every = max(1, -(-longest // max(1, int(_slot(len(labels))))))
    for place in range(0, len(labels), every):
        svg.text(_x(place, len(labels)), HEIGHT - _FOOT + 24, labels[place], anchor="middle")


def _bars(svg: Svg, bars: Sequence[Series], labels: Sequence[str], top: float, *, stacks: int) -> None:
    """Stacks side by side; without any the bars are."""
    slot = _slot(len(labels))
    wide = slot * 0.8 / max(1, stacks or len(bars))
    for place, label in enumerate(labels):
        feet = [0.0] * max(1, stacks)
        for index, series in enumerate(bars):
            value, foot = series.values[place], feet[series.stack] if stacks else 0.0
            left = _LEFT + place * slot + slot * 0.1 + (series.stack if stacks else index) * wide
            upper, lower = _y(foot + value, top), _y(foot, top)
            if value:
                svg.rect(left, upper, wide, lower - upper, _colour(index), f"{label}: {series.name} {value:g}")
            if stacks:
                feet[series.stack] += value


def _horizontal(data: ChartData, title: str, subject: str) -> str:
    """A bar a label; as high a picture as they need."""
    high = 26
    svg = Svg(WIDTH, max(HEIGHT, _TOP + high * len(data.labels) + 30))
    svg.text(_LEFT, 40, title, size=22, bold=True)
    svg.text(_LEFT, 66, subject)
    _legend(svg, [series.name for series in data.bars], average=bool(data.averages))
    sums = [sum(series.values[place] for series in data.bars) for place in range(len(data.labels))]
    left, average = 320, sum(data.averages)
    unit = (WIDTH - left - 170) / (max([*sums, average], default=0) or 1)
    for place, label in enumerate(data.labels):
        y, x = _TOP + place * high, float(left)
        svg.text(left - 10, y + 16, label, anchor="end")
        for index, series in enumerate(data.bars):
            svg.rect(x, y + 3, series.values[place] * unit, high - 8, _colour(index), f"{label}: {series.name}")
            x += series.values[place] * unit
        text = duration(round(sums[place])) if data.spans else number(round(sums[place]))
        if data.kind is Chart.SHARES:
            text += f" · {round(100 * sums[place] / (sum(sums) or 1))} %"
        svg.text(x + 8, y + 16, text)
    if data.averages:
        at = left + average * unit
        svg.line([(at, _TOP), (at, _TOP + high * len(data.labels))], _INK, width=2, dashed=True)
    return str(svg)
