"""Free text → plans (J6): client names, any part of a number or SIP address, names of employees.

A rare text is looked up first (trigram index of names and numbers) and its calls are gathered; a common one is found
soonest by going back through the journal. Which of the two it is, a bounded look-up says.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest

from backend_client.model.call_filter import CallFilter
from backend_client.model.text import fold
from backend_client.sqlite.filter_sql import FEW, Condition, Viewer, conditions_of, driven, span_of, took_part
from backend_client.sqlite.names import Names
from backend_client.sqlite.statement import Plan, Span, Sql, of_employee, of_numbers

TRIGRAM = 3
"""Shorter texts are in no trigram index."""
RARE_NUMBERS = 8_000
RARE_CLIENTS = 2_000
SCAN_STEPS = 1_000_000
"""Steps of going back through the journal before the look-up is tried all the same."""
_DIALLED = re.compile(r"[\d\s+()./-]+")


@dataclass(frozen=True)
class Attempt:
    """A plan, and how many steps of SQLite's machine it may take before the next is tried (None: any)."""

    plan: Plan
    steps: int | None = None


@dataclass(frozen=True)
class _Text:
    folded: str
    fragment: str
    """What to look for in numbers: its digits where it reads as something dialled."""

    @property
    def indexed(self) -> bool:
        return len(self.fragment) >= TRIGRAM and len(self.folded) >= TRIGRAM


def attempts(
    db: sqlite3.Connection, wanted: CallFilter, viewer: Viewer, names: Names, *, newest: int = 0, whole: bool = False
) -> Iterator[Attempt]:
    """Ways to find the calls, to be tried in order; each gives the same calls.

    `newest`: only so many of the newest calls are wanted (0: any part). `whole`: all of them will be read, as for a
    count, so that going back through the journal has nothing to win.
    """
    conditions, span = conditions_of(wanted, viewer, db), span_of(wanted, viewer)
    text = _text(wanted.search)
    if not text.folded:
        yield Attempt(driven(conditions, span))
        return
    employees = names.employees_like(text.folded)
    rare = _rare_numbers(db, text) if text.indexed and len(employees) <= FEW else None
    if rare is not None:
        simple = viewer.scope.all_calls and wanted == _only_search(wanted)
        bound = _newest_bound(rare, newest) if simple and newest else None
        yield Attempt(_gathered(conditions, span, rare, bound, employees))
        return
    scan = driven([*conditions, Condition(_test(text, employees))], span)
    if not text.indexed or len(employees) > FEW:
        yield Attempt(scan)
        return
    if not whole:
        yield Attempt(scan, SCAN_STEPS)
    yield Attempt(driven([*conditions, _found(_indexed_numbers(text), employees)], span))


def _text(search: str) -> _Text:
    folded = fold(search)
    digits = re.sub(r"\D", "", folded) if _DIALLED.fullmatch(folded) else ""
    return _Text(folded, digits or folded)


def _only_search(wanted: CallFilter) -> CallFilter:
    return CallFilter(search=wanted.search, internal=wanted.internal)


def _test(text: _Text, employees: list[int]) -> Sql:
    """Whether the text stands in a call's number, in its client's name or in the name of one of its employees."""
    of_number = Sql(
        "EXISTS (SELECT 1 FROM number s LEFT JOIN client k ON k.id = s.client_id WHERE s.id = c.number_id"
        " AND (instr(s.forms, ?) OR instr(k.fold, ?)))",
        (text.fragment, text.folded),
    )
    if not employees:
        return of_number
    return Sql(f"({of_number.text} OR {took_part(employees).where.text})", of_number.values)


def phrase(text: str) -> str:
    """A text as one phrase of FTS5."""
    return '"' + text.replace('"', '""') + '"'


_OF_FORMS = "SELECT rowid AS id FROM number_search WHERE number_search MATCH ?"
_OF_NAMES = "SELECT n.id FROM client_search s CROSS JOIN number n ON n.client_id = s.rowid WHERE client_search MATCH ?"


def _indexed_numbers(text: _Text) -> Sql:
    return Sql(f"{_OF_FORMS} UNION {_OF_NAMES}", (phrase(text.fragment), phrase(text.folded)))


def _rare_numbers(db: sqlite3.Connection, text: _Text) -> dict[int, int] | None:
    """Numbers in which, or in whose client's name, the text stands, with the start of their last call;
    None where they are many."""
    clients = db.execute(
        "SELECT rowid FROM client_search WHERE client_search MATCH ? LIMIT ?",
        (phrase(text.folded), RARE_CLIENTS + 1),
    ).fetchall()
    if len(clients) > RARE_CLIENTS:
        return None
    numbers = db.execute(f"{_OF_FORMS} LIMIT ?", (phrase(text.fragment), RARE_NUMBERS + 1)).fetchall()
    if len(numbers) > RARE_NUMBERS:
        return None
    found = dict(_last_starts(db, "id", [i for (i,) in numbers]))
    found.update(_last_starts(db, "client_id", [i for (i,) in clients]))
    return found


def _last_starts(db: sqlite3.Connection, column: str, ids: list[int]) -> list[tuple[int, int]]:
    if not ids:
        return []
    chosen = ",".join(map(str, ids))
    return db.execute(f"SELECT id, last_start FROM number WHERE {column} IN ({chosen})").fetchall()


def _newest_bound(rare: dict[int, int], newest: int) -> tuple[list[int], int]:
    """The numbers that can hold the newest calls, and the start before which none of these is: as many numbers have a
    call at or after the start of the last of them."""
    if len(rare) <= newest:
        return list(rare), 0
    chosen = nlargest(newest, rare.items(), key=lambda item: item[1])
    return [i for i, _ in chosen], chosen[-1][1]


def _gathered(
    conditions: list[Condition],
    span: Span,
    rare: dict[int, int],
    bound: tuple[list[int], int] | None,
    employees: list[int],
) -> Plan:
    ids, since = bound if bound else (list(rare), 0)
    chosen = f"SELECT value AS id FROM json_each('[{','.join(map(str, ids))}]')"
    return driven([*conditions, _found(Sql(chosen), employees, since)], span)


def _found(numbers: Sql, employees: list[int], since: int = 0) -> Condition:
    sources = (of_numbers(numbers, since), *(of_employee(i) for i in employees))
    return Condition(Sql("1"), sources, rank=0, overlapping=bool(employees))
