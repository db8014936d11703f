"""A store that another file replaced under the consoles that hold it open."""

import asyncio
import os
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from backend_client.contract.calls import CommentRequest
from backend_client.contract.changes import ChangeRequest, Kind
from backend_client.demo.centre import build_demo
from backend_client.errors import Busy, Outdated
from backend_client.opening import open_store
from backend_client.sqlite.file import open_file
from backend_client.sqlite.pool import THREADS, ReadPool
from backend_client.sqlite.writer import Writer
from tests.sqlite.stores import empty_store
from tests.sqlite.test_writer import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "store.db"
    place.write_bytes(empty_store())
    return place


def replace_store(path: Path) -> None:
    other = path.with_name("other.db")
    other.write_bytes(empty_store())
    os.replace(other, path)


async def test_a_replaced_store_is_told_to_who_reads_writes_and_waits(path: Path) -> None:
    backend = await open_store(path)
    try:
        change = (await backend.changes(ChangeRequest(since=0, wait=0))).change
        waiting = asyncio.create_task(backend.changes(ChangeRequest(since=change, wait=20)))
        await asyncio.sleep(0)
        replace_store(path)
        for asked in (
            waiting,
            backend.changes(ChangeRequest(since=change, wait=0)),
            backend.views(),
            backend.comment(CommentRequest(call_id=1, text="Written into a file that is no more", revision=0)),
        ):
            with pytest.raises(Outdated, match="was replaced by another one"):
                await asked
    finally:
        await backend.close()


async def test_who_asks_a_replaced_store_that_is_closed_already_is_told_too(path: Path) -> None:
    with closing(open_file(path)) as opened:
        pool, together = ReadPool(opened), Barrier(THREADS)
        await asyncio.gather(*(pool.run(lambda db: together.wait()) for _thread in range(THREADS)))
        replace_store(path)
        pool.close()
        async with asyncio.timeout(10):
            with pytest.raises(Outdated, match="was replaced by another one"):
                await pool.run(lambda db: None)


def test_nothing_is_written_past_a_replaced_store(path: Path) -> None:
    with closing(open_file(path)) as opened, closing(Writer(opened)) as writer:
        with writer.transaction() as transaction:
            transaction.touch(Kind.LIVE)
        replace_store(path)
        with pytest.raises(Outdated), writer.transaction():
            pass


def test_the_demo_replaces_no_store_that_somebody_has_open(path: Path) -> None:
    with closing(open_file(path)):
        with pytest.raises(Busy, match="open in another console"):
            build_demo(path, NOON, days=1)
        assert path.read_bytes() == empty_store()
    build_demo(path, NOON, days=1)
    with closing(open_file(path)) as opened, closing(opened.reader()) as db:
        assert db.execute("SELECT count(*) FROM call").fetchone()[0] > 0
