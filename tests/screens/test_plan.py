"""The outbound plan on a screen: the operator's day by keys, the head's deeds, and who sees nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.contract.backend import Backend
from backend_client.contract.tasks import TaskListRequest, TaskRequest
from backend_client.errors import Unreachable
from backend_client.model.task import Task, TaskFilter, TaskState
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_
from backend_client.opening import open_store
from screens.plan.tasks import TasksScreen
from tests.screens.plan_store import NOW, fill_plan
from tests.screens.store import console, lines, settled, text
from tests.screens.test_registration import own_state, press
from tests.server.serving import served
from tui.app import PultApp
from tui.settings import Settings

__all__ = ["own_state"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("plan") / "store.db"
    asyncio.run(fill_plan(path))
    return path.read_bytes()


@pytest.fixture
def store(filled: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    path.write_bytes(filled)
    return path


@asynccontextmanager
async def desk(
    path: Path, login: str = "olena", *, size: tuple[int, int] = (80, 24), settings: Settings | None = None
) -> AsyncIterator[tuple[Pilot[None], Backend]]:
    """The console on the plan, as somebody."""
    async with console(path, size, mode="plan", now=NOW, acting_as=login, settings=settings) as pilot:
        assert isinstance(pilot.app, PultApp)
        yield pilot, pilot.app.backend


@asynccontextmanager
async def as_head(path: Path) -> AsyncIterator[Backend]:
    backend = await open_store(path, acting_as="vira", now=lambda: float(NOW))
    try:
        yield backend
    finally:
        await backend.close()


def rows(pilot: Pilot[None]) -> list[str]:
    """Names of the clients in the table, from the top."""
    screen = pilot.app.screen
    assert isinstance(screen, TasksScreen)
    return [task.client for task in screen.table.cache.rows]


def here(pilot: Pilot[None]) -> Task:
    screen = pilot.app.screen
    assert isinstance(screen, TasksScreen)
    assert screen.task_at is not None
    return screen.task_at


def told(pilot: Pilot[None]) -> str:
    """What was told by notifications, unbroken."""
    return "\n".join(one.message for one in pilot.app._notifications)


async def of_client(backend: Backend, name: str) -> Task:
    found = (await backend.tasks(TaskListRequest(filter=TaskFilter(search=name, mine=True)))).rows
    [task] = [one for one in found if one.client == name]
    return task


# The operator's day


async def test_the_day_is_in_the_order_of_work_and_overdue_is_told_by_word(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        assert rows(pilot) == ["Школа", "Аптека", "Будсервіс", "[/foo]"]
        assert "My calls for today" in lines(pilot)[0]
        assert lines(pilot)[2].split()[:5] == ["►", "!○", "Overdue", "2026-11-19", "Школа"]
        assert "10:00" in lines(pilot)[3]
        assert "[/foo]" in lines(pilot)[5]
        assert "4 tasks" in text(pilot)


@pytest.mark.parametrize(
    ("key", "state", "stays"),
    [
        ("o", TaskState.DONE_ORDER, False),
        ("w", TaskState.DONE, False),
        ("n", TaskState.NOT_REACHED, True),
    ],
)
async def test_an_outcome_is_one_key_and_the_cursor_goes_on(
    store: Path, key: str, state: TaskState, stays: bool
) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", key)
        assert (await of_client(backend, "Аптека")).state is state
        assert here(pilot).client == "Будсервіс"
        assert ("Аптека" in rows(pilot)) is stays


async def test_the_same_keys_work_in_a_cyrillic_layout(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", "щ")
        assert (await of_client(backend, "Аптека")).state is TaskState.DONE_ORDER


async def test_postponing_asks_a_day_and_a_reason(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", "l")
        assert "to what day?" in text(pilot)
        await press(pilot, "d", "enter")
        assert "A reason is needed." in text(pilot)
        await press(pilot, "down", "down", "tab", "typed:до понеділка", "enter")
        task = await of_client(backend, "Аптека")
        assert (task.state, task.contact_date) == (TaskState.POSTPONED, "2026-11-22")
        card = await backend.task(TaskRequest(id=task.id))
        assert (card.history[-1].event, card.history[-1].text) == (TaskEvent.POSTPONE, "до понеділка")
        reasons = {one.id: one.name for one in (await backend.directories()).reasons}
        assert reasons[task.reason_id or 0] == "Є запас води"
        assert here(pilot).client == "Будсервіс"


@pytest.mark.parametrize(("pressed", "day"), [(("w",), "2026-11-28"), (("down", "down", "enter"), "2026-12-05")])
async def test_a_week_later_or_a_day_off_the_calendar(store: Path, pressed: tuple[str, ...], day: str) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", "l", *pressed, "typed:свято", "enter")
        task = await of_client(backend, "Аптека")
        assert (task.contact_date, task.reason) == (day, "свято")


async def test_a_day_that_is_over_is_not_taken(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", "l", "up", "enter")
        assert "This day is over." in text(pilot)
        await press(pilot, "escape")
        assert (await of_client(backend, "Аптека")).state is TaskState.PLANNED


async def test_a_delivery_before_the_new_contact_moves_with_it(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "l", "w", "typed:пізніше", "enter")
        task = await of_client(backend, "Школа")
        assert (task.contact_date, task.plan_date) == ("2026-11-28", "2026-12-03")


@pytest.mark.parametrize(
    ("key", "state", "reason"), [("r", TaskState.REFUSED, "Дорого"), ("D", TaskState.DROPPED, "Переїхали")]
)
async def test_refusing_and_dropping_ask_a_reason(store: Path, key: str, state: TaskState, reason: str) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", key)
        assert reason in text(pilot)
        await press(pilot, "enter")
        assert "A reason is needed." in text(pilot)
        await press(pilot, f"typed:{reason}", "enter")
        task = await of_client(backend, "Аптека")
        names = {one.id: one.name for one in (await backend.directories()).reasons}
        assert (task.state, names[task.reason_id or 0]) == (state, reason)


async def test_an_outcome_is_taken_back(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", "o", "v", "down", "enter")
        assert set(rows(pilot)) == {"Аптека", "Будсервіс", "[/foo]"}
        while here(pilot).client != "Аптека":
            await press(pilot, "down")
        await press(pilot, "R")
        assert (await of_client(backend, "Аптека")).state is TaskState.PLANNED
        await press(pilot, "R")
        assert "the task is: Planned" in told(pilot)


async def test_what_was_closed_last_is_taken_back_though_it_left_the_list(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "down", "o")
        assert "Ctrl+Z undoes it." in told(pilot)
        await press(pilot, "ctrl+z")
        assert (await of_client(backend, "Аптека")).state is TaskState.PLANNED
        assert (await of_client(backend, "Будсервіс")).state is TaskState.PLANNED
        await press(pilot, "R")
        assert "the task is: Planned" in told(pilot)


async def test_undo_is_for_what_was_closed_last_wherever_the_cursor_is(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        await press(pilot, "ctrl+z")
        assert "no task was closed here yet" in told(pilot)
        await press(pilot, "down", "o", "o", "v", "down", "enter")
        while here(pilot).client != "Аптека":
            await press(pilot, "down")
        await press(pilot, "ctrl+z")
        assert (await of_client(backend, "Аптека")).state is not TaskState.PLANNED
        assert (await of_client(backend, "Будсервіс")).state is TaskState.PLANNED


async def test_done_without_a_call_is_told(store: Path) -> None:
    async with desk(store, size=(110, 24)) as (pilot, _backend):
        await press(pilot, "down", "o", "o", "v", "down", "enter")
        left = [line[:60] for line in lines(pilot)[2:]]
        row = {name: next(line for line in left if f" {name} " in line) for name in ("Аптека", "Будсервіс")}
        assert "✓ Done with" in row["Аптека"]
        assert "No call" not in row["Аптека"]
        assert "No call" in row["Будсервіс"]


async def test_details_show_the_history_and_the_last_calls(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "down", "enter")
        assert "Calls for this task" in text(pilot)
        assert "Vira: added" in text(pilot)
        await press(pilot, "enter")
        assert "Vira: added" not in text(pilot)
        await press(pilot, "p")
        assert "067 222 00 01" in "\n".join(lines(pilot)[12:])
        await press(pilot, "down")
        assert "067 222 00 02" in "\n".join(lines(pilot)[12:])


async def test_the_calls_of_a_task_are_one_key_away(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "c")
        assert "no call was made for this task" in told(pilot)
        await press(pilot, "down", "c")
        assert "Calls behind the number  Аптека" in lines(pilot)[0]
        assert "1 call" in lines(pilot)[-1]


async def test_the_panel_stands_beside_a_wide_table(store: Path) -> None:
    async with desk(store, size=(120, 30)) as (pilot, _backend):
        assert "Vira: added" in text(pilot)


async def test_the_card_is_one_key_away_and_shows_the_tasks(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "down", "A")
        assert "Аптека" in lines(pilot)[0]
        assert "tasks: 1 – 2026-11-21 planned" in text(pilot)
        await press(pilot, "V")
        assert rows(pilot) == ["Аптека"]
        await press(pilot, "escape", "escape")
        assert "My calls for today" in lines(pilot)[0]


async def test_a_change_of_somebody_else_comes_by_itself_and_is_not_overwritten(store: Path) -> None:
    async with desk(store) as (pilot, backend), as_head(store) as head:
        from backend_client.contract.tasks import DoneTask

        await press(pilot, "down", "r")
        task = await of_client(backend, "Аптека")
        await head.change_task(DoneTask(id=task.id, revision=task.revision))
        await press(pilot, "typed:ні", "enter")
        assert "meanwhile" in told(pilot)
        assert (await of_client(backend, "Аптека")).state is TaskState.DONE_ORDER
        for _ in range(50):
            if "Аптека" not in rows(pilot):
                break
            await pilot.pause(0.1)
        assert rows(pilot) == ["Школа", "Будсервіс", "[/foo]"]


async def test_the_list_is_sorted_by_a_column_and_back(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "s", "typed:Client", "enter")
        assert rows(pilot) == ["[/foo]", "Аптека", "Будсервіс", "Школа"]
        assert "↑ Client" in lines(pilot)[1]
        await press(pilot, "S")
        assert rows(pilot) == ["Школа", "Будсервіс", "Аптека", "[/foo]"]
        await press(pilot, "x")
        assert rows(pilot) == ["Школа", "Аптека", "Будсервіс", "[/foo]"]


async def test_search_and_an_empty_list_say_what_to_do(store: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "slash", "typed:буд", "enter")
        assert rows(pilot) == ["Будсервіс"]
        await press(pilot, "slash", "typed:xyz", "enter")
        assert "No task is like this." in text(pilot)
        await press(pilot, "x")
        assert len(rows(pilot)) == 4


async def test_an_empty_plan_tells_the_head_how_to_fill_it(tmp_path: Path) -> None:
    from contextlib import closing

    from backend_client.model.permissions import Role
    from backend_client.sqlite.directory import add_employee
    from tests.sqlite.stores import Desk

    path = tmp_path / "empty.db"
    with closing(Desk(path)) as empty, empty.writer.transaction() as transaction:
        add_employee(transaction, "Vira", login="vira", roles=(Role.HEAD,))
    async with desk(path, "vira") as (pilot, _backend):
        assert "Nothing is left to call." in text(pilot)
        assert "pult plan import FILE" in text(pilot)


# Dialling


async def test_calling_says_why_it_is_off_and_calls_when_it_is_on(store: Path, tmp_path: Path) -> None:
    async with desk(store) as (pilot, _backend):
        await press(pilot, "down", "H")
        assert "calling is off" in told(pilot)
    phone = tmp_path / "phone"
    phone.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > {tmp_path}/dialled\n")
    phone.chmod(0o755)
    on = Settings(dial="command", dial_command=(str(phone), "{number}"))
    async with desk(store, settings=on) as (pilot, _backend):
        await press(pilot, "down", "H")
        assert (tmp_path / "dialled").read_text() == "+380672220001"
        await press(pilot, "y")
        assert "Sent to the terminal: +380672220001" in told(pilot)


async def test_the_day_is_the_same_over_a_server(store: Path) -> None:
    async with served(store, now=lambda: NOW) as server:
        backend = await server.connect("olena")
        app: PultApp = type("Console", (PultApp,), {"DEFAULT_MODE": "plan"})(backend, theme="dark", driver_class=None)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await settled(pilot)
            await press(pilot, "down", "l", "d", "typed:пізніше", "enter")
            task = await of_client(backend, "Аптека")
            assert (task.state, task.contact_date) == (TaskState.POSTPONED, "2026-11-22")
            assert rows(pilot) == ["Школа", "Будсервіс", "[/foo]"]
        await backend.close()


async def test_the_cursor_comes_back_to_a_task_whose_outcome_was_not_taken(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(deed: object) -> None:
        raise Unreachable(N_("The server does not answer."))

    async with desk(store) as (pilot, backend):
        await settled(pilot)
        task = here(pilot)
        monkeypatch.setattr(backend, "change_task", lost)
        await press(pilot, "n")
        await settled(pilot)
        assert here(pilot).id == task.id


async def test_what_was_answered_is_asked_again_where_it_could_not_be_sent(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(deed: object) -> None:
        raise Unreachable(N_("The server does not answer."))

    async with desk(store) as (pilot, backend):
        with monkeypatch.context() as gone:
            gone.setattr(backend, "change_task", lost)
            await press(pilot, "down", "l", "w", "typed:свято", "enter")
            await settled(pilot)
            assert "Postpone: Аптека" in text(pilot)
        await press(pilot, "enter")
        task = await of_client(backend, "Аптека")
        assert (task.contact_date, task.reason) == ("2026-11-28", "свято")
