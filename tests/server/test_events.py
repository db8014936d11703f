"""The stream of events: one console listens on one line, through whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import httpx
import pytest

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CommentRequest, WindowRequest
from backend_client.contract.changes import ChangeRequest, Changes
from backend_client.errors import Unauthorised, Unreachable
from backend_client.http.backend import connect
from backend_client.sqlite.access.accounts import disable_account, employee_of_login
from tests.contract.conftest import NOW
from tests.server.serving import Served, asker, token_for
from tests.sqlite.stores import Desk


@pytest.fixture
async def vira_console(server: Served) -> AsyncIterator[Backend]:
    backend = await server.connect("vira")
    yield backend
    await backend.close()


async def comment(backend: Backend, text: str, revision: int) -> int:
    """Change something; the change number before."""
    window = await backend.window(WindowRequest())
    await backend.comment(CommentRequest(call_id=window.rows[0].id, text=text, revision=revision))
    return window.change


async def waiting(backend: Backend, since: int) -> asyncio.Task[Changes]:
    """A question that stands open, with its stream."""
    task = asyncio.create_task(backend.changes(ChangeRequest(since=since, wait=20)))
    await asyncio.sleep(0.1)
    assert not task.done()
    return task


async def test_a_change_comes_by_the_stream(vira_console: Backend, server: Served) -> None:
    since = (await vira_console.changes(ChangeRequest())).change
    question = await waiting(vira_console, since)
    other = await server.connect("olena")
    await comment(other, "heard", 0)
    changes = await question
    assert (changes.change, bool(changes.days), changes.everything) == (since + 1, True, False)
    await other.close()


async def test_nothing_between_two_questions_is_lost(vira_console: Backend) -> None:
    first = await comment(vira_console, "one", 0)
    heard = await vira_console.changes(ChangeRequest(since=first, wait=5))
    assert (heard.change, bool(heard.days)) == (first + 1, True)
    await comment(vira_console, "two", 1)
    await comment(vira_console, "three", 2)
    seen = heard.change
    while seen < first + 3:
        seen = (await vira_console.changes(ChangeRequest(since=seen, wait=5))).change
    # Somebody who knows less is told all the same.
    again = await vira_console.changes(ChangeRequest(since=first, wait=5))
    assert again.change == first + 3
    assert again.days


def streams() -> int:
    """How many streams of events are being read."""
    return sum("EventStream._read" in str(task.get_coro()) for task in asyncio.all_tasks())


async def test_parts_of_a_console_share_one_stream(server: Served) -> None:
    console = await server.connect("vira")
    change = await comment(console, "heard", 0) + 1
    watching = [asyncio.create_task(console.changes(ChangeRequest(since=change, wait=20)))]
    for _ in range(3):
        # A screen that is opened knows nothing yet, while others wait already.
        asked = [console.changes(ChangeRequest(since=since, wait=5)) for since in (0, 0, change - 1)]
        assert [answer.change for answer in await asyncio.gather(*asked)] == [change] * 3
        assert streams() == 1
        watching.append(asyncio.create_task(console.changes(ChangeRequest(since=change, wait=20))))
        await asyncio.sleep(0)
    await console.close()
    assert streams() == 0
    assert [answer.change for answer in await asyncio.gather(*watching)] == [change] * 4


async def test_a_question_taken_back_while_a_stream_begins_leaves_no_stream_behind(vira_console: Backend) -> None:
    change = await comment(vira_console, "heard", 0) + 1
    await vira_console.changes(ChangeRequest(since=change - 1, wait=5))
    taken_back = asyncio.create_task(vira_console.changes(ChangeRequest(since=0, wait=20)))
    await asyncio.sleep(0.05)
    taken_back.cancel()
    assert (await vira_console.changes(ChangeRequest(since=0, wait=5))).change == change
    assert streams() == 1


async def test_a_quiet_stream_answers_when_the_time_is_over(vira_console: Backend) -> None:
    since = (await vira_console.changes(ChangeRequest())).change
    assert await vira_console.changes(ChangeRequest(since=since, wait=0.2)) == Changes(change=since)


async def test_who_may_not_any_more_is_told(vira_console: Backend, server: Served) -> None:
    since = (await vira_console.changes(ChangeRequest())).change
    question = await waiting(vira_console, since)
    with closing(Desk(server.path)) as desk, desk.writer.transaction() as transaction:
        disable_account(transaction, employee_of_login(transaction.db, "vira"), NOW)
        transaction.touch_day(1)
    with pytest.raises(Unauthorised):
        await question


@asynccontextmanager
async def strange(server: Served, answer: bytes) -> AsyncIterator[str]:
    """Something between that answers questions about events by itself, and passes everything else on."""
    port = int(server.url.rpartition(":")[2])

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", port)

        async def back() -> None:
            while data := await there.read(65536):
                writer.write(data)

        carrying = asyncio.create_task(back())
        while data := await reader.read(65536):
            if data.startswith(b"GET /v1/events"):
                writer.write(answer)
            else:
                to.write(data)
        carrying.cancel()
        to.close()
        writer.close()

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n",
    ],
)
async def test_where_a_proxy_holds_the_stream_back_it_is_asked(
    server: Served, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_client.http.events.FIRST_LINE", 0.1)
    async with strange(server, answer) as url:
        backend = await connect(url, token_for(server.path, "vira"))
        since = await comment(backend, "heard", 0)
        assert (await backend.changes(ChangeRequest(since=since, wait=20))).change == since + 1
        await backend.close()


async def test_a_stream_that_breaks_is_a_lost_connection(server: Served) -> None:
    broken = b"event: change\ndata: {\n\n"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % (len(broken) + 3)
    async with strange(server, head + b":\n\n" + broken) as url:
        backend = await connect(url, token_for(server.path, "vira"))
        since = (await backend.changes(ChangeRequest())).change
        with pytest.raises(Unreachable):
            await backend.changes(ChangeRequest(since=since, wait=5))
        await backend.close()


async def test_a_program_listens_from_any_number_on(server: Served) -> None:
    async with asker(server.url, token_for(server.path, "vira")) as client:
        for since in (0, 10**9):
            async with client.stream("GET", "/v1/events", params={"since": since}) as stream:
                heard = [line async for line in _first(stream, 5)]
            assert heard[0] == ": pult"
            assert "event: change" in heard
        assert (await client.get("/v1/events", params={"since": "x"})).status_code == 400


async def _first(stream: httpx.Response, count: int) -> AsyncIterator[str]:
    async for line in stream.aiter_lines():
        yield line
        count -= 1
        if not count:
            return
