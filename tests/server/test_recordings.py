"""Recordings for programs: whole or by range, by a link without a token, and never another's."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from functools import partial
from pathlib import Path

import httpx
import pytest

from backend_client.contract.recordings import LinkRequest
from backend_client.sqlite.access.accounts import disable_account, employee_of_login
from backend_client.sqlite.clients.links import ADDRESS
from backend_client.sqlite.settings import write_setting
from tests.recordings.conftest import SOUND, fill
from tests.screens.store import NOON
from tests.server.serving import Served, asker, served, token_for
from tests.sqlite.stores import Desk

PART = b"part-1.wav" + SOUND
Program = Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    folder = tmp_path / "monitor"
    folder.mkdir()
    for name in ("part-1.wav", "part-2.wav", "ivan.wav"):
        (folder / name).write_bytes(name.encode() + SOUND)
    fill(tmp_path / "store.db", str(folder))
    async with served(tmp_path / "store.db", now=lambda: NOON + 60) as running:
        yield running


@pytest.fixture
def program(server: Served) -> Program:
    @asynccontextmanager
    async def of(login: str) -> AsyncIterator[httpx.AsyncClient]:
        async with asker(server.url, token_for(server.path, login)) as client:
            yield client

    return of


async def test_a_part_comes_whole_under_its_name(program: Program) -> None:
    async with program("olena") as olena:
        answer = await olena.get("/v1/recordings/1/0")
    assert (answer.status_code, answer.content) == (200, PART)
    assert answer.headers["content-type"] in ("audio/x-wav", "audio/wav", "audio/vnd.wave")
    assert "part-1.wav" in answer.headers["content-disposition"]
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "data"),
    [
        ("bytes=0-9", 206, PART[:10]),
        ("bytes=10-", 206, PART[10:]),
        ("bytes=-5", 206, PART[-5:]),
        ("bytes=0-999999", 200, PART),
        ("bytes=999999-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=0-1,5-6", 200, PART),
        ("lines=1-2", 200, PART),
    ],
)
async def test_ranges(program: Program, asked: str, status: int, data: bytes) -> None:
    async with program("olena") as olena:
        answer = await olena.get("/v1/recordings/1/0", headers={"range": asked})
    assert (answer.status_code, answer.content) == (status, data)
    assert ("content-range" in answer.headers) is (status != 200)


async def link_of(program: Program, login: str, call_id: int = 1) -> httpx.Response:
    async with program(login) as client:
        return await client.post("/v1/recording_link", json={"call_id": call_id})


async def test_a_link_opens_one_part_without_a_token(program: Program, server: Served) -> None:
    link = (await link_of(program, "olena")).json()
    assert (link["seconds"], link["address"].startswith("/v1/links/")) == (300, True)
    async with asker(server.url) as browser:
        answer = await browser.get(link["address"], headers={"range": "bytes=0-3"})
        assert (answer.status_code, answer.content) == (206, b"part")
        assert answer.headers["content-disposition"].startswith("inline;")
        desk = Desk(server.path)
        with desk.writer.transaction() as transaction:
            disable_account(transaction, employee_of_login(transaction.db, "olena"), NOON)
        desk.close()
        assert (await browser.get(link["address"])).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n + "x",
        lambda n: n + "!!",
        lambda n: "!" + n,
        lambda n: "B" + n[1:],
        lambda n: n[:-4],
        lambda n: "é",
        lambda n: "_",
    ],
)
async def test_a_link_that_was_made_up_opens_nothing(
    program: Program, server: Served, change: Callable[[str], str]
) -> None:
    address = (await link_of(program, "olena")).json()["address"]
    folder, _, name = address.rpartition("/")
    async with asker(server.url) as browser:
        assert (await browser.get(f"{folder}/{change(name)}")).status_code == 404


async def test_a_link_ends_and_every_server_of_the_store_knows_it(program: Program, server: Served) -> None:
    address = (await link_of(program, "olena")).json()["address"]
    for later, status in ((359, 200), (360, 404)):
        now = partial(int, NOON + later)
        async with served(server.path, now=now) as other, asker(other.url) as browser:
            assert (await browser.get(address)).status_code == status, later


async def test_a_console_gets_the_whole_address(program: Program, server: Served) -> None:
    backend = await server.connect("olena")
    link = await backend.recording_link(LinkRequest(call_id=1))
    assert link.address.startswith(f"{server.url}/v1/links/")
    with closing(Desk(server.path)) as desk, desk.writer.transaction() as transaction:
        write_setting(transaction, ADDRESS, "https://pult.example.org")
    assert (await backend.recording_link(LinkRequest(call_id=1))).address.startswith("https://pult.example.org/v1/l")
    await backend.close()


async def test_what_is_named_as_a_page_is_never_shown_as_one(
    program: Program, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.recordings.mimetypes.guess_type", lambda name: ("text/html", None))
    address = (await link_of(program, "olena")).json()["address"]
    async with asker(server.url) as browser:
        answer = await browser.get(address)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_anothers_recording_is_not_there(program: Program) -> None:
    async with program("olena") as olena:
        absent = await olena.get("/v1/recordings/999/0")
        for address in ("/v1/recordings/3/0", "/v1/recordings/3/7"):
            hidden = await olena.get(address)
            assert (hidden.status_code, hidden.content) == (404, absent.content)
        assert (await olena.post("/v1/recording_link", json={"call_id": 3})).status_code == 404
        assert (await olena.get("/v1/recordings/1/9")).status_code == 404
    async with program("ivan") as ivan:
        assert (await ivan.get("/v1/recordings/3/0")).content == b"ivan.wav" + SOUND


async def test_downloads_stand_in_the_audit_log(program: Program) -> None:
    async with program("olena") as olena:
        await olena.get("/v1/recordings/1/0")
    async with program("vira") as vira:
        entries = (await vira.post("/v1/audit", json={"deeds": ["download"]})).json()["entries"]
    assert [entry["object_id"] for entry in entries] == [1]
