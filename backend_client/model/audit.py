"""The audit log (A3): who did what to which call or client, and when; ids and amounts, never a name, number or text."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.status import WireEnum


class Deed(WireEnum):
    """What is written down."""

    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    LISTEN = "listen"
    DOWNLOAD = "download"
    EXPORT = "export"
    COMMENT = "comment"
    REGISTER = "register"
    CLIENT = "client"
    """Any other change of a client's card or numbers."""
    DIRECTORY = "directory"
    RESULT = "result"
    LOG_CALL = "log-call"
    QUEUE = "queue"
    """A missed call was claimed, released, put off or done."""
    DELETE = "delete"
    ACCOUNT = "account"
    """An account, a password or a token was made, changed or taken away."""
    TASK = "task"
    """Tasks of the outbound plan were made or changed."""
    RIGHTS = "rights"
    """The matrix of rights was changed."""
    UNKNOWN = "unknown"


class AuditEntry(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of the log."""

    id: int
    at: int
    """UTC epoch seconds."""
    employee_id: int | None = None
    """None: somebody without an employee record, such as the owner of the store."""
    deed: Deed
    object_id: int | None = None
    """The call, client or employee that it was done to."""
    amount: int | None = None
    """Rows exported, records imported, bytes downloaded; of a listening, seconds heard (None where it begins)."""
