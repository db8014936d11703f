"""A client (C4): the card, its numbers and contact persons, and rows of lists."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call_filter import ClientKind
from backend_client.model.status import WireEnum


class ContactPerson(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody who is reached at a client."""

    id: int
    name: str


class ClientNumber(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A number of a client. `known_since`: UTC epoch seconds, 0 is always (decision 5)."""

    key: str
    known_since: int = 0
    person_id: int | None = None


class ClientCard(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything known about a client but the calls themselves."""

    id: int
    name: str
    kind: ClientKind = ClientKind.PERSON
    responsible_id: int | None = None
    note: str = ""
    source: str = ""
    """Where the client came from: the name of an imported file; blank: registered by hand."""
    since: int = 0
    """When it was registered, UTC epoch seconds; 0 where nobody knows."""
    archived: bool = False
    revision: int = 0
    numbers: tuple[ClientNumber, ...] = ()
    persons: tuple[ContactPerson, ...] = ()
    calls: int = 0
    """How many of its calls the session may see …"""
    last_call: int | None = None
    """… and when the latest of them started."""

    def person(self, id: int | None) -> str:
        """Name of a contact person; blank where there is none of this id."""
        return next((person.name for person in self.persons if person.id == id), "")


class ClientRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A line of the list of clients; (`sort_key`, `id`) is its place."""

    id: int
    name: str
    sort_key: str
    kind: ClientKind = ClientKind.PERSON
    numbers: tuple[str, ...] = ()
    """Some of its keys, at most five; all of them in a whole row."""
    persons: tuple[str, ...] = ()
    """Names of some of its contact persons, at most three; of all of them in a whole row."""
    responsible_id: int | None = None
    since: int = 0
    archived: bool = False
    responsible: str = ""
    note: str = ""
    source: str = ""
    """These three only in whole rows."""


class ClientRecord(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A client as a list from elsewhere has it; texts as they stand there."""

    row: int
    """Where it stands in the list, for what is told about it."""
    name: str = ""
    kind: ClientKind = ClientKind.PERSON
    numbers: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    responsible: str = ""
    """Name, login or extension of an employee."""
    note: str = ""
    known_since: int | None = None
    """UTC epoch seconds; None: always."""


class ClientFate(WireEnum):
    """What an import makes of a record."""

    NEW = "new"
    EXTENDED = "extended"
    """A client of this name and one of these numbers is there; what was missing is added."""
    UNCHANGED = "unchanged"
    SAME_NAME = "same-name"
    """A client of this name is there, with other numbers: left alone unless asked otherwise."""
    TAKEN = "taken"
    """A number belongs to a client of another name: left alone."""
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class RecordFate(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became, or would become, of one record, and why. `reason` is a msgid, `fields` fill it."""

    row: int
    fate: ClientFate
    name: str = ""
    reason: str = ""
    fields: dict[str, str] = {}
