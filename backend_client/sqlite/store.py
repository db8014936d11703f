"""The local store as a `Backend`: reads on leased connections in threads, writes behind the turnstile."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from backend_client.contract import (
    CallRequest,
    ChangeRequest,
    Changes,
    Clients,
    ClientSearch,
    Clock,
    CommentRequest,
    Count,
    CountRequest,
    Unsorted,
    UnsortedRequest,
    ViewRequest,
    Views,
    Window,
    WindowRequest,
)
from backend_client.errors import Forbidden, Invalid
from backend_client.model.call import CallDetails, Comment
from backend_client.model.directory import Directories
from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_
from backend_client.sqlite.changes import ChangeWatch
from backend_client.sqlite.clients import count_unsorted, find_clients
from backend_client.sqlite.comments import save_comment
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.details import read_details, visible_call
from backend_client.sqlite.directory import DirectoryCache
from backend_client.sqlite.file import StoreFile
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import Names, names_of
from backend_client.sqlite.pool import ReadPool
from backend_client.sqlite.scope import Scope, scope_of
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.states import read_views, save_view
from backend_client.sqlite.transaction import Transaction, Writer
from backend_client.sqlite.window import read_window

T = TypeVar("T")


class SqliteBackend:
    """One session on one store. Made by `backend_client.opening.open_store`."""

    def __init__(self, file: StoreFile, session: Session, *, now: Callable[[], float] = time.time) -> None:
        self.file = file
        self._session = session
        self._scope = scope_of(session)
        self._now = now
        self._pool = ReadPool(file)
        self._writer = Writer(file)
        self._watch = ChangeWatch(file)
        self._directories = DirectoryCache()
        self._names: tuple[Directories, Names] | None = None

    @property
    def session(self) -> Session:
        return self._session

    async def clock(self) -> Clock:
        return await self._read(lambda db, viewer, names: _clock(db, viewer))

    async def directories(self) -> Directories:
        return await self._pool.run(self._directories.read)

    async def changes(self, request: ChangeRequest) -> Changes:
        return await self._watch.changes(request)

    async def window(self, request: WindowRequest) -> Window:
        return await self._read(lambda db, viewer, names: read_window(db, request, viewer, names))

    async def count(self, request: CountRequest) -> Count:
        return await self._read(lambda db, viewer, names: read_count(db, request, viewer, names))

    async def call(self, request: CallRequest) -> CallDetails:
        def details(db: sqlite3.Connection) -> CallDetails:
            directories = self._directories.read(db)
            names = self._names_of(directories)
            db.execute("BEGIN")
            return read_details(db, request, self._session, self._scope, directories, names, int(self._now()))

        return await self._pool.run(details)

    async def comment(self, request: CommentRequest) -> Comment:
        if not self._session.may(Permission.COMMENT):
            raise Forbidden(N_("You may not comment on calls."), N_("An administrator can allow it."))

        def save(transaction: Transaction) -> Comment:
            visible_call(transaction.db, request.call_id, self._scope)
            return save_comment(transaction, self._session, request, int(self._now()))

        return await self._write(save)

    async def views(self) -> Views:
        return await self._pool.run(lambda db: read_views(db, self._session))

    async def save_view(self, request: ViewRequest) -> Views:
        return await self._write(lambda transaction: save_view(transaction, self._session, request))

    async def unsorted(self, request: UnsortedRequest) -> Unsorted:
        return await self._read(lambda db, viewer, names: count_unsorted(db, viewer))

    async def find_clients(self, request: ClientSearch) -> Clients:
        return await self._pool.run(lambda db: find_clients(db, request))

    async def close(self) -> None:
        self._watch.close()
        self._pool.close()
        self._writer.close()
        self.file.close()

    async def _read(self, query: Callable[[sqlite3.Connection, Viewer, Names], T]) -> T:
        """Run a query in one snapshot; cancelling interrupts it."""

        def leased(db: sqlite3.Connection) -> T:
            names = self._names_of(self._directories.read(db))
            db.execute("BEGIN")
            try:
                return query(db, self._viewer(db), names)
            except OverflowError as error:
                raise Invalid(N_("A number in the request is too large.")) from error

        return await self._pool.run(leased)

    async def _write(self, deed: Callable[[Transaction], T]) -> T:
        def write() -> T:
            with self._writer.transaction() as transaction:
                return deed(transaction)

        return await self._pool.call(write)

    def _viewer(self, db: sqlite3.Connection) -> Viewer:
        zone = ZoneInfo(read_derive_settings(db).zone)
        return Viewer(self._scope, self._session.employee_id, int(self._now()), zone)

    def _names_of(self, directories: Directories) -> Names:
        known = self._names
        if known is None or known[0] is not directories:
            known = self._names = (directories, names_of(directories))
        return known[1]


def _clock(db: sqlite3.Connection, viewer: Viewer) -> Clock:
    first, last = _first_and_last(db, viewer.scope)
    return Clock(
        now=viewer.now,
        zone=viewer.zone.key,
        home_country=read_derive_settings(db).home_country,
        today=datetime.fromtimestamp(viewer.now, viewer.zone).date().isoformat(),
        first_start=first,
        last_start=last,
        calls_anywhere=db.execute("SELECT 1 FROM call LIMIT 1").fetchone() is not None,
    )


def _first_and_last(db: sqlite3.Connection, scope: Scope) -> tuple[int | None, int | None]:
    if scope.nothing:
        return None, None
    own = "" if scope.all_calls else f" WHERE employee_id = {int(scope.employee_id or 0)}"
    table = "call" if scope.all_calls else "call_employee"
    first, last = (db.execute(f"SELECT {edge}(start) FROM {table}{own}").fetchone()[0] for edge in ("min", "max"))
    return first, last
