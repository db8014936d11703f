"""The table of a report: headings over columns, totals that stay, a cursor on a cell."""

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from screens.widgets.report_grid import GridData, GridRow, ReportGrid

HOSTILE = "[/b][@click=app.quit]Олена \x1b[31m"


class GridApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        yield ReportGrid()

    def on_report_grid_chosen(self, message: ReportGrid.Chosen) -> None:
        self.chosen.append((message.row, message.column))


def data(rows: int = 40) -> GridData:
    return GridData(
        titles=("Accepted", "Missed", "Total", "Successful"),
        groups=("Incoming", "Incoming", "Incoming", "Outgoing"),
        rows=(
            *(GridRow(f"day {n}", (str(n), str(n * 2), str(n * 3), "1 234 567")) for n in range(rows)),
            GridRow("Total", ("780", "1 560", "2 340", "49"), total=True),
        ),
    )


def lines(pilot: Pilot[None]) -> list[str]:
    return ["".join(s.text for s in strip).rstrip() for strip in pilot.app.screen._compositor.render_strips()]


async def test_headings_stand_once_over_their_columns_and_totals_stay() -> None:
    async with GridApp().run_test(size=(80, 12)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(data())
        await pilot.press("end")
        await pilot.pause()
        shown = lines(pilot)
        assert shown[0].split() == ["Incoming", "Outgoing"]
        assert shown[1].split() == ["Accepted", "Missed", "Total", "Successful"]
        assert shown[-1].split()[:2] == ["►Total", "[780]"]
        assert set(shown[-2]) == {"─"}
        await pilot.press("up")
        await pilot.pause()
        assert "►day 39" in "\n".join(lines(pilot))


async def test_numbers_stand_under_each_other_with_the_cursor_and_without() -> None:
    async with GridApp().run_test(size=(80, 12)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(data())
        await pilot.pause()
        before = lines(pilot)[3]
        await pilot.press("down")
        await pilot.pause()
        after = lines(pilot)[3]
        assert after.replace("►", " ").replace("[", " ").replace("]", " ").rstrip() == before


async def test_enter_opens_the_cell_under_the_cursor() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.query_one(ReportGrid).show(data())
        await pilot.press("down", "right", "right", "enter", "end", "enter")
        assert app.chosen == [(1, 2), (40, 2)]


async def test_the_cursor_stays_on_its_row_when_rows_come() -> None:
    async with GridApp().run_test(size=(80, 12)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(data(3))
        await pilot.press("down", "down")
        newer = GridData(titles=data().titles, rows=(GridRow("today", ("0",) * 4), *data(3).rows))
        grid.show(newer)
        assert newer.rows[grid.row].label == "day 2"


async def test_columns_beyond_the_window_come_with_the_cursor() -> None:
    async with GridApp().run_test(size=(36, 12)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(data())
        await pilot.press("right", "right", "right")
        await pilot.pause()
        assert "[1 234 567]" in "\n".join(lines(pilot))


async def test_text_from_outside_is_text() -> None:
    async with GridApp().run_test(size=(100, 8)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(GridData(titles=("Calls",), rows=(GridRow(HOSTILE[:28], ("5",)),)))
        await pilot.press("enter")
        await pilot.pause()
        assert "[/b][@click=app.quit]Олена" in "\n".join(lines(pilot))
        assert pilot.app.is_running


async def test_an_empty_report_says_so() -> None:
    async with GridApp().run_test(size=(60, 8)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(GridData(titles=("Calls",), note="No call matches."))
        await pilot.press("enter", "down", "right", "end", "pagedown")
        await pilot.pause()
        assert "No call matches." in "\n".join(lines(pilot))


async def test_only_whole_columns_are_drawn_and_a_sign_tells_of_the_others() -> None:
    async with GridApp().run_test(size=(42, 12)) as pilot:
        grid = pilot.app.query_one(ReportGrid)
        grid.show(data())
        await pilot.pause()
        shown = lines(pilot)
        assert shown[1].split() == ["Accepted", "Missed", "Total", "›"]
        assert len(shown[1]) == 42
        assert "1" not in shown[2]
        await pilot.press("right", "right", "right")
        await pilot.pause()
        shown = lines(pilot)
        assert shown[0].split() == ["Incoming", "Outgoing"]
        assert shown[1].split() == ["‹", "Missed", "Total", "Successful"]
        assert shown[2].split() == ["►day", "0", "0", "0", "[1", "234", "567]"]


async def test_a_column_may_end_at_the_edge() -> None:
    ends = len(" day 39   Accepted  Missed  Total")
    async with GridApp().run_test(size=(ends, 12)) as pilot:
        pilot.app.query_one(ReportGrid).show(data())
        for width, last in ((ends, " 2 340"), (ends - 1, " 1 560")):
            await pilot.resize_terminal(width, 12)
            await pilot.pause()
            assert lines(pilot)[1].endswith("›")
            assert lines(pilot)[-1].endswith(last)
