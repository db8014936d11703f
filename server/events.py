"""Server-sent events: the change number with the days and kinds that it touched, at most two a second."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
from msgspec import structs

from backend_client.contract.changes import ChangeRequest, Changes
from backend_client.errors import BackendError
from backend_client.http.methods import SMALLEST_STEP
from backend_client.http.problem import problem_of
from server.asking import wait_for_changes
from server.desk import Desk

QUIET = 15.0
"""Seconds of silence after which a comment line says that the stream is alive."""
_KEPT = 64


class Events:
    """Looks for changes once for everybody who listens: an event is read and written down once, whoever hears it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: deque[tuple[int, bytes]] = deque(maxlen=_KEPT)
        """Change number and line of each event since somebody listens, the oldest first."""
        self._generation = desk.generation
        """Of which store they are."""
        self._moved = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def stream(self, token: str, uid: int | None, since: int) -> AsyncIterator[bytes]:
        """One event a change after `since`; ends when the server stops or whoever listens may not any more."""
        # At once, so that whoever listens knows that nothing between holds lines back.
        yield b": pult\n\n"
        told = asyncio.Event()
        told.set()
        try:
            generation = self._desk.generation
            while not self._desk.stopping.is_set():
                self._desk.session(token, uid)
                if generation != self._desk.generation:
                    # From the numbers of the store before nothing follows for those of another one.
                    generation = self._desk.generation
                    self._forget()
                    changes = await self._changes(token, uid, ChangeRequest(since=since))
                    since, told = changes.change, self._listen()
                    yield _line(structs.replace(changes, days=(), everything=True))
                    continue
                newer = [one for one in self._known if one[0] > since]
                if newer and newer[0] is not self._known[0]:
                    # Something that is kept came before: nothing between is missing.
                    since = newer[-1][0]
                    yield b"".join(line for _number, line in newer)
                    told = self._listen()
                elif newer or told.is_set():
                    # At first; where more happened than is kept; or the looking failed, then this says why.
                    changes = await self._changes(token, uid, ChangeRequest(since=since))
                    told = self._listen()
                    if changes.change != since:
                        since = changes.change
                        yield _line(changes)
                else:
                    told = self._listen()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(QUIET):
                            await told.wait()
                    if not told.is_set():
                        yield b": quiet\n\n"
        except BackendError as error:
            yield b"event: problem\ndata: " + msgspec.json.encode(problem_of(error)) + b"\n\n"

    async def _changes(self, token: str, uid: int | None, request: ChangeRequest) -> Changes:
        return await self._desk.backend(self._desk.session(token, uid)).changes(request)

    def _listen(self) -> asyncio.Event:
        """Set at the next event, and when the server stops."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return self._moved

    async def _look(self) -> None:
        store = self._desk.store
        self._forget()
        try:
            since = (await store.changes(ChangeRequest())).change
            self._known.append((since, b""))
            while not self._desk.stopping.is_set():
                changes = await wait_for_changes(self._desk, store, ChangeRequest(since=since, wait=QUIET))
                if store is not self._desk.store:
                    return
                if changes.change != since:
                    since = changes.change
                    self._known.append((since, _line(changes)))
                    self._wake()
                    await asyncio.sleep(SMALLEST_STEP)
        except BackendError:
            # Each that listens asks by itself, and is told.
            self._known.clear()
        finally:
            self._wake()

    def _forget(self) -> None:
        """Keep no event of a store that was replaced."""
        if self._generation != self._desk.generation:
            self._generation = self._desk.generation
            self._known.clear()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


def _line(changes: Changes) -> bytes:
    return b"id: %d\nevent: change\ndata: %b\n\n" % (changes.change, msgspec.json.encode(changes))
