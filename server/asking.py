"""A request of the contract: read, answered, refused; in JSON or MessagePack."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import InternalServerException

from backend_client.contract.changes import ChangeRequest, Changes
from backend_client.errors import BackendError, Conflict, Invalid
from backend_client.http.methods import LONGEST_WAIT, Method
from backend_client.http.problem import MEDIA_TYPE, Problem, problem_of
from backend_client.model.call_filter import CallFilter
from backend_client.model.filter_text import from_text
from backend_client.model.permissions import Session
from backend_client.model.status import WireEnum
from backend_client.model.text import N_
from backend_client.sqlite.access.once import WriteKey, write_key
from backend_client.sqlite.file import Replaced

if TYPE_CHECKING:
    from backend_client.sqlite.store import SqliteBackend
    from server.desk import Desk

MOST_BYTES = 4_000_000
"""Of a body: a page of 1,000 imported clients is well below."""
SLOWEST_BODY = 30.0
"""Seconds for a body to arrive."""
LARGEST_NUMBER = 2**62
"""Above all that is stored, and low enough to be added to."""
MESSAGE_PACK = "application/msgpack"
_ANSWERS_KEPT = 512
_LONGEST_KEPT = 256_000
"""Bytes; the answer to a write is a row or a card."""

AnyRequest = Request[Any, Any, Any]


class Gone(Exception):
    """Whoever asked has hung up."""


class Answers:
    """The newest answers to writes, by key: a write whose answer was lost is answered again, not done again."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, Session], tuple[bytes, bytes]] = OrderedDict()
        self._generation = 0

    def hold_for(self, generation: int) -> None:
        """Forget what was written into a store that another one has replaced."""
        if generation != self._generation:
            self._generation = generation
            self._known.clear()

    def get(self, key: str, session: Session, asked: bytes) -> bytes | None:
        """The answer that this session was given, as it may do what it may now; `asked` tells what was asked. Raises
        Conflict where something else was asked under the key."""
        known = self._known.get((key, session))
        if known is None:
            return None
        if known[0] != asked:
            raise Conflict(
                N_("Something else was written under this Idempotency-Key."), N_("Give every write a key of its own.")
            )
        return known[1]

    def keep(self, key: str, session: Session, asked: bytes, body: bytes) -> None:
        if len(body) <= _LONGEST_KEPT:
            self._known[key, session] = asked, body
        while len(self._known) > _ANSWERS_KEPT:
            self._known.popitem(last=False)


def who_asks(request: AnyRequest) -> tuple[str, int | None]:
    """The token, blank without one; and the user at the other end of a Unix socket."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    uid = request.scope.get("client")
    return token.strip() if scheme.lower() == "bearer" else "", uid[1] if uid and uid[0] == "uid" else None


def invalid(error: Exception) -> Invalid:
    """What is wrong with a request, as the reader of its bytes says it."""
    return Invalid(
        N_("The server does not understand this request: {reason}"),
        N_("If the console is newer than the server, upgrade the server."),
        reason=str(error),
    )


async def read(request: AnyRequest, type: Any) -> Any:
    """The body as a Struct. Raises Invalid for anything else, TimeoutError and Gone where it does not come."""
    async with asyncio.timeout(SLOWEST_BODY):
        try:
            body = await request.body()
        except InternalServerException as error:
            # So the framework tells that the other end left in the middle of it.
            raise Gone from error
    decode = msgspec.msgpack.decode if _is_packed(request, "content-type") else msgspec.json.decode
    try:
        asked = decode(body or b"{}", type=type)
        _check_words(asked)
        return asked
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise invalid(error) from error


def _check_words(part: Any) -> None:
    """Raises ValueError where a word, such as a status, is not known here: it would silently match nothing; and for
    a number that no count, id or instant ever is."""
    if isinstance(part, WireEnum):
        if part.name == "UNKNOWN":
            raise ValueError(f"unknown {type(part).__name__.lower()}")
    elif isinstance(part, int):
        if not -LARGEST_NUMBER <= part <= LARGEST_NUMBER:
            raise ValueError(f"a number beyond {LARGEST_NUMBER}")
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            _check_words(getattr(part, name))
    elif isinstance(part, tuple | list):
        for inner in part:
            _check_words(inner)


async def from_query(desk: Desk, method: Method, request: AnyRequest) -> Any:
    """The request of a GET: fields of the Struct as parameters, `filter` as it is typed on the search line."""
    if method.request is None:
        return None
    given: dict[str, Any] = dict(request.query_params)
    text = given.pop("filter", "")
    try:
        asked = msgspec.convert(given, method.request, strict=False)
        _check_words(asked)
    except (msgspec.ValidationError, ValueError) as error:
        raise invalid(error) from error
    if not text:
        return asked
    if not isinstance(getattr(asked, "filter", None), CallFilter):
        raise invalid(ValueError("filter"))
    directories = await desk.backend(desk.session(*who_asks(request))).directories()
    return msgspec.structs.replace(asked, filter=from_text(text, directories))


def _is_packed(request: AnyRequest, header: str) -> bool:
    return request.headers.get(header, "").partition(";")[0].strip().lower() == MESSAGE_PACK


def reply(request: AnyRequest, result: Any, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A result, in the encoding that was asked for."""
    if _is_packed(request, "accept"):
        return Response(msgspec.msgpack.encode(result), media_type=MESSAGE_PACK, status_code=200, headers=headers)
    return Response(msgspec.json.encode(result), media_type="application/json", status_code=200, headers=headers)


def refuse(error: BackendError, status: int | None = None) -> Response[bytes]:
    """A failure as a problem body."""
    problem: Problem = problem_of(error, status)
    headers = {}
    if problem.status == 401:
        headers["www-authenticate"] = "Bearer"
    if problem.status == 429:
        headers["retry-after"] = str(error.fields["seconds"])
    return Response(msgspec.json.encode(problem), media_type=MEDIA_TYPE, status_code=problem.status, headers=headers)


async def answer(desk: Desk, answers: Answers, method: Method, request: AnyRequest, asked: Any) -> Response[bytes]:
    """Do what was asked as who asks, while they wait for it: the query of somebody who hung up is interrupted."""
    try:
        return await _answer(desk, answers, method, request, asked)
    except Replaced:
        # Just now, before anything was read or written.
        return await _answer(desk, answers, method, request, asked)


async def _answer(desk: Desk, answers: Answers, method: Method, request: AnyRequest, asked: Any) -> Response[bytes]:
    session = desk.session(*who_asks(request))
    answers.hold_for(desk.generation)
    backend = desk.backend(session)
    key = None if method.reads else _key_of(request, session.employee_id)
    said = b""
    if key is not None:
        said = sha256(method.name.encode() + b"\0" + await request.body()).digest()
        known = answers.get(key.text, session, said)
        if known is not None:
            return reply(request, msgspec.json.decode(known, type=method.result))
    write_key.set(key)
    result = await _while_there(request, _call(desk, backend, method, asked), finish=not method.reads)
    if key is not None and key.wrote:
        answers.keep(key.text, session, said, msgspec.json.encode(result))
    return reply(request, result)


def _key_of(request: AnyRequest, employee: int | None) -> WriteKey | None:
    given = request.headers.get("idempotency-key", "")
    # Somebody else's key of the same text is another one, and so is that of another token, which may do less.
    token, uid = who_asks(request)
    whole = sha256(f"{employee}:{uid}:{token}:{given}".encode()).hexdigest()
    return WriteKey(whole) if given else None


async def _call(desk: Desk, backend: SqliteBackend, method: Method, asked: Any) -> Any:
    if isinstance(asked, ChangeRequest):
        return await wait_for_changes(desk, backend, asked)
    function = getattr(backend, method.name, None)
    if function is None:
        raise Invalid(N_("This server does not know {method} yet."), N_("Upgrade the server."), method=method.name)
    return await (function() if method.request is None else function(asked))


async def wait_for_changes(desk: Desk, backend: SqliteBackend, asked: ChangeRequest) -> Changes:
    """What changed; answers early with nothing new when the server stops, and with everything when another store takes
    the place of this one."""
    try:
        return await _changes(desk, backend, asked)
    except Replaced:
        desk.heal()
        told = await desk.store.changes(msgspec.structs.replace(asked, wait=0.0))
        return msgspec.structs.replace(told, days=(), everything=True)


async def _changes(desk: Desk, backend: SqliteBackend, asked: ChangeRequest) -> Changes:
    patience = min(max(0.0, asked.wait), LONGEST_WAIT)
    question = asyncio.ensure_future(backend.changes(msgspec.structs.replace(asked, wait=patience)))
    if not patience:
        return await question
    stop = asyncio.ensure_future(desk.stopping.wait())
    try:
        await asyncio.wait({question, stop}, return_when=asyncio.FIRST_COMPLETED)
        if question.done():
            return question.result()
        return await backend.changes(msgspec.structs.replace(asked, wait=0.0))
    finally:
        question.cancel()
        stop.cancel()


async def _while_there(request: AnyRequest, work: Any, *, finish: bool) -> Any:
    if finish:
        return await work
    doing = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_hang_up(request))
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise Gone
        return doing.result()
    finally:
        doing.cancel()
        leaving.cancel()


async def _hang_up(request: AnyRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
