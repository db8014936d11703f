"""What a filter means, said call by call in plain Python: slow, and with nothing in common with the SQL."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.period import resolve
from backend_client.model.status import Direction, Family, Status, family_of
from backend_client.model.text import fold
from backend_client.sqlite.codes import direction_and_status
from backend_client.sqlite.filter_sql import Viewer


@dataclass(frozen=True)
class Known:
    """A call and everything that a filter may ask of it."""

    row: dict[str, Any]
    people: dict[int, str]
    """Employees who took part, by id: folded name."""
    departments: frozenset[str]
    settlers: frozenset[int] = frozenset()
    """Employees of the call that settled this one."""

    @property
    def key(self) -> tuple[int, int]:
        return self.row["start"], self.row["id"]

    @property
    def direction(self) -> Direction:
        return direction_and_status(self.row["kind"])[0]

    @property
    def status(self) -> Status:
        status = direction_and_status(self.row["kind"])[1]
        settled = self.row["settled_by"] is not None
        return Status.CALLED_BACK if status is Status.MISSED and settled else status

    @property
    def family(self) -> Family | None:
        return family_of(*direction_and_status(self.row["kind"]))

    def has(self, mark: Mark) -> bool:
        return bool(self.row["marks"] & mark)


def known_calls(db: sqlite3.Connection) -> list[Known]:
    """All calls, newest first."""
    employees = {
        i: (fold(name), department) for i, name, department in db.execute("SELECT id, name, department FROM employee")
    }
    took_part: dict[int, list[int]] = {}
    for employee, call_id in db.execute("SELECT employee_id, call_id FROM call_employee"):
        took_part.setdefault(call_id, []).append(employee)
    cursor = db.execute(
        "SELECT c.*, n.key, n.forms, n.client_id, k.fold AS client_fold, k.kind AS client_kind, k.responsible_id"
        " FROM call c LEFT JOIN number n ON n.id = c.number_id LEFT JOIN client k ON k.id = n.client_id"
    )
    columns = [column[0] for column in cursor.description]
    found = []
    for values in cursor:
        row = dict(zip(columns, values, strict=True))
        people = took_part.get(row["id"], [])
        departments = frozenset(employees[i][1] for i in people)
        found.append(
            Known(
                row, {i: employees[i][0] for i in people}, departments, frozenset(took_part.get(row["settled_by"], ()))
            )
        )
    return sorted(found, key=lambda call: call.key, reverse=True)


def matches(call: Known, wanted: CallFilter, viewer: Viewer) -> bool:
    """Whether the filter lets the call through and the viewer may see it."""
    return (
        _seen(call, viewer)
        and _of_kind(call, wanted)
        and _marked(call, wanted)
        and _of_people(call, wanted, viewer)
        and _of_outside(call, wanted)
        and _of_place(call, wanted)
        and _at_time(call, wanted, viewer)
        and _outcome(call, wanted)
        and _called_back(call, wanted, viewer)
        and _searched(call, wanted)
    )


def _seen(call: Known, viewer: Viewer) -> bool:
    return viewer.scope.all_calls or viewer.scope.employee_id in call.people


def _of_kind(call: Known, wanted: CallFilter) -> bool:
    if wanted.directions:
        if call.direction not in wanted.directions:
            return False
    elif call.direction is Direction.INTERNAL and not wanted.internal:
        return False
    if wanted.families and call.family not in wanted.families:
        return False
    return not wanted.statuses or call.status in wanted.statuses


def _marked(call: Known, wanted: CallFilter) -> bool:
    marks = {
        "lost": Mark.LOST, "attention": Mark.ATTENTION, "first_contact": Mark.FIRST_CONTACT, "new": Mark.NEW,
        "comment": Mark.COMMENT, "recording": Mark.RECORDING, "by_hand": Mark.BY_HAND, "settles": Mark.SETTLES,
    }  # fmt: skip
    return all(getattr(wanted, field) in (None, call.has(mark)) for field, mark in marks.items())


def _of_people(call: Known, wanted: CallFilter, viewer: Viewer) -> bool:
    if wanted.mine and viewer.employee_id not in call.people:
        return False
    if wanted.employees and not set(wanted.employees) & set(call.people):
        return False
    if wanted.departments and not set(wanted.departments) & call.departments:
        return False
    if wanted.nobody and call.people:
        return False
    return not wanted.not_employees or (bool(call.people) and not set(wanted.not_employees) & set(call.people))


def _of_outside(call: Known, wanted: CallFilter) -> bool:
    client = call.row["client_id"]
    if wanted.numbers and call.row["key"] not in wanted.numbers:
        return False
    if wanted.clients and (client or 0) not in wanted.clients:
        return False
    if wanted.responsible and (client is None or call.row["responsible_id"] not in wanted.responsible):
        return False
    kinds = {0: ClientKind.PERSON, 1: ClientKind.COMPANY}
    if wanted.entities and (client is None or kinds[call.row["client_kind"]] not in wanted.entities):
        return False
    if wanted.unregistered is True and (call.row["number_id"] is None or client is not None):
        return False
    if wanted.unregistered is False and client is None:
        return False
    return not wanted.not_clients or (client is not None and client not in wanted.not_clients)


def _of_place(call: Known, wanted: CallFilter) -> bool:
    for ids, column in (
        (wanted.results, "result_id"), (wanted.lines, "line_id"),
        (wanted.channels, "channel_id"), (wanted.regions, "region_id"),
    ):  # fmt: skip
        if ids and (call.row[column] or 0) not in ids:
            return False
    return (call.row["channel_id"] or 0) not in wanted.not_channels and (
        call.row["region_id"] or 0
    ) not in wanted.not_regions


def _at_time(call: Known, wanted: CallFilter, viewer: Viewer) -> bool:
    if wanted.period is not None:
        span = resolve(wanted.period, viewer.now, viewer.zone)
        if span.start is not None and call.row["start"] < span.start:
            return False
        if span.end is not None and call.row["start"] >= span.end:
            return False
    local = datetime.fromtimestamp(call.row["start"], ZoneInfo("Europe/Kyiv"))
    if wanted.hours and local.hour not in wanted.hours:
        return False
    if wanted.weekdays and local.isoweekday() not in wanted.weekdays:
        return False
    if wanted.talk_from is not None and call.row["talk"] < wanted.talk_from:
        return False
    return wanted.talk_to is None or call.row["talk"] <= wanted.talk_to


def _outcome(call: Known, wanted: CallFilter) -> bool:
    if wanted.leads and lead_of(call) not in wanted.leads:
        return False
    if wanted.handling and handling_of(call) not in wanted.handling:
        return False
    return _of_service(call, wanted)


def _called_back(call: Known, wanted: CallFilter, viewer: Viewer) -> bool:
    """Who settled a call, and when, is told to who may see that contact."""
    if wanted.callback_from is None and wanted.callback_to is None and not wanted.handled_by:
        return True
    if not viewer.scope.all_calls and viewer.scope.employee_id not in call.settlers:
        return False
    if wanted.handled_by:
        by = Direction.OUTGOING if call.has(Mark.SETTLED_BY_US) else Direction.INCOMING
        if call.family is not Family.MISSED or call.row["settled_by"] is None or by not in wanted.handled_by:
            return False
    callback = call.row["callback"]
    if wanted.callback_from is not None and (callback is None or callback < wanted.callback_from):
        return False
    return wanted.callback_to is None or (callback is not None and callback <= wanted.callback_to)


def _of_service(call: Known, wanted: CallFilter) -> bool:
    """P12: waits, and whether anything rang."""
    queued = call.row["queue_wait"]
    wait = call.row["wait"] if queued is None else queued
    if wanted.wait_from is not None and wait < wanted.wait_from:
        return False
    if wanted.wait_to is not None and wait > wanted.wait_to:
        return False
    rang = call.family is Family.ACCEPTED or bool(call.people) or queued is not None
    if wanted.rang is not None and (call.direction is not Direction.INCOMING or rang is not wanted.rang):
        return False
    given_up = call.family is Family.MISSED and rang
    if wanted.offered and call.family is not Family.ACCEPTED and not (given_up and wait >= min(wanted.offered)):
        return False
    hidden = call.row["number_id"] is None
    return wanted.withheld is None or (call.direction is not Direction.INTERNAL and wanted.withheld is hidden)


def lead_of(call: Known) -> LeadCategory | None:
    """Decision 6."""
    if call.direction is not Direction.INCOMING or not call.has(Mark.NEW):
        return None
    if call.has(Mark.LOST):
        return LeadCategory.LOST
    return LeadCategory.UNREGISTERED if call.row["client_id"] is None else LeadCategory.REGISTERED


def handling_of(call: Known) -> Handling | None:
    """P9."""
    if call.family is not Family.MISSED:
        return None
    if call.row["settled_by"] is not None:
        return Handling.IN_WINDOW if call.has(Mark.SETTLED_IN_WINDOW) else Handling.LATER
    return Handling.IMPOSSIBLE if call.has(Mark.WITHHELD) else Handling.NEVER


def _searched(call: Known, wanted: CallFilter) -> bool:
    text = fold(wanted.search)
    if not text:
        return True
    digits = "".join(c for c in text if c.isdigit())
    dialled = digits if digits and all(c.isdigit() or c in " +()./-" for c in text) else text
    return (
        dialled in (call.row["forms"] or "")
        or text in (call.row["client_fold"] or "")
        or any(text in name for name in call.people.values())
    )
