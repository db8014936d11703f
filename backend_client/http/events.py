"""The server's event stream, read in the background while somebody waits for changes."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.changes import ChangeRequest, Changes
from backend_client.errors import BackendError
from backend_client.http.methods import SMALLEST_STEP
from backend_client.http.problem import error_of

if TYPE_CHECKING:
    from backend_client.http.line import Line

SILENCE = 35.0
"""Seconds without a line after which the stream counts as dead; the server says something every 15."""
FIRST_LINE = 5.0
"""Seconds in which the first line has to come; else something between holds the lines back."""
_KEPT = 64


class HeldBack(Exception):
    """No stream of events comes through: what changed has to be asked for."""


class EventStream:
    """One stream at a time for one console. Used by one event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._starting = asyncio.Lock()
        """Several parts of a console ask at once: whoever looks at the stream and starts another does both alone."""
        self._reading: asyncio.Task[None] | None = None
        self._began = 0.0
        self._since = 0
        """Everything that happened after this number is in `_known`."""
        self._known: deque[Changes] = deque()
        self._replaced: Changes | None = None
        """What was told when the server had another store, whose numbers are lower; a part of the console that knows a
        number of the store before may ask later than the part for which another stream was begun."""
        self._highest = 0
        """The highest number that was told since then: a stream may begin anew for a part that knows less."""
        self._moved = asyncio.Event()
        self._failure: BackendError | HeldBack | None = None

    async def changes(self, request: ChangeRequest) -> Changes:
        """What changed after `since`; unchanged after `wait` seconds or when the stream ended.

        Raises HeldBack where no stream comes through, and what the server or the line raises.
        """
        reading = await self._stream_from(request.since)
        with suppress(TimeoutError):
            async with asyncio.timeout(request.wait):
                while not (newer := self._newer(request.since)) and not reading.done():
                    await self._moved.wait()
                if newer:
                    return _together(newer)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        return Changes(change=request.since)

    def _newer(self, since: int) -> list[Changes]:
        newer = [one for one in self._known if one.change > since]
        if not newer and self._replaced is not None and since > max(self._replaced.change, self._newest):
            return [self._replaced]
        return newer

    @property
    def _newest(self) -> int:
        """The number that the server has, as far as it told."""
        return max(self._highest, self._known[-1].change if self._known else self._since)

    async def _stream_from(self, since: int) -> asyncio.Task[None]:
        """The stream that tells what came after `since`: the one that is read, or one begun anew, at most twice a
        second."""
        async with self._starting:
            if self._reading is None or self._reading.done() or since < self._since:
                await self._stop()
                await asyncio.sleep(max(0.0, self._began + SMALLEST_STEP - monotonic()))
                self._began, self._since, self._failure = monotonic(), since, None
                self._known.clear()
                self._reading = asyncio.create_task(self._read(since))
            return self._reading

    async def _read(self, since: int) -> None:
        try:
            async with self._line.stream(f"/v1/events?since={since}", SILENCE) as answer:
                if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                    raise HeldBack
                lines = answer.aiter_lines()
                try:
                    async with asyncio.timeout(FIRST_LINE):
                        await anext(lines)
                except TimeoutError as error:
                    raise HeldBack from error
                event = ""
                async for text in lines:
                    name, _, value = text.partition(": ")
                    if name == "event":
                        event = value
                    elif name == "data":
                        self._take(event, value)
        except StopAsyncIteration:
            pass
        except (BackendError, HeldBack) as failure:
            self._failure = failure
        finally:
            self._wake()

    def _take(self, event: str, data: str) -> None:
        if event == "problem":
            raise error_of(500, data.encode())
        if event != "change":
            return
        changes: Changes = self._line.told(data.encode(), Changes)
        if changes.change < self._newest:
            self._replaced, self._since = changes, changes.change
            self._known.clear()
        self._highest = changes.change
        self._known.append(changes)
        if len(self._known) > _KEPT:
            self._since = self._known.popleft().change
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def close(self) -> None:
        """Listen no more."""
        async with self._starting:
            await self._stop()

    async def _stop(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            # Not awaited itself: its cancellation is not that of whoever stops it.
            await asyncio.wait([reading])
            self._wake()


def _together(changes: list[Changes]) -> Changes:
    """Several changes as one."""
    return msgspec.structs.replace(
        changes[-1],
        days=tuple(sorted({day for one in changes for day in one.days})),
        kinds=tuple(sorted({kind for one in changes for kind in one.kinds})),
        everything=any(one.everything for one in changes),
    )
