"""The recording of a call (R1–R6): its parts, and what of them can be heard. Names only, never paths."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call import RecordingState
from backend_client.model.status import WireEnum


class Purpose(WireEnum):
    """What bytes are asked for; each needs a permission of its own and is written down in the audit log."""

    LISTEN = "listen"
    DOWNLOAD = "download"
    UNKNOWN = "unknown"


class Missing(WireEnum):
    """Why nothing can be heard although the source names a recording."""

    NO_ROOT = "no-root"
    """Nobody has said where recordings lie."""
    GONE = "gone"
    EMPTY = "empty"
    """The file holds a header and nothing else."""
    OUTSIDE = "outside"
    """The name leads out of the folders of recordings."""
    UNREACHABLE = "unreachable"
    """The folder or the server does not answer."""
    UNKNOWN = "unknown"


class RecordingPart(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One file of the recording, in the order of their starts."""

    name: str
    size: int = 0
    start: int = 0
    """UTC epoch seconds of its beginning."""
    missing: Missing | None = None
    """None: it can be heard."""


class Recording(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What there is to hear of a call, and whether the session may keep it as a file."""

    call_id: int
    state: RecordingState = RecordingState.NONE
    parts: tuple[RecordingPart, ...] = ()
    missing: Missing | None = None
    """Why the state is not available, where the source names a recording."""
    may_download: bool = False
    first_channel: str = ""
    """Who speaks on the first channel of two: "caller", "callee", "client", "employee"; blank: not known."""
