"""Writes that are done once: what came again under the same key, because its answer was lost, is not done again."""

from __future__ import annotations

import sqlite3
import time
from contextvars import ContextVar

from msgspec import Struct

from backend_client.errors import Conflict
from backend_client.model.text import N_

KEPT_SECONDS = 86_400


class WriteKey(Struct):
    """The key under which a request came; whether it has written yet."""

    text: str
    wrote: bool = False


write_key: ContextVar[WriteKey | None] = ContextVar("write_key", default=None)
"""Set by a server for the time of one request."""


def claim(db: sqlite3.Connection, key: WriteKey) -> None:
    """Take the key, in the open transaction that it is for. Raises Conflict where it was taken before."""
    if key.wrote:
        # A request of several transactions has taken its key with the first.
        return
    if db.execute("SELECT 1 FROM written WHERE key = ?", (key.text,)).fetchone():
        raise Conflict(
            N_("This was written already; only the answer was lost on its way."),
            N_("Look at what stands there now."),
        )
    now = int(time.time())
    db.execute("DELETE FROM written WHERE at < ?", (now - KEPT_SECONDS,))
    db.execute("INSERT INTO written VALUES (?, ?)", (key.text, now))
