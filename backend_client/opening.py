"""Opening a store as a `Backend`, without anything heavy on the way: `sqlite_utils` only where a schema changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from backend_client.contract import Backend


async def open_store(
    path: Path, *, acting_as: str = "", create: bool = True, now: Callable[[], float] = time.time
) -> Backend:
    """The local store at `path`, made where there is none (unless `create` is False), for the operating system's user
    or, with `acting_as`, for the employee of that login, name or extension.

    Raises BackendError kinds: NotFound, Invalid, Corrupt, Forbidden, Busy, Outdated.
    """
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.sessions import session_for
    from backend_client.sqlite.store import SqliteBackend

    file = open_file(path, create=create)
    try:
        with closing(file.reader()) as db:
            session = session_for(db, path, acting_as)
    except BaseException:
        file.close()
        raise
    return SqliteBackend(file, session, now=now)
