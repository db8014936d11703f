"""What people did to numbers of the missed-call queue, as the store keeps it: the newest of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from msgspec import Struct, structs

from backend_client.model.missed_queue import QueuePart
from backend_client.sqlite.queue.open_missed import OpenNumber
from backend_client.sqlite.statement import ids_json


class QueueState(Struct, frozen=True):
    """What people did to a number, and the start of its newest missed call when they did it."""

    number_id: int
    upto: int
    claimer_id: int | None = None
    claimer: str = ""
    claimed_at: int | None = None
    claimed_upto: int | None = None
    snoozed_until: int | None = None
    snoozed_upto: int | None = None
    done_at: int | None = None
    done_by: str = ""
    done_upto: int | None = None
    reason: str = ""


UNTOUCHED = QueueState(0, 0)
"""That of a number to which nobody has done anything."""
_COLUMNS = ", ".join(QueueState.__struct_fields__)
_PUT = (
    f"INSERT INTO queue_state ({_COLUMNS}) VALUES ({', '.join('?' * len(QueueState.__struct_fields__))})"
    f" ON CONFLICT DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in QueueState.__struct_fields__[1:])}"
)


def state_of(db: sqlite3.Connection, number: OpenNumber) -> QueueState:
    """What holds of the state of one number."""
    row = db.execute(f"SELECT {_COLUMNS} FROM queue_state WHERE number_id = ?", (number.number_id,)).fetchone()
    return QueueState(number.number_id, 0) if row is None else still_valid(QueueState(*row), number)


def put_state(db: sqlite3.Connection, state: QueueState) -> None:
    """Instead of the one that stood."""
    db.execute(_PUT, structs.astuple(state))


def forget_states(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Of numbers that are erased, with the reasons that people wrote."""
    db.execute("DELETE FROM queue_state WHERE number_id IN (SELECT value FROM json_each(?))", (ids_json(numbers),))


def read_states(db: sqlite3.Connection, since: int) -> dict[int, QueueState]:
    """States that are about missed calls from `since` on."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM queue_state INDEXED BY queue_state_upto WHERE upto >= ?", (since,)
    ).fetchall()
    return {row[0]: QueueState(*row) for row in rows}


def still_valid(state: QueueState, number: OpenNumber) -> QueueState:
    """What of a state holds for the missed calls that are open now: a claim while one of those it was about is, the
    rest until the number calls in vain again."""
    claimed = state.claimed_upto is not None and state.claimed_upto >= number.first
    snoozed = state.snoozed_upto is not None and state.snoozed_upto >= number.last
    done = state.done_upto is not None and state.done_upto >= number.last
    return QueueState(
        state.number_id,
        state.upto,
        *(
            (state.claimer_id, state.claimer, state.claimed_at, state.claimed_upto)
            if claimed
            else (None, "", None, None)
        ),
        *((state.snoozed_until, state.snoozed_upto) if snoozed else (None, None)),
        *((state.done_at, state.done_by, state.done_upto, state.reason) if done else (None, "", None, "")),
    )


def part_of(state: QueueState, now: int) -> QueuePart:
    """Where a line stands."""
    if state.done_at is not None:
        return QueuePart.DONE
    if state.snoozed_until is not None and state.snoozed_until > now:
        return QueuePart.SNOOZED
    return QueuePart.OPEN
