"""Readers: leased connections on daemon threads; a query that nobody waits for any more is interrupted."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from backend_client.sqlite.file import StoreFile, store_errors

T = TypeVar("T")
THREADS = 4


class _Job:
    """A function on its way through a thread; `cancel` reaches its connection only while it is leased."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        # What a server knows of the request goes along into the thread.
        self._context = copy_context()
        self._work = work
        self._lock = threading.Lock()
        self._leased: sqlite3.Connection | None = None
        self._cancelled = False

    def lease(self, db: sqlite3.Connection) -> None:
        with self._lock:
            if self._cancelled:
                raise asyncio.CancelledError
            self._leased = db

    def give_back(self) -> None:
        with self._lock:
            self._leased = None

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            if self._leased is not None:
                self._leased.interrupt()

    def run(self) -> Callable[[], None]:
        """Do the work; gives what tells the result to whoever waits."""
        if not self.future.set_running_or_notify_cancel():
            return lambda: None
        try:
            result = self._context.run(self._work)
        except BaseException as error:
            return partial(self.future.set_exception, error)
        return partial(self.future.set_result, result)


class Threads:
    """A few daemon threads, started when first needed. Those of concurrent.futures are joined when the
    interpreter ends, so that one long query would keep a closed console alive.

    The one that was at work last gets the next job: the C library keeps memory for each thread that ever needed some,
    2 MB more where they take turns.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._started = 0
        self._stopped = False
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[_Job | None]] = []
        """Where a thread each waits for its job, the one that was at work last at the end."""
        self._waiting: deque[_Job] = deque()

    def submit(self, job: _Job) -> None:
        with self._lock:
            if self._idle:
                self._idle.pop().put(job)
            elif self._started < self._most:
                self._started += 1
                inbox: SimpleQueue[_Job | None] = SimpleQueue()
                inbox.put(job)
                threading.Thread(target=self._serve, args=(inbox,), name="store", daemon=True).start()
            else:
                self._waiting.append(job)

    def _serve(self, inbox: SimpleQueue[_Job | None]) -> None:
        while (job := inbox.get()) is not None:
            while job is not None:
                tell = job.run()
                # Before it is told: who hears it may ask the next at once, and shall find this thread idle.
                job = self._next(inbox)
                tell()

    def _next(self, inbox: SimpleQueue[_Job | None]) -> _Job | None:
        """A job that waits; None: one will come through the inbox, or the end."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._stopped:
                inbox.put(None)
            else:
                self._idle.append(inbox)
            return None

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for inbox in self._idle:
                inbox.put(None)
            self._idle.clear()


class ReadPool:
    """Read-only connections to one store, one a query at a time. `run` is for coroutines, `read` for threads."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        self._threads = Threads(THREADS)
        self._free: list[sqlite3.Connection] = []
        self._jobs: set[_Job] = set()
        self._closed = False

    def read(self, query: Callable[[sqlite3.Connection], T], job: _Job | None = None) -> T:
        """Run `query` on a leased connection, here and now. It must fetch all it reads before it returns:
        a half-read cursor pins the write-ahead log."""
        with store_errors(self._file.path):
            self._file.check_in_place()
            try:
                db = self._free.pop()
            except IndexError:
                db = self._file.reader()
            if job is not None:
                job.lease(db)
            try:
                return query(db)
            finally:
                if job is not None:
                    job.give_back()
                if db.in_transaction:
                    db.execute("ROLLBACK")
                if self._closed:
                    db.close()
                else:
                    self._free.append(db)

    async def run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run `query` on a leased connection in a thread; cancelling the caller interrupts it."""

        def work() -> T:
            return self.read(query, job)

        job = _Job(work)
        result: T = await self._await(job)
        return result

    async def call(self, work: Callable[[], T]) -> T:
        """Run anything else that blocks, such as a write, in a thread. Once begun it is not stopped."""
        result: T = await self._await(_Job(work))
        return result

    async def _await(self, job: _Job) -> Any:
        if self._closed:
            # No thread may be left that would take it.
            self._file.check_in_place()
            raise asyncio.CancelledError
        self._jobs.add(job)
        self._threads.submit(job)
        try:
            return await asyncio.wrap_future(job.future)
        except asyncio.CancelledError:
            job.cancel()
            raise
        finally:
            self._jobs.discard(job)

    def close(self) -> None:
        """Interrupts what runs and closes every connection that is not leased; the rest close themselves."""
        self._closed = True
        for job in tuple(self._jobs):
            job.cancel()
        self._threads.stop()
        while self._free:
            self._free.pop().close()
