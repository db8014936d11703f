"""Who may look at clients."""

from __future__ import annotations

from backend_client.errors import Forbidden
from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_


def permit_clients(session: Session) -> None:
    """Raises Forbidden for a session without any right to clients: every role has one, a narrowed token may not."""
    if not (session.may(Permission.REGISTER_CLIENT) or session.may(Permission.MANAGE_CLIENTS)):
        raise Forbidden(
            N_("You may not look at clients."), N_("Ask the administrator for a token with the right to them.")
        )
