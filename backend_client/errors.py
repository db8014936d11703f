"""Expected failures: what went wrong, and the next step for a person. Texts are msgids with named fields."""

from __future__ import annotations

from typing import ClassVar

from backend_client.model.status import WireEnum


class ErrorKind(WireEnum):
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    BUSY = "busy"
    CORRUPT = "corrupt"
    FULL = "full"
    OUTDATED = "outdated"
    """The store was written by a newer version: read-only until a restart or an upgrade.
    Or another file has replaced it."""
    UNKNOWN = "unknown"


class BackendError(Exception):
    """`text` says what and where, `hint` what to do; both are English msgids, `fields` fills their {names}."""

    kind: ClassVar[ErrorKind] = ErrorKind.UNKNOWN

    def __init__(self, text: str, hint: str = "", /, **fields: object) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.fields = fields

    def __str__(self) -> str:
        return " ".join(part.format(**self.fields) for part in (self.text, self.hint) if part)


class Unreachable(BackendError):
    kind = ErrorKind.UNREACHABLE


class Unauthorised(BackendError):
    kind = ErrorKind.UNAUTHORISED


class Forbidden(BackendError):
    kind = ErrorKind.FORBIDDEN


class NotFound(BackendError):
    kind = ErrorKind.NOT_FOUND


class Conflict(BackendError):
    kind = ErrorKind.CONFLICT


class Invalid(BackendError):
    kind = ErrorKind.INVALID


class Busy(BackendError):
    kind = ErrorKind.BUSY


class Corrupt(BackendError):
    kind = ErrorKind.CORRUPT


class Full(BackendError):
    kind = ErrorKind.FULL


class Outdated(BackendError):
    kind = ErrorKind.OUTDATED
