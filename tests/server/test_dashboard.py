"""Dashboards over a server: one answer for all, and the same one after a restart."""

import asyncio
from pathlib import Path

import pytest

from backend_client.contract.missed_queue import ClaimMissed, MissedQueueRequest
from backend_client.contract.now import NowRequest
from backend_client.http.backend import connect
from backend_client.sqlite.supervision.now import Board
from tests.contract.conftest import NOW, fill
from tests.server.serving import served, token_for


async def test_many_dashboards_share_one_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    fill(path)
    made = []
    make = Board._made
    monkeypatch.setattr(Board, "_made", lambda self, *asked: made.append(1) or make(self, *asked))  # type: ignore[func-returns-value]
    async with served(path, now=lambda: NOW) as server:
        walls = [await connect(server.url, token_for(path, "vira")) for _ in range(12)]
        answers = await asyncio.gather(*(wall.now(NowRequest()) for wall in walls))
        assert len(made) == 1
        assert all(answer == answers[0] for answer in answers)
        await walls[0].change_queue(ClaimMissed(number="+380501110003"))
        await asyncio.gather(*(wall.now(NowRequest()) for wall in walls))
        assert len(made) == 2
        for wall in walls:
            await wall.close()


async def test_a_restart_of_the_server_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fill(path)
    async with served(path, now=lambda: NOW) as server:
        wall = await connect(server.url, token_for(path, "vira"))
        await wall.change_queue(ClaimMissed(number="+380501110003"))
        before = await wall.now(NowRequest())
        queue = await wall.missed_queue(MissedQueueRequest())
        await wall.close()
    async with served(path, now=lambda: NOW) as server:
        wall = await connect(server.url, token_for(path, "vira"))
        assert await wall.now(NowRequest()) == before
        assert await wall.missed_queue(MissedQueueRequest()) == queue
        assert (await wall.now(NowRequest(etag=before.change, held=NOW))).unchanged
        await wall.close()
