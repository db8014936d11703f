"""The line to a server: one kept-alive HTTP client, time limits, and what a failure of the network is called."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from backend_client.errors import BackendError, Invalid, Unreachable
from backend_client.http.methods import LONGEST_WAIT, Method
from backend_client.http.problem import error_of
from backend_client.model.text import N_

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
"""The longest report; a question about changes waits for LONGEST_WAIT."""
MESSAGE_PACK = "application/msgpack"
UNIX = "unix:"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_address(url: str) -> str:
    """The address of a server as it is kept: https, or http to this machine, or unix:PATH. Raises Invalid."""
    if url.startswith(UNIX):
        return url
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_address(url) from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise _no_address(url)
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise Invalid(
            N_("{url} is not encrypted: whoever listens on the way could read your token."),
            N_("Use https, or unix: and http on the server's own machine."),
            url=url,
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _no_address(url: str) -> Invalid:
    return Invalid(
        N_("{url} is no address of a server."),
        N_("It looks like https://pult.example.org, or unix:/run/pult/pult.sock."),
        url=url,
    )


class Line:
    """Requests to one server. Raises BackendError kinds only."""

    def __init__(self, url: str, token: str = "") -> None:
        # httpx takes its own command line along where click is installed: 15 ms and 2.3 MB for nothing.
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        # 100 ms, paid by remote consoles only.
        import httpx

        self.url = check_address(url)
        socket = self.url.removeprefix(UNIX) if self.url.startswith(UNIX) else None
        headers = {"user-agent": "pult"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if socket or urlsplit(self.url).hostname in _LOOPBACK:
            # Nothing is saved on the way, and a page would cost 1 ms more.
            headers["accept-encoding"] = "identity"
        self._errors = httpx
        self._client = httpx.AsyncClient(
            base_url="http://pult" if socket else self.url,
            transport=None if socket is None else httpx.AsyncHTTPTransport(uds=socket),
            headers=headers,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, pool=ANSWER_SECONDS),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=60),
            trust_env=socket is None,
            # Reading the known authorities costs 0.8 MB, and a line without encryption asks none of them.
            verify=self.url.startswith("https:"),
        )

    async def call(self, method: Method, request: Any) -> Any:
        """The result of a method of the contract."""
        body = b"" if request is None else msgspec.json.encode(request)
        headers = {"content-type": "application/json", "accept": MESSAGE_PACK}
        if not method.reads:
            headers["idempotency-key"] = secrets.token_hex(16)
        wait = LONGEST_WAIT + 10 if method.name == "changes" else ANSWER_SECONDS
        answer = await self.send("POST", method.address, body, headers, wait=wait)
        return self.decoded(answer, method.result)

    async def send(
        self, verb: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None, *,
        wait: float = ANSWER_SECONDS,
    ) -> httpx.Response:  # fmt: skip
        """An answer of success; a connection that broke is tried once more, for a kept-alive one may have been
        closed meanwhile, and a write is done once under its key."""
        httpx = self._errors
        timeout = httpx.Timeout(wait, connect=CONNECT_SECONDS, pool=wait)
        for last in (False, True):
            try:
                answer = await self._client.request(verb, address, content=body, headers=headers, timeout=timeout)
                break
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise self._unreachable(error) from error
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
                if last:
                    raise self._unreachable(error) from error
            except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
                # RuntimeError: the client was closed while a screen still asked.
                raise self._unreachable(error) from error
        if answer.is_success:
            return answer
        raise error_of(answer.status_code, answer.content)

    @asynccontextmanager
    async def stream(self, address: str, silence: float) -> AsyncIterator[httpx.Response]:
        """An answer that is read while it comes; `silence`: seconds without a byte after which it counts as dead."""
        httpx = self._errors
        timeout = httpx.Timeout(silence, connect=CONNECT_SECONDS)
        try:
            async with self._client.stream("GET", address, timeout=timeout) as answer:
                if not answer.is_success:
                    raise error_of(answer.status_code, await answer.aread())
                yield answer
        except (httpx.HTTPError, httpx.StreamError, RuntimeError) as error:
            raise self._unreachable(error) from error

    def decoded(self, answer: httpx.Response, type: Any) -> Any:
        """The answer's body as a Struct."""
        packed = answer.headers.get("content-type", "").startswith(MESSAGE_PACK)
        return self.told(answer.content, type, msgspec.msgpack.decode if packed else msgspec.json.decode)

    def told(self, body: bytes, type: Any, decode: Callable[..., Any] = msgspec.json.decode) -> Any:
        """What the server says as a Struct."""
        try:
            return decode(body, type=type)
        except (msgspec.DecodeError, ValueError) as error:
            raise Unreachable(
                N_("What answers at {url} does not speak as a Pult server of this version does."),
                N_("Check the address; or bring console and server to the same version."),
                url=self.url,
            ) from error

    def _unreachable(self, error: Exception) -> BackendError:
        text = str(error)
        if "CERTIFICATE_VERIFY_FAILED" in text:
            return Unreachable(
                N_("The certificate of {url} is not one to trust."),
                N_("If it is of your own authority, name its file in SSL_CERT_FILE."),
                url=self.url,
            )
        return Unreachable(
            N_("The server {url} does not answer."),
            N_("Pult keeps trying; what is on screen stays."),
            url=self.url,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
