"""Reports on screen: the table, its keys, and the calls behind each number."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.screen import Screen

from backend_client.model.call_filter import CallFilter
from backend_client.model.report import ReportRequest, ReportResult
from screens import drawn_chart
from screens.calls.drill_down import DrillDownScreen
from screens.reports import reports
from screens.reports.reports import ReportsScreen
from screens.widgets.chart_drawing import ChartData, canvas
from tests.screens.store import NOON, console, every_minute, fill, incoming, lines, settled, text


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "calls.sqlite"
    fill(path, every_minute(60))
    return path


def cell(pilot: Pilot[None]) -> int:
    """The number under the cursor."""
    found = re.search(r"\[([\d,]+)", "\n".join(line for line in lines(pilot) if line.startswith("►")))
    assert found is not None, text(pilot)
    return int(found[1].replace(",", ""))


async def test_every_cell_of_the_first_report_opens_as_many_calls(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        assert "Number of calls" in lines(pilot)[0]
        await pilot.press("end")
        for _column in range(6):
            await settled(pilot)
            counted = cell(pilot)
            await pilot.press("enter")
            await settled(pilot)
            opened: Screen[object] = pilot.app.screen
            assert isinstance(opened, DrillDownScreen)
            assert f" {counted} call" in lines(pilot)[-1]
            await pilot.press("escape")
            await settled(pilot)
            left: Screen[object] = pilot.app.screen
            assert isinstance(left, ReportsScreen)
            await pilot.press("right")


async def test_a_report_is_chosen_and_left_as_it_was(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("w")
        await settled(pilot)
        assert "by week" in lines(pilot)[0]
        await pilot.press("r", "end", "up", "enter")
        await settled(pilot)
        assert "Service indicators" in lines(pilot)[0]
        await pilot.press("r", "home", "enter")
        await settled(pilot)
        assert "Number of calls" in lines(pilot)[0]
        assert "by week" in lines(pilot)[0]


async def test_rows_are_sorted_by_the_column_with_the_cursor(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("r", *["down"] * 6, "enter")
        await settled(pilot)
        assert "By employee" in lines(pilot)[0]
        await pilot.press("s")
        await settled(pilot)
        assert "↓Accepted" in text(pilot) or "↓  Accepted" in text(pilot)
        await pilot.press("s", "s")
        await settled(pilot)
        assert "↓" not in lines(pilot)[5]


async def test_a_filter_narrows_the_report_and_is_a_chip(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("end", "right", "right")
        await settled(pilot)
        everything = cell(pilot)
        await pilot.press("m")
        await settled(pilot)
        assert "Missed ×" in lines(pilot)[1]
        assert cell(pilot) < everything


async def test_a_new_call_is_counted_without_a_key(store: Path) -> None:
    async with console(store, (120, 30), mode="reports", now=NOON + 600) as pilot:
        await pilot.press("end", "right", "right")
        await settled(pilot)
        before = cell(pilot)
        fill(store, [incoming("late", NOON + 300, caller="0679999999")])
        for _try in range(100):
            await pilot.pause(0.05)
            await settled(pilot)
            if cell(pilot) > before:
                break
        assert cell(pilot) == before + 1


async def test_a_chart_shows_the_values_at_its_cursor_and_opens_them(store: Path) -> None:
    async with console(store, (100, 30), mode="reports") as pilot:
        await pilot.press("t")
        await settled(pilot)
        await pilot.pause(0.1)
        shown = text(pilot)
        assert "█ Accepted   ▓ Missed" in shown
        assert "▲" in shown
        assert "Accepted 40" in lines(pilot)[-2]
        await pilot.press("end", "enter")
        await settled(pilot)
        assert "60 calls" in lines(pilot)[-1]
        await pilot.press("escape", "t")
        await settled(pilot)
        assert "►" in text(pilot)
        assert "▲" not in text(pilot)


async def test_horizontal_bars_name_their_rows(store: Path) -> None:
    async with console(store, (100, 30), mode="reports") as pilot:
        await pilot.press("r", *["down"] * 6, "enter", "t")
        await settled(pilot)
        rows = [line for line in lines(pilot)[:-2] if line.lstrip("►").lstrip().startswith("20")]
        assert len(rows) == 4
        assert all("█" in row or "▓" in row for row in rows)


async def test_hours_against_weekdays_are_drawn_and_each_cell_opens_its_calls(store: Path) -> None:
    async with console(store, (80, 24), mode="reports") as pilot:
        await pilot.press("r", *["down"] * 4, "enter", "a", "t")
        await settled(pilot)
        assert "Hours of the week" in lines(pilot)[0]
        assert "00 01 02" in text(pilot)
        assert "█" in text(pilot)
        await pilot.press("home", *["right"] * 14, *["up"] * 7, *["down"] * 5)
        await settled(pilot)
        counted = re.search(r"► Saturday 14:00 +(\d+)", text(pilot))
        assert counted is not None, text(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert f" {counted[1]} call" in lines(pilot)[-1]


async def test_a_report_opens_after_a_restart_as_it_was_left(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("r", *["down"] * 2, "enter")
        await settled(pilot)
        await pilot.press("a", "t", "m")
        await settled(pilot)
        await pilot.pause(0.3)
    async with console(store, (120, 30), mode="reports") as pilot:
        await settled(pilot)
        await pilot.pause(0.3)
        shown = lines(pilot)
        assert "Within the day" in shown[0]
        assert "peak" in shown[0]
        assert "Missed ×" in shown[1]
        assert "└" in text(pilot)


async def test_the_goals_of_the_service_indicators_are_settings(store: Path) -> None:
    async with console(store, (160, 40), mode="reports") as pilot:
        await pilot.press("G")
        await settled(pilot)
        assert "service indicators" in text(pilot)
        await pilot.press("r", *["down"] * 11, "enter")
        await settled(pilot)
        assert "80 % wanted" in text(pilot)
        await pilot.press("G", "backspace", "backspace", "9", "0", "enter")
        await settled(pilot)
        assert "90 % wanted" in text(pilot)
        await pilot.press("w")
        await settled(pilot)
        assert "90 % of the calls" in text(pilot)


async def test_columns_of_the_service_indicators_are_chosen(store: Path) -> None:
    async with console(store, (160, 40), mode="reports") as pilot:
        await pilot.press("r", *["down"] * 11, "enter", "K")
        await settled(pilot)
        assert "[x] Total" in text(pilot)
        await pilot.press("home", "space", "enter")
        await settled(pilot)
        heading = next(line for line in lines(pilot) if "Answered, %" in line)
        assert "Total talk" in text(pilot) or "Incoming" in heading
        assert not heading.strip().startswith("Total")


async def test_a_period_before_stands_in_every_cell(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("equals_sign")
        await settled(pilot)
        assert "+60" in text(pilot)
        await pilot.press("d", "down", "enter")
        await settled(pilot)
        assert "+60" in text(pilot)


async def test_a_chart_that_is_shown_again_is_not_drawn_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, int]] = []

    def counted(data: ChartData, width: int, height: int, *rest: Any) -> tuple[Text, ...]:
        drawn.append((width, height))
        return canvas(data, width, height, *rest)

    monkeypatch.setattr(drawn_chart, "canvas", counted)
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("t")
        await settled(pilot)
        first = text(pilot)
        assert "█" in first
        for _ in range(3):
            await pilot.press("t")
            await settled(pilot)
            assert "►" in text(pilot)
            await pilot.press("t")
            await settled(pilot)
        assert text(pilot) == first
        assert len(drawn) == 1


async def test_a_report_left_as_a_chart_opens_as_one_and_toggles(store: Path) -> None:
    async with console(store, (120, 30), mode="reports") as pilot:
        await pilot.press("t")
        await settled(pilot)
        assert "█" in text(pilot)
    async with console(store, (120, 30), mode="reports") as pilot:
        await settled(pilot)
        assert "█" in text(pilot)
        await pilot.press("t", "t")
        await settled(pilot)
        assert "█" in text(pilot)


async def test_a_long_definition_leaves_room_and_is_shown_whole_by_a_key(store: Path) -> None:
    async with console(store, (80, 24), mode="reports") as pilot:
        await pilot.press("r", "end", "up", "enter")
        await settled(pilot)
        assert "Service indicators" in lines(pilot)[0]
        assert lines(pilot)[5].rstrip().endswith("… D")
        assert "nobody spoke with in time" not in " ".join(text(pilot).split())
        await pilot.press("D")
        await settled(pilot)
        assert "nobody spoke with in time" in " ".join(text(pilot).split())
        assert "Total" in text(pilot)
        await pilot.press("D")
        await settled(pilot)
        assert lines(pilot)[5].rstrip().endswith("… D")


async def test_an_empty_period_says_so_in_the_chart_and_shades_nothing(store: Path) -> None:
    async with console(store, (80, 24), mode="reports") as pilot:
        await pilot.press("r", *["down"] * 6, "enter", "d", "end", "enter")
        await pilot.press("tab", "tab", *"2020-01-01", "tab", *"2020-01-02", "enter", "t")
        await settled(pilot)
        assert "No call of this period matches the filter." in text(pilot)
    async with console(store, (80, 24), mode="reports") as pilot:
        await pilot.press("r", "home", *["down"] * 4, "enter", "d", "end", "enter")
        await pilot.press("tab", "tab", *"2020-01-01", "tab", *"2020-01-02", "enter", "t")
        await settled(pilot)
        assert "Hours of the week" in lines(pilot)[0]
        assert "2020-01-02" in lines(pilot)[0]
        assert "≤" not in text(pilot)


async def test_zeros_of_a_store_without_calls_are_explained_until_one_comes(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    fill(path, [])
    async with console(path, (80, 24), mode="reports") as pilot:
        await settled(pilot)
        assert lines(pilot)[-1].startswith(" There are no calls in this store yet.")
        fill(path, every_minute(3))
        await pilot.press("f5")
        await settled(pilot)
        assert "no calls" not in text(pilot)


async def test_a_long_report_comes_day_by_day(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "FIRST_PICTURE", 0.0)
    monkeypatch.setattr(reports, "FURTHER_PICTURES", 0.0)
    async with console(store, (120, 30), mode="reports") as pilot:
        done = []
        shown = ReportsScreen.on_reports_screen_answered

        def note(screen: ReportsScreen, message: ReportsScreen.Answered) -> None:
            shown(screen, message)
            done.append(message.result.done)

        monkeypatch.setattr(ReportsScreen, "on_reports_screen_answered", note)
        screen = pilot.app.screen
        assert isinstance(screen, ReportsScreen)
        screen.set_filter(CallFilter(talk_from=1))
        await settled(pilot)
        assert screen.result is not None
        assert screen.result.complete
        partial = done[:-1]
        assert len(partial) > 1
        assert partial == sorted(set(partial))
        assert "esc" not in lines(pilot)[-1]


async def test_reading_on_is_stopped_by_a_key(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "FIRST_PICTURE", 0.0)
    async with console(store, (120, 30), mode="reports") as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ReportsScreen)
        backend, asked = screen.backend, []
        read = backend.report

        async def slow(request: ReportRequest) -> ReportResult:
            asked.append(request.within)
            if len(asked) == 2:
                await asyncio.Event().wait()
            return await read(request)

        monkeypatch.setattr(backend, "report", slow)
        screen.set_filter(CallFilter(talk_from=1))
        for _try in range(100):
            await pilot.pause(0.02)
            if len(asked) == 2:
                break
        assert "1 of 30 days … esc Stop" in lines(pilot)[-1]
        await pilot.press("escape")
        await settled(pilot)
        assert "1 of 30 days, stopped" in lines(pilot)[-1]
        assert len(asked) == 2
        screen.set_filter(CallFilter(talk_from=2))
        await settled(pilot)
        assert screen.result is not None
        assert screen.result.complete
        assert "stopped" not in lines(pilot)[-1]


async def test_a_narrow_terminal_says_that_the_title_is_cut(store: Path) -> None:
    async with console(store, (60, 15), mode="reports") as pilot:
        title = lines(pilot)[0]
        assert re.fullmatch(r" Number of calls  2026-\d\d-\d\d – 2026-\d\d-\d\d · by day · calls", title)
        await pilot.press("r", *"hours of", "enter")
        await settled(pilot)
        assert lines(pilot)[0].endswith(" · the whole per…")
