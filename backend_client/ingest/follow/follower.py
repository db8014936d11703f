"""The follower: every source in a thread of its own, one writer, one follower a source over all processes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, structs

from backend_client.errors import BackendError, Busy, Unreachable
from backend_client.ingest.follow.batch import Batch, Followed
from backend_client.ingest.rejected import RejectedRows
from backend_client.model.live import SourceState, Trouble
from backend_client.model.text import N_, clean
from backend_client.sqlite.facts import FactWriter, PutReport
from backend_client.sqlite.supervision.agents import write_agents
from backend_client.sqlite.supervision.live import read_position, write_live, write_source
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.turnstile import SourceLock
from backend_client.sqlite.upkeep.import_log import add_to_run, begin_run
from backend_client.sqlite.writer import Writer

HEARTBEAT = 5.0
"""Seconds after which a source says that it was looked at, though nothing came."""
_AWAY = 2.0
"""Seconds before a source that could not be read is tried again."""
_STANDBY = 1.0
_WAITING = 8
"""Batches that may wait for the writer; a source then waits too."""

Told = Callable[[SourceState, PutReport, dict[str, int]], None]
"""Called after each commit that brought something, and when a source fails or is there again."""


class _Came:
    """What a source's thread gives to the writer."""

    def __init__(self, source: Followed, batch: Batch | None, problem: BackendError | None, ended: bool) -> None:
        self.source, self.batch, self.problem, self.ended = source, batch, problem, ended


class _Note(Struct):
    """What came of a source since the log was written."""

    format: str
    report: PutReport = PutReport()
    rejected: dict[str, int] = {}


class Follower:
    """Follows sources until `stop` is set or all of them have ended. `system` is the exchange that they tell of.

    With `once` a source ends where nothing waits in it.
    """

    def __init__(
        self, writer: Writer, sources: Sequence[Followed], tell: Told, *, system: str = "main",
        once: bool = False, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._once = once
        self._writer = writer
        self._facts = FactWriter(writer)
        self._sources = sources
        self._tell = tell
        self._system = system
        self._now = now
        self._came: queue.Queue[_Came] = queue.Queue(_WAITING)
        self._states: dict[str, SourceState] = {}
        self._written: dict[str, float] = {}
        self._runs: dict[str, int] = {}
        self._notes: dict[str, _Note] = {}
        self._noted = 0.0
        self._rejected: dict[str, str] = {}
        """Where the rejected records of a source lie."""
        self._mistake: Exception | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        """Raises what the store raises but Busy, which is waited for; with `once` also why a source cannot be read."""
        threads = [
            threading.Thread(target=self._follow, args=(source,), daemon=True, name=f"follow {source.name}")
            for source in self._sources
        ]
        for thread in threads:
            thread.start()
        ended: set[str] = set()
        try:
            while not self.stop.is_set() and len(ended) < len(self._sources):
                came: _Came | None
                try:
                    came = self._came.get(timeout=0.2)
                except queue.Empty:
                    came = None
                if came is not None:
                    self._take(came)
                    if self._once and came.problem is not None:
                        raise came.problem
                    if came.ended or (self._once and came.batch is not None and came.batch.empty):
                        ended.add(came.source.name)
                self._write_notes_in_time()
        finally:
            self.stop.set()
            with suppress(BackendError):
                self._write_notes()
        if self._mistake is not None:
            raise self._mistake

    def _follow(self, source: Followed) -> None:
        """A source's thread: wait for its lock, read on from its position, and start over when it fails."""
        with closing(SourceLock(self._writer.file.path, source.name)) as lock:
            while not self.stop.is_set():
                if not lock.take():
                    self.stop.wait(_STANDBY)
                    continue
                try:
                    with closing(self._writer.file.reader()) as db:
                        position = read_position(db, source.name)
                    for batch in source.batches(position, self.stop):
                        if not self._give(_Came(source, batch, None, False)):
                            return
                    self._give(_Came(source, None, None, True))
                    return
                except BackendError as error:
                    self._start_over(source, error)
                except OSError as error:
                    self._start_over(source, _unreadable(source, error))
                except Exception as error:
                    # A mistake of our own: it ends the follower, and is told like any other.
                    self._mistake = error
                    self.stop.set()

    def _start_over(self, source: Followed, problem: BackendError) -> None:
        self._give(_Came(source, None, problem, False))
        # What was read and not written yet is read again.
        self._came.join()
        self.stop.wait(_AWAY)

    def _give(self, came: _Came) -> bool:
        while not self.stop.is_set():
            try:
                self._came.put(came, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def _take(self, came: _Came) -> None:
        """Write one batch; a store that is busy is waited for, so that nothing is lost."""
        try:
            while not self.stop.is_set():
                try:
                    self._write(came)
                    return
                except Busy:
                    self.stop.wait(0.5)
        finally:
            self._came.task_done()

    def _write(self, came: _Came) -> None:
        source, batch, now = came.source, came.batch or Batch(), self._now()
        before = self._states.get(source.name, SourceState(name=source.name))
        problem = str(came.problem) if came.problem is not None else ""
        trouble = None if came.problem is None else _trouble(came.problem)
        state = structs.replace(
            before, format=source.format, at=int(now), behind=batch.behind, problem=problem, trouble=trouble,
            event_at=max(before.event_at, int(batch.newest)), live=before.live or batch.live is not None,
            lag=max(0.0, now - batch.newest) if batch.newest else before.lag,
        )  # fmt: skip
        empty = batch.empty
        # A clock that was set back counts anew.
        silent = abs(now - self._written.get(source.name, 0.0)) < HEARTBEAT and problem == before.problem
        if empty and silent and not came.ended:
            return
        report = self._facts.put(batch.facts, after=lambda transaction: self._commit(transaction, source, batch, state))
        self._states[source.name] = state
        self._written[source.name] = now
        if not empty or problem != before.problem:
            self._keep(source, batch)
            self._note(source, report, batch)
            self._tell(state, report, batch.rejected)

    def _commit(self, transaction: Transaction, source: Followed, batch: Batch, state: SourceState) -> None:
        write_source(transaction, state, batch.position)
        if batch.live is not None:
            write_live(transaction, self._system, source.name, state.at, batch.live, only=batch.only)
        if batch.agents:
            write_agents(transaction, self._system, source.name, batch.agents)

    def _keep(self, source: Followed, batch: Batch) -> None:
        """Rejected records, in a file beside the store."""
        if not batch.rejections:
            return
        folder = rejected_folder(self._writer.file.path)
        # They are counted all the same where no file can be written.
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            rows = RejectedRows(_file_name(source.name), folder, set(), append=True)
            for rejection in batch.rejections:
                rows.add(rejection)
            rows.close()
            self._rejected[source.name] = str(rows.path)

    def _note(self, source: Followed, report: PutReport, batch: Batch) -> None:
        """Count for the import log, which is written every few seconds."""
        note = self._notes.setdefault(source.name, _Note(source.format))
        note.report += report
        for reason, count in batch.rejected.items():
            note.rejected[reason] = note.rejected.get(reason, 0) + count

    def _write_notes_in_time(self) -> None:
        if self._notes and abs(self._now() - self._noted) >= HEARTBEAT:
            # A busy store gets them later.
            with suppress(Busy):
                self._write_notes()

    def _write_notes(self) -> None:
        """The import log: one run for as long as this process follows a source."""
        notes, self._noted = self._notes, self._now()
        told = {name: note for name, note in notes.items() if note.report != PutReport() or note.rejected}
        if not told:
            self._notes = {}
            return
        with self._writer.transaction(durable=False) as transaction:
            for name, note in told.items():
                run = self._runs.get(name)
                if run is None:
                    run = self._runs[name] = begin_run(transaction, int(self._now()), name, note.format)
                add_to_run(transaction, run, note.report, note.rejected, self._rejected.get(name, ""))
        self._notes = {}


def _trouble(problem: BackendError) -> Trouble:
    return Trouble(problem.text, problem.hint, {name: clean(str(value)) for name, value in problem.fields.items()})


def _unreadable(source: Followed, error: OSError) -> BackendError:
    return Unreachable(
        N_("{source} cannot be read: {why}."), N_("It is tried again every two seconds."), source=source.name,
        why=clean(error.strerror or str(error)),
    )  # fmt: skip


def rejected_folder(store: Path) -> Path:
    """Where followers of a store keep what they rejected: beside it, for its owner alone."""
    return store.with_name(f"rejected-of-{store.name}")


def _file_name(source: str) -> str:
    """A name for a source's file: addresses hold signs that names of files may not."""
    plain = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in source.rpartition("/")[2])[:80]
    return f"{plain}-{sha256(source.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
