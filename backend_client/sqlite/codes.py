"""The small integers under which the store keeps enums. Only ever added to: a code once given never changes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from backend_client.model.call_filter import ClientKind
from backend_client.model.status import Direction, Family, HungUpBy, Status, family_of
from backend_client.model.task_event import TaskEvent

SCHEMA_VERSION = 19
"""`PRAGMA user_version`; a console that knows a smaller one only reads."""

DIRECTIONS = (Direction.INCOMING, Direction.OUTGOING, Direction.INTERNAL)
STATUSES = (
    Status.ANSWERED,
    Status.UNAVAILABLE,
    Status.REJECTED,
    Status.NO_ANSWER,
    Status.CANCELLED,
    Status.MISSED,
    Status.ERROR,
    Status.TALKED_THEN_DROPPED,
    Status.NO_CHANNELS,
    Status.MISSED_OFFLINE,
)
HUNG_UP = (HungUpBy.NOBODY_SAID, HungUpBy.CALLER, HungUpBy.CALLEE)

CLIENT_KIND_CODE = {ClientKind.PERSON: 0, ClientKind.COMPANY: 1}
DIRECTION_CODE = {direction: code for code, direction in enumerate(DIRECTIONS)}
STATUS_CODE = {status: code for code, status in enumerate(STATUSES)}
TASK_EVENTS: tuple[TaskEvent, ...] = tuple(event for event in TaskEvent if event is not TaskEvent.UNKNOWN)
EVENT_CODE = {event: code for code, event in enumerate(TASK_EVENTS)}
HUNG_UP_CODE = {who: code for code, who in enumerate(HUNG_UP)}

KIND_STEP = 16
"""kind = direction × 16 + status: one indexed column answers direction, family and status."""


def kind_code(direction: Direction, status: Status) -> int:
    """The `kind` column of a call."""
    return DIRECTION_CODE[direction] * KIND_STEP + STATUS_CODE[status]


def direction_and_status(kind: int) -> tuple[Direction, Status]:
    """What a `kind` means."""
    return DIRECTIONS[kind // KIND_STEP], STATUSES[kind % KIND_STEP]


KINDS: tuple[int, ...] = tuple(kind_code(d, s) for d in DIRECTIONS for s in STATUSES)
KINDS_OF_FAMILY: dict[Family, tuple[int, ...]] = {
    family: tuple(k for k in KINDS if family_of(*direction_and_status(k)) is family)
    for family in Family
    if family is not Family.UNKNOWN
}

_PACKED = str.maketrans({"%": "%25", ":": "%3A", ",": "%2C"})


def pack_employees(people: Iterable[tuple[int, str, int]]) -> str:
    """The `employees` column: (employee id, extension, seconds of talk) in the order of decision 7."""
    return ",".join(f"{id}:{extension.translate(_PACKED)}:{talk}" for id, extension, talk in people)


@lru_cache(maxsize=1024)
def unpack_employees(text: str) -> tuple[tuple[int, str, int], ...]:
    """What `pack_employees` packed."""
    people = []
    for person in text.split(",") if text else ():
        id, extension, talk = person.split(":")
        if "%" in extension:
            extension = extension.replace("%2C", ",").replace("%3A", ":").replace("%25", "%")
        people.append((int(id), extension, int(talk)))
    return tuple(people)
