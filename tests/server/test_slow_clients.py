"""Who is slow, or only holds a line, is let go; everybody else is answered meanwhile."""

import asyncio
import os
import resource
from pathlib import Path

import pytest

from tests.contract.conftest import fill
from tests.server.serving import Served, asker, served, token_for


@pytest.fixture
def store(tmp_path: Path) -> Path:
    fill(tmp_path / "store.db")
    return tmp_path / "store.db"


async def line_to(server: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))


async def test_a_body_that_never_comes_is_given_up(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.asking.SLOWEST_BODY", 0.05)
    reader, writer = await line_to(server)
    token = token_for(server.path, "vira")
    head = f"POST /v1/window HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 10\r\n\r\n"
    writer.write(head.encode() + b"{")
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()


async def test_who_says_nothing_is_hung_up_on(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.listening.FIRST_BYTES", 0.5)
    silent, _ = await line_to(server)
    halting, writer = await line_to(server)
    writer.write(b"GET /health HTTP/1.1\r\nhost:")
    async with asker(server.url) as client:
        assert (await client.get("/health")).is_success
    assert await asyncio.wait_for(silent.read(), 10) == b""
    assert await asyncio.wait_for(halting.read(), 10) == b""
    writer.close()


async def test_an_endless_head_is_refused(server: Served) -> None:
    reader, writer = await line_to(server)
    writer.write(b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 20_000)
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()


async def test_what_is_no_http_is_refused(server: Served) -> None:
    reader, writer = await line_to(server)
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n", b" 200 "),
        (b"POST /v1/window HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n", b" 401 "),
    ],
    ids=["a head", "a body that nobody reads"],
)  # fmt: skip
async def test_who_begins_anew_and_says_no_more_is_hung_up_on(
    server: Served, monkeypatch: pytest.MonkeyPatch, before: bytes, answer: bytes
) -> None:
    monkeypatch.setattr("server.listening.FIRST_BYTES", 0.05)
    reader, writer = await line_to(server)
    writer.write(before)
    assert answer in await asyncio.wait_for(reader.readline(), 10)
    writer.write(b"G")
    await asyncio.wait_for(reader.read(), 10)
    writer.close()


async def test_who_asks_again_in_time_is_answered(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.listening.FIRST_BYTES", 0.05)
    reader, writer = await line_to(server)
    for _ in range(3):
        writer.write(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b" 200 " in await asyncio.wait_for(reader.readline(), 10)
        while await asyncio.wait_for(reader.readline(), 10) != b"\r\n":
            pass
        await reader.readexactly(len(b'{"status":"ok","version":"v1"}'))
        # Longer than a head may take: what is not begun has its own time.
        await asyncio.sleep(0.1)
    writer.close()


@pytest.mark.parametrize("end", [b"ZZZ\r\nx", b""], ids=["no chunk", "nothing more"])
@pytest.mark.parametrize("path", ["login", "window", "events"])
@pytest.mark.parametrize("pause", [0.0, 0.1], ids=["at once", "later"])
async def test_a_body_that_breaks_off_is_no_mistake_of_the_server(
    server: Served, caplog: pytest.LogCaptureFixture, path: str, end: bytes, pause: float
) -> None:
    _reader, writer = await line_to(server)
    token = token_for(server.path, "vira")
    verb = "GET" if path == "events" else "POST"
    head = f"{verb} /v1/{path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
    head += "" if path == "window" and end else f"authorization: Bearer {token}\r\n"
    writer.write(head.encode() + b"\r\n1\r\n{\r\n" + (b"" if pause else end))
    await asyncio.sleep(pause)
    if pause:
        writer.write(end)
    writer.close()
    async with asker(server.url) as client:
        # Connections are read in turn: what the other one sent has been dealt with when this is answered.
        for _ in range(5):
            assert (await client.get("/health")).is_success
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_little_is_kept_of_what_anybody_sends(server: Served) -> None:
    async with asker(server.url) as client:
        answer = await client.post("/v1/login", content=b"x" * 20_000)
        assert (answer.status_code, answer.json()["fields"]) == (413, {"most": 16_384})


async def test_more_lines_than_the_system_allows_at_first_are_held(store: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 100, before[1]))
    try:
        async with served(store) as server:
            lines = [await line_to(server) for _ in range(100)]
            async with asker(server.url) as client:
                assert (await client.get("/health")).is_success
            for _, writer in lines:
                writer.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_whoever_comes_to_a_crowd_is_told_so_or_let_go(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.listening.MOST_AT_ONCE", 3)
    monkeypatch.setattr("server.listening.TOLD_SO", 1)
    async with served(store) as server:
        lines = [await line_to(server) for _ in range(4)]
        _, writer = lines[3]
        writer.write(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b" 503 " in await asyncio.wait_for(lines[3][0].readline(), 10)
        lines = [await line_to(server) for _ in range(5)]
        assert await asyncio.wait_for(lines[-1][0].read(), 10) == b""
        for _, writer in lines:
            writer.close()
