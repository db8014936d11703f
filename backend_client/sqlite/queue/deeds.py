"""What people do to lines of the missed-call queue: claim, release, snooze, done."""

from __future__ import annotations

from msgspec import structs

from backend_client.contract.changes import Kind
from backend_client.contract.missed_queue import ClaimMissed, QueueChange, QueueDeed, ReleaseMissed, SnoozeMissed
from backend_client.errors import Conflict, Forbidden, Invalid, NotFound
from backend_client.model.audit import Deed
from backend_client.model.missed_queue import LONGEST_REASON, LONGEST_SNOOZE
from backend_client.model.permissions import Session
from backend_client.model.text import N_, clean
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.names import Names
from backend_client.sqlite.queue.lines import QueueReader, is_own
from backend_client.sqlite.queue.open_missed import OpenMissed, OpenNumber
from backend_client.sqlite.queue.state import QueueState, put_state, state_of
from backend_client.sqlite.transaction import Transaction


def change_queue(
    transaction: Transaction,
    session: Session,
    scope: Scope,
    names: Names,
    missed: OpenMissed,
    request: QueueDeed,
    now: int,
) -> QueueChange:
    """Do it to the line as the session sees it. Raises NotFound where the queue shows it no such line, Conflict where
    somebody else claimed it, Forbidden, Invalid."""
    reader = QueueReader(transaction.db, session, scope, now, names, missed)
    number = _number(reader, request.number)
    before = state_of(transaction.db, number)
    after = structs.replace(_after(reader, session, number, before, request), upto=number.last)
    line = reader.lines([(number, after)])[0]
    if after != before:
        put_state(transaction.db, after)
        transaction.touch(Kind.QUEUE)
        record(transaction, session, Deed.QUEUE, now, object_id=number.calls[-1].id)
    return QueueChange(change=transaction.before + (after != before), line=line)


def _number(reader: QueueReader, key: str) -> OpenNumber:
    row = reader.db.execute("SELECT id FROM number WHERE key = ?", (key,)).fetchone()
    number = None if row is None else reader.numbers.get(row[0])
    if number is None:
        raise NotFound(
            N_("{number} is not in the queue."),
            N_("Somebody has spoken with this caller meanwhile, or no missed call of it is yours to see."),
            number=clean(key),
        )
    return number


def _after(
    reader: QueueReader, session: Session, number: OpenNumber, state: QueueState, request: QueueDeed
) -> QueueState:
    if isinstance(request, ClaimMissed):
        return _claimed(reader, session, number, state, take=request.take)
    if state.done_at is not None and isinstance(request, ReleaseMissed | SnoozeMissed):
        raise Conflict(
            N_("{number} is done already."),
            N_("Put the line back first."),
            number=clean(request.number),
            at=state.done_at,
        )
    if isinstance(request, ReleaseMissed):
        if state.claimed_at is not None and not is_own(state, session) and not reader.sees_all:
            raise Forbidden(
                N_("{claimer} has claimed this line."), N_("They or a supervisor can release it."),
                claimer=state.claimer,
            )  # fmt: skip
        return structs.replace(state, claimer_id=None, claimer="", claimed_at=None, claimed_upto=None)
    _check_claim(reader, session, state)
    if isinstance(request, SnoozeMissed):
        return _snoozed(reader, number, state, request.until)
    return _finished(reader, session, number, state, request.reason)


def _claimed(reader: QueueReader, session: Session, number: OpenNumber, state: QueueState, *, take: bool) -> QueueState:
    if state.claimed_at is not None and is_own(state, session):
        return structs.replace(state, claimed_upto=number.last)
    if not (take and reader.sees_all):
        _check_claim(reader, session, state, always=True)
    return structs.replace(
        state, claimer_id=session.employee_id, claimer=session.name, claimed_at=reader.now, claimed_upto=number.last
    )


def _check_claim(reader: QueueReader, session: Session, state: QueueState, *, always: bool = False) -> None:
    """A line that somebody else claimed is theirs, but for whoever sees all missed calls."""
    if state.claimed_at is None or is_own(state, session) or (reader.sees_all and not always):
        return
    raise Conflict(
        N_("{claimer} has claimed this line already."), N_("Take another one, or ask them."),
        claimer=state.claimer, at=state.claimed_at,
    )  # fmt: skip


def _snoozed(reader: QueueReader, number: OpenNumber, state: QueueState, until: int | None) -> QueueState:
    if until is None:
        return structs.replace(state, snoozed_until=None, snoozed_upto=None)
    if not reader.now < until <= reader.now + LONGEST_SNOOZE:
        raise Invalid(
            N_("A line is put off until a time to come, by {days} days at most."), days=LONGEST_SNOOZE // 86_400
        )
    return structs.replace(state, snoozed_until=until, snoozed_upto=number.last)


def _finished(
    reader: QueueReader, session: Session, number: OpenNumber, state: QueueState, reason: str | None
) -> QueueState:
    if reason is None:
        return structs.replace(state, done_at=None, done_by="", done_upto=None, reason="")
    text = clean(reason).strip()
    if not text:
        raise Invalid(N_("Say why nobody needs to call this number."))
    if len(text) > LONGEST_REASON:
        raise Invalid(N_("A reason has at most {limit} characters."), limit=LONGEST_REASON)
    return structs.replace(
        state, done_at=reader.now, done_by=session.name, done_upto=number.last, reason=text,
        snoozed_until=None, snoozed_upto=None,
    )  # fmt: skip
