"""A store with recorded calls, and the folder in which their recordings lie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from msgspec import structs

from backend_client.contract.backend import Backend
from backend_client.model.permissions import Role
from backend_client.opening import open_store
from backend_client.recordings.settings import RecordingSettings
from backend_client.sqlite.directory import add_employee, assign_extension
from backend_client.sqlite.recordings import write_recording_settings
from tests.screens.store import NOON, incoming
from tests.server.serving import served
from tests.sqlite.stores import Desk

Opener = Callable[..., Awaitable[Backend]]
SOUND = bytes(range(256)) * 20
HOUR = 3600


def fill(store: Path, *roots: str) -> None:
    """Call 1: two parts, Olena's; call 2: not recorded; call 3: one part, Ivan's; call 4: named, fresh, not there."""
    with closing(Desk(store)) as desk:
        with desk.writer.transaction() as transaction:
            for name, number, role in (
                ("Olena", "101", Role.OPERATOR), ("Ivan", "102", Role.OPERATOR), ("Vira", "103", Role.HEAD),
            ):  # fmt: skip
                employee = add_employee(transaction, name, login=name.lower(), roles=(role,))
                assign_extension(transaction, number, employee)
            write_recording_settings(transaction, RecordingSettings(roots=roots))
        first = incoming("1795240000.1", NOON - HOUR, talk=60, extension="101")
        leg = first.legs[0]
        second = structs.replace(
            leg, key=f"{leg.key}|2", start=leg.start + 60, answer=leg.start + 62, end=leg.start + 90, billsec=28,
            recording="part-2.wav",
        )  # fmt: skip
        first = structs.replace(first, legs=(structs.replace(leg, recording="part-1.wav"), second))
        third = incoming("1795250000.3", NOON - HOUR + 200, extension="102", caller="0671230003")
        fourth = incoming("1795259999.4", NOON - 70, caller="0671230004", extension="101")
        desk.facts.put(
            [
                first,
                incoming("1795240100.2", NOON - HOUR + 100, caller="0671230002", extension="101"),
                structs.replace(third, legs=(structs.replace(third.legs[0], recording="ivan.wav"),)),
                structs.replace(fourth, legs=(structs.replace(fourth.legs[0], recording="fresh.wav"),)),
            ]
        )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "monitor"
    (folder / "2026/11/21").mkdir(parents=True)
    for name in ("part-1.wav", "part-2.wav", "ivan.wav"):
        (folder / "2026/11/21" / name).write_bytes(name.encode() + SOUND)
    return folder


@pytest.fixture
def store(tmp_path: Path, root: Path) -> Path:
    path = tmp_path / "store.db"
    fill(path, str(root))
    return path


@pytest.fixture(params=["direct", "http"])
async def opened(request: pytest.FixtureRequest, store: Path) -> AsyncIterator[Opener]:
    """Opens the store as an employee, a minute after noon or when asked for: here, or through a server."""
    async with AsyncExitStack() as stack:

        async def as_employee(login: str, now: float = NOON + 60) -> Backend:
            if request.param == "http":
                server = await stack.enter_async_context(served(store, now=lambda: now))
                backend = await server.connect(login)
            else:
                backend = await open_store(store, acting_as=login, now=lambda: now)
            stack.push_async_callback(backend.close)
            return backend

        yield as_employee
