"""Recordings of the local store: what there is of a call, bytes by range, and who listened (R4, R6)."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

import msgspec

from backend_client.contract.recordings import (
    LONGEST_RANGE,
    HeardRequest,
    LinkRequest,
    PartRange,
    RangeRequest,
    RecordingLink,
)
from backend_client.derive.collapse import collapse
from backend_client.derive.recordings import SOURCE
from backend_client.errors import Forbidden, Invalid, NotFound
from backend_client.model.audit import Deed
from backend_client.model.call import Mark, RecordingState
from backend_client.model.leg import CallFacts
from backend_client.model.permissions import Permission, Session
from backend_client.model.recording import Missing, Purpose, Recording, RecordingPart
from backend_client.model.text import N_
from backend_client.recordings.place import Found, Named, Roots, make_roots
from backend_client.recordings.settings import NAME, RecordingSettings
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.body import read_facts
from backend_client.sqlite.details import pending_seconds, visible_call
from backend_client.sqlite.directory import EmployeeIds
from backend_client.sqlite.settings import read_derive_settings, read_setting, write_setting
from backend_client.sqlite.transaction import Transaction

_SAME_LISTENING = 600
"""Seconds in which further bytes of a recording belong to a deed that was written down."""
_MOST_KNOWN = 256
_NO_LISTENING = N_("You may not listen to recordings.")
_NO_DOWNLOADING = N_("You may not download recordings.")
_ASK = N_("An administrator can allow it.")
_GONE = N_("The recording is not there any more.")
_MOVED = N_("It may have been deleted or moved.")


def read_recording_settings(db: sqlite3.Connection) -> RecordingSettings:
    """Where recordings lie; nowhere in a fresh store."""
    text = read_setting(db, NAME)
    return RecordingSettings() if text is None else msgspec.json.decode(text, type=RecordingSettings)


def write_recording_settings(transaction: Transaction, settings: RecordingSettings) -> None:
    """Say where recordings lie; takes effect in open consoles with the next question."""
    write_setting(transaction, NAME, msgspec.json.encode(settings).decode())


def cache_folder(store: Path) -> Path:
    """Where a store keeps what it fetched or made up: beside it, for its owner alone."""
    return store.with_name(f"recordings-of-{store.name}")


def named_recordings(db: sqlite3.Connection, call_id: int) -> tuple[Named, ...]:
    """What the sources call the recordings of a call, in order."""
    facts = read_facts(db, [call_id]).get(call_id, CallFacts(system="", call_key=""))
    settings = read_derive_settings(db)
    collapsed = collapse(facts, settings, EmployeeIds().known_internal(db))
    if collapsed is None:
        return ()
    zone = ZoneInfo(settings.zone)
    spans = {event.data[0]: (event.at, 0.0) for event in facts.events if event.source == SOURCE and event.data}
    spans |= {leg.recording: (leg.answer or leg.start, float(leg.billsec)) for leg in reversed(facts.legs)}
    return tuple(
        Named(
            text=text, start=int(spans[text][0]), started=datetime.fromtimestamp(spans[text][0], zone),
            seconds=spans[text][1],
        )
        for text in collapsed.recordings
    )  # fmt: skip


def delete_recordings(db: sqlite3.Connection, store: Path, calls: Iterable[int]) -> list[str]:
    """Delete the files of these calls' recordings; gives the names of those that could not be (other machines)."""
    settings = read_recording_settings(db)
    if not settings.roots:
        return []
    roots = make_roots(settings.roots, cache_folder(store))
    kept = []
    for id in calls:
        for named in named_recordings(db, id):
            found = roots.find(named)
            if not isinstance(found, Missing) and not roots.delete(found):
                kept.append(named.name)
    # What was fetched lies there under hashes of its addresses; it is fetched again.
    shutil.rmtree(cache_folder(store), ignore_errors=True)
    return kept


class RecordingDesk:
    """What one session asks of recordings. What is given a connection or a transaction runs in threads."""

    def __init__(self, store: Path, session: Session, scope: Scope, now: Callable[[], float]) -> None:
        self._cache = cache_folder(store)
        self._session = session
        self._scope = scope
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int], Found] = {}
        """Where parts were found; so that a range is not searched for again."""
        self._written: dict[tuple[int, Purpose], float] = {}
        """When bytes of each deed were last given, the newest at the end; of the event loop, like the turns."""
        self._turns: WeakValueDictionary[tuple[int, Purpose], asyncio.Lock] = WeakValueDictionary()
        self._roots: tuple[tuple[str, ...], Roots] | None = None

    def look(self, db: sqlite3.Connection, call_id: int) -> Recording:
        """What there is of a call. Raises NotFound for a call that the session may not see."""
        call_id = visible_call(db, call_id, self._scope)
        ended, marks = db.execute("SELECT ended, marks FROM call WHERE id = ?", (call_id,)).fetchone()
        if not marks & Mark.RECORDING:
            return Recording(call_id=call_id)
        if not self._session.may(Permission.LISTEN):
            return Recording(call_id=call_id, state=RecordingState.FORBIDDEN)
        roots = self._roots_of(db)
        parts, reasons = [], []
        for index, named in enumerate(named_recordings(db, call_id)):
            found = roots.find(named)
            if isinstance(found, Missing):
                reasons.append(found)
                parts.append(RecordingPart(name=named.name, start=named.start, missing=found))
            else:
                self._remember((call_id, index), found)
                parts.append(RecordingPart(name=named.name, start=named.start, size=found.size))
        state = _state(parts, fresh=ended + pending_seconds(db) > self._now())
        return Recording(
            call_id=call_id, state=state, parts=tuple(parts), missing=reasons[0] if reasons else None,
            may_download=self._session.may(Permission.DOWNLOAD),
            first_channel=read_recording_settings(db).first_channel,
        )  # fmt: skip

    def check(self, request: RangeRequest) -> None:
        """Raises Forbidden without the right, Invalid for a range that nobody may ask for."""
        wanted = Permission.DOWNLOAD if request.purpose is Purpose.DOWNLOAD else Permission.LISTEN
        if not self._session.may(wanted):
            raise Forbidden(_NO_DOWNLOADING if wanted is Permission.DOWNLOAD else _NO_LISTENING, _ASK)
        if request.start < 0 or not 0 < request.length <= LONGEST_RANGE or request.purpose is Purpose.UNKNOWN:
            raise Invalid(N_("This part of a recording cannot be asked for."))

    def read(self, db: sqlite3.Connection, request: RangeRequest) -> PartRange:
        """Bytes of a part. Raises NotFound where it has gone, Unreachable where its place does not answer."""
        call_id = visible_call(db, request.call_id, self._scope)
        found = self._known.get((call_id, request.part))
        if found is None:
            self.look(db, call_id)
            found = self._known.get((call_id, request.part))
        if found is None:
            raise NotFound(_GONE, _MOVED)
        return PartRange(data=self._roots_of(db).read(found, request.start, request.length), size=found.size)

    def turn(self, request: RangeRequest) -> asyncio.Lock:
        """Held while the deed of these bytes is written down, so that no other request gives bytes before it is."""
        return self._turns.setdefault((request.call_id, request.purpose), asyncio.Lock())

    def is_written(self, request: RangeRequest) -> bool:
        """Whether these bytes belong to a deed that is in the audit log."""
        before = self._written.get((request.call_id, request.purpose))
        return before is not None and self._now() - before <= _SAME_LISTENING

    def note_written(self, request: RangeRequest) -> None:
        """The deed of these bytes is in the audit log, and goes on."""
        key = (request.call_id, request.purpose)
        self._written.pop(key, None)
        self._written[key] = self._now()
        # One that is forgotten is written down again.
        while len(self._written) > _MOST_KNOWN:
            del self._written[next(iter(self._written))]

    def size_of(self, db: sqlite3.Connection, call_id: int) -> int:
        """Bytes of all parts that are there. Raises NotFound."""
        return sum(part.size for part in self.look(db, call_id).parts)

    def write(self, transaction: Transaction, request: RangeRequest, size: int) -> None:
        """Put the beginning of a listening or a download into the audit log, before its first byte is given."""
        call_id = visible_call(transaction.db, request.call_id, self._scope)
        deed = Deed.DOWNLOAD if request.purpose is Purpose.DOWNLOAD else Deed.LISTEN
        amount = size if deed is Deed.DOWNLOAD else None
        record(transaction, self._session, deed, int(self._now()), object_id=call_id, amount=amount)

    def check_link(self, db: sqlite3.Connection, request: LinkRequest) -> int:
        """The call whose part may be linked to. Raises Forbidden, NotFound."""
        if not self._session.may(Permission.DOWNLOAD):
            raise Forbidden(_NO_DOWNLOADING, _ASK)
        recording = self.look(db, request.call_id)
        if not 0 <= request.part < len(recording.parts) or recording.parts[request.part].missing is not None:
            raise NotFound(_GONE, _MOVED)
        return recording.call_id

    def link(self, transaction: Transaction, request: LinkRequest, call_id: int) -> RecordingLink:
        """An address for a part of a call that was checked."""
        from backend_client.sqlite.clients.links import LINK_SECONDS, Link, make_link, public_address

        link = Link(self._session.employee_id or 0, call_id, request.part, int(self._now()) + LINK_SECONDS)
        address = f"{public_address(transaction.db)}/v1/links/{make_link(transaction, link)}"
        return RecordingLink(address=address, seconds=LINK_SECONDS)

    def heard(self, transaction: Transaction, request: HeardRequest) -> None:
        """Put how much was heard into the audit log. Raises Forbidden, NotFound, Invalid."""
        if not self._session.may(Permission.LISTEN):
            raise Forbidden(_NO_LISTENING, _ASK)
        if not 0 < request.seconds < 1_000_000:
            raise Invalid(N_("Nobody can have listened that long."))
        call_id = visible_call(transaction.db, request.call_id, self._scope)
        record(transaction, self._session, Deed.LISTEN, int(self._now()), object_id=call_id, amount=request.seconds)

    def _remember(self, key: tuple[int, int], found: Found) -> None:
        with self._lock:
            self._known[key] = found
            while len(self._known) > _MOST_KNOWN:
                del self._known[next(iter(self._known))]

    def _roots_of(self, db: sqlite3.Connection) -> Roots:
        texts = read_recording_settings(db).roots
        with self._lock:
            if self._roots is None or self._roots[0] != texts:
                self._roots = (texts, make_roots(texts, self._cache))
                self._known.clear()
            return self._roots[1]


def _state(parts: list[RecordingPart], *, fresh: bool) -> RecordingState:
    """R4: what can be heard is available at once; what is not there yet may come for a while."""
    if any(part.missing is None for part in parts):
        return RecordingState.AVAILABLE
    if fresh:
        return RecordingState.PENDING
    if parts and all(part.missing is Missing.EMPTY for part in parts):
        return RecordingState.NONE
    return RecordingState.DELETED
