"""The fields of filters as tables: filter text, the menu, commands' options and docs read them."""

from __future__ import annotations

from msgspec import Struct, structs

from backend_client.model.call_filter import CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.client_filter import CLIENT_FIELDS, ClientFilter
from backend_client.model.filter_field import (
    FieldKind,
    Filter,
    FilterField,
    choice,
    flag,
    ids,
    numbers,
    period,
    search,
    span,
    switch,
    texts,
)
from backend_client.model.status import OUTGOING_ONLY, Direction, Family, Name, Status
from backend_client.model.text import N_

FIELDS: tuple[FilterField, ...] = (
    period(
        "period",
        "period",
        N_("Period"),
        N_("a named period, a day, or from..to in local time; either end may be left open"),
    ),
    choice("directions", "direction", Direction, N_("Direction"), N_("incoming, outgoing or internal")),
    switch("internal", "show", "internal", N_("Internal calls"), N_("internal calls are listed too")),
    choice("families", "family", Family, N_("Outcome"), N_("accepted or missed, successful or failed")),
    choice("statuses", "status", Status, N_("Status"), N_("one of the statuses of the status column")),
    flag("lost", "lost", N_("Lost"), N_("missed calls from new numbers that nobody spoke with in time")),
    flag("attention", "attention", N_("Needs attention"), N_("missed calls without later contact in time")),
    flag("first_contact", "first-contact", N_("First contact"), N_("the first call ever of a new number")),
    flag("new", "new", N_("New number"), N_("calls from numbers that belonged to no client at that time")),
    flag("unregistered", "unregistered", N_("Unregistered"), N_("the number belongs to no client now")),
    flag("comment", "comment", N_("Comment"), N_("calls with a comment"), "with", "without"),
    flag("recording", "recording", N_("Recording"), N_("calls with a recording"), "with", "without"),
    flag("by_hand", "by-hand", N_("By hand"), N_("calls that somebody entered by hand")),
    flag("settles", "call-back", N_("Call-back"), N_("contacts that settled an earlier missed call")),
    switch("mine", "is", "mine", N_("My calls"), N_("calls in which you took part")),
    ids("employees", "employee", "employees", N_("Employee"), N_("who took part: name, extension or #id")),
    ids(
        "responsible",
        "responsible",
        "employees",
        N_("Responsible"),
        N_("who is responsible for the client: name, extension or #id"),
    ),
    texts("departments", "department", N_("Department"), N_("department of an employee who took part"), "departments"),
    ids("results", "result", "results", N_("Call result"), N_("the outcome that was noted: name or #id")),
    choice("entities", "entity", ClientKind, N_("Client is"), N_("a person or a company")),
    ids("clients", "client", "", N_("Client"), N_("#id of a client; search finds clients by name")),
    texts("numbers", "number", N_("Number"), N_("the whole number as it is stored; search finds any part of it")),
    ids("lines", "line", "lines", N_("Line"), N_("name, code or #id of a line")),
    ids("channels", "channel", "channels", N_("Channel"), N_("acquisition channel: name, DID or #id")),
    ids("regions", "region", "regions", N_("Region"), N_("where the number is at home: name, key or #id")),
    span("talk", "talk", N_("Talk"), N_("from..to, in seconds or as m:ss; either end may be left open")),
    FilterField(
        name="hours",
        key="hour",
        kind=FieldKind.NUMBERS,
        low=0,
        high=23,
        title=N_("Hour"),
        help=N_("hour of the day in which the call began: 9, 9..17, 22..6"),
    ),
    FilterField(
        name="weekdays",
        key="weekday",
        kind=FieldKind.NUMBERS,
        low=1,
        high=7,
        title=N_("Weekday"),
        help=N_("mon to sun, or 1 to 7: sat,sun or mon..fri"),
    ),
    choice("leads", "lead", LeadCategory, N_("Lead"), N_("what became of a call from a new number")),
    choice("handling", "handled", Handling, N_("Handling"), N_("what became of a missed call")),
    span(
        "callback",
        "call-back-time",
        N_("Call-back time"),
        N_("from a missed call to its call-back: from..to, in seconds or as m:ss"),
    ),
    choice("handled_by", "handled-by", Direction, N_("Settled by"), N_("out: we called back; in: the client called")),
    span(
        "wait",
        "wait",
        N_("Wait"),
        N_(
            "before somebody answered, or the caller gave up, in the queue where that is known: from..to; either end "
            "may be left open"
        ),
    ),
    flag("rang", "rang", N_("Rang"), N_("incoming calls for which a phone or a queue rang")),
    numbers(
        "offered", 0, 600, N_("Offered"), N_("incoming, accepted or missed after ringing and at least so many seconds")
    ),
    flag("withheld", "withheld", N_("Withheld"), N_("the outside number was withheld")),
    flag("once", "once", N_("One-off"), N_("the only call of its number in the period")),
    numbers("resolved", 1, 365, N_("Resolved"), N_("no further call of the number within so many days")),
    ids(
        "not_employees",
        "not-employee",
        "employees",
        N_("Employee not"),
        N_("somebody took part, and none of these"),
    ),
    switch("nobody", "is", "nobody", N_("Nobody"), N_("no employee took part")),
    ids("not_clients", "not-client", "", N_("Client not"), N_("a client, and none of these")),
    ids("not_channels", "not-channel", "channels", N_("Channel not"), N_("a channel, and none of these")),
    ids("not_regions", "not-region", "regions", N_("Region not"), N_("a region, and none of these")),
    flag("attempt", "attempt", N_("Attempt"), N_("calls attached to a task of the outbound plan")),
    ids("tasks", "task", "", N_("Task"), N_("#id of a task of the outbound plan")),
    ids("task_operators", "task-operator", "employees", N_("Task's operator"), N_("whose task it is: name or #id")),
    ids("task_managers", "task-manager", "employees", N_("Task's manager"), N_("account manager: name or #id")),
    texts(
        "deliveries",
        "delivery",
        N_("Task's delivery"),
        N_("plan date of the task: a date, or from..to; either end may be left open"),
    ),
    search(N_("Search"), N_("client name, any part of a number or SIP address, employee name")),
)
"""In the order of the menu, of canonical text and of the help."""

_NOT_REACHED = tuple(
    status
    for status in Status
    if (status in OUTGOING_ONLY or status in (Status.ERROR, Status.NO_CHANNELS)) and status is not Status.CANCELLED
)

NAMED_STATUSES: dict[Name, CallFilter] = {
    Name.ACCEPTED: CallFilter(families=(Family.ACCEPTED,)),
    Name.REACHED: CallFilter(families=(Family.SUCCESSFUL,)),
    Name.NO_REPLY: CallFilter(families=(Family.MISSED,), lost=False),
    Name.LOST: CallFilter(families=(Family.MISSED,), lost=True),
    Name.CANCELLED: CallFilter(families=(Family.FAILED,), statuses=(Status.CANCELLED,)),
    Name.NOT_REACHED: CallFilter(families=(Family.FAILED,), statuses=_NOT_REACHED),
    Name.INTERNAL: CallFilter(directions=(Direction.INTERNAL,)),
}
"""The names of S4 as filters: what a call of that name satisfies, and no other (decision 4)."""

_TABLES: dict[type[Struct], tuple[FilterField, ...]] = {CallFilter: FIELDS, ClientFilter: CLIENT_FIELDS}
_BY_KEY: dict[type[Struct], dict[str, tuple[FilterField, ...]]] = {
    kind: {
        key: tuple(field for field in fields if key in (field.key, field.negative))
        for key in dict.fromkeys(key for field in fields[:-1] for key in (field.key, field.negative) if key)
    }
    for kind, fields in _TABLES.items()
}


def fields_of(kind: type[Struct]) -> tuple[FilterField, ...]:
    """All fields of a kind of filter, the search last."""
    return _TABLES[kind]


def field_named(kind: type[Struct], name: str) -> FilterField:
    """The field of this name."""
    return next(field for field in _TABLES[kind] if field.name == name)


def fields_by_key(kind: type[Struct]) -> dict[str, tuple[FilterField, ...]]:
    """All but search, which is written without a key. Several fields share "is", "not", "with", "without": their
    words tell them apart."""
    return _BY_KEY[kind]


def joined(filter: Filter, more: Filter) -> Filter:
    """The filter with what `more` asks beside it: alternatives are added, everything else is replaced."""
    changes = {}
    for field in fields_of(type(filter)):
        if not field.is_set(more):
            continue
        for name in field.attributes:
            old, new = getattr(filter, name), getattr(more, name)
            if isinstance(new, tuple):
                new = tuple(dict.fromkeys((*old, *new)))
            changes[name] = new
    return structs.replace(filter, **changes)


def turned(field: FilterField, filter: Filter) -> Filter:
    """The next state of a flag (any → yes → no → any) or of a switch (off → on → off)."""
    value = getattr(filter, field.name)
    if field.kind is FieldKind.SWITCH:
        return structs.replace(filter, **{field.name: not value})
    return structs.replace(filter, **{field.name: {None: True, True: False, False: None}[value]})
