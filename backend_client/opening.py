"""Opening a store as a `Backend`, without anything heavy on the way: `sqlite_utils` only where a schema changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backend_client.contract import Backend
from backend_client.errors import Forbidden
from backend_client.model.permissions import Permission
from backend_client.model.text import N_

if TYPE_CHECKING:
    from backend_client.ingest.local_store import LocalImportStore


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
    from backend_client.sqlite.tallies import first_counted_day

    file = open_file(path, create=create)
    try:
        with closing(file.reader()) as db:
            session = session_for(db, path, acting_as)
            now = now or clock_of(db)
            uncounted = first_counted_day(db) is not None
        if uncounted:
            # The writer's modules, which a console loads at its first write only.
            from backend_client.sqlite.upkeep.recount import count_in_background

            count_in_background(file)
    except BaseException:
        file.close()
        raise
    return SqliteBackend(file, session, now=now)


@contextmanager
def open_import(path: Path, *, acting_as: str = "") -> Iterator[LocalImportStore]:
    """The local store at `path` as an import sees it, made where there is none; closed at the end of the block.

    Raises Forbidden for somebody who may not import (Rights), and the errors of `open_store`.
    """
    from backend_client.ingest.local_store import LocalImportStore
    from backend_client.sqlite.access.sessions import session_for
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.transaction import Writer

    file = open_file(path)
    try:
        with closing(file.reader()) as db:
            session = session_for(db, path, acting_as)
        if not session.may(Permission.IMPORT):
            raise Forbidden(
                N_("{name} may not import call records."), N_("Ask a supervisor or the administrator."),
                name=session.name,
            )  # fmt: skip
        writer = Writer(file)
        try:
            yield LocalImportStore(writer)
        finally:
            writer.close()
    finally:
        file.close()
