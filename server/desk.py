"""What the server works on: one open store, who asks, and when to stop."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TypeVar

from backend_client.errors import NotFound, Unauthorised
from backend_client.http.sign_in import SignedIn, SignIn
from backend_client.model.audit import Deed
from backend_client.model.permissions import Role, Session
from backend_client.model.text import N_
from backend_client.sqlite.access.accounts import (
    TOKEN_DAYS,
    issue_token,
    revoke_token,
    right_password,
    session_of_employee,
    session_of_token,
)
from backend_client.sqlite.access.audit import head, record
from backend_client.sqlite.access.sessions import session_of_user
from backend_client.sqlite.clients.links import Link, open_link
from backend_client.sqlite.file import Replaced, StoreFile, open_file, store_errors
from backend_client.sqlite.replacement import reopen
from backend_client.sqlite.store import SqliteBackend
from backend_client.sqlite.supervision.played_clock import clock_of
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.writer import Writer
from server.throttle import Throttle

log = logging.getLogger("pult.server")
T = TypeVar("T")

MOST_SESSIONS = 500
"""Sessions for which what was computed is kept, such as sums of reports."""
LAST_QUERIES = 5.0
"""Seconds for which a replaced store stays open: no statement lasts longer that is not given up."""
_NOBODY = Session(employee_id=None, name="", roles=(Role.UNKNOWN,))


class Desk:
    """An open store for many sessions. Opened before the server listens, closed when it has stopped; where another
    file takes the store's place, such as a restored copy, the next who asks has that one opened."""

    def __init__(self, path: Path, *, now: Callable[[], float] | None = None) -> None:
        self._given_clock = now
        self._open(open_file(path, create=False))
        self.generation = 0
        """How often the store was replaced by another one."""
        self._left: set[asyncio.Task[None]] = set()
        self._throttle = Throttle()
        self._guessing = asyncio.Semaphore(2)
        """A password costs 50 ms and 64 MB: two at a time leave room for everybody else."""
        self.stopping = asyncio.Event()
        """Set when the server is asked to end: what stands open answers at once."""

    def _open(self, file: StoreFile) -> None:
        """Work on this store from now on; where it cannot be, it is closed and nothing has changed."""
        with ExitStack() as opened, store_errors(file.path):
            opened.callback(file.close)
            people = opened.enter_context(closing(file.reader()))
            now = self._given_clock or clock_of(people)
            store = SqliteBackend(file, _NOBODY, now=now)
            opened.pop_all()
        self._file = file
        self._people = people
        """Who asks is read in the event loop: two lookups by key, 30 µs."""
        self._now = now
        self.store = store
        """As nobody sees it."""
        self._writer = Writer(file)
        self._backends: OrderedDict[Session, SqliteBackend] = OrderedDict()

    def heal(self) -> None:
        """Go on with the store that stands at the path now. Raises what keeps it from being opened."""
        try:
            self._file.check_in_place()
        except Replaced:
            people, store, writer = self._people, self.store, self._writer
            self._open(reopen(self._file))
            self.generation += 1
            log.warning("the store was replaced by another one, which is open now")
            task = asyncio.get_running_loop().create_task(self._leave(people, store, writer))
            self._left.add(task)
            task.add_done_callback(self._left.discard)

    def session(self, token: str, uid: int | None) -> Session:
        """Who asks: the owner of the token, else the user at the other end of a Unix socket. Raises Unauthorised."""
        self.heal()
        with store_errors(self._file.path):
            if token:
                found = session_of_token(self._people, token, int(self._now()))
                if found is not None:
                    return found
                raise Unauthorised(N_("You are not signed in here any more."), N_("Sign in again: pult login"))
            if uid is not None:
                return session_of_user(self._people, self._file.path, uid)
        raise Unauthorised(N_("This server wants to know who you are."), N_("Sign in first: pult login"))

    def link(self, name: str) -> tuple[Session, Link]:
        """Who made a link, and what it opens. Raises NotFound for one that has ended or never was."""
        self.heal()
        with store_errors(self._file.path):
            found = open_link(self._people, name, int(self._now()))
        if found is None:
            raise NotFound(N_("This link has ended."), N_("Ask for another one."))
        return found

    def backend(self, session: Session) -> SqliteBackend:
        """The store as the session may see it. Never closed by who asks."""
        found = self._backends.pop(session, None) or self.store.for_session(session)
        self._backends[session] = found
        while len(self._backends) > MOST_SESSIONS:
            self._backends.popitem(last=False)
        return found

    async def sign_in(self, request: SignIn, address: str) -> SignedIn:
        """A token for a login and its password. Raises Unauthorised, and Busy after too many wrong ones."""
        self.heal()
        login = request.login.strip()
        self._throttle.check(login, address)
        generation = self.generation
        async with self._guessing:
            # Many may have come at once, of which those before have used up what is free.
            self._throttle.check(login, address)
            employee = await asyncio.to_thread(self._ask, lambda: right_password(self._people, login, request.password))
            self.heal()
            replaced = generation != self.generation
            if employee is None and not replaced:
                self._throttle.failed(login, address)
        if replaced:
            # Another store came meanwhile, in which the number is somebody else's.
            return await self.sign_in(request, address)
        now = int(self._now())
        if employee is None:
            await self._write(lambda transaction: record(transaction, _NOBODY, Deed.SIGN_IN_REFUSED, now))
            raise Unauthorised(N_("The login or the password is wrong."))
        self._throttle.forget(login, address)
        session = session_of_employee(self._people, employee)

        def give(transaction: Transaction) -> str:
            record(transaction, session, Deed.SIGN_IN, now)
            return issue_token(transaction, employee, now, name=request.device)

        return SignedIn(token=await self._write(give), expires=now + TOKEN_DAYS * 86_400, session=session)

    async def sign_out(self, token: str) -> None:
        """End a token."""
        now = int(self._now())
        await self._write(lambda transaction: revoke_token(transaction, token, now))

    async def look(self) -> int:
        """The store's change number. Raises what keeps it from answering."""
        self.heal()
        with store_errors(self._file.path):
            return int(self._people.execute("SELECT number FROM change").fetchone()[0])

    @property
    def sessions(self) -> int:
        """How many sessions are kept."""
        return len(self._backends)

    def audit_head(self) -> str:
        """Number and hash of the newest line of the audit log, in letters: a log masks what looks like a number."""
        with store_errors(self._file.path):
            return head(self._people)

    def _ask(self, question: Callable[[], T]) -> T:
        with store_errors(self._file.path):
            return question()

    async def _write(self, deed: Callable[[Transaction], T]) -> T:
        # Of the store that who asks has just seen, even where another one comes before a thread is free.
        writer = self._writer

        def write() -> T:
            with writer.transaction() as transaction:
                return deed(transaction)

        return await asyncio.to_thread(write)

    async def close(self) -> None:
        """Close the store."""
        self.stopping.set()
        await asyncio.gather(*self._left, return_exceptions=True)
        await _close(self._people, self.store, self._writer)

    async def _leave(self, people: sqlite3.Connection, store: SqliteBackend, writer: Writer) -> None:
        """Close a store when what was asked of it has been answered, or at once when the server stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_QUERIES):
                await self.stopping.wait()
        await _close(people, store, writer)


async def _close(people: sqlite3.Connection, store: SqliteBackend, writer: Writer) -> None:
    people.close()
    # It waits for whoever writes.
    await asyncio.to_thread(writer.close)
    await store.close()
