"""Clients: search, list, card and the deeds that change them."""

from __future__ import annotations

from msgspec import Struct

from backend_client.contract.wire import Request, Result
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientCard, ClientRecord, ClientRow, RecordFate
from backend_client.model.client_filter import ClientFilter
from backend_client.model.directory import ClientMatch


class ClientSearch(Request, frozen=True, omit_defaults=True, kw_only=True):
    text: str
    limit: int = 20


class Clients(Result, frozen=True, omit_defaults=True, kw_only=True):
    clients: tuple[ClientMatch, ...] = ()


class ClientRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The card of a client; of one that was merged, the card of the client that has its numbers now."""

    id: int


class ClientPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """A place in the list of clients."""

    sort_key: str
    id: int


class ClientListRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Clients by name: `above` rows before the anchor, its own and `below` after it; without one, the first rows."""

    filter: ClientFilter = ClientFilter()
    anchor: ClientPlace | None = None
    above: int = 0
    below: int = 100
    last: bool = False
    whole: bool = False
    """With all numbers and contact persons, note and source, as for an export."""


class ClientList(Result, frozen=True, omit_defaults=True, kw_only=True):
    change: int = 0
    rows: tuple[ClientRow, ...] = ()
    more_above: bool = False
    more_below: bool = False


class RegisterClient(Request, frozen=True, omit_defaults=True, kw_only=True, tag="register"):
    """Give numbers, as anybody writes them, to a new client (`client_id` None), or to one that is there.

    `person_id` or `person` (the name of a new one): the contact person whose numbers they are. A number of somebody
    else raises Conflict, whose fields hold `number`, `client` (the name), `client_id` and `archived`, unless `move`,
    which needs the right to move numbers between clients.
    """

    numbers: tuple[str, ...] = ()
    client_id: int | None = None
    name: str = ""
    kind: ClientKind = ClientKind.PERSON
    responsible_id: int | None = None
    note: str = ""
    person_id: int | None = None
    person: str = ""
    move: bool = False


class EditClient(Request, frozen=True, omit_defaults=True, kw_only=True, tag="edit"):
    """Change the card. `revision` is the one that the writer saw: where it is not the newest, Conflict."""

    id: int
    revision: int
    name: str
    kind: ClientKind = ClientKind.PERSON
    responsible_id: int | None = None
    note: str = ""


class EditPerson(Request, frozen=True, omit_defaults=True, kw_only=True, tag="person"):
    """Rename a contact person; a blank name removes, and the numbers stay the client's."""

    id: int
    name: str = ""


class UnlinkNumber(Request, frozen=True, omit_defaults=True, kw_only=True, tag="unlink"):
    """Say that a number is nobody's."""

    number: str


class MergeClients(Request, frozen=True, omit_defaults=True, kw_only=True, tag="merge"):
    """Two cards of one client: `other`'s numbers, persons and note go over to `id`; its own id still finds them."""

    id: int
    other: int


class ArchiveClient(Request, frozen=True, omit_defaults=True, kw_only=True, tag="archive"):
    """Take a client off the lists, or put it back. Its numbers and calls stay its own."""

    id: int
    archived: bool = True


class UndoClientDeed(Request, frozen=True, omit_defaults=True, kw_only=True, tag="undo"):
    """Restore what a deed changed, exactly; without a number, the session's own latest. Raises Conflict where
    something of it was changed since."""

    deed: int | None = None


ClientDeed = RegisterClient | EditClient | EditPerson | UnlinkNumber | MergeClients | ArchiveClient | UndoClientDeed


class ClientChange(Result, frozen=True, omit_defaults=True, kw_only=True):
    """What a deed did. `deed` undoes it."""

    deed: int
    client: ClientCard | None = None
    """The card now; None where undoing took it away."""
    calls: int = 0
    """Calls of the numbers that changed hands, those that the session may see."""


class ImportClients(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Some records of a list of clients, at most PAGE_LIMIT; `rehearse` tells what would become of them."""

    records: tuple[ClientRecord, ...]
    source: str = ""
    same_name: bool = False
    """A client of the same name, with other numbers, is the same one; otherwise such a record is left alone."""
    rehearse: bool = False


class ImportedClients(Result, frozen=True, omit_defaults=True, kw_only=True):
    fates: tuple[RecordFate, ...] = ()
