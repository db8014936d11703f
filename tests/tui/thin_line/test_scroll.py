"""Rows that a frame only moves are moved by the terminal; whatever was guessed, it shows what the plain one shows."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.thin_line.emulator import Pair, Tmux, seen_in
from tests.tui.thin_line.terminals import Inside, Start, display, mosh, screen, xterm_pictures
from tui.thin_line.filter import LineFilter

Kind = Callable[[], AbstractContextManager[Start]]

WIDTH, HEIGHT, TABLE = 90, 30, 24
NAMES = ("Олена", "Іван", "Марія", "Тарас", "Оксана", "Богдан", "Галина", "Ірина", "Анна", "Роман", "Наталія")
START = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[0m"
CHOICE = random.Random(7)
CALLS = [f"{n:>4} {' '.join(CHOICE.choices(NAMES, k=9))}"[:WIDTH] for n in range(200)]


def frame(lines: Sequence[str], *, width: int = WIDTH, title: str = "Journal") -> str:
    """A title, a head and lines as Textual writes them, each from edge to edge."""
    rows = [title, "when        who", *lines]
    drawn = (
        f"\x1b[{at};1H\x1b[38;2;{ord(text[:1] or ' ') % 200};100;200;48;2;9;9;9m{text:<{width}}\x1b[0m"
        for at, text in enumerate(rows, 1)
    )
    return "\n".join(drawn)


def table(first: int) -> list[str]:
    return CALLS[first : first + TABLE]


@pytest.mark.parametrize(("first", "then"), [(0, 1), (0, 8), (8, 0), (5, 2)])
def test_rows_that_move_are_not_written_again(first: int, then: int) -> None:
    pair = Pair(WIDTH, HEIGHT)
    pair.write(START + frame(table(first)))
    written = pair.write(frame(table(then)))
    assert pair.differences() == []
    stay, come = set(table(first)) & set(table(then)), set(table(then)) - set(table(first))
    assert all(text in written for text in come)
    assert not any(text in written for text in stay)


@pytest.mark.parametrize("other", [table(0), table(60), [*table(60)[:2], *table(0)[2:]]])
def test_rows_that_stand_are_not_moved(other: list[str]) -> None:
    line = LineFilter(WIDTH, HEIGHT)
    line.feed(START + frame(table(0)))
    assert "M" not in line.feed(frame(other))


def test_rows_beside_a_panel_are_written() -> None:
    """What stands beside them must not move."""
    pair = Pair(WIDTH, HEIGHT)
    pair.write(START + frame([text.ljust(WIDTH - 9) + "panel 123" for text in table(0)]))
    pair.write(frame(table(3), width=WIDTH - 9))
    assert pair.differences() == []


HOSTILE = ["", "─" * 40, "👩\u200d👧 родина", "山田", "e\u0301 שלום"]

lines = st.one_of(
    st.sampled_from(CALLS[:40]), st.sampled_from(["", "─" * 40, "👩\u200d👧 родина", "山田", "e\u0301 שלום"])
)
frames = st.tuples(st.lists(lines, min_size=10, max_size=TABLE), st.integers(-TABLE, TABLE), st.booleans())


@given(st.lists(st.one_of(frames, st.integers(0, 100)), min_size=2, max_size=8))
def test_any_frames(steps: list[tuple[list[str], int, bool] | int]) -> None:
    pair = Pair(WIDTH, HEIGHT)
    pair.write(START)
    shown: list[str] = table(0)
    for step in steps:
        if isinstance(step, int):
            shown = table(step)
        else:
            more, by, narrow = step
            shown = (shown[by:] + more)[:TABLE] if by >= 0 else (more[:-by] + shown)[:TABLE]
            if narrow:
                pair.write(frame(more, width=WIDTH - 20))
        pair.write(frame(shown, title=f"Journal {len(shown)}"))
        assert pair.differences() == []


MOVES = [frame(table(first)) for first in (0, 8, 9, 1, 0)]


def test_moved_rows_look_the_same_to_tmux(tmp_path: Path) -> None:
    one, other = tmp_path / "stock", tmp_path / "thin"
    one.mkdir()
    other.mkdir()
    line = LineFilter(WIDTH, HEIGHT)
    with Tmux(one, WIDTH, HEIGHT) as stock, Tmux(other, WIDTH, HEIGHT) as thin:
        for data in (START, *MOVES):
            stock.write(data)
            thin.write(line.feed(data))
            assert thin.rows == stock.rows


def test_moved_rows_look_the_same_to_xterm(tmp_path: Path) -> None:
    line = LineFilter(WIDTH, HEIGHT)
    steps = [START + MOVES[0], *MOVES[1:]]
    with display() as name:
        plain = xterm_pictures(name, tmp_path / "stock", steps, WIDTH, HEIGHT)
        moved = xterm_pictures(name, tmp_path / "thin", [line.feed(data) for data in steps], WIDTH, HEIGHT)
    for one, other in zip(plain, moved, strict=True):
        assert seen_in(other, WIDTH, HEIGHT) == seen_in(one, WIDTH, HEIGHT)


@pytest.mark.parametrize("kind", [screen, mosh])
def test_moved_rows_look_the_same_inside(kind: Kind, tmp_path: Path) -> None:
    one, other = tmp_path / "stock", tmp_path / "thin"
    one.mkdir()
    other.mkdir()
    line = LineFilter(WIDTH, HEIGHT)
    redraw = "\x01l" if kind is screen else ""
    with (
        kind() as start,
        Inside(start, one, WIDTH, HEIGHT, redraw) as plain,
        Inside(start, other, WIDTH, HEIGHT, redraw) as moved,
    ):
        for data in (START, *MOVES):
            # Screen takes a true colour for other attributes.
            few = data.replace("48;2;9;9;9", "48;5;233").replace(";100;200;", ";5;")
            few = re.sub(r"38;2;([0-9]+);5;", r"38;5;\1;", few)
            plain.write(few)
            moved.write(line.feed(few))
            deadline = time.monotonic() + 20
            while plain.rows != moved.rows:
                assert time.monotonic() < deadline
