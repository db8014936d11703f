"""Everything about one call (J7, J8): what it is, how it went, and why it has its status."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from msgspec import structs

from backend_client.contract.calls import CallRequest
from backend_client.derive.collapsed import Collapsed
from backend_client.errors import NotFound
from backend_client.model import status_rule
from backend_client.model.call import Call, CallDetails, Mark, Price, PriceState, RecordingState, StatusReason
from backend_client.model.directory import Directories
from backend_client.model.hangup_cause import cause_text
from backend_client.model.leg import CallFacts
from backend_client.model.mobile import mobile_range
from backend_client.model.permissions import Permission, Session
from backend_client.model.status import Direction
from backend_client.model.tariff import price_of
from backend_client.model.text import N_
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.body import read_facts
from backend_client.sqlite.comments import read_comment, read_history, resolve_call
from backend_client.sqlite.directory import EmployeeIds
from backend_client.sqlite.names import Names
from backend_client.sqlite.rows import hidden_calls, read_calls
from backend_client.sqlite.settings import read_derive_settings, read_setting
from backend_client.sqlite.supervision.live import running_calls
from backend_client.sqlite.tariffs import tariff_of

PENDING_MINUTES = 5
"""Price and recording of a call that ended less than so many minutes ago may still come; setting "pending_minutes"."""
MOST_SETTLED = 100


def not_found() -> NotFound:
    """The same for a call that is not there and for one that the reader may not see."""
    return NotFound(N_("There is no such call among those that you may see."))


def visible_call(db: sqlite3.Connection, call_id: int, scope: Scope) -> int:
    """The id under which a call that the reader may see is kept. Raises NotFound."""
    kept = resolve_call(db, call_id)
    if scope.nothing or not db.execute("SELECT 1 FROM call WHERE id = ?", (kept,)).fetchone():
        raise not_found()
    if hidden_calls(db, {kept}, scope):
        raise not_found()
    return kept


def running_call(db: sqlite3.Connection, call_id: int, scope: Scope, names: Names | None, now: int) -> Call | None:
    """The call of an id, where it runs and the reader may see it."""
    return next(running_calls(db, scope, names, now, resolve_call(db, call_id)), None)


def read_details(
    db: sqlite3.Connection,
    request: CallRequest,
    session: Session,
    scope: Scope,
    directories: Directories,
    names: Names,
    now: int,
) -> CallDetails:
    """One call. Raises NotFound, also for one that the session may not see."""
    # 10 ms that the first paint does without.
    from backend_client.derive.collapse import collapse
    from backend_client.derive.route import route

    running = running_call(db, request.id, scope, names, now)
    if running is not None:
        return _of_running(db, running, read_derive_settings(db).zone)
    call_id = visible_call(db, request.id, scope)
    call = read_calls(db, [call_id], names, scope)[call_id]
    settings = read_derive_settings(db)
    price, currency, region_id = db.execute(
        "SELECT price, currency, region_id FROM call WHERE id = ?", (call_id,)
    ).fetchone()
    if price is None and call.direction is Direction.OUTGOING:
        price, currency = _by_tariff(db, call)
    pending = call.ended is None or call.ended + pending_seconds(db) > now
    may_listen = session.may(Permission.LISTEN)
    facts = read_facts(db, [call_id]).get(call_id, CallFacts(system="", call_key=""))
    internal = EmployeeIds().known_internal(db)
    collapsed = collapse(facts, settings, internal)
    known = CallDetails(
        call=call,
        price=_price(call, price, currency, pending, masked=not session.may(Permission.SEE_PRICE)),
        recording=_recording(call, pending, may_listen),
        comment=read_comment(db, call_id),
        history=read_history(db, call_id),
        source_id=facts.call_key,
        system=facts.system,
        region=names.regions.get(region_id, ""),
        operator=_operator(call.number),
        route=route(facts, settings, internal, employee_name=_holder(directories, call.start), client=call.client),
        settles=_settles(db, call, scope),
        zone=settings.zone,
    )
    return known if collapsed is None else _with_source(known, collapsed, may_listen)


def _of_running(db: sqlite3.Connection, call: Call, zone: str) -> CallDetails:
    """What is known of a call before its record has come."""
    key = db.execute("SELECT system, key FROM live_call WHERE call_id = ?", (call.id,)).fetchone()
    return CallDetails(
        call=call, comment=read_comment(db, call.id), history=read_history(db, call.id), system=key[0],
        source_id=key[1], operator=_operator(call.number), zone=zone,
        reason=StatusReason(rule=status_rule.END_NOT_SEEN if call.ended is not None else status_rule.RUNNING),
    )  # fmt: skip


def _with_source(known: CallDetails, collapsed: Collapsed, may_listen: bool) -> CallDetails:
    """What only the source's own words tell."""
    return structs.replace(
        known,
        recordings=tuple(name.rpartition("/")[2] for name in collapsed.recordings) if may_listen else (),
        source_note=collapsed.note,
        dialled=collapsed.outside,
        caller_name=collapsed.outside_name,
        did=collapsed.did,
        reason=_with_cause_text(collapsed.reason),
    )


def _operator(number: str) -> str:
    known = mobile_range(number)
    return known.operator if known is not None else ""


def _with_cause_text(reason: StatusReason) -> StatusReason:
    """The raw cause and its text beside it (J7)."""
    facts = tuple(
        (name, f"{value} ({text})" if name == "cause" and (text := cause_text(value)) else value)
        for name, value in reason.facts
    )
    return structs.replace(reason, facts=facts)


def pending_seconds(db: sqlite3.Connection) -> int:
    """For how long after its end the price and the recording of a call may still come."""
    return 60 * int(read_setting(db, "pending_minutes") or PENDING_MINUTES)


def _by_tariff(db: sqlite3.Connection, call: Call) -> tuple[int | None, str]:
    """What the source did not price: what the talk costs by the prefix of the number called."""
    tariff = tariff_of(db, call.number)
    return (price_of(tariff, call.talk), tariff.currency) if tariff is not None else (None, "")


def _price(call: Call, amount: int | None, currency: str, pending: bool, *, masked: bool) -> Price:
    if call.ended is None or call.marks & Mark.BY_HAND:
        return Price()
    if masked:
        return Price(PriceState.MASKED)
    if pending:
        return Price(PriceState.PENDING)
    return Price(PriceState.NOT_KNOWN) if amount is None else Price(PriceState.KNOWN, amount, currency)


def _recording(call: Call, pending: bool, may_listen: bool) -> RecordingState:
    if not call.marks & Mark.RECORDING:
        return RecordingState.NONE
    if not may_listen:
        return RecordingState.FORBIDDEN
    return RecordingState.PENDING if pending else RecordingState.AVAILABLE


def _holder(directories: Directories, at: int) -> Callable[[str], str]:
    """Who had an internal number at an instant; of several the one who got it last."""
    holders = {
        extension.number: employee.name
        for employee, extension in sorted(
            ((one, extension) for one in directories.employees for extension in one.extensions),
            key=lambda pair: pair[1].since or 0,
        )
        if (extension.since or 0) <= at and (extension.until is None or at < extension.until)
    }
    return lambda number: holders.get(number, "")


def _settles(db: sqlite3.Connection, call: Call, scope: Scope) -> tuple[int, ...]:
    """The missed calls that this contact settled, newest first, those that the reader may see."""
    if not call.marks & Mark.SETTLES:
        return ()
    rows = db.execute(
        "SELECT id FROM call INDEXED BY call_settled WHERE settled_by = ? ORDER BY start DESC, id DESC LIMIT ?",
        (call.id, MOST_SETTLED),
    )
    ids = [i for (i,) in rows.fetchall()]
    hidden = hidden_calls(db, set(ids), scope)
    return tuple(i for i in ids if i not in hidden)
