"""The fields of `CallFilter` as one table: filter text, the menu, `pult calls` options and docs read it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, structs

from backend_client.model.call_filter import NOTHING, CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.period import Preset
from backend_client.model.status import OUTGOING_ONLY, Direction, Family, Name, Status, WireEnum
from backend_client.model.text import N_

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekday n (Monday is 1) is WEEKDAYS[n - 1]."""


class FieldKind(Enum):
    """How a field is written and picked."""

    PERIOD = "period"
    FLAG = "flag"
    """`bool | None`: has it, has it not, not asked. Written `is:word` and `not:word`, or with/without."""
    SWITCH = "switch"
    """`bool` that is off until asked. Written `key:word`."""
    CHOICE = "choice"
    """Several of an enum."""
    IDS = "ids"
    """Several entries of a directory, by id."""
    TEXTS = "texts"
    NUMBERS = "numbers"
    """Several small integers between `low` and `high`."""
    SPAN = "span"
    """Two attributes, name_from and name_to: seconds, both ends included, None is open."""
    SEARCH = "search"


class FilterField(Struct, frozen=True, kw_only=True):
    """One field. `key` is its word in filter text, `word` the value that a flag or a switch has there."""

    name: str
    key: str
    kind: FieldKind
    title: str
    help: str
    word: str = ""
    negative: str = ""
    """Key of a flag that is denied: "not" or "without"."""
    enum: type[WireEnum] | None = None
    directory: str = ""
    """Attribute of `Directories` that its ids belong to; blank where they stand in none (clients)."""
    low: int = 0
    high: int = 0

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attributes of `CallFilter` that it covers."""
        if self.kind is FieldKind.SPAN:
            return (f"{self.name}_from", f"{self.name}_to")
        return (self.name,)

    @property
    def values(self) -> tuple[str, ...]:
        """The closed list of what may be written after the key; () where it is open."""
        if self.kind in (FieldKind.FLAG, FieldKind.SWITCH):
            return (self.word,)
        if self.enum is not None:
            return tuple(value.value for value in self.enum if value.value != "unknown")
        return WEEKDAYS if self.name == "weekdays" else ()

    @property
    def option(self) -> str:
        """Its long option of `pult calls`, without the dashes."""
        return self.word or self.key

    def is_set(self, filter: CallFilter) -> bool:
        """Whether the filter asks anything of this field."""
        return not self.same(filter, NOTHING)

    def same(self, filter: CallFilter, other: CallFilter) -> bool:
        """Whether both ask the same of this field."""
        return all(getattr(filter, a) == getattr(other, a) for a in self.attributes)

    def cleared(self, filter: CallFilter, home: CallFilter = NOTHING) -> CallFilter:
        """The filter with nothing asked of this field, or what `home` asks of it."""
        return structs.replace(filter, **{a: getattr(home, a) for a in self.attributes})


def _flag(name: str, word: str, title: str, help: str, key: str = "is", negative: str = "not") -> FilterField:
    return FilterField(name=name, key=key, negative=negative, word=word, kind=FieldKind.FLAG, title=title, help=help)


def _choice(name: str, key: str, enum: type[WireEnum], title: str, help: str) -> FilterField:
    return FilterField(name=name, key=key, kind=FieldKind.CHOICE, enum=enum, title=title, help=help)


def _ids(name: str, key: str, directory: str, title: str, help: str) -> FilterField:
    return FilterField(name=name, key=key, kind=FieldKind.IDS, directory=directory, title=title, help=help)


def _numbers(name: str, low: int, high: int, title: str, help: str) -> FilterField:
    return FilterField(name=name, key=name, kind=FieldKind.NUMBERS, low=low, high=high, title=title, help=help)


FIELDS: tuple[FilterField, ...] = (
    FilterField(
        name="period",
        key="period",
        kind=FieldKind.PERIOD,
        enum=Preset,
        title=N_("Period"),
        help=N_("a named period, a day, or from..to in local time; either end may be left open"),
    ),
    _choice("directions", "direction", Direction, N_("Direction"), N_("incoming, outgoing or internal")),
    FilterField(
        name="internal",
        key="show",
        word="internal",
        kind=FieldKind.SWITCH,
        title=N_("Internal calls"),
        help=N_("internal calls are listed too"),
    ),
    _choice("families", "family", Family, N_("Outcome"), N_("accepted or missed, successful or failed")),
    _choice("statuses", "status", Status, N_("Status"), N_("one of the statuses of the status column")),
    _flag("lost", "lost", N_("Lost"), N_("missed calls from new numbers that nobody spoke with in time")),
    _flag("attention", "attention", N_("Needs attention"), N_("missed calls without later contact in time")),
    _flag("first_contact", "first-contact", N_("First contact"), N_("the first call ever of a new number")),
    _flag("new", "new", N_("New number"), N_("calls from numbers that belonged to no client at that time")),
    _flag("unregistered", "unregistered", N_("Unregistered"), N_("the number belongs to no client now")),
    _flag("comment", "comment", N_("Comment"), N_("calls with a comment"), "with", "without"),
    _flag("recording", "recording", N_("Recording"), N_("calls with a recording"), "with", "without"),
    _flag("by_hand", "by-hand", N_("By hand"), N_("calls that somebody entered by hand")),
    _flag("settles", "call-back", N_("Call-back"), N_("contacts that settled an earlier missed call")),
    FilterField(
        name="mine",
        key="is",
        word="mine",
        kind=FieldKind.SWITCH,
        title=N_("My calls"),
        help=N_("calls in which you took part"),
    ),
    _ids("employees", "employee", "employees", N_("Employee"), N_("who took part: name, extension or #id")),
    _ids(
        "responsible",
        "responsible",
        "employees",
        N_("Responsible"),
        N_("who is responsible for the client: name, extension or #id"),
    ),
    FilterField(
        name="departments",
        key="department",
        kind=FieldKind.TEXTS,
        title=N_("Department"),
        help=N_("department of an employee who took part"),
    ),
    _ids("results", "result", "results", N_("Call result"), N_("the outcome that was noted: name or #id")),
    _choice("entities", "entity", ClientKind, N_("Client is"), N_("a person or a company")),
    _ids("clients", "client", "", N_("Client"), N_("#id of a client; search finds clients by name")),
    FilterField(
        name="numbers",
        key="number",
        kind=FieldKind.TEXTS,
        title=N_("Number"),
        help=N_("the whole number as it is stored; search finds any part of it"),
    ),
    _ids("lines", "line", "lines", N_("Line"), N_("name, code or #id of a line")),
    _ids("channels", "channel", "channels", N_("Channel"), N_("acquisition channel: name, DID or #id")),
    _ids("regions", "region", "regions", N_("Region"), N_("where the number is at home: name, key or #id")),
    FilterField(
        name="talk",
        key="talk",
        kind=FieldKind.SPAN,
        title=N_("Talk"),
        help=N_("from..to, in seconds or as m:ss; either end may be left open"),
    ),
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
    _choice("leads", "lead", LeadCategory, N_("Lead"), N_("what became of a call from a new number")),
    _choice("handling", "handled", Handling, N_("Handling"), N_("what became of a missed call")),
    FilterField(
        name="callback",
        key="call-back-time",
        kind=FieldKind.SPAN,
        title=N_("Call-back time"),
        help=N_("from a missed call to its call-back: from..to, in seconds or as m:ss"),
    ),
    _choice("handled_by", "handled-by", Direction, N_("Settled by"), N_("out: we called back; in: the client called")),
    FilterField(
        name="wait",
        key="wait",
        kind=FieldKind.SPAN,
        title=N_("Wait"),
        help=N_("before somebody answered, or the caller gave up: from..to; either end may be left open"),
    ),
    _flag("rang", "rang", N_("Rang"), N_("incoming calls for which a phone or a queue rang")),
    _numbers(
        "offered", 0, 600, N_("Offered"), N_("incoming, accepted or missed after ringing and at least so many seconds")
    ),
    _flag("withheld", "withheld", N_("Withheld"), N_("the outside number was withheld")),
    _flag("once", "once", N_("One-off"), N_("the only call of its number in the period")),
    _numbers("resolved", 1, 365, N_("Resolved"), N_("no further call of the number within so many days")),
    _ids(
        "not_employees",
        "not-employee",
        "employees",
        N_("Employee not"),
        N_("somebody took part, and none of these"),
    ),
    FilterField(
        name="nobody",
        key="is",
        word="nobody",
        kind=FieldKind.SWITCH,
        title=N_("Nobody"),
        help=N_("no employee took part"),
    ),
    _ids("not_clients", "not-client", "", N_("Client not"), N_("a client, and none of these")),
    _ids("not_channels", "not-channel", "channels", N_("Channel not"), N_("a channel, and none of these")),
    _ids("not_regions", "not-region", "regions", N_("Region not"), N_("a region, and none of these")),
    _flag("attempt", "attempt", N_("Attempt"), N_("calls attached to a task of the outbound plan")),
    _ids("tasks", "task", "", N_("Task"), N_("#id of a task of the outbound plan")),
    _ids("task_operators", "task-operator", "employees", N_("Task's operator"), N_("whose task it is: name or #id")),
    _ids("task_managers", "task-manager", "employees", N_("Task's manager"), N_("account manager: name or #id")),
    FilterField(
        name="deliveries",
        key="delivery",
        kind=FieldKind.TEXTS,
        title=N_("Task's delivery"),
        help=N_("plan date of the task: a date, or from..to; either end may be left open"),
    ),
    FilterField(
        name="search",
        key="search",
        kind=FieldKind.SEARCH,
        title=N_("Search"),
        help=N_("client name, any part of a number or SIP address, employee name"),
    ),
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

FIELD_BY_NAME = {field.name: field for field in FIELDS}

FIELDS_BY_KEY: dict[str, tuple[FilterField, ...]] = {
    key: tuple(field for field in FIELDS if key in (field.key, field.negative))
    for key in dict.fromkeys(key for field in FIELDS[:-1] for key in (field.key, field.negative) if key)
}
"""All but search, which is written without a key. Several fields share "is", "not", "with", "without": their
words tell them apart."""


def joined(filter: CallFilter, more: CallFilter) -> CallFilter:
    """The filter with what `more` asks beside it: alternatives are added, everything else is replaced."""
    changes = {}
    for field in FIELDS:
        if not field.is_set(more):
            continue
        for name in field.attributes:
            old, new = getattr(filter, name), getattr(more, name)
            if isinstance(new, tuple):
                new = tuple(dict.fromkeys((*old, *new)))
            changes[name] = new
    return structs.replace(filter, **changes)


def turned(field: FilterField, filter: CallFilter) -> CallFilter:
    """The next state of a flag (any → yes → no → any) or of a switch (off → on → off)."""
    value = getattr(filter, field.name)
    if field.kind is FieldKind.SWITCH:
        return structs.replace(filter, **{field.name: not value})
    return structs.replace(filter, **{field.name: {None: True, True: False, False: None}[value]})
