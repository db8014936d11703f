"""A store with an outbound plan: an operator's day, a colleague's, a head, and calls to some of the clients."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from backend_client.contract.backend import Backend
from backend_client.contract.directories import EditReason
from backend_client.contract.tasks import AddTask
from backend_client.model.permissions import Role
from backend_client.model.task_event import TaskEvent, TaskReason
from backend_client.opening import open_store
from backend_client.sqlite.directory import add_employee, assign_extension
from tests.screens.store import NOON
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NOW = NOON + 60
"""Saturday 2026-11-21, 14:01 in Kyiv."""
CLIENTS = {
    "Аптека": "+380672220001",
    "Будсервіс": "+380672220002",
    "[/foo]": "+380672220003",
    "Школа": "+380672220004",
}
REASONS = (
    (TaskEvent.POSTPONE, "Клієнт просив пізніше"),
    (TaskEvent.POSTPONE, "Є запас води"),
    (TaskEvent.REFUSE, "Дорого"),
    (TaskEvent.DROP, "Переїхали"),
)


async def fill_plan(path: Path) -> None:
    """Olena: overdue Школа (delivered in September), Аптека at 10:00, Будсервіс at 09:00 (delivered later), [/foo]
    without a delivery. Ivan: one task of Аптека. Olena called Аптека at noon and talked."""
    with closing(Desk(path)) as desk:
        with desk.writer.transaction() as transaction:
            for name, number, role in (
                ("Olena", "201", Role.OPERATOR),
                ("Ivan", "202", Role.OPERATOR),
                ("Vira", "203", Role.HEAD),
                ("Quinn", "204", Role.QUALITY_CONTROL),
                ("Anna", "205", Role.ACCOUNTANT),
            ):
                employee = add_employee(transaction, name, login=name.lower(), roles=(role,))
                assign_extension(transaction, number, employee)
        for name, number in CLIENTS.items():
            desk.link(number, name)
        desk.facts.put(
            [
                call(leg("1.1", at=NOON - 600, talk=60, outside="0672220001", outgoing=True)),
                call(leg("2.1", at=NOON - 300, talk=0, outside="0501110003")),
            ]
        )
    backend = await open_store(path, acting_as="vira", now=lambda: float(NOW))
    await _plan(backend)
    await backend.close()


async def _plan(backend: Backend) -> None:
    from backend_client.contract.clients import ClientSearch

    ids = {one.name: one.id for one in (await backend.directories()).employees}
    for event, name in REASONS:
        await backend.change_directory(EditReason(reason=TaskReason(id=0, name=name, event=event)))
    clients = {name: (await backend.find_clients(ClientSearch(text=name))).clients[0].id for name in CLIENTS}

    async def task(client: str, operator: str, day: str, time: str, delivered: str, **fields: Any) -> None:
        await backend.change_task(
            AddTask(
                client_id=clients[client], operator_id=ids[operator], contact_date=day, contact_time=time,
                last_delivery=delivered, manager_id=ids["Vira"], past=True, **fields,
            )
        )  # fmt: skip

    await task("Школа", "Olena", "2026-11-19", "", "2026-09-01", address="вул. Шкільна, 1", plan_date="2026-11-24")
    await task("Аптека", "Olena", "2026-11-21", "10:00", "2026-09-05", order="ЗМ-1")
    await task("Будсервіс", "Olena", "2026-11-21", "09:00", "2026-10-01")
    await task("[/foo]", "Olena", "2026-11-21", "08:00", "")
    await task("Аптека", "Ivan", "2026-11-21", "11:00", "2026-09-05", order="ЗМ-2")
