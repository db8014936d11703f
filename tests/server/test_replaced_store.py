"""A server whose store is replaced by a restored copy: it goes on with that one, and so do the consoles over it."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from threading import Event

import httpx
import pytest

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest, CommentRequest, WindowRequest
from backend_client.contract.changes import ChangeRequest
from backend_client.contract.now import NowRequest
from backend_client.errors import BackendError, Busy, Corrupt, Invalid, Unauthorised
from backend_client.http.sign_in import SignIn
from backend_client.sqlite.access.accounts import employee_for, hash_password, put_account, right_password
from backend_client.sqlite.file import PAGE_SIZE
from backend_client.sqlite.upkeep.backup import back_up, restore
from backend_client.sqlite.writer import Writer
from server.desk import Desk
from tests.contract.conftest import NOW, fill
from tests.server.serving import Served, served, token_for
from tests.sqlite.stores import Desk as Store
from tests.sqlite.stores import empty_store

PASSWORD = "correct horse battery"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    """A server over a store of which a copy was made; one comment came after it."""
    path = tmp_path / "store.db"
    fill(path)
    token_for(path, "vira")
    async with served(path, now=lambda: NOW) as running:
        yield running


@pytest.fixture
async def vira(server: Served) -> AsyncIterator[Backend]:
    backend = await server.connect("vira")
    back_up(server.path, server.path.with_name("copy.db"))
    await comment(backend, "written after the copy")
    yield backend
    await backend.close()


async def comment(backend: Backend, text: str) -> None:
    call = (await backend.window(WindowRequest())).rows[0].id
    revision = (await backend.call(CallRequest(id=call))).comment.revision
    await backend.comment(CommentRequest(call_id=call, text=text, revision=revision))


def move_away(path: Path) -> None:
    """As the administrator's guide tells it: the store and what stands beside it under its name."""
    for ending in ("", "-wal", "-shm"):
        if (one := path.with_name(path.name + ending)).exists():
            os.rename(one, path.with_name(f"old.db{ending}"))


def put_copy(path: Path) -> None:
    move_away(path)
    restore(path.with_name("copy.db"), path)


async def test_the_server_goes_on_with_the_restored_copy(server: Served, vira: Backend) -> None:
    before = await vira.window(WindowRequest())
    now = await vira.now(NowRequest())
    put_copy(server.path)
    after = await vira.window(WindowRequest(etag=before.change))
    assert after.change < before.change
    assert [row.comment for row in after.rows] != [row.comment for row in before.rows]
    assert not (await vira.now(NowRequest(etag=now.change, held=now.now))).unchanged
    await comment(vira, "written into the copy")
    assert (await vira.window(WindowRequest())).rows[0].comment == "written into the copy"


async def test_who_waits_for_changes_is_told_that_everything_changed(server: Served, vira: Backend) -> None:
    since = (await vira.changes(ChangeRequest())).change
    # A screen that is left open, the watch of the queue, and one that asks only later.
    waiting = [asyncio.create_task(vira.changes(ChangeRequest(since=since, wait=20))) for _part in range(2)]
    await asyncio.sleep(0.1)
    put_copy(server.path)
    told = await asyncio.gather(*waiting)
    assert all(changes.everything and changes.change < since for changes in told)
    for _try in range(2):
        assert (await vira.changes(ChangeRequest(since=told[0].change, wait=0.1))).change == told[0].change
        late = await vira.changes(ChangeRequest(since=since, wait=20))
        assert (late.everything, late.change) == (True, told[0].change)
    await comment(vira, "written into the copy")
    assert (await vira.changes(ChangeRequest(since=told[0].change, wait=5))).change == told[0].change + 1


async def test_only_numbers_of_the_store_before_are_taken_for_such(server: Served, vira: Backend) -> None:
    since = (await vira.changes(ChangeRequest())).change
    waiting = asyncio.create_task(vira.changes(ChangeRequest(since=since, wait=20)))
    await asyncio.sleep(0.1)
    put_copy(server.path)
    copied = (await waiting).change
    await comment(vira, "written into the copy")
    newest = (await vira.changes(ChangeRequest(since=copied, wait=5))).change
    # A part that knows less has another stream begun, and one that knows all asks before that tells anything.
    knows_less, knows_all = await asyncio.gather(
        vira.changes(ChangeRequest(since=copied - 1, wait=5)), vira.changes(ChangeRequest(since=newest, wait=0.7))
    )
    assert knows_less.change == newest
    assert (knows_all.everything, knows_all.change) == (False, newest)


async def test_a_program_that_asks_for_changes_is_told_so_too(server: Served, vira: Backend) -> None:
    since = (await vira.changes(ChangeRequest())).change
    store = server.desk.store
    from server.asking import wait_for_changes

    waiting = asyncio.create_task(wait_for_changes(server.desk, store, ChangeRequest(since=since, wait=20)))
    await asyncio.sleep(0.1)
    put_copy(server.path)
    changes = await waiting
    assert (changes.everything, changes.change < since) == (True, True)
    assert server.desk.store is not store


async def test_while_no_whole_store_is_there_everybody_is_told_and_then_it_goes_on(
    server: Served, vira: Backend
) -> None:
    move_away(server.path)
    with pytest.raises(Busy, match="is being replaced"):
        await vira.window(WindowRequest())
    with pytest.raises(Busy, match="is being replaced"):
        await vira.changes(ChangeRequest(since=1, wait=5))
    whole = server.path.with_name("copy.db").read_bytes()
    for part in (b"", whole[:50], whole[:-4096]):
        server.path.write_bytes(part)
        with pytest.raises(Busy, match="is being replaced"):
            await vira.window(WindowRequest())
    server.path.write_bytes(whole)
    assert (await vira.window(WindowRequest())).rows
    assert server.desk.generation == 1


async def test_a_store_that_cannot_be_worked_on_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(empty_store())
    desk = Desk(path)
    with closing(sqlite3.connect(path)) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'setting'").fetchone()[0]
    damaged = bytearray(empty_store())
    damaged[PAGE_SIZE * (page - 1) : PAGE_SIZE * page] = b"\xff" * PAGE_SIZE
    move_away(path)
    path.write_bytes(damaged)
    held = len(os.listdir("/dev/fd"))
    for _time in range(2):
        with pytest.raises(Corrupt, match="is damaged"):
            await desk.look()
    assert len(os.listdir("/dev/fd")) == held
    path.write_bytes(empty_store())
    await desk.look()
    await desk.store.views()
    await desk.close()


@pytest.mark.parametrize("there", [True, False])
async def test_who_signs_in_across_a_replacement_signs_in_to_the_store_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    path, other = tmp_path / "store.db", tmp_path / "other.db"
    employ(path, "vira")
    # The same number as Vira's, or another one.
    employ(other, "olena", *(["vira"] if there else []))
    desk = Desk(path)

    def replaced_meanwhile(people: sqlite3.Connection, login: str, password: str) -> int | None:
        employee = right_password(people, login, password)
        if other.exists():
            move_away(path)
            os.rename(other, path)
        return employee

    monkeypatch.setattr("server.desk.right_password", replaced_meanwhile)
    signing_in = desk.sign_in(SignIn(login="vira", password=PASSWORD), "192.0.2.1")
    if there:
        signed_in = await signing_in
        assert signed_in.session.name == "vira"
        assert desk.session(signed_in.token, None) == signed_in.session
    else:
        with pytest.raises(Unauthorised, match="login or the password is wrong"):
            await signing_in
    await desk.close()


@pytest.mark.parametrize("writes", ["_writer", "store._writer"])
async def test_others_are_answered_while_a_store_waits_for_its_last_write(tmp_path: Path, writes: str) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(empty_store())
    desk = Desk(path)
    writer: Writer = attrgetter(writes)(desk)
    answered, writing = Event(), Event()

    def write() -> bool:
        with writer.transaction():
            writing.set()
            return answered.wait(10)

    last = asyncio.create_task(asyncio.to_thread(write))
    await asyncio.to_thread(writing.wait, 10)
    closing_desk = asyncio.create_task(desk.close())
    await asyncio.sleep(0.1)
    answered.set()
    assert await last
    await closing_desk


def employ(path: Path, *logins: str) -> None:
    """A store in which these may sign in."""
    with closing(Store(path)) as store, store.writer.transaction() as transaction:
        for login in logins:
            put_account(transaction, employee_for(transaction, login, login, ()), hash_password(PASSWORD), NOW)


async def test_a_log_that_was_left_behind_damages_no_store(server: Served, vira: Backend) -> None:
    os.rename(server.path, server.path.with_name("old.db"))
    with pytest.raises(Invalid, match=r"store\.db-wal belongs to the store that stood here before"):
        restore(server.path.with_name("copy.db"), server.path)
    os.rename(server.path.with_name("copy.db"), server.path)
    with pytest.raises(BackendError, match=r"store\.db-wal belongs to the store that stood here before"):
        await vira.window(WindowRequest())
    for ending in ("-wal", "-shm"):
        os.rename(server.path.with_name(f"store.db{ending}"), server.path.with_name(f"old.db{ending}"))
    assert (await vira.window(WindowRequest())).rows


async def test_a_write_that_is_sent_again_is_done_in_the_store_that_is_there(server: Served, vira: Backend) -> None:
    token, call = token_for(server.path, "vira"), (await vira.window(WindowRequest())).rows[0].id
    back_up(server.path, server.path.with_name("copy.db"))
    asked = {"call_id": call, "text": "written once", "revision": 1}
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "one"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        told = [(await client.post("/v1/comment", json=asked)).json() for _time in range(2)]
        assert told[0] == told[1]
        put_copy(server.path)
        assert (await vira.window(WindowRequest())).rows[0].comment != "written once"
        assert (await client.post("/v1/comment", json=asked)).json()["text"] == "written once"
        assert (await vira.window(WindowRequest())).rows[0].comment == "written once"
