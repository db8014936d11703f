"""The entries of the directories: their order, and how each stands in its list."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

from backend_client.model.directory import CallResult, Channel, Directories, Employee, Group, Line
from backend_client.model.tariff import Tariff
from backend_client.model.task_event import TaskReason
from backend_client.model.text import N_, clean, sort_key
from screens.language import _, money, ngettext
from screens.plan.task_words import REASON_EVENTS
from screens.widgets.choice_list import Choice


class Section(Enum):
    """Which directory is shown."""

    EMPLOYEES = N_("Employees")
    LINES = N_("Lines")
    CHANNELS = N_("Acquisition channels")
    GROUPS = N_("Groups")
    RESULTS = N_("Call results")
    REASONS = N_("Reasons")
    TARIFFS = N_("Tariffs")


@dataclass(frozen=True)
class Department:
    """A group of employees, which is what they have in common; its name stands for an id."""

    id: str
    members: int


Edited = Employee | Line | Channel | Group | Department | CallResult | TaskReason | Tariff


def entries_of(section: Section, directories: Directories) -> Sequence[Edited]:
    """The entries of a directory in their order: what has no name yet comes first, retired ones last."""
    match section:
        case Section.EMPLOYEES:
            return sorted(directories.employees, key=lambda one: (not one.active, sort_key(one.name), one.id))
        case Section.LINES:
            return sorted(directories.lines, key=lambda one: (bool(one.name), sort_key(one.name), one.code))
        case Section.CHANNELS:
            return sorted(directories.channels, key=lambda one: (bool(one.name), sort_key(one.name), one.did))
        case Section.GROUPS:
            queues = sorted(directories.groups, key=lambda one: (bool(one.name), sort_key(one.name), one.number))
            return (*queues, *(_department(name, directories) for name in directories.departments))
        case Section.RESULTS:
            return sorted(directories.results, key=lambda one: (not one.active, one.id))
        case Section.REASONS:
            events = list(REASON_EVENTS)
            return sorted(directories.reasons, key=lambda one: (not one.active, events.index(one.event), one.id))
        case Section.TARIFFS:
            # They are no part of the directories that everybody holds: the screen asks for them.
            return ()


def _department(name: str, directories: Directories) -> Department:
    return Department(name, sum(one.active and one.department == name for one in directories.employees))


def entry_choice(entry: Edited) -> Choice:
    """How an entry stands in the list."""
    match entry:
        case Employee():
            now = ", ".join(clean(one.number) for one in entry.extensions if one.until is None)
            notes = [now, clean(entry.login), clean(entry.department), "" if entry.active else _("not active")]
            return Choice(entry.id, clean(entry.name), " · ".join(filter(None, notes)))
        case Line():
            return Choice(entry.id, clean(entry.name) or "—", clean(entry.code))
        case Channel():
            return Choice(entry.id, clean(entry.name) or "—", clean(entry.did))
        case Group():
            return Choice(entry.id, clean(entry.name) or "—", _("Queue {name}").format(name=clean(entry.number)))
        case Department():
            members = ngettext("{count} employee", "{count} employees", entry.members)
            return Choice(entry.id, clean(entry.id), members.format(count=entry.members))
        case CallResult():
            return Choice(entry.id, clean(entry.name), "" if entry.active else _("not offered any more"))
        case TaskReason():
            notes = [_(REASON_EVENTS[entry.event]), "" if entry.active else _("not offered any more")]
            return Choice(entry.id, clean(entry.name), " · ".join(filter(None, notes)))
        case Tariff():
            price = "—" if entry.per_minute is None else money(entry.per_minute, entry.currency)
            per = _("{price} a minute, by {step} s").format(price=price, step=entry.step)
            return Choice(entry.prefix, f"{entry.prefix}  {clean(entry.name)}".rstrip(), per)


def id_of(entry: Edited) -> Hashable:
    """What an entry is found again by."""
    return entry.prefix if isinstance(entry, Tariff) else entry.id
