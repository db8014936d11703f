"""The recording of a call (R1–R6): what there is of it, and its bytes by range. Names only, never paths."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call import RecordingState
from backend_client.model.status import WireEnum

LONGEST_RANGE = 4 << 20
"""Bytes that one request may ask for."""


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


class RecordingRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    call_id: int


class RangeRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Bytes `start` to `start + length` of a part; at most LONGEST_RANGE at once."""

    call_id: int
    part: int
    start: int
    length: int
    purpose: Purpose


class PartRange(Struct, frozen=True, kw_only=True):
    """Fewer bytes than asked for: the part ends there. `size` is the whole part's."""

    data: bytes
    size: int


class HeardRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The player tells how many seconds of a call were really heard, when it stops."""

    call_id: int
    seconds: int


class LinkRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for an address that opens a part for a few minutes without signing in. Needs the right to download."""

    call_id: int
    part: int = 0


class RecordingLink(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`address`: whole, or from "/" on where nobody has said under which name a server is reached."""

    address: str
    seconds: int
    """For how long it holds."""
