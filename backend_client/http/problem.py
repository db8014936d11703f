"""Failures on the wire: a `BackendError` as a problem body (RFC 9457), and back."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import msgspec

from backend_client import errors
from backend_client.errors import BackendError, ErrorKind
from backend_client.model.text import N_, clean

MEDIA_TYPE = "application/problem+json"

STATUS: dict[ErrorKind, int] = {
    ErrorKind.UNREACHABLE: 502,
    ErrorKind.UNAUTHORISED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.INVALID: 400,
    ErrorKind.BUSY: 503,
    ErrorKind.CORRUPT: 503,
    ErrorKind.FULL: 507,
    ErrorKind.OUTDATED: 409,
    ErrorKind.UNKNOWN: 500,
}
_CLASSES: dict[ErrorKind, type[BackendError]] = {
    one.kind: one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, BackendError)
}
_BY_STATUS: dict[int, ErrorKind] = {
    400: ErrorKind.INVALID, 401: ErrorKind.UNAUTHORISED, 403: ErrorKind.FORBIDDEN, 404: ErrorKind.NOT_FOUND,
    408: ErrorKind.BUSY, 409: ErrorKind.CONFLICT, 413: ErrorKind.INVALID, 429: ErrorKind.BUSY,
    502: ErrorKind.UNREACHABLE, 503: ErrorKind.BUSY, 504: ErrorKind.UNREACHABLE, 507: ErrorKind.FULL,
}  # fmt: skip


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The body of a refusal. `text` and `hint` are English sentences whose {names} `fields` fill; the console
    translates them."""

    type: str
    """urn:pult:problem:<kind>"""
    title: str
    status: int
    detail: str = ""
    kind: ErrorKind = ErrorKind.UNKNOWN
    text: str = ""
    hint: str = ""
    fields: dict[str, Any] = {}


def problem_of(error: BackendError, status: int | None = None) -> Problem:
    """What is sent of a failure. Of paths on the server's disk only the last part is told."""
    fields = {
        name: PurePath(str(value)).name if name == "path" else msgspec.to_builtins(value, enc_hook=str)
        for name, value in error.fields.items()
    }
    told = type(error)(error.text, error.hint, **fields)
    return Problem(
        type=f"urn:pult:problem:{error.kind.value}",
        title=error.kind.value.replace("-", " ").capitalize(),
        status=status or STATUS[error.kind],
        detail=str(told),
        kind=error.kind,
        text=error.text,
        hint=error.hint,
        fields=fields,
    )


def error_of(status: int, body: bytes) -> BackendError:
    """The failure that a server told. A body that is no problem body, such as a proxy's page, gives the status."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        kind = _BY_STATUS.get(status, ErrorKind.UNREACHABLE)
        return _CLASSES[kind](
            N_("The server answered {status} without saying why."),
            N_("Ask its administrator; a proxy between may be the reason."),
            status=status,
        )
    kind = problem.kind if problem.kind is not ErrorKind.UNKNOWN else _BY_STATUS.get(status, ErrorKind.UNKNOWN)
    fields = {clean(name): clean(v, multiline=True) if isinstance(v, str) else v for name, v in problem.fields.items()}
    text, hint = clean(problem.text or problem.detail), clean(problem.hint)
    error = _CLASSES.get(kind, BackendError)(text, hint, **fields)
    try:
        str(error)
    except (LookupError, ValueError, AttributeError, TypeError):
        # A sentence of a newer server whose fields this console cannot fill is shown as it is.
        return type(error)(_literal(text), _literal(hint), **fields)
    return error


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
