from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from backend_client.contract import Backend
from backend_client.model.permissions import Role
from backend_client.opening import open_store
from backend_client.sqlite.directory import add_employee, assign_extension
from tests.contract.codec import Wire
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NOON = 1_795_255_200
"""Saturday 2026-11-21 12:00 in Kyiv."""
NOW = NOON + 3600

Opener = Callable[[str], Awaitable[Backend]]


def fill(path: Path) -> None:
    """Four calls: Olena (201) talks, Ivan (202) calls back what Olena missed, and nobody is there for a stranger."""
    with closing(Desk(path)) as desk:
        with desk.writer.transaction() as transaction:
            for name, number, role in (
                ("Olena", "201", Role.OPERATOR),
                ("Ivan", "202", Role.OPERATOR),
                ("Vira", "203", Role.HEAD),
            ):
                employee = add_employee(transaction, name, login=name.lower(), roles=(role,))
                assign_extension(transaction, number, employee)
        desk.link("+380672220001", "Stroysnab")
        desk.facts.put(
            [
                call(leg("1.1", at=NOON, talk=60)),
                call(leg("2.1", at=NOON + 600, outside="0672220002")),
                call(leg("3.1", at=NOON + 900, talk=30, outside="0672220002", phone="202", outgoing=True)),
                call(leg("4.1", at=NOON + 1200, outside="0501110003", phone="202")),
            ]
        )


@pytest.fixture(params=["direct", "codec"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the store as an employee."""
    fill(tmp_path / "store.db")
    backends: list[Backend] = []

    async def as_employee(login: str) -> Backend:
        backend = await open_store(tmp_path / "store.db", acting_as=login, now=lambda: NOW)
        backends.append(backend)
        return backend if request.param == "direct" else cast(Backend, Wire(backend))

    yield as_employee
    for backend in backends:
        await backend.close()


@pytest.fixture
async def head(opened: Opener) -> Backend:
    return await opened("vira")


@pytest.fixture
async def olena(opened: Opener) -> Backend:
    return await opened("olena")
