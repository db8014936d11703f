"""A frame of strips shows what its sequences show."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import MONOKAI
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip

from tests.tui.thin_line.emulator import Emulator
from tui.thin_line.filter import LineFilter
from tui.thin_line.frame import Frame, Look

WIDTH, HEIGHT = 12, 5
START = "\x1b[?25l\x1b[?7l\x1b[0m"
CONSOLE = Console(color_system="truecolor", force_terminal=True)

styles = st.sampled_from([
    None, Style.null(), Style(bold=True), Style(color="#010203"), Style(color="#010203", bgcolor="#040506"),
    Style(reverse=True), Style(bgcolor="red", underline=True), Style(link="https://example.com/"),
    Style(color="green", dim=True), Style(color="#a0b0c0", bgcolor="blue", dim=True), Style(dim=True),
])  # fmt: skip
texts = st.one_of(
    st.text("ab  їЩ─█✓", min_size=1, max_size=5), st.sampled_from(["山", "👍", "e\u0301", "👩\u200d👧", "\u200d", "ש"])
)
strips = st.lists(st.builds(Segment, texts, styles, st.none()), max_size=4).map(Strip)
whole = st.lists(st.lists(strips, max_size=2), min_size=1, max_size=HEIGHT).map(
    lambda rows: LayoutUpdate([*rows], Region(0, 0, WIDTH, HEIGHT))
)


@st.composite
def parts(draw: st.DrawFn) -> ChopsUpdate:
    """Some stretches of some rows, as a screen of two columns of widgets has them."""
    chops, ends, spans = [], [], []
    for row in range(HEIGHT):
        middle = draw(st.integers(1, WIDTH - 1))
        left, right = (draw(strips).adjust_cell_length(width) for width in (middle, WIDTH - middle))
        start = draw(st.integers(0, WIDTH - 1))
        end = draw(st.integers(start + 1, WIDTH))
        # Each row that is written has something to write.
        chops.append({0: None if end > middle and draw(st.booleans()) else left, middle: right})
        ends.append([middle, WIDTH])
        if draw(st.booleans()):
            spans.append((row, start, end))
    return ChopsUpdate(chops, spans or [(0, 0, WIDTH)], ends)


places = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))
looks = st.sampled_from([
    Look(ColorSystem.TRUECOLOR), Look(ColorSystem.TRUECOLOR, ANSIToTruecolor(MONOKAI), Color(1, 2, 30)),
])  # fmt: skip
frames = st.builds(Frame, st.one_of(whole, parts()), places, st.booleans(), st.just(CONSOLE), looks)
odd = st.sampled_from(["\x1b[?25h", "\x1b[31m", "\x1b[3;3Hab\u200d", "\x1b[?7h", "\x1b[2J", "\x1b[?6h"])


@settings(max_examples=300)
@given(st.lists(st.one_of(frames, frames, frames, odd), min_size=1, max_size=8))
def test_any_frames(steps: list[Frame | str]) -> None:
    line, stock, thin = LineFilter(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    written: list[str] = []
    for step in [START, *steps]:
        written.append(step if isinstance(step, str) else step.text)
        stock.write(written[-1])
        thin.write(line.feed(step) if isinstance(step, str) else line.show(step))
        assert (thin.rows, thin.cursor) == (stock.rows, stock.cursor), written


def test_what_is_shown_is_not_written_again() -> None:
    update = LayoutUpdate([[Strip([Segment("Марія", Style(color="red"))])]], Region(0, 0, WIDTH, 1))
    frame = Frame(update, (0, 0), True, CONSOLE, Look(ColorSystem.TRUECOLOR))
    line = LineFilter(WIDTH, HEIGHT)
    line.feed(START)
    assert "Марія" in line.show(frame)
    assert line.show(frame) == ""


def test_colours_are_those_of_the_console() -> None:
    console = Console(color_system="256", force_terminal=True)
    update = LayoutUpdate([[Strip([Segment("x", Style(color="#ff0000"))])]], Region(0, 0, WIDTH, 1))
    frame = Frame.of(update, (0, 0), console, at_once=False)
    assert frame is not None
    assert frame.look.colours is ColorSystem.EIGHT_BIT
    line = LineFilter(WIDTH, HEIGHT)
    line.feed(START)
    assert "38;5;" in line.show(frame)
