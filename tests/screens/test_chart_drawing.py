"""Charts: bars of one width, round scales, labels that never touch, the same told without colour."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_client.model.report import Chart
from screens.widgets.chart_drawing import Y_LABEL, ChartData, Series, canvas, label_line, scale, shares, slots
from screens.widgets.report_chart import ReportChart

COLOURS = ((0, 200, 0), (200, 0, 0), (0, 0, 200))
GROUND, INK = (0, 0, 0), (255, 255, 255)
DAYS = tuple(f"{day:02}.11" for day in range(1, 31))


def drawn(kind: Chart, series: tuple[Series, ...], labels: tuple[str, ...] = DAYS, width: int = 80) -> list[str]:
    data = ChartData(kind, labels, series)
    return [line.plain for line in canvas(data.fitting(width), width, 14, COLOURS, GROUND, INK)]


@given(st.floats(0, 10**7))
def test_a_scale_is_round_and_holds_the_highest_value(highest: float) -> None:
    marks = scale(highest)
    assert marks[0] == 0
    assert marks[-1] >= highest
    assert 2 <= len(marks) <= 7
    steps = {b - a for a, b in pairwise(marks)}
    assert len(steps) == 1
    assert str(steps.pop()).rstrip("0") in {"1", "2", "5"}


@given(st.integers(1, 400), st.integers(10, 250))
def test_every_bar_has_its_columns_and_what_does_not_fit_is_the_oldest(labels: int, room: int) -> None:
    places = slots(labels, room)
    assert 1 <= places.count <= labels
    assert places.count * places.width <= room
    assert 0 <= places.middle(0) < places.width


@given(st.lists(st.text("абв01.", min_size=1, max_size=12), min_size=1, max_size=60), st.integers(20, 200))
def test_no_label_touches_another(labels: list[str], room: int) -> None:
    places = slots(len(labels), room)
    labels = labels[-places.count :]
    line, shown = label_line(labels, places)
    for word, index in zip(line.split(), shown, strict=True):
        assert word == labels[index] or (word.endswith("…") and labels[index].startswith(word[:-1]))
    assert len(line) <= places.count * places.width + 4


def test_a_stack_is_as_high_as_its_parts_together() -> None:
    one, two = Series("Accepted", (10.0,) * 30), Series("Missed", (5.0,) * 30)
    lines = drawn(Chart.STACKED, (one, two))
    column = "".join(line[Y_LABEL : Y_LABEL + 1] for line in lines)
    assert 2 * column.count("▓") - 2 <= column.count("█") <= 2 * column.count("▓") + 2
    assert lines[0].startswith("    15┤") or lines[0].startswith("    20┤")


def test_bars_and_gaps_are_equal() -> None:
    lines = drawn(Chart.STACKED, (Series("Accepted", (7.0,) * 30),), width=110)
    foot = lines[-1][Y_LABEL:]
    assert {part for part in foot.split(" ") if part} == {"██"}
    assert len(foot.split()) == 30


def test_a_series_is_told_without_colour() -> None:
    series = tuple(Series(name, (4.0,) * 7) for name in ("a", "b", "c"))
    text = "\n".join(drawn(Chart.BARS, series, DAYS[:7]))
    assert all(marker in text for marker in "█▓▒")


def test_a_crowd_of_bars_becomes_lines() -> None:
    series = tuple(Series(str(by), tuple(float(n % by) for n in range(90))) for by in (5, 7))
    text = "\n".join(drawn(Chart.BARS, series, tuple(map(str, range(90)))))
    assert "●" in text
    assert "█" not in text


def test_shares_add_up_and_an_empty_day_stays_empty() -> None:
    one, two = shares((Series("a", (3.0, 0.0)), Series("b", (1.0, 0.0))))
    assert (one.values, two.values) == ((75.0, 0.0), (25.0, 0.0))


@pytest.mark.parametrize("kind", [Chart.STACKED, Chart.BARS, Chart.LINES, Chart.STACKED_SHARES])
@pytest.mark.parametrize(("width", "count"), [(20, 1), (40, 90), (200, 2)])
def test_any_chart_fits_its_room(kind: Chart, width: int, count: int) -> None:
    series = (Series("a", (0.0,) * count), Series("b", (1.0,) * count), Series("sum", (1.0,) * count, line=True))
    lines = drawn(kind, series, tuple(map(str, range(count))), width)
    assert len(lines) == 14
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("kind", [Chart.STACKED, Chart.BARS, Chart.LINES, Chart.STACKED_SHARES])
@pytest.mark.parametrize("width", range(1, 20))
def test_a_chart_without_room_fails_at_nothing(kind: Chart, width: int) -> None:
    series = (Series("a", (1.0,) * 3), Series("sum", (1.0,) * 3, line=True))
    assert all(len(line) <= width for line in drawn(kind, series, ("1", "2", "3"), width))


def test_a_name_wider_than_its_bar_is_cut_and_a_date_is_not() -> None:
    names = ("Site", "Business cards and leaflets", "Others")
    line, shown = label_line(names, slots(len(names), 42))
    assert shown == [0, 1, 2]
    assert "Business car…" in line
    line, shown = label_line(DAYS, slots(len(DAYS), 73))
    assert "…" not in line
    assert len(shown) < len(DAYS)


@pytest.mark.parametrize("kind", [Chart.STACKED, Chart.BARS, Chart.LINES, Chart.STACKED_SHARES])
def test_a_chart_of_nothing_has_its_axis_and_marks(kind: Chart) -> None:
    lines = drawn(kind, (Series("Accepted", (0.0,) * 30), Series("Missed", (0.0,) * 30)))
    assert len(lines) == 14
    assert {line[Y_LABEL - 1] for line in lines} <= {"│", "┤"}
    assert lines[-1].startswith("     0┤")


def test_values_that_have_little_room_are_written_as_everywhere() -> None:
    chart = ReportChart(note="")
    chart.data = ChartData(Chart.BARS, ("Mo",), (Series("Incoming, accepted", (1234.0,)), Series("Missed", (0.5,))))
    assert "".join(text for text, _role in chart._values(30)).split() == ["►", "Mo", "█", "1,234", "▓", "0.5"]
