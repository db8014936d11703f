"""Server-sent events: the change number with the days and kinds that it touched, at most two a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from backend_client.contract import ChangeRequest
from backend_client.errors import BackendError
from backend_client.http.methods import SMALLEST_STEP
from backend_client.http.problem import problem_of
from server.asking import wait_for_changes
from server.desk import Desk

QUIET = 15.0
"""Seconds of silence after which a comment line says that the stream is alive."""


async def events(desk: Desk, token: str, uid: int | None, since: int) -> AsyncIterator[bytes]:
    """One event a change after `since`; ends when the server stops or whoever listens may not any more."""
    while not desk.stopping.is_set():
        try:
            backend = desk.backend(desk.session(token, uid))
            changes = await wait_for_changes(desk, backend, ChangeRequest(since=since, wait=QUIET))
        except BackendError as error:
            yield b"event: problem\ndata: " + msgspec.json.encode(problem_of(error)) + b"\n\n"
            return
        if changes.change == since:
            yield b": quiet\n\n"
            continue
        since = changes.change
        yield b"id: %d\nevent: change\ndata: %b\n\n" % (since, msgspec.json.encode(changes))
        await asyncio.sleep(SMALLEST_STEP)
