"""`ClientFilter`: what the list of clients is narrowed by, as `CallFilter` narrows calls."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.call_filter import ClientKind
from backend_client.model.filter_field import FilterField, choice, flag, ids, period, search, switch
from backend_client.model.period import Period
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
    switch("mine", "is", "mine", N_("My clients"), N_("clients that you are responsible for")),
    flag("assigned", "assigned", N_("Has a responsible"), N_("somebody is responsible")),
    period(
        "period",
        "registered",
        N_("Registered"),
        N_("a named period, a day, or from..to in local time; either end may be left open"),
    ),
    flag("numbers", "number", N_("With a number"), N_("clients with a number"), "with", "without"),
    flag("persons", "person", N_("With contact persons"), N_("clients with a contact person"), "with", "without"),
    flag("note", "note", N_("With a note"), N_("clients with a note"), "with", "without"),
    switch(
        "archived", "show", "archived", N_("In the archive"), N_("those in the archive, instead of those that are not")
    ),
    search(N_("Search"), N_("name, contact person, or any part of a number")),
)
"""In the order of the menu, of canonical text and of the help."""
