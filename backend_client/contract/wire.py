"""What all requests and results of the contract are made of."""

from __future__ import annotations

from msgspec import Struct

PAGE_LIMIT = 1000


class Request(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what is asked."""


class Result(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of what is answered; fields that a reader does not know are ignored."""
