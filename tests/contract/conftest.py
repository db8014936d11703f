from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from backend_client.contract.backend import Backend
from backend_client.model.permissions import Role
from backend_client.opening import open_store
from backend_client.sqlite.directory import add_employee, assign_extension
from tests.server.serving import served
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


@pytest.fixture(params=["direct", "http"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the store as an employee: here, or through a server on a real port."""
    path = tmp_path / "store.db"
    fill(path)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(served(path, now=lambda: NOW)) if request.param == "http" else None

        async def as_employee(login: str) -> Backend:
            if server is None:
                backend = await open_store(path, acting_as=login, now=lambda: NOW)
            else:
                backend = await server.connect(login)
            stack.push_async_callback(backend.close)
            return backend

        yield as_employee


@pytest.fixture
async def head(opened: Opener) -> Backend:
    return await opened("vira")


@pytest.fixture
async def olena(opened: Opener) -> Backend:
    return await opened("olena")
