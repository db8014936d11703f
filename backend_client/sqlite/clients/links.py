"""Links that open one part of a recording for a few minutes without signing in, signed with a key of the store's own:
every server of the store knows them, and nothing has to be remembered of them."""

from __future__ import annotations

import secrets
import sqlite3
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from msgspec import Struct

from backend_client.model.permissions import Session
from backend_client.sqlite.access.accounts import session_of_link
from backend_client.sqlite.settings import read_setting, write_setting
from backend_client.sqlite.transaction import Transaction

LINK_SECONDS = 300
KEY = "link-key"
ADDRESS = "public-address"
_BODY = struct.Struct(">QQIQ")
_SIGNATURE = 16


class Link(Struct, frozen=True):
    """What a link opens, for whom. Employee 0: the store's owner, where no employee is."""

    employee_id: int
    call_id: int
    part: int
    until: int
    """UTC epoch seconds."""


def public_address(db: sqlite3.Connection) -> str:
    """Under which address other computers reach a server of this store; blank where nobody has said."""
    return read_setting(db, ADDRESS) or ""


def make_link(transaction: Transaction, link: Link) -> str:
    """The last part of the link's address; at the first one the store gets its key."""
    if read_setting(transaction.db, KEY) is None:
        write_setting(transaction, KEY, secrets.token_hex(32))
    body = _BODY.pack(link.employee_id, link.call_id, link.part, link.until)
    return urlsafe_b64encode(body + _sign(transaction.db, body)).decode().rstrip("=")


def open_link(db: sqlite3.Connection, name: str, now: int) -> tuple[Session, Link] | None:
    """What a link opens now, as whoever made it; None for one that has ended, was made up or belongs to nobody."""
    from hmac import compare_digest

    try:
        whole = urlsafe_b64decode(name + "=" * (-len(name) % 4))
        body, signature = whole[: _BODY.size], whole[_BODY.size :]
        link = Link(*_BODY.unpack(body))
    except (ValueError, struct.error):
        return None
    if urlsafe_b64encode(whole).decode().rstrip("=") != name:
        # What the decoder overlooks: there is one way of writing a link.
        return None
    if read_setting(db, KEY) is None or not compare_digest(signature, _sign(db, body)) or link.until <= now:
        return None
    session = session_of_link(db, link.employee_id)
    return None if session is None else (session, link)


def _sign(db: sqlite3.Connection, body: bytes) -> bytes:
    from hmac import digest

    return digest(bytes.fromhex(read_setting(db, KEY) or ""), body, "sha256")[:_SIGNATURE]
