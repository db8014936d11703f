"""What collapsing a call's facts gives: texts of the source, not yet ids of the store."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call import StatusReason
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.status import Direction, HungUpBy, Status


class Participant(Struct, frozen=True):
    """An inside party of decision 7, in order: its internal number (or endpoint name), a name that the source
    gave it, and the union of its own talk intervals in seconds."""

    address: str
    name: str = ""
    talk: int = 0


class Collapsed(Struct, frozen=True, kw_only=True):
    """One call out of its legs: a pure function of facts and settings. Epoch seconds UTC, spans in seconds."""

    start: int
    answered: int | None
    ended: int
    direction: Direction
    status: Status
    busy: bool = False
    outside: str = ""
    """The outside party as the source wrote it; blank when withheld or internal."""
    withheld: bool = False
    outside_name: str = ""
    participants: tuple[Participant, ...] = ()
    application: str = ""
    queue: str = ""
    """The last queue in which the caller stood, whoever took the call."""
    line: str = ""
    """Technical code of the trunk: the outside channel's endpoint."""
    did: str = ""
    """As dialled; incoming external calls only."""
    wait: int = 0
    queue_wait: int | None = None
    talk: int = 0
    hung_up_by: HungUpBy = HungUpBy.NOBODY_SAID
    recordings: tuple[str, ...] = ()
    price: int | None = None
    currency: str = ""
    by_hand: bool = False
    note: str = ""
    reason: StatusReason = StatusReason(rule="")


class Basis(Struct, frozen=True):
    """What collapsing reads beside the facts."""

    settings: DeriveSettings
    internal: frozenset[str]
    """The numbers and endpoint names of the employee list."""
