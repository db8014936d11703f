"""Who is slow, or only holds a line, is let go; everybody else is answered meanwhile."""

import asyncio

import pytest

from tests.server.serving import Served, asker, token_for


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
