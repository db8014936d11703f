"""What people say of a call beside its comment: its outcome; and calls that they write down themselves (J11)."""

from __future__ import annotations

import sqlite3
from secrets import token_hex

from msgspec.structs import replace

from backend_client.contract.calls import LogCall
from backend_client.derive.feed import BY_HAND
from backend_client.errors import Invalid, NotFound
from backend_client.model.leg import CallFacts, Leg
from backend_client.model.permissions import Session
from backend_client.model.phone import NumberKind, number_key
from backend_client.model.text import N_, clean
from backend_client.sqlite.call_row import count, rows_by_id
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.transaction import Transaction

SYSTEM = "by-hand"
"""The system of calls that people write down."""
_OUTSIDE = "Hand/outside"
"""Stands for the channel to the other side, so that derivation sees a leg like any other."""
LONGEST_CALL = 86_400
"""Seconds of talk that are believed."""


def save_result(transaction: Transaction, call: int, result: int | None) -> None:
    """Say with what outcome a call ended. Raises NotFound without such an outcome."""
    db = transaction.db
    if result is not None and not db.execute("SELECT 1 FROM result WHERE id = ?", (result,)).fetchone():
        raise NotFound(N_("This call result is not in the list any more."))
    row = rows_by_id(db, [call])[call]
    if row.result_id != result:
        count(transaction, [(row, replace(row, result_id=result))])
        db.execute("UPDATE call SET result_id = ? WHERE id = ?", (result, call))


def facts_by_hand(db: sqlite3.Connection, request: LogCall, session: Session, now: int) -> CallFacts:
    """A call that a person tells of, as facts like any other's.

    Raises Invalid for what is no number, or for a call that has not ended yet.
    """
    number, home = clean(request.number), read_derive_settings(db).home_country
    if number_key(number, home).kind is NumberKind.WITHHELD:
        raise Invalid(N_("A call needs a number."))
    if not 0 <= request.talk <= LONGEST_CALL:
        raise Invalid(N_("A call lasts between nothing and a day."))
    if request.start + request.talk > now:
        raise Invalid(N_("A call that is written down must have ended."))
    desk = _desk_of(db, session)
    # Two people write at the same second.
    key = f"{now}.{session.employee_id}.{token_hex(4)}"
    answered = request.start if request.talk else None
    caller, callee = (desk, number) if request.outgoing else (number, desk)
    channels = (f"Hand/{desk}", _OUTSIDE) if request.outgoing else (_OUTSIDE, f"Hand/{desk}")
    leg = Leg(
        key=f"{request.start}|{key}", uniqueid=key, linkedid=key, start=request.start, answer=answered,
        end=request.start + request.talk, duration=request.talk, billsec=request.talk,
        disposition="ANSWERED" if request.talk else "NO ANSWER", caller=caller, callee=callee,
        channel=channels[0], dstchannel=channels[1],
        app="Dial", feed=BY_HAND, direction="out" if request.outgoing else "in",
    )  # fmt: skip
    return CallFacts(system=SYSTEM, call_key=key, legs=(leg,))


def _desk_of(db: sqlite3.Connection, session: Session) -> str:
    """The internal number under which the session's own employee is found again."""
    if session.employee_id is None:
        raise Invalid(
            N_("Nobody is known as {name} here."), N_("Start with --as NAME to say who you are."), name=session.name
        )  # fmt: skip
    row = db.execute(
        "SELECT number FROM extension WHERE employee_id = ? ORDER BY until IS NOT NULL, id DESC LIMIT 1",
        (session.employee_id,),
    ).fetchone()
    if row is None:
        raise Invalid(
            N_("You have no internal number, by which a call would be found as yours."),
            N_("Somebody who keeps the directories can enter one."),
        )
    return str(row[0])
