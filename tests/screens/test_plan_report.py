"""The report of the outbound plan on a screen: its counts open their tasks and calls, it follows what happens."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from backend_client.contract.audit import AuditRequest
from backend_client.contract.plan_report import PlanCounts, PlanReport, PlanRow, ProgressPoint
from backend_client.contract.tasks import DoneTask, MissTask, PostponeTask, RefuseTask, TaskListRequest
from backend_client.export.sheet import Sheet, sheet_csv, sheet_text
from backend_client.model.audit import Deed
from backend_client.model.task import Task, TaskFilter
from backend_client.opening import open_store
from backend_client.sqlite.plan import listing
from screens.plan.plan_report import PlanReportScreen
from screens.plan.plan_report_words import COLUMNS, count_text, outcome_chart, progress_chart
from screens.reports.report_file import ReportFormat
from screens.widgets.task_lines import TaskLook
from tests.screens.plan_store import NOW
from tests.screens.store import console, lines, text
from tests.screens.test_plan import as_head, desk, filled, own_state, rows, store, told
from tests.screens.test_registration import press

__all__ = ["filled", "own_state", "store"]


async def work_done(path: Path) -> None:
    """Olena: Аптека ordered, [/foo] not reached, Будсервіс refused, Школа (of the 19th) postponed to the 25th."""
    backend = await open_store(path, acting_as="olena", now=lambda: float(NOW))
    tasks = {task.client: task for task in (await backend.tasks(TaskListRequest())).rows}

    def named(client: str) -> dict[str, Any]:
        return {"id": tasks[client].id, "revision": tasks[client].revision}

    reasons = {one.name: one.id for one in (await backend.directories()).reasons}
    await backend.change_task(DoneTask(**named("Аптека")))
    await backend.change_task(MissTask(**named("[/foo]")))
    await backend.change_task(RefuseTask(**named("Будсервіс"), reason_id=reasons["Дорого"]))
    await backend.change_task(
        PostponeTask(
            **named("Школа"), contact_date="2026-11-25", plan_date="2026-11-26", reason_id=reasons["Є запас води"],
            text="до середи",
        )
    )  # fmt: skip
    await backend.close()


def cells(pilot: Pilot[None], label: str) -> dict[str, str]:
    """The texts of a row's cells by their headings, with the one over them."""
    screen = pilot.app.screen
    assert isinstance(screen, PlanReportScreen)
    data = screen.grid.data
    row = next(row for row in data.rows if row.label.strip() == label)
    groups = data.groups or [""] * len(data.titles)
    heads = [f"{group} {title}".strip() for group, title in zip(groups, data.titles, strict=True)]
    return dict(zip(heads, row.cells, strict=True))


async def to_column(pilot: Pilot[None], heading: str) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, PlanReportScreen)
    data = screen.grid.data
    groups = data.groups or [""] * len(data.titles)
    heads = [f"{group} {title}".strip() for group, title in zip(groups, data.titles, strict=True)]
    await press(pilot, *["left"] * 30, *["right"] * heads.index(heading))


async def test_the_day_is_counted_by_operator_with_a_total(store: Path) -> None:
    await work_done(store)
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t")
        olena = cells(pilot, "Olena")
        assert (olena["Planned"], olena["Done"], olena["Unsuccessful"], olena["Still to call"]) == ("3", "1", "2", "0")
        assert olena["% orders"] == "33.3 % /3"
        assert (olena["Calls"], olena["Refusals"], olena["Active planned"]) == ("1", "1", "1")
        assert cells(pilot, "Ivan")["Active planned"] == "1"
        assert cells(pilot, "Total")["Planned"] == "4"
        assert "Active" in text(pilot)


async def test_a_cell_opens_its_tasks_and_a_count_of_calls_its_calls(store: Path) -> None:
    await work_done(store)
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t", "down")
        await to_column(pilot, "Unsuccessful")
        await press(pilot, "enter")
        assert set(rows(pilot)) == {"[/foo]", "Будсервіс"}
        assert "Olena · Unsuccessful" in lines(pilot)[0]
        await press(pilot, "escape")
        await to_column(pilot, "Calls")
        await press(pilot, "enter")
        assert "Calls behind the number" in lines(pilot)[0]
        assert "1 call" in text(pilot)
        assert "Аптека" in text(pilot)
        await press(pilot, "escape", "escape")
        assert "Outbound plan" in lines(pilot)[0]


async def test_every_task_stands_under_its_operator_with_the_comment(store: Path) -> None:
    await work_done(store)
    async with desk(store, "vira", size=(150, 24)) as (pilot, _backend):
        await press(pilot, "t", "d", "typed:Last 7", "enter", "w")
        task = cells(pilot, "Школа, вул. Шкільна, 1")
        assert task["Plan"] == "2026-11-25 → 2026-11-26"
        assert task["Postponement comment"] == "Є запас води: до середи"
        assert task["Active postponed"] == "1"
        assert "ЗМ-1" in text(pilot)
        assert cells(pilot, "Olena")["Plan"] == "4 planned"
        assert cells(pilot, "Olena")["Refusals"] == "1"


async def test_what_is_overdue_on_other_days_is_not_passed_over(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # However many they are: lists are counted so far only.
    monkeypatch.setattr(listing, "COUNT_EXACTLY_TO", 0)
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t")
        assert cells(pilot, "Olena")["Overdue planned"] == "0"
        assert "1 overdue on other days" in lines(pilot)[-1]
        await press(pilot, "d", "typed:Last 7", "enter")
        assert cells(pilot, "Olena")["Overdue planned"] == "1"
        assert "on other days" not in lines(pilot)[-1]


async def test_the_report_of_all_time_is_chosen_by_words_typed_in_one_go(store: Path) -> None:
    await work_done(store)
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t", "d")
        for sign in "All t":
            pilot.app.post_message(Key("space" if sign == " " else sign, sign))
        await press(pilot, "enter")
        assert "2026-11-19 – 2026-11-25" in lines(pilot)[0]
        await press(pilot, "d", "enter")
        assert "2026-11-19 – 2026-11-25" in lines(pilot)[0]


async def test_reasons_and_problem_clients(store: Path) -> None:
    await work_done(store)
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t", "v", "typed:Reasons", "enter")
        assert cells(pilot, "Дорого")["Refused"] == "1"
        await to_column(pilot, "Refused")
        await press(pilot, "enter")
        assert rows(pilot) == ["Будсервіс"]
        await press(pilot, "escape", "v", "typed:Problem", "enter")
        assert cells(pilot, "Будсервіс")["Refused"] == "1"
        await press(pilot, "enter")
        assert rows(pilot) == ["Будсервіс"]


async def test_plan_dates_managers_and_operators_narrow_it(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t", "O", "typed:Ivan", "enter")
        assert cells(pilot, "Total")["Planned"] == "1"
        await press(pilot, "x", "m", "typed:Olena", "enter")
        assert "No task had a contact date in this period." in text(pilot)
        assert "manager Olena" in lines(pilot)[0]
        await press(pilot, "x", "d", "typed:Last 7", "enter", "D", "tab", "tab")
        await press(pilot, "typed:2026-11-24", "tab", "typed:2026-11-24", "enter")
        assert cells(pilot, "Total")["Planned"] == "1"
        assert "plan date 2026-11-24" in lines(pilot)[0]


async def test_it_follows_what_is_done(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend), as_head(store) as other:
        await press(pilot, "t")
        assert cells(pilot, "Total")["Done"] == "0"
        task: Task = (await other.tasks(TaskListRequest(filter=TaskFilter(search="Будсервіс")))).rows[0]
        await other.change_task(DoneTask(id=task.id, revision=task.revision))
        for _ in range(50):
            if cells(pilot, "Total")["Done"] == "1":
                break
            await pilot.pause(0.1)
        assert cells(pilot, "Total")["Done"] == "1"


async def test_it_is_sorted_by_a_column(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t", "s")
        screen = pilot.app.screen
        assert isinstance(screen, PlanReportScreen)
        assert [row.label for row in screen.grid.data.rows] == ["Olena", "Ivan", "Total"]
        await press(pilot, "s")
        assert [row.label for row in screen.grid.data.rows] == ["Ivan", "Olena", "Total"]


async def test_charts_show_outcomes_and_the_day(store: Path) -> None:
    await work_done(store)
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        await press(pilot, "t", "t")
        assert "█ Done" in text(pilot)
        assert "Olena" in text(pilot)
        await press(pilot, "down", "enter")
        assert set(rows(pilot)) == {"Аптека", "Будсервіс", "[/foo]"}
        await press(pilot, "escape", "g")
        assert "● Done" in text(pilot)
        assert "Done 1" in lines(pilot)[-2]
        await press(pilot, "t")
        assert "% orders" in text(pilot)


async def test_it_is_listed_among_the_reports(store: Path) -> None:
    async with console(store, (110, 24), mode="reports", now=NOW, acting_as="quinn") as pilot:
        await press(pilot, "r", "typed:Operational", "enter")
        assert "Operational outbound work" in lines(pilot)[0]
        assert cells(pilot, "Total")["Planned"] == "4"
    async with console(store, (110, 24), mode="reports", now=NOW, acting_as="olena") as pilot:
        await press(pilot, "r", "typed:Operational", "enter")
        assert "your role may not see the report of the plan" in told(pilot)


def report(*rows: PlanRow, progress: tuple[ProgressPoint, ...] = ()) -> PlanReport:
    total = PlanCounts(planned=sum(row.counts.planned for row in rows))
    return PlanReport(
        change=1, now=NOW, today="2026-11-21", first="2026-11-21", last="2026-11-21", base=TaskFilter(), rows=rows,
        total=total, progress=progress, progress_day="2026-11-21",
    )  # fmt: skip


def test_every_count_has_a_text_and_nothing_planned_has_no_share() -> None:
    texts = [count_text(PlanCounts(), column) for column, _group, _title in COLUMNS]
    assert texts == ["0", "0", "—", *["0"] * (len(COLUMNS) - 3)]


def test_the_parts_of_a_bar_add_up_to_the_plan() -> None:
    look = TaskLook(ZoneInfo("Europe/Kyiv"), date(2026, 11, 21))
    counts = PlanCounts(planned=10, done=4, postponed=2, failed=1, dropped=1, left=2)
    data = outcome_chart(report(PlanRow(operator_id=1, counts=counts)), look)
    assert sum(series.values[0] for series in data.series) == 10


def test_progress_is_added_up_by_the_hour_until_now() -> None:
    points = (ProgressPoint(operator_id=1, hour=9, done=2), ProgressPoint(operator_id=2, hour=11, done=1, failed=3))
    data = progress_chart(report(PlanRow(operator_id=1, counts=PlanCounts(planned=7)), progress=points), 12)
    assert data.labels == ("09", "10", "11", "12")
    assert data.series[0].values == (2.0, 2.0, 3.0, 3.0)
    assert data.series[-1].values == (7.0,) * 4


async def test_what_is_shown_is_written_to_a_file(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await work_done(store)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    written: dict[ReportFormat, bytes] = {}
    async with desk(store, "vira", size=(110, 24)) as (pilot, backend):
        await press(pilot, "t", "w")
        for place, kind in enumerate(ReportFormat):
            await press(pilot, "e", *["down"] * place)
            field = pilot.app.screen.query_one("#path", Input)
            field.value = str(tmp_path / f"plan{kind.value}")
            await press(pilot, "tab", "enter")
            assert "The report is in" in told(pilot)
            written[kind] = (tmp_path / f"plan{kind.value}").read_bytes()
        assert Deed.EXPORT in {entry.deed for entry in (await backend.audit(AuditRequest())).entries}
    assert "Дорого" in written[ReportFormat.CSV].decode("utf-8-sig")
    assert "[/foo]" in written[ReportFormat.CSV].decode("utf-8-sig")
    assert msgspec.json.decode(written[ReportFormat.JSON], type=PlanReport).total.planned == 4
    assert "33.3%" in written[ReportFormat.TEXT].decode()
    assert written[ReportFormat.SVG].startswith(b"<svg")
    assert written[ReportFormat.PNG].startswith(b"\x89PNG")
    assert written[ReportFormat.XLSX].startswith(b"PK")


def test_a_sheet_defuses_formulas_and_keeps_numbers() -> None:
    sheet = Sheet(["Title"], ["", "Calls", "Share"], [["=1+1", 5, 0.25], ["+380671234567", None, None]])
    assert sheet_csv(sheet).splitlines() == [",Calls,Share", "'=1+1,5,0.25", "+380671234567,,"]
    assert sheet_text(sheet).splitlines()[-2].split() == ["=1+1", "5", "25.0%"]
