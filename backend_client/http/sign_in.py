"""Signing in: what is sent, and what comes back once."""

from __future__ import annotations

from msgspec import Struct

from backend_client.contract.wire import Request, Result
from backend_client.model.permissions import Session


class SignIn(Request, frozen=True, omit_defaults=True, kw_only=True):
    """POST /v1/login."""

    login: str
    password: str
    device: str = ""
    """What the token is for, in the list of tokens."""

    def __repr__(self) -> str:
        return f"SignIn({self.login!r})"


class SignedIn(Result, frozen=True, omit_defaults=True, kw_only=True):
    """A token, told this once."""

    token: str
    expires: int
    """UTC epoch seconds."""
    session: Session

    def __repr__(self) -> str:
        return f"SignedIn({self.session!r})"


class Health(Struct, frozen=True, kw_only=True):
    """GET /health: whether the server answers and its store opens."""

    status: str
    version: str
    """Of the API."""
