"""`ClientFilter`: what the list of clients is narrowed by, as `CallFilter` narrows calls."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call_filter import ClientKind
from backend_client.model.filter_field import FieldKind, FilterField, choice, flag, ids
from backend_client.model.period import Period, Preset
from backend_client.model.text import N_


class ClientFilter(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Values of one field are alternatives, fields narrow each other; None and () ask nothing. A `bool | None` field:
    True has it, False has it not."""

    kinds: tuple[ClientKind, ...] = ()
    responsible: tuple[int, ...] = ()
    """Employees."""
    mine: bool = False
    """Clients that the session's own employee is responsible for."""
    assigned: bool | None = None
    """Somebody is responsible."""
    period: Period | None = None
    """When the client was registered."""
    numbers: bool | None = None
    persons: bool | None = None
    note: bool | None = None
    archived: bool = False
    """Those in the archive, instead of those that are not."""
    search: str = ""
    """Name, contact person, or any part of a number."""


CLIENT_FIELDS: tuple[FilterField, ...] = (
    choice("kinds", "kind", ClientKind, N_("Client is"), N_("a person or a company")),
    ids("responsible", "responsible", "employees", N_("Responsible"), N_("employee: name, extension or #id")),
    FilterField(
        name="mine",
        key="is",
        word="mine",
        kind=FieldKind.SWITCH,
        title=N_("My clients"),
        help=N_("clients that you are responsible for"),
    ),
    flag("assigned", "assigned", N_("Has a responsible"), N_("somebody is responsible")),
    FilterField(
        name="period",
        key="registered",
        kind=FieldKind.PERIOD,
        enum=Preset,
        title=N_("Registered"),
        help=N_("a named period, a day, or from..to in local time; either end may be left open"),
    ),
    flag("numbers", "number", N_("With a number"), N_("clients with a number"), "with", "without"),
    flag("persons", "person", N_("With contact persons"), N_("clients with a contact person"), "with", "without"),
    flag("note", "note", N_("With a note"), N_("clients with a note"), "with", "without"),
    FilterField(
        name="archived",
        key="show",
        word="archived",
        kind=FieldKind.SWITCH,
        title=N_("In the archive"),
        help=N_("those in the archive, instead of those that are not"),
    ),
    FilterField(
        name="search",
        key="search",
        kind=FieldKind.SEARCH,
        title=N_("Search"),
        help=N_("name, contact person, or any part of a number"),
    ),
)
"""In the order of the menu, of canonical text and of the help."""
