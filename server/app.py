"""The HTTP application: routes for every method of the contract, sign-in, events, health and the description."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.response import Stream

from backend_client.errors import BackendError, Busy, ErrorKind, Invalid, NotFound
from backend_client.http.methods import VERSION, Method, methods
from backend_client.http.sign_in import Health, SignIn
from backend_client.model.text import N_
from server.asking import (
    MOST_BYTES,
    Answers,
    AnyRequest,
    Gone,
    answer,
    from_query,
    invalid,
    read,
    refuse,
    reply,
    who_asks,
)  # fmt: skip
from server.desk import Desk
from server.events import Events
from server.metrics import MEDIA_TYPE, Metrics
from server.openapi import description
from server.recordings import recordings
from server.zstd import compression

log = logging.getLogger("pult.server")

LOGIN = f"/{VERSION}/login"
MOST_OF_LOGIN = 16_384
"""Bytes of a login with its password."""


def application(desk: Desk, version: str) -> Litestar:
    """The application over an open store; `version` is the program's."""
    answers, metrics = Answers(), Metrics()
    routes = [route for method in methods().values() for route in _routes(desk, answers, method)]
    return Litestar(
        [*routes, *_doors(desk), *recordings(desk), *_about(desk, version, metrics)],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MOST_BYTES,
        compression_config=compression([f"/{VERSION}/{name}" for name in ("events", "recordings", "links")]),
        middleware=[metrics.middleware],
        response_headers={"cache-control": "no-store"},
        exception_handlers={
            BackendError: _refused,
            HTTPException: _not_http,
            TimeoutError: _too_slow,
            Gone: _gone,
            Exception: _unexpected,
        },
    )


def _routes(desk: Desk, answers: Answers, method: Method) -> list[Any]:
    async def asked_by_body(request: Request[Any, Any, Any]) -> Response[bytes]:
        # Who may not ask at all learns nothing of what a request looks like.
        desk.session(*who_asks(request))
        asked = None if method.request is None else await read(request, method.request)
        return await answer(desk, answers, method, request, asked)

    async def asked_by_query(request: Request[Any, Any, Any]) -> Response[bytes]:
        desk.session(*who_asks(request))
        return await answer(desk, answers, method, request, await from_query(desk, method, request))

    routes: list[Any] = [post(method.address, status_code=200)(asked_by_body)]
    if method.plain:
        routes.append(get(method.address)(asked_by_query))
    return routes


def _doors(desk: Desk) -> list[Any]:
    events = Events(desk)

    # Anybody may send one: little is kept of what anybody sends.
    @post(LOGIN, status_code=200, request_max_body_size=MOST_OF_LOGIN)
    async def login(request: Request[Any, Any, Any]) -> Response[bytes]:
        asked: SignIn = await read(request, SignIn)
        client = request.scope.get("client")
        return reply(request, await desk.sign_in(asked, str(client[0]) if client else ""))

    @post(f"/{VERSION}/logout", status_code=204)
    async def logout(request: Request[Any, Any, Any]) -> None:
        token, uid = who_asks(request)
        desk.session(token, uid)
        await desk.sign_out(token)

    @get(f"/{VERSION}/session")
    async def session(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, desk.session(*who_asks(request)))

    @get(f"/{VERSION}/events")
    async def event_stream(request: Request[Any, Any, Any]) -> Stream:
        token, uid = who_asks(request)
        desk.session(token, uid)
        given = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        try:
            since = int(str(given))
        except ValueError as error:
            raise invalid(error) from error
        return Stream(events.stream(token, uid, since), media_type="text/event-stream")

    return [login, logout, session, event_stream]


def _about(desk: Desk, version: str, metrics: Metrics) -> list[Any]:
    @get("/health")
    async def health(request: Request[Any, Any, Any]) -> Response[bytes]:
        await desk.look()
        return reply(request, Health(status="stopping" if desk.stopping.is_set() else "ok", version=VERSION))

    @get("/metrics")
    async def measured(request: Request[Any, Any, Any]) -> Response[bytes]:
        # How much is asked of a server is nobody's business without an account.
        desk.session(*who_asks(request))
        return Response(metrics.text(await desk.look(), desk.sessions).encode(), media_type=MEDIA_TYPE)

    @get("/openapi.json")
    async def openapi() -> Response[bytes]:
        return Response(description(version), media_type="application/json")

    return [health, measured, openapi]


def _refused(request: AnyRequest, error: BackendError) -> Response[bytes]:
    return refuse(error, 429 if error.kind is ErrorKind.BUSY and "seconds" in error.fields else None)


def _not_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework refuses by itself: no such address, a method of HTTP that is not served, too many bytes."""
    path, status = request.scope["path"], error.status_code
    if status in (404, 405) and path.startswith(f"/{VERSION}/"):
        name = path.removeprefix(f"/{VERSION}/")[:60]
        return refuse(
            NotFound(
                N_("This server knows no {name}."), N_("If the console is newer than the server, upgrade the server."),
                name=name,
            ),
            status,
        )  # fmt: skip
    if status == 404:
        return refuse(NotFound(N_("There is nothing at this address."), N_("The API begins at /v1/.")))
    if status == 413:
        most = MOST_OF_LOGIN if path == LOGIN else MOST_BYTES
        return refuse(Invalid(N_("The request is too large; {most} bytes are read."), most=most), status)
    if status >= 500:
        return _unexpected(request, error)
    return refuse(Invalid(N_("The server cannot read this request.")), status)


def _too_slow(request: AnyRequest, error: TimeoutError) -> Response[bytes]:
    return refuse(Busy(N_("The request came too slowly."), N_("Try again.")), 408)


def _gone(request: AnyRequest, error: Gone) -> Response[bytes]:
    # Nobody reads it.
    return Response(b"", status_code=499)


def _unexpected(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A mistake of our own: the log has it, who asks learns nothing of the inside."""
    log.error("%s %s: unexpected %s", request.method, request.scope["path"], type(error).__name__, exc_info=error)
    return refuse(
        BackendError(N_("The server failed at this request."), N_("Its log says more; tell its administrator.")), 500
    )
