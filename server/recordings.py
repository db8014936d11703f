"""Recordings for programs and browsers: ranges of a part, and links that open one for a few minutes without a token."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.response import Stream

from backend_client.contract.recordings import PartRange, RangeRequest, RecordingRequest
from backend_client.errors import Forbidden, NotFound
from backend_client.http.methods import VERSION
from backend_client.model.permissions import Permission
from backend_client.model.recording import Purpose
from backend_client.model.text import N_
from backend_client.sqlite.store import SqliteBackend
from server.asking import AnyRequest, who_asks
from server.desk import Desk

CHUNK = 256 * 1024
SOUNDS = ("audio/", "video/webm", "application/ogg")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def recordings(desk: Desk) -> list[Any]:
    """The routes."""

    @get(f"/{VERSION}/recordings/{{call_id:int}}/{{part:int}}")
    async def recording(request: Request[Any, Any, Any]) -> Response[Any]:
        call_id, part = _asked(request)
        return await _part(request, desk.backend(desk.session(*who_asks(request))), call_id, part)

    @get(f"/{VERSION}/links/{{name:str}}")
    async def linked(request: Request[Any, Any, Any]) -> Response[Any]:
        session, link = desk.link(request.path_params["name"])
        return await _part(request, desk.backend(session), link.call_id, link.part, shown=True)

    return [recording, linked]


def _asked(request: AnyRequest) -> tuple[int, int]:
    """Call and part of the address."""
    return request.path_params["call_id"], request.path_params["part"]


async def _name_of(backend: SqliteBackend, call_id: int, part: int) -> str:
    """The file's own name. Raises NotFound, Forbidden."""
    found = await backend.recording(RecordingRequest(call_id=call_id))
    if not backend.session.may(Permission.DOWNLOAD):
        raise Forbidden(N_("You may not download recordings."))
    if not 0 <= part < len(found.parts):
        raise NotFound(N_("The recording is not there any more."), N_("It may have been deleted or moved."))
    return found.parts[part].name.rpartition("/")[2]


async def _part(
    request: AnyRequest, backend: SqliteBackend, call_id: int, part: int, *, shown: bool = False
) -> Response[Any]:
    """A part of a recording, or the range of it that was asked for (RFC 9110, one range). `shown`: it is played."""
    name = await _name_of(backend, call_id, part)

    async def read(start: int, length: int) -> PartRange:
        asked = RangeRequest(call_id=call_id, part=part, start=start, length=length, purpose=Purpose.DOWNLOAD)
        return await backend.recording_range(asked)

    size = (await read(0, 1)).size
    wanted = _range(request.headers.get("range", ""), size)
    kind = mimetypes.guess_type(name)[0] or ""
    if not kind.startswith(SOUNDS):
        # A source chooses the name: no page of its own may be shown under the server's address.
        kind, shown = "application/octet-stream", False
    headers = {
        "accept-ranges": "bytes",
        "content-disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
        "x-content-type-options": "nosniff",
    }
    if wanted is None:
        headers["content-range"] = f"bytes */{size}"
        return Response(b"", status_code=416, headers=headers, media_type=kind)
    first, last = wanted
    headers["content-length"] = str(last - first + 1)
    partial = "range" in request.headers and (first, last) != (0, size - 1)
    if partial:
        headers["content-range"] = f"bytes {first}-{last}/{size}"

    async def chunks() -> AsyncIterator[bytes]:
        place = first
        while place <= last:
            data = (await read(place, min(CHUNK, last - place + 1))).data
            if not data:
                # The file was cut meanwhile: the missing end shows by the length that was promised.
                return
            yield data
            place += len(data)

    return Stream(chunks(), status_code=206 if partial else 200, headers=headers, media_type=kind)


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte; the whole for a header that is none. None: nothing of it is there."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return 0, size - 1
    first, last = found.groups()
    if not first:
        begin = max(0, size - int(last))
        return (begin, size - 1) if int(last) else None
    begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (begin, end) if begin <= end else None
