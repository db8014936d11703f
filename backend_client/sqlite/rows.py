"""Rows of the store → `Call` structs: names, parties, and what the reader may not know left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from backend_client.model.call import Call, EmployeeOnCall, Mark, Party, PartyKind
from backend_client.model.status import Direction
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.codes import HUNG_UP, direction_and_status, unpack_employees
from backend_client.sqlite.names import Names
from backend_client.sqlite.statement import ids_json

COMMENT_IN_ROW = 80
"""Characters of a comment that travel with a row."""

_SELECT = f"""SELECT c.id, c.start, c.answered, c.ended, c.kind, c.busy, c.marks, c.employees, c.application, c.wait,
 c.queue_wait, c.talk, c.hung_up, c.settled_by, c.line_id, c.channel_id, c.result_id, n.key, n.client_id, k.name,
 CASE WHEN (c.marks & {int(Mark.COMMENT)}) <> 0
  THEN (SELECT substr(m.text, 1, {COMMENT_IN_ROW}) FROM comment m WHERE m.call_id = c.id) END
 FROM json_each(?) i CROSS JOIN call c ON c.id = i.value
 LEFT JOIN number n ON n.id = c.number_id LEFT JOIN client k ON k.id = n.client_id"""
# An IntFlag costs a microsecond an operation, which is a tenth of a row.
_WITHHELD, _SETTLED_BY_US = int(Mark.WITHHELD), int(Mark.SETTLED_BY_US)


def read_calls(db: sqlite3.Connection, ids: Sequence[int], names: Names, scope: Scope) -> dict[int, Call]:
    """Calls by id. The caller has made sure that the reader may see them."""
    if not ids:
        return {}
    rows = db.execute(_SELECT, (ids_json(ids),)).fetchall()
    hidden = hidden_calls(db, {row[13] for row in rows if row[13] is not None}, scope)
    return {row[0]: _call(row, names, hidden) for row in rows}


def hidden_calls(db: sqlite3.Connection, ids: set[int], scope: Scope) -> set[int]:
    """Those of the calls that the reader may not see."""
    if scope.all_calls or not ids:
        return set()
    chosen = ",".join(map(str, ids))
    seen = db.execute(
        f"SELECT c.id FROM call c WHERE c.id IN ({chosen}) AND EXISTS (SELECT 1 FROM call_employee e"
        " WHERE e.employee_id = ? AND e.start = c.start AND e.call_id = c.id)",
        (scope.employee_id,),
    )
    return ids - {i for (i,) in seen.fetchall()}


def _call(row: tuple[Any, ...], names: Names, hidden: set[int]) -> Call:
    (
        call_id, start, answered, ended, kind, busy, marks, people, application, wait, queue_wait, talk, hung_up,
        settled_by, line_id, channel_id, result_id, number, client_id, client, comment,
    ) = row  # fmt: skip
    direction, status = direction_and_status(kind)
    if settled_by in hidden:
        settled_by, marks = 0, marks & ~_SETTLED_BY_US
    employees = employees_of(people, names)
    client = client or ""
    if application:
        application = names.application(application)
    caller, callee = parties(direction, employees, client, number or "", marks, application)
    return Call(
        id=call_id, start=start, answered=answered, ended=ended, wait=wait, queue_wait=queue_wait, talk=talk,
        direction=direction, status=status, busy=bool(busy), marks=marks, caller=caller, callee=callee,
        client_id=client_id, client=client, number=number or "", employees=employees, application=application,
        line=names.lines.get(line_id, ""), channel=names.channels.get(channel_id, ""),
        hung_up_by=HUNG_UP[hung_up], settled_by=settled_by,
        result=names.results.get(result_id, ""), comment=comment or "",
    )  # fmt: skip


def employees_of(text: str, names: Names) -> tuple[EmployeeOnCall, ...]:
    """The employees of a call out of its `employees` column."""
    known = names.employees
    return tuple([
        EmployeeOnCall(employee, known.get(employee, ""), extension, talk)
        for employee, extension, talk in unpack_employees(text)
    ])  # fmt: skip


def parties(
    direction: Direction, employees: Sequence[EmployeeOnCall], client: str, number: str, marks: int, application: str
) -> tuple[Party, Party]:
    """Who called and who was called, as the "from" and "to" columns show them (J2)."""
    inside = [Party(PartyKind.EMPLOYEE, one.name, one.extension) for one in employees[:2]]
    if not inside:
        inside = [Party(PartyKind.APPLICATION, application)] if application else [Party(PartyKind.UNKNOWN)]
    if direction is Direction.INTERNAL:
        if len(employees) < 2:
            inside.append(Party(PartyKind.APPLICATION, application) if application else Party(PartyKind.UNKNOWN))
        return inside[0], inside[1]
    outside = _outside_party(client, number, marks)
    return (outside, inside[0]) if direction is Direction.INCOMING else (inside[0], outside)


def _outside_party(client: str, number: str, marks: int) -> Party:
    if client:
        return Party(PartyKind.CLIENT, client, number)
    if marks & _WITHHELD:
        return Party(PartyKind.WITHHELD)
    if not number:
        return Party(PartyKind.UNKNOWN)
    return Party(PartyKind.SIP if "@" in number else PartyKind.NUMBER, "", number)
