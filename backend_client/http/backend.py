"""A server as a `Backend`: each method of the contract is one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, cast

import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.changes import ChangeRequest, Changes
from backend_client.contract.recordings import LinkRequest, RecordingLink
from backend_client.http.events import EventStream, HeldBack
from backend_client.http.line import UNIX, Line
from backend_client.http.methods import SMALLEST_STEP, Method, methods
from backend_client.http.sign_in import SignedIn, SignIn
from backend_client.model.permissions import Session


class HttpBackend:
    """One session on one server. Its methods are those of the contract, made from `methods()` below."""

    def __init__(self, line: Line, session: Session) -> None:
        self._line = line
        self._session = session
        self._events = EventStream(line)
        self._held_back = False
        self._told = 0.0

    @property
    def session(self) -> Session:
        return self._session

    async def changes(self, request: ChangeRequest) -> Changes:
        """As the server's stream of events tells them; asked for where something between holds that stream back."""
        if request.wait and not self._held_back:
            try:
                return await self._events.changes(request)
            except HeldBack:
                self._held_back = True
        if request.wait:
            await asyncio.sleep(max(0.0, self._told + SMALLEST_STEP - monotonic()))
        changes: Changes = await self._line.call(methods()["changes"], request)
        if changes.change != request.since:
            self._told = monotonic()
        return changes

    async def recording_link(self, request: LinkRequest) -> RecordingLink:
        """Whole at the address by which this console reaches the server, where the store knows no other."""
        link: RecordingLink = await self._line.call(methods()["recording_link"], request)
        if link.address.startswith("/") and not self._line.url.startswith(UNIX):
            return msgspec.structs.replace(link, address=self._line.url + link.address)
        return link

    async def close(self) -> None:
        await self._events.close()
        await self._line.close()


def _asking(method: Method) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def ask(self: HttpBackend, request: Any = None) -> Any:
        return await self._line.call(method, request)

    ask.__name__ = method.name
    return ask


for _method in methods().values():
    if not hasattr(HttpBackend, _method.name):
        setattr(HttpBackend, _method.name, _asking(_method))


async def connect(url: str, token: str = "") -> Backend:
    """The server at `url` as a `Backend`. Raises Unreachable, Unauthorised, Invalid."""
    line = Line(url, token)
    try:
        session = line.decoded(await line.send("GET", "/v1/session"), Session)
    except BaseException:
        await line.close()
        raise
    return cast(Backend, HttpBackend(line, session))


async def sign_in(url: str, request: SignIn) -> SignedIn:
    """A token for a login and a password. Raises Unauthorised, Busy (too many wrong ones), Unreachable."""
    line = Line(url)
    try:
        answer = await line.send(
            "POST", "/v1/login", msgspec.json.encode(request), {"content-type": "application/json"}
        )
        signed_in: SignedIn = line.decoded(answer, SignedIn)
        return signed_in
    finally:
        await line.close()


async def sign_out(url: str, token: str) -> None:
    """End a token on its server."""
    line = Line(url, token)
    try:
        await line.send("POST", "/v1/logout")
    finally:
        await line.close()
