"""The recording of a call: what there is of it, its bytes by range, and a link to them."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.recording import Purpose

LONGEST_RANGE = 4 << 20
"""Bytes that one request may ask for."""


class RecordingRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    call_id: int


class RangeRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Bytes `start` to `start + length` of a part; at most LONGEST_RANGE at once."""

    call_id: int
    part: int
    start: int
    length: int
    purpose: Purpose


class PartRange(Result, frozen=True, omit_defaults=True, kw_only=True):
    """Fewer bytes than asked for: the part ends there. `size` is the whole part's."""

    data: bytes
    size: int


class HeardRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The player tells how many seconds of a call were really heard, when it stops."""

    call_id: int
    seconds: int


class LinkRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Ask for an address that opens a part for a few minutes without signing in. Needs the right to download."""

    call_id: int
    part: int = 0


class RecordingLink(Result, frozen=True, omit_defaults=True, kw_only=True):
    """`address`: whole, or from "/" on where nobody has said under which name a server is reached."""

    address: str
    seconds: int
    """For how long it holds."""
