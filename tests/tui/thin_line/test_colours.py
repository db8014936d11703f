"""True colours as the nearest of 256."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.thin_line.emulator import Emulator
from tui.thin_line.colours import nearest
from tui.thin_line.filter import LineFilter

BYTE = st.integers(0, 255)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((0, 0, 0), 16), ((255, 255, 255), 231), ((8, 8, 8), 232), ((238, 238, 238), 255), ((95, 135, 175), 67)],
)  # fmt: skip
def test_known_colours(colour: tuple[int, int, int], expected: int) -> None:
    assert nearest(*colour) == expected


@given(BYTE, BYTE, BYTE)
def test_no_colour_is_far_off(red: int, green: int, blue: int) -> None:
    """Half of the widest gap of the cube, in each of the three."""
    found = nearest(red, green, blue)
    assert 16 <= found <= 255
    if found < 232:
        cube = found - 16
        levels = (0, 95, 135, 175, 215, 255)
        parts = (levels[cube // 36], levels[cube // 6 % 6], levels[cube % 6])
        assert all(abs(one - other) <= 48 for one, other in zip(parts, (red, green, blue), strict=True))


def test_text_stays_and_colours_shrink() -> None:
    line = LineFilter(20, 2)
    line.save_colours(True)
    screen = Emulator(20, 2)
    written = line.feed("\x1b[H\x1b[0;38;2;255;0;0;48;2;8;8;8;1mred\x1b[0m plain")
    screen.write(written)
    assert "38;5;196" in written
    assert "48;5;232" in written
    assert ";2;" not in written
    assert "".join(cell[0] for cell in screen.rows[0][:9]) == "red plain"
    line.save_colours(False)
    assert "38;2;1;2;3" in line.feed("\x1b[H\x1b[0;38;2;1;2;3mred")
