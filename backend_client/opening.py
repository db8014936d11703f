"""Opening a store as a `Backend`, without anything heavy on the way: `sqlite_utils` only where a schema changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend


async def open_store(
    path: Path, *, acting_as: str = "", create: bool = True, now: Callable[[], float] | None = None
) -> Backend:
    """The local store at `path`, made where there is none (unless `create` is False), for the operating system's user
    or, with `acting_as`, for the employee of that login, name or extension. `now`: its clock, if not the store's own.

    Raises BackendError kinds: NotFound, Invalid, Corrupt, Forbidden, Busy, Outdated.
    """
    from backend_client.sqlite.access.sessions import session_for
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.store import SqliteBackend
    from backend_client.sqlite.supervision.played_clock import clock_of
    from backend_client.sqlite.upkeep.left_undone import is_behind

    file = open_file(path, create=create)
    try:
        with closing(file.reader()) as db:
            session = session_for(db, path, acting_as)
            now = now or clock_of(db)
            behind = is_behind(db)
        if behind:
            # The writer's modules, which a console loads at its first write only.
            from backend_client.sqlite.upkeep.catch_up import catch_up_in_background

            catch_up_in_background(file)
    except BaseException:
        file.close()
        raise
    return SqliteBackend(file, session, now=now)
