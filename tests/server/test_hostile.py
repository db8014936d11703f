"""Versions that differ, clocks that differ, a disk that is full, answers that take as long whatever is hidden."""

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.contract.calls import CallRequest, CommentRequest, WindowRequest
from backend_client.contract.wire import Request
from backend_client.errors import BackendError, Full, Invalid, NotFound, Unauthorised
from backend_client.http import methods as known_methods
from backend_client.http.backend import connect
from backend_client.http.line import Line
from backend_client.http.methods import Method
from backend_client.http.problem import Problem
from backend_client.model.audit import Deed
from backend_client.sqlite.writer import Writer
from tests.contract.conftest import NOW, fill
from tests.server.serving import Served, asker, served, token_for


@pytest.fixture
async def vira_line(server: Served) -> AsyncIterator[Line]:
    line = Line(server.url, token_for(server.path, "vira"))
    yield line
    await line.close()


class Newer(Request, frozen=True, omit_defaults=True, kw_only=True):
    """A request of a newer console: a field that this server has not."""

    id: int
    colour: str


async def test_an_old_server_tells_a_new_console_what_to_upgrade(vira_line: Line) -> None:
    with pytest.raises(NotFound) as told:
        await vira_line.call(Method("foresee", Newer, None), Newer(id=1, colour="red"))
    assert str(told.value) == (
        "This server knows no foresee. If the console is newer than the server, upgrade the server."
    )
    with pytest.raises(Invalid) as refused:
        await vira_line.call(known_methods.methods()["call"], Newer(id=1, colour="red"))
    assert "colour" in str(refused.value)
    assert "upgrade the server" in str(refused.value)


async def test_an_old_console_reads_what_it_knows_of_a_new_server(vira_line: Line) -> None:
    class Row(msgspec.Struct):
        id: int

    class OldWindow(msgspec.Struct):
        """What a console knew before rows had so many fields."""

        change: int
        rows: tuple[Row, ...]

    window: Any = await vira_line.call(Method("window", WindowRequest, OldWindow), WindowRequest())
    assert len(window.rows) == 4


async def test_a_server_of_another_kind_of_answer_is_told_so(vira_line: Line) -> None:
    class Other(msgspec.Struct):
        weather: str

    with pytest.raises(BackendError) as told:
        await vira_line.call(Method("window", WindowRequest, Other), WindowRequest())
    assert "bring console and server to the same version" in str(told.value)


async def test_the_server_s_clock_alone_ends_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    fill(path)
    clock = [float(NOW)]
    token = token_for(path, "vira", days=1, now=NOW)
    async with served(path, now=lambda: clock[0]) as server:
        backend = await connect(server.url, token)
        # A console whose clock is a year off.
        monkeypatch.setattr("backend_client.http.backend.monotonic", lambda: time.monotonic() + 3e7)
        assert (await backend.clock()).now == NOW
        # A server whose clock went back, as after a mains failure, lets people work.
        clock[0] = NOW - 40 * 86_400
        assert (await backend.clock()).now == NOW - 40 * 86_400
        clock[0] = NOW + 2 * 86_400
        with pytest.raises(Unauthorised):
            await backend.clock()
        await backend.close()


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has no page left for whoever writes."""
    begin = Writer._connection

    def no_room(writer: Writer, durable: bool) -> Any:
        db = begin(writer, durable)
        db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0]}")
        return db

    monkeypatch.setattr(Writer, "_connection", no_room)


async def test_a_full_disk_is_told_and_nothing_is_half_written(server: Served, full: None) -> None:
    backend = await server.connect("vira")
    call = (await backend.window(WindowRequest())).rows[0]
    refused, revision = 0, 0
    for number in range(2000):
        asked = CommentRequest(call_id=call.id, text=f"{number} " * 40, revision=revision)
        try:
            revision = (await backend.comment(asked)).revision
        except Full:
            refused += 1
            if refused == 3:
                break
    assert refused == 3
    # Reading goes on; each comment that was answered stands, with one line of the log, and no other.
    details = await backend.call(CallRequest(id=call.id))
    assert details.comment.revision == revision
    page = await backend.audit(AuditRequest(limit=1000, deeds=(Deed.COMMENT,)))
    assert len(page.entries) == revision
    await backend.close()


async def test_a_full_disk_has_a_problem_body(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_for(server.path, "vira")

    def no_room(*_: object, **__: object) -> None:
        raise Full("There is no room left on the disk of {path}.", path=str(server.path))

    monkeypatch.setattr(Writer, "transaction", no_room)
    async with asker(server.url, token) as client:
        answer = await client.post("/v1/comment", json={"call_id": 1, "text": "x", "revision": 0})
    told = msgspec.json.decode(answer.content, type=Problem)
    assert (answer.status_code, told.kind, told.fields) == (507, "full", {"path": server.path.name})


async def test_a_hidden_call_takes_as_long_as_an_absent_one(server: Served) -> None:
    """404 comes before any lookup of what is hidden: the work is the same."""
    async with asker(server.url, token_for(server.path, "olena")) as olena:
        steps: dict[int, float] = {}
        for id in (4, 10**9):
            spent = []
            for _ in range(40):
                began = time.process_time()
                answer = await olena.post("/v1/call", json={"id": id})
                spent.append(time.process_time() - began)
                assert answer.status_code == 404
            steps[id] = median(spent)
    assert steps[4] < 2 * steps[10**9]


async def test_no_token_stands_in_a_log(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    token = token_for(server.path, "vira")
    with caplog.at_level(logging.DEBUG):
        backend = await connect(server.url, token)
        await backend.window(WindowRequest())
        with pytest.raises(Unauthorised):
            await connect(server.url, token + "x")
        await backend.close()
    assert token not in caplog.text
    assert token not in repr(backend)
