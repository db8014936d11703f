from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.contract.conftest import NOW, fill
from tests.server.serving import Served, asker, served, token_for


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    """A server on a port of its own, over the four calls of the contract's tests."""
    fill(tmp_path / "store.db")
    async with served(tmp_path / "store.db", now=lambda: NOW) as running:
        yield running


@pytest.fixture
async def stranger(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    async with asker(server.url) as client:
        yield client


@pytest.fixture
async def vira(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """The head's program."""
    async with asker(server.url, token_for(server.path, "vira")) as client:
        yield client
