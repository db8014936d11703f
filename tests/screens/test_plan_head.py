"""The outbound plan of heads and quality control: whose tasks, drops, new tasks; and who sees nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style
from textual.pilot import Pilot

from backend_client.contract.tasks import ConfirmDrop, DoneTask, DropTask, TaskListRequest, TaskRequest
from backend_client.model.task import TaskFilter, TaskState
from screens.console_screen import ConsoleScreen
from screens.widgets.status_line import StatusLine
from tests.screens.plan_store import NOW
from tests.screens.store import console, lines, text
from tests.screens.test_plan import desk, filled, here, own_state, rows, store, told
from tests.screens.test_registration import press
from tui.app import PultApp

__all__ = ["filled", "own_state", "store"]


async def test_a_head_sees_everybodys_and_gives_marked_tasks_away(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, backend):
        assert rows(pilot).count("Аптека") == 2
        await press(pilot, "space", "space")
        assert "2 marked" in text(pilot)
        await press(pilot, "u", "typed:Ivan", "enter")
        assert "2 tasks were changed." in told(pilot)
        ivan = next(one.id for one in (await backend.directories()).employees if one.name == "Ivan")
        assert (await backend.tasks(TaskListRequest(filter=TaskFilter(operators=(ivan,))))).total == 3
        await press(pilot, "O", "typed:Ivan", "enter")
        assert len(rows(pilot)) == 3
        assert "Ivan" in lines(pilot)[0]


@pytest.mark.parametrize("width", [80, 100, 110, 120, 140, 200])
async def test_a_head_sees_what_to_dial_and_whose_task_it_is(store: Path, width: int) -> None:
    async with desk(store, "vira", size=(width, 24)) as (pilot, _backend):
        row = next(line for line in (line.split("│")[0] for line in lines(pilot)) if "Школа" in line)
        assert "067 222 00 04" in row
        assert "Olena" in row


async def test_what_is_not_given_away_is_named(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, backend):
        await press(pilot, "v", "typed:whole day", "enter")
        first = (await backend.tasks(TaskListRequest())).rows[1]
        await backend.change_task(DoneTask(id=first.id, revision=first.revision))
        await press(pilot, "f5", "ctrl+a", "u")
        assert "Quinn" not in text(pilot)
        assert "Anna" not in text(pilot)
        await press(pilot, "typed:Ivan", "enter")
        assert "2 tasks were changed." in told(pilot)
        assert "Аптека: the task is closed" in told(pilot)
        assert "Аптека: it is that operator's already" in told(pilot)
        assert "Школа" not in rows(pilot)


async def test_a_form_takes_no_call_twice_and_no_day_that_has_gone_by(store: Path) -> None:
    async with desk(store, "vira") as (pilot, backend):
        before = (await backend.tasks(TaskListRequest())).total
        await press(pilot, "a", "typed:Будсервіс", "enter", "enter")
        assert "The plan has this call already: task 3, the same client, date and" in text(pilot)
        await press(pilot, *["backspace"] * 10, "typed:2026-11-20", "enter")
        assert "The contact date 2026-11-20 has gone by." in text(pilot)
        assert (await backend.tasks(TaskListRequest())).total == before
        await press(pilot, *["backspace"] * 10, "typed:+1", "tab", "tab", "tab", "typed:Quinn", "enter")
        assert "Quinn is given no tasks." in text(pilot)
        await press(pilot, *["backspace"] * 5, "typed:iv", "enter")
        assert (await backend.tasks(TaskListRequest())).total == before + 1


async def test_keys_that_do_nothing_to_a_dropped_task_are_dim_and_last(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, _backend):
        status = lines(pilot)[-1]
        assert status.index("o Order") < status.index("r Refused")
        await press(pilot, "v", "typed:All open", "enter", "D", "typed:Переїхали", "enter")
        assert here(pilot).state is TaskState.PLANNED
        assert not any(style.dim for style in styles_of(pilot, "Order"))
        await press(pilot, "up")
        assert here(pilot).state is TaskState.DROPPED
        status = lines(pilot)[-1]
        assert status.index("C Confirm drop") < status.index("B Back to plan") < status.index("o Order")
        assert all(style.dim for style in styles_of(pilot, "Order"))
        assert not any(style.dim for style in styles_of(pilot, "Back to plan"))
        await press(pilot, "o")
        assert "the task is: Dropped" in told(pilot)


def styles_of(pilot: Pilot[None], wanted: str) -> list[Style]:
    """How that text of the status line is drawn."""
    strip = pilot.app.screen.query_one(StatusLine).render_line(0)
    return [segment.style for segment in strip if segment.style and wanted in segment.text]


async def test_a_head_confirms_a_drop_or_returns_it(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "D", "typed:Переїхали", "enter", "D", "typed:Переїхали", "enter", "C")
        assert "your role may not manage the plan" in told(pilot)
    async with desk(store, "vira") as (pilot, backend):
        await press(pilot, "v", "typed:Dropped", "enter")
        dropped = rows(pilot)
        assert len(dropped) == 2
        first = here(pilot)
        await press(pilot, "C")
        assert (await backend.task(TaskRequest(id=first.id))).task.state is TaskState.DROPPED_CONFIRMED
        second = here(pilot)
        await press(pilot, "B")
        task = (await backend.task(TaskRequest(id=second.id))).task
        assert task.state in (TaskState.PLANNED, TaskState.POSTPONED)
        assert task.contact_date >= "2026-11-21"
        assert rows(pilot) == []


async def test_drops_that_others_confirmed_meanwhile_are_told_at_once(store: Path) -> None:
    async with desk(store, "vira", size=(110, 24)) as (pilot, backend):
        for task in (await backend.tasks(TaskListRequest())).rows:
            await backend.change_task(DropTask(id=task.id, revision=task.revision, text="moved"))
        await press(pilot, "v", "typed:Dropped", "enter", "ctrl+a")
        assert len(rows(pilot)) == 5
        # The list would lose, at some moment between these deeds, what has been confirmed by then.
        assert isinstance(pilot.app.screen, ConsoleScreen)
        pilot.app.screen.feed.stop()
        for task in (await backend.tasks(TaskListRequest())).rows:
            await backend.change_task(ConfirmDrop(id=task.id, revision=task.revision))
        before = len(pilot.app._notifications)
        await press(pilot, "C")
        assert len(pilot.app._notifications) == before + 1
        assert "and 2 more" in told(pilot)


async def test_a_head_adds_and_edits_a_task(store: Path) -> None:
    async with desk(store, "vira") as (pilot, backend):
        await press(pilot, "a", "typed:Школа", "enter")
        assert "New task: Школа" in text(pilot)
        await press(pilot, *["backspace"] * 10, "typed:tomorrow", "enter")
        assert "tomorrow is no day." in text(pilot)
        await press(pilot, *["backspace"] * 8, "typed:+2", "tab", "tab", "typed:2026-11-21", "enter")
        assert "would come before the contact" in text(pilot)
        await press(pilot, *["backspace"] * 10, "shift+tab", "typed:09:30", "tab", "tab", "typed:oleNA", "enter")
        assert "Put into the plan of 2026-11-23: Школа" in told(pilot)
        asked = TaskListRequest(filter=TaskFilter(search="Школа"))
        added = max((await backend.tasks(asked)).rows, key=lambda task: task.id)
        assert (added.contact_date, added.contact_time) == ("2026-11-23", "09:30")
        assert added.operator_id == next(e.id for e in (await backend.directories()).employees if e.name == "Olena")
        await press(pilot, "E", *["tab"] * 9, "typed:1 250,50", "enter")
        assert (await backend.task(TaskRequest(id=here(pilot).id))).task.amount == 1_250_500_000


async def test_tasks_are_made_by_rule_after_a_look(store: Path) -> None:
    async with desk(store, "vira") as (pilot, backend):
        before = (await backend.tasks(TaskListRequest())).total
        await press(pilot, "N", "typed:x", "enter")
        assert "30x is no number of days." in text(pilot)
        await press(pilot, "backspace", "enter")
        assert "The rule finds no client." in text(pilot)
        await press(pilot, "escape")
        olena = next(one for one in (await backend.tasks(TaskListRequest())).rows if one.client == "Школа")
        await backend.change_task(DoneTask(id=olena.id, revision=olena.revision))
        await press(pilot, "N", *["backspace"] * 2, "typed:5", "tab", "backspace", "typed:0", "enter")
        assert "1 task would be made:" in text(pilot)
        assert (await backend.tasks(TaskListRequest())).total == before
        await press(pilot, "enter")
        assert (await backend.tasks(TaskListRequest())).total == before + 1


async def test_a_missed_call_goes_into_the_plan(store: Path) -> None:
    async with console(store, (110, 24), mode="journal", now=NOW, acting_as="vira") as pilot:
        await press(pilot, "O")
        assert "New task: 050 111 00 03" in text(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app, PultApp)
        [task] = (await pilot.app.backend.tasks(TaskListRequest(filter=TaskFilter(search="0501110003")))).rows
        assert (task.number, task.origin.value) == ("+380501110003", "call")
    async with console(store, (110, 24), mode="journal", now=NOW, acting_as="olena") as pilot:
        await press(pilot, "O")
        assert "your role may not put tasks into the plan" in told(pilot)


# Who may


async def test_who_has_no_part_in_the_plan_is_told_so(store: Path) -> None:
    async with desk(store, "anna") as (pilot, _backend):
        assert "Your role has no part in the outbound plan." in text(pilot)
        await press(pilot, "v", "slash", "a", "o", "f5", "t")
        assert "Your role has no part in the outbound plan." in text(pilot)
        assert "your role has no part in the outbound plan" in told(pilot)


async def test_quality_control_reads_and_changes_nothing(store: Path) -> None:
    async with desk(store, "quinn") as (pilot, backend):
        assert len(rows(pilot)) == 5
        await press(pilot, "down", "o")
        assert "your role may not work on tasks" in told(pilot)
        assert all(task.state is TaskState.PLANNED for task in (await backend.tasks(TaskListRequest())).rows)


async def test_an_operator_may_not_see_the_report(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "t")
        assert "your role may not see the report of the plan" in told(pilot)
        await press(pilot, "M")
        assert "your role sees own tasks only" in told(pilot)
