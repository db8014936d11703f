"""The day's calls in a real terminal: an outcome by a key, a postponement with its day and reason."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from backend_client.contract.clients import RegisterClient
from backend_client.contract.tasks import AddTask, TaskListRequest, TaskRequest
from backend_client.model.permissions import Role
from backend_client.model.task import Task, TaskFilter, TaskState
from backend_client.opening import open_store
from backend_client.sqlite.directory import add_employee
from tests.pty.conftest import OpenTerminal
from tests.sqlite.stores import Desk


def write_plan(path: Path) -> None:
    """Three calls of Olena's today."""
    desk = Desk(path)
    with desk.writer.transaction() as transaction:
        olena = add_employee(transaction, "Olena", login="olena", roles=(Role.OPERATOR,))
        add_employee(transaction, "Vira", login="vira", roles=(Role.HEAD,))
    desk.close()

    async def add() -> None:
        backend = await open_store(path, acting_as="vira")
        today = (await backend.clock()).today
        for place, name in enumerate(("Аптека", "[/foo]", "Школа")):
            made = await backend.change_client(RegisterClient(name=name, numbers=(f"067222000{place}",)))
            assert made.client is not None
            await backend.change_task(
                AddTask(
                    client_id=made.client.id, operator_id=olena, contact_date=today,
                    last_delivery=f"2026-09-0{place + 1}",
                )
            )  # fmt: skip
        await backend.close()

    asyncio.run(add())


def tasks_of(path: Path) -> dict[str, tuple[Task, str]]:
    """Olena's tasks by client, with the words of the newest entry of the history."""

    async def read() -> dict[str, tuple[Task, str]]:
        backend = await open_store(path, acting_as="olena")
        rows = (await backend.tasks(TaskListRequest(filter=TaskFilter(mine=True)))).rows
        cards = [await backend.task(TaskRequest(id=row.id)) for row in rows]
        await backend.close()
        return {card.task.client: (card.task, card.history[-1].text) for card in cards}

    return asyncio.run(read())


def test_a_day_of_calls_by_keys(tmp_path: Path, open_terminal: OpenTerminal, pult: Path, own_home: Path) -> None:
    store = tmp_path / "calls.sqlite"
    write_plan(store)
    terminal = open_terminal([pult, "--store", store, "--as", "olena"], columns=80, rows=24)
    terminal.wait_for("Today")
    terminal.send("5")
    terminal.wait_for("My calls for today")
    terminal.wait_for("[/foo]")
    terminal.send("o")
    terminal.wait_for("2 tasks")
    terminal.send("l")
    terminal.wait_for("to what day?")
    terminal.send("w")
    terminal.wait_for("Enter save")
    terminal.type("asked to wait")
    terminal.send("enter")
    terminal.wait_for("1 task ")
    terminal.send("q")
    assert terminal.wait_exit() == 0
    tasks = tasks_of(store)
    week = date.fromisoformat(tasks["Школа"][0].contact_date) + timedelta(days=7)
    assert tasks["Аптека"][0].state is TaskState.DONE_ORDER
    assert (tasks["[/foo]"][0].state, tasks["[/foo]"][0].contact_date) == (TaskState.POSTPONED, week.isoformat())
    assert tasks["[/foo]"][1] == "asked to wait"
    assert tasks["Школа"][0].state is TaskState.PLANNED
