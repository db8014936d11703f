"""Where blocks stand, large digits, and the day by the hour: from plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.supervision.dashboard_blocks import BLOCKS, places
from screens.widgets.board import Cell
from screens.widgets.day_curve import HourBar, day_curve
from screens.widgets.large_digits import large, lines_of_largest


@pytest.mark.parametrize("wall", [False, True])
@pytest.mark.parametrize("size", [(80, 22), (120, 38), (200, 48)])
def test_all_blocks_have_room_at_the_sizes_they_are_made_for(size: tuple[int, int], wall: bool) -> None:
    placed = places(BLOCKS, *size, wall=wall)
    assert [place.id for place in placed] == [block.id for block in BLOCKS]


@given(
    st.permutations(BLOCKS), st.integers(1, 9), st.integers(1, 300), st.integers(0, 100), st.booleans()
)  # fmt: skip
def test_blocks_never_overlap_and_stay_inside(order: list, some: int, width: int, height: int, wall: bool) -> None:  # type: ignore[type-arg]
    taken: set[tuple[int, int]] = set()
    placed = places(order[:some], width, height, wall=wall)
    assert [place.id for place in placed] == [block.id for block in order[: len(placed)]]
    for place in placed:
        cells = {(x, y) for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)}
        assert not cells & taken
        taken |= cells
    assert all(0 <= x < width and 0 <= y < height for x, y in taken)


@given(st.permutations(BLOCKS), st.integers(1, 9), st.sampled_from([(80, 22), (120, 38), (200, 48), (203, 51)]))
def test_the_blocks_of_a_wall_stand_in_rows_and_columns(order: list, some: int, size: tuple[int, int]) -> None:  # type: ignore[type-arg]
    placed = places(order[:some], *size, wall=True)
    columns = [place.x for place in placed if place.y == 0]
    assert {place.height for place in placed} == {placed[0].height}
    for y in {place.y for place in placed}:
        row = [place for place in placed if place.y == y]
        assert [place.x for place in row] == columns[: len(row)]
        assert row[-1].x + row[-1].width == size[0]


def test_figures_in_several_rows_stand_under_each_other() -> None:
    figures = [block for block in BLOCKS if block.draw is None]
    placed = places(figures, 80, 22, wall=False)
    first, second = ([place.x for place in placed if place.y == y] for y in sorted({place.y for place in placed}))
    assert second == first[: len(second)]


@given(st.text("0123456789:%—+-., ", min_size=1, max_size=8), st.integers(1, 200), st.integers(1, 60))
def test_large_digits_fit_or_are_not_drawn(text: str, width: int, height: int) -> None:
    for bare in (False, True):
        lines = large(text, width, height, ascii=bare)
        if lines is None:
            continue
        assert len(lines) <= lines_of_largest(height, ascii=bare) <= height
        assert not bare or set("".join(lines)) <= {"#", " "}
        assert {len(line) for line in lines} == {len(lines[0])}
        assert len(lines[0]) <= width


def test_larger_room_makes_larger_digits() -> None:
    small, big = large("12", 30, 5), large("12", 60, 20)
    assert small is not None
    assert big is not None
    assert len(big) > len(small)


def test_words_are_not_drawn_as_digits() -> None:
    assert large("none", 200, 50) is None


HOURS = st.tuples(st.integers(0, 500), st.integers(0, 500), st.none() | st.floats(0, 900))


def plain(cells: list[Cell]) -> str:
    return "".join((" " if cell.opens is not None else "") + cell.text for cell in cells)


@given(st.lists(HOURS, min_size=24, max_size=24), st.integers(1, 250), st.integers(1, 40))
def test_a_curve_keeps_to_its_room(hours: list[tuple[int, int, float | None]], width: int, height: int) -> None:
    bars = [HourBar(at, lower, upper, expected, at) for at, (lower, upper, expected) in enumerate(hours)]
    lines = day_curve(bars, width, height)
    assert len(lines) in (0, height)
    for line in lines[:-1]:
        assert cell_len(plain(list(line))) <= width


def test_every_hour_with_calls_has_its_number_and_missed_calls_show() -> None:
    bars = [HourBar(hour, 4 if hour in (9, 10) else 0, 1 if hour == 10 else 0, 3.0, hour) for hour in range(24)]
    lines = [plain(list(line)) for line in day_curve(bars, 100, 8)]
    assert lines[-2].split() == ["4", "5"]
    assert any("▒" in line for line in lines)
    assert any("─" in line for line in lines)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(9, 60), st.integers(4, 20))
def test_hours_with_as_many_calls_are_equally_high_whatever_was_missed(
    calls: int, missed: int, most: int, height: int
) -> None:
    missed = min(calls, missed)
    bars = [HourBar(8, calls), HourBar(9, calls - missed, missed), HourBar(10, most)]
    all_accepted, some_missed = (
        [line[at].text[:1].replace("▒", "█") for line in day_curve(bars, 12, height)[:-2]] for at in (0, 2)
    )
    assert some_missed == all_accepted
