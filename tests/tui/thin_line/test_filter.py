"""Whatever is written, the filter's terminal shows what the plain one shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from tests.tui.thin_line.emulator import Pair, Tmux, without_joiners
from tui.thin_line.filter import LineFilter
from tui.thin_line.style import Style, after
from tui.thin_line.vocabulary import SURE

WIDTH, HEIGHT = 12, 5

STYLES = (
    "0", "1", "2", "3", "4", "7", "9", "22", "23", "24", "27", "29", "31", "42", "97", "104", "39", "49", "38;5;9",
    "48;5;200", "38;2;1;2;3", "48;2;4;5;6", "1;31;42", "0;7", "21", "53", "4:3",
)  # fmt: skip
STIRS = (
    "\x1b[2J", "\x1b[J", "\x1b[1K", "\x1b[K", "\x1b[2A", "\x1b[B", "\x1b[3C", "\x1b[D", "\x1b[4G", "\x1b[2L", "\x1b[M",
    "\x1b[3P", "\x1b[2@", "\x1b[2X", "\b", "\t", "\x1bM", "\x1bD", "\x1b[?1049h", "\x1b[?7h", "\x1b[?7l",
)  # fmt: skip

styles = st.sampled_from(STYLES).map("\x1b[{}m".format)
texts = st.one_of(
    st.text("ab  їЩ─█✓", min_size=1, max_size=14),
    st.text("ab山한👍e\u0301\u0308\u200d\ufe0fשלم❤▶🇺🇦", min_size=1, max_size=5),
)
drawn = st.builds("{}{}\x1b[0m".format, styles, texts)
places = st.builds("\x1b[{};{}H".format, st.integers(0, HEIGHT + 2), st.integers(0, WIDTH + 3))
marks = st.sampled_from(["\x1b[?2026h", "\x1b[?2026l"])
harmless = st.sampled_from(
    ["\x07", "\x1b]52;c;YQ==\x07", "\x1b[?1000h", "\x1b[?1003;1006l", "\x1b[?2004h", "\x1b]22;text\x07", "\x1b[?2026$p"]
)
cursor = st.sampled_from(["\x1b[?25h", "\x1b[?25l"])
links = st.sampled_from(["\x1b]8;id=1;https://example.com/\x1b\\", "\x1b]8;;\x1b\\"])
lines = st.sampled_from(["\n", "\r\n", "\r"])
stirs = st.sampled_from(STIRS)
strange = st.sampled_from(["\x1b[2;4r", "\x1b[4h", "\x1b[?6h", "\x1b[?5h", "\x1bc", "\x1b[3", "\x1b[!p", "\x1b7"])

textual = st.one_of(drawn, drawn, drawn, places, places, texts, styles, lines, marks)
anything = st.one_of(textual, textual, textual, harmless, cursor, links, stirs)

# A style that the filter knows nothing of comes before what was said earlier has been written, or is shown already.
DOUBLE_LINE = ["\x1b[0ma\x1b[0m\n\x1b[21mל\x1b[0m"]
DOUBLE_LINE_AT_THE_EDGE = ["\x1b[5H" + "a" * WIDTH, "\x1b[2Hb", "\x1b[5H" + "a" * WIDTH + "\x1b[21mל\x1b[0m"]

# An accent of its own is drawn into the blank before it, in the blank's style.
ACCENT_ON_BLANK = ["\x1b[0ma\x1b[0m\x1b[1m \x1b[0m\u0301"]
ACCENT_ON_BLANK_LATER = ["\x1b[1;31mab \x1b[0m", "\x1b[1;4H\u0301"]


def writes(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.lists(pieces, min_size=1, max_size=8).map("".join), min_size=1, max_size=12)


def compare(written: list[str]) -> None:
    pair = Pair(WIDTH, HEIGHT)
    for data in written:
        pair.write(data)
        assert pair.differences() == []


@settings(max_examples=500)
@given(writes(textual))
@example(DOUBLE_LINE)
@example(DOUBLE_LINE_AT_THE_EDGE)
@example(ACCENT_ON_BLANK)
@example(ACCENT_ON_BLANK_LATER)
def test_what_textual_writes(written: list[str]) -> None:
    compare(["\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[0m", *written])


@settings(max_examples=500)
@given(writes(anything))
def test_what_programs_write(written: list[str]) -> None:
    compare(written)


@settings(max_examples=200)
@given(writes(textual), strange, writes(anything))
def test_all_passes_after_something_strange(before: list[str], odd: str, after: list[str]) -> None:
    compare([*before, odd])
    line = LineFilter(WIDTH, HEIGHT)
    for data in [*before, odd]:
        line.feed(data)
    assert [line.feed(data) for data in after] == after


@settings(max_examples=200)
@given(writes(textual), st.integers(3, 20), st.integers(2, 8), writes(textual))
def test_a_whole_frame_after_a_resize(before: list[str], width: int, height: int, after: list[str]) -> None:
    pair = Pair(WIDTH, HEIGHT)
    pair.write("\x1b[?7l\x1b[0m")
    for data in before:
        pair.write(data)
    pair.resize(width, height)
    pair.write("".join(f"\x1b[{row};1H\x1b[0;44m{'x' * width}\x1b[0m" for row in range(1, height + 1)))
    assert pair.differences() == []
    for data in after:
        pair.write(data)
        assert pair.differences() == []


@pytest.fixture(scope="module")
def panes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tmux, Tmux]]:
    one, other = tmp_path_factory.mktemp("stock"), tmp_path_factory.mktemp("thin")
    with Tmux(one, WIDTH, HEIGHT) as stock, Tmux(other, WIDTH, HEIGHT) as thin:
        yield stock, thin


@settings(max_examples=100)
@given(written=writes(textual.map(without_joiners)))
@example(written=DOUBLE_LINE)
@example(written=DOUBLE_LINE_AT_THE_EDGE)
@example(written=ACCENT_ON_BLANK)
@example(written=ACCENT_ON_BLANK_LATER)
def test_what_textual_writes_to_tmux(written: list[str], panes: tuple[Tmux, Tmux]) -> None:
    stock, thin = panes
    line = LineFilter(WIDTH, HEIGHT)
    start = "\x1bc\x1b[?7l\x1b[H\x1b[0m"
    stock.write(start + "".join(written))
    thin.write(start + "".join(map(line.feed, [start.removeprefix("\x1bc"), *written])))
    assert thin.rows == stock.rows


def frame(text: str) -> str:
    return f"\x1b[?7l\x1b[1;1H\x1b[0;44m{text}\x1b[0m"


def test_what_is_shown_is_not_written_again() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed("\x1b[?25l" + frame("Марія"))
    assert line.feed("\x1b[1;1H\x1b[0;44mМарія\x1b[0m") == ""


def test_only_what_differs_is_written() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed("\x1b[?25l" + frame("11:59:58 ok"))
    assert line.feed("\x1b[1;1H\x1b[0;44m11:59:59 ok\x1b[0m") == "\x1b[8G9"


@pytest.mark.parametrize(("first", "then", "written"), [("31;44", "1;32;44", ""), ("4;44", "4;32;44", "32m  ")])
def test_of_a_blank_only_what_can_be_seen_is_written(first: str, then: str, written: str) -> None:
    """Its background, and a line under it; neither a foreground nor how thick a sign would be."""
    line = LineFilter(WIDTH, HEIGHT)
    line.feed(f"\x1b[?25l\x1b[?7l\x1b[1;1H\x1b[0;{first}m  \x1b[0m")
    now = line.feed(f"\x1b[1;1H\x1b[0;{then}m  \x1b[0m")
    assert now.endswith(written)
    assert bool(now) == bool(written)


def test_an_update_of_nothing_is_not_written() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed("\x1b[?25l" + frame("same"))
    assert [line.feed(data) for data in ("\x1b[?2026h", "\x1b[1;1H\x1b[44msame\x1b[0m", "\x1b[?2026l")] == ["", "", ""]


def test_an_update_of_something_stands_between_its_marks() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed("\x1b[?25l" + frame("same"))
    parts = [line.feed(data) for data in ("\x1b[?2026h", "\x1b[1;1H\x1b[44msome\x1b[0m", "\x1b[?2026l")]
    assert parts == ["", "\x1b[?2026h\x1b[2Go", "\x1b[?2026l"]


def test_cursor_goes_to_its_place_only_when_shown() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed("\x1b[?25l" + frame("x"))
    assert line.feed("\x1b[3;4H") == ""
    assert line.feed("\x1b[?25h") == "\x1b[?25h\x1b[3;4H"


def test_what_follows_a_joiner_is_written_though_it_is_shown() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed("\x1b[?25l" + frame("same"))
    line.feed("\x1b[2;1H👩\u200d")
    assert "same" in line.feed("\x1b[1;1H\x1b[44msame\x1b[0m")


def test_what_was_forgotten_is_written_again() -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed(frame("x"))
    line.forget()
    assert line.feed("\x1b[1;1H\x1b[44mx\x1b[0m") == "\x1b[1H\x1b[0;44mx"


def test_unlimited_styles_do_not_pile_up() -> None:
    pair = Pair(WIDTH, HEIGHT)
    pair.write("\x1b[?7l\x1b[0m")
    for shade in range(5000):
        pair.write(f"\x1b[1;1H\x1b[38;2;{shade % 256};{shade // 256};7mx\x1b[0m")
        assert shade % 500 or pair.differences() == []


def test_sure_characters_are_one_cell_wide_everywhere() -> None:
    sure = re.compile(f"[{SURE}]")
    taken = [character for character in map(chr, range(0x20, 0x20000)) if sure.fullmatch(character)]
    assert len(taken) > 2000
    for character in taken:
        assert (wcwidth(character), cell_len(character)) == (1, 1), hex(ord(character))
        assert unicodedata.category(character) not in {"Mn", "Me", "Cf", "Cc", "Cn"}, hex(ord(character))
        assert unicodedata.bidirectional(character) not in {"R", "AL"}, hex(ord(character))
        assert unicodedata.east_asian_width(character) not in {"W", "F"}, hex(ord(character))


def test_a_zero_in_a_colour_is_no_reset() -> None:
    """The style before is not known, so it is not known after it either."""
    assert after(None, "38;2;255;0;0;48;5;0") is None
    assert after(None, "38;2;255;0;0;0;1") == Style(attributes=frozenset({"1"}))


def test_a_judge_takes_no_text_for_a_style() -> None:
    """Such as the head of the audit log."""
    pair = Pair(WIDTH, HEIGHT)
    pair.write("\x1b[38:2::1:2:3m248:meaj")
    assert "".join(cell.data for cell in pair.stock.rows[0]).rstrip() == "248:meaj"
    assert pair.differences() == []
