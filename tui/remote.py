"""Servers: reached with the token that was kept for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_client.errors import Invalid
from backend_client.model.text import N_
from tui import credentials

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend
    from tui.invocation import Invocation


async def open_remote(invocation: Invocation) -> Backend:
    """The server of this call as a backend. Who one is, the token says, or on a Unix socket the system."""
    from backend_client.http.backend import connect
    from backend_client.http.line import check_address

    url = check_address(invocation.remote)
    return await connect(url, credentials.token_for(url))


def address(invocation: Invocation, given: str | None) -> str:
    """The server that a command is about: the one named after it, else that of --remote. Raises Invalid."""
    from backend_client.http.line import check_address

    if not (given or invocation.remote):
        raise Invalid(N_("Which server?"), N_("Name it, such as: pult login https://pult.example.org"))
    return check_address(given or invocation.remote)
