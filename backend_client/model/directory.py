"""The people and things that calls refer to, small enough to travel whole."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backend_client.model.call_filter import ClientKind
from backend_client.model.permissions import Permission, Role, permissions_of
from backend_client.model.task_event import TaskReason


class Extension(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An internal number, an employee's from–to (UTC epoch seconds; None is open)."""

    number: str
    since: int | None = None
    until: int | None = None


class Employee(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody who makes or takes calls; found by extension, or made by hand."""

    id: int
    name: str
    login: str = ""
    department: str = ""
    active: bool = True
    roles: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @property
    def takes_tasks(self) -> bool:
        """Whether calls of the outbound plan may be given to them: who works here, in a role with tasks of its own."""
        return self.active and Permission.OWN_TASKS in permissions_of(tuple(map(Role, self.roles)))


class Line(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A trunk, known by its technical code (channel endpoint)."""

    id: int
    code: str
    name: str = ""


class Channel(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An acquisition channel: keyed by the DID as dialled, named by hand (decision 11)."""

    id: int
    did: str
    name: str = ""


class Group(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A queue or another group of phones, known by the number under which the exchange rings it."""

    id: int
    number: str
    name: str = ""


class Region(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where a number is at home. `key` is stable ("UA", "UA mobile", "RU 495"); names by language."""

    id: int
    key: str
    names: dict[str, str] = {}


class CallResult(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An outcome of a call from the centre's own list."""

    id: int
    name: str
    active: bool = True


class Directories(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """All of them at one change number; `change` is the ETag."""

    change: int = 0
    employees: tuple[Employee, ...] = ()
    lines: tuple[Line, ...] = ()
    channels: tuple[Channel, ...] = ()
    groups: tuple[Group, ...] = ()
    regions: tuple[Region, ...] = ()
    results: tuple[CallResult, ...] = ()
    reasons: tuple[TaskReason, ...] = ()
    """Why tasks are postponed, refused or dropped."""

    @property
    def departments(self) -> tuple[str, ...]:
        """Departments that employees name, in order."""
        return tuple(sorted({e.department for e in self.employees if e.department}))


class ClientMatch(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A client found by name or number."""

    id: int
    name: str
    kind: ClientKind = ClientKind.PERSON
    numbers: tuple[str, ...] = ()
    similar: bool = False
    """Not found by what was asked, but by a number with the same last ten digits (C5)."""
    person: str = ""
    """The contact person by whose name it was found."""


Entry = Employee | Line | Channel | Region | CallResult
"""What a filter's ids stand for."""


def spellings(entry: Entry) -> Iterator[str]:
    """Every way in which an entry may be named in a filter; some may be blank."""
    match entry:
        case Employee():
            yield from (entry.name, entry.login)
            yield from (extension.number for extension in entry.extensions)
        case Line():
            yield from (entry.name, entry.code)
        case Channel():
            yield from (entry.name, entry.did)
        case Region():
            yield entry.key
            yield from entry.names.values()
        case CallResult():
            yield entry.name


def entry_name(entry: Entry) -> str:
    """What an entry of a directory is called where no language is chosen."""
    return next((form for form in spellings(entry) if form), f"#{entry.id}")
