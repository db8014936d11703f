"""Free text → plans (J6): client names, any part of a number or SIP address, names of employees.

A rare text is looked up first (trigram indexes of names and numbers) and its calls are gathered; a common one is found
soonest by going back through the journal and asking of each call whether its number is among those looked up, or, where
even these are many, whether the text stands in it. Bounded look-ups say which of them it is.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from heapq import nlargest

from msgspec import Struct

from backend_client.model.call_filter import CallFilter
from backend_client.model.text import fold
from backend_client.sqlite.filter_sql import FEW, Condition, Viewer, conditions_of, driven, span_of
from backend_client.sqlite.names import Names
from backend_client.sqlite.statement import Plan, Span, Sql, of_employee, of_numbers

TRIGRAM = 3
"""Shorter texts are in no trigram index."""
RARE_NUMBERS, RARE_CLIENTS = 3_500, 500
"""So many are looked at one by one (3 µs each) for their latest calls."""
MANY_NUMBERS, MANY_CLIENTS = 30_000, 3_000
"""More are not even made a set (0.1 and 3 µs each): every few dozen calls there is one of them."""
SCAN_STEPS = 1_000_000
"""Steps of going back through the journal before all calls of all numbers found are gathered after all."""
LONG, TAIL = 7, 5
"""A number of so many digits is looked up by its last ones: its first ones, such as a country code, are common."""
_DIALLED = re.compile(r"[\d\s+()./-]+")
_NUMBER = "(SELECT s.{column} FROM number s WHERE s.id = c.number_id)"


class Attempt(Struct, frozen=True):
    """A plan, and how many steps of SQLite's machine it may take before the next is tried (None: any)."""

    plan: Plan
    steps: int | None = None


class _Text(Struct, frozen=True):
    folded: str
    fragment: str
    """What to look for in numbers: its digits where it reads as something dialled."""

    @property
    def indexed(self) -> bool:
        return min(len(self.fragment), len(self.folded)) >= TRIGRAM

    @property
    def tail(self) -> str:
        """What the index of numbers is asked for."""
        return self.fragment[-TAIL:] if self.fragment.isdigit() and len(self.fragment) >= LONG else self.fragment


class _Found(Struct, frozen=True):
    """How many numbers and clients the indexes know, counted to MANY + 1."""

    numbers: int
    clients: int

    @property
    def rare(self) -> bool:
        return self.numbers <= RARE_NUMBERS and self.clients <= RARE_CLIENTS


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
    mergeable = len(employees) <= FEW
    found = _look_up(db, text) if text.indexed else None
    if found and found.rare and mergeable:
        nothing_else = viewer.scope.all_calls and wanted == CallFilter(search=wanted.search, internal=wanted.internal)
        yield Attempt(_newest_of_rare(db, conditions, span, text, employees, newest if nothing_else else 0))
        return
    scan = driven([*conditions, Condition(_test(text, found, employees))], span)
    if not mergeable:
        yield Attempt(scan)
        return
    if not whole:
        yield Attempt(scan, SCAN_STEPS)
    yield Attempt(driven([*conditions, _gathered(_all_numbers(text), employees)], span))


def _text(search: str) -> _Text:
    folded = fold(search)
    digits = re.sub(r"\D", "", folded) if _DIALLED.fullmatch(folded) else ""
    return _Text(folded, digits or folded)


def phrase(text: str) -> str:
    """A text as one phrase of FTS5, which takes a NUL for its end."""
    return '"' + text.replace("\0", "").replace('"', '""') + '"'


_OF_FORMS = "SELECT rowid AS id FROM number_search WHERE number_search MATCH ?"
_OF_NAMES = "SELECT rowid FROM client_search WHERE client_search MATCH ?"
_OF_CLIENTS = (
    "SELECT n.id FROM client_search k CROSS JOIN number n ON n.client_id = k.rowid WHERE client_search MATCH ?"
)


def _look_up(db: sqlite3.Connection, text: _Text) -> _Found:
    numbers, clients = (
        int(db.execute(f"SELECT count(*) FROM ({query} LIMIT {most + 1})", (phrase(searched),)).fetchone()[0])
        for query, searched, most in (
            (_OF_FORMS, text.tail, MANY_NUMBERS),
            (_OF_NAMES, text.folded, MANY_CLIENTS),
        )
    )
    return _Found(numbers, clients)


def _test(text: _Text, found: _Found | None, employees: list[int]) -> Sql:
    """Whether the text stands in a call's number, in its client's name or in the name of one of its employees."""
    # Read off the row: a look into the table of participants costs ten times as much.
    tests = [Sql(f"instr(',' || c.employees, ',{int(i)}:')") for i in employees]
    client = _NUMBER.format(column="client_id")
    sets = []
    if found is None or found.numbers > MANY_NUMBERS:
        tests.append(Sql(f"instr({_NUMBER.format(column='forms')}, ?)", (text.fragment,)))
    else:
        sets.append(_numbers_with(text))
    if found is None:
        tests.append(Sql(f"instr((SELECT k.fold FROM client k WHERE k.id = {client}), ?)", (text.folded,)))
    elif found.clients > MANY_CLIENTS:
        tests.append(Sql(f"{client} IN ({_OF_NAMES})", (phrase(text.folded),)))
    else:
        sets.append(Sql(_OF_CLIENTS, (phrase(text.folded),)))
    if sets:
        tests.append(_joined(sets, "c.number_id IN (", " UNION ALL ", ")"))
    return _joined(tests, "(", " OR ", ")")


def _joined(parts: list[Sql], before: str, between: str, after: str) -> Sql:
    text = between.join(part.text for part in parts)
    return Sql(before + text + after, tuple(value for part in parts for value in part.values))


def _numbers_with(text: _Text) -> Sql:
    if text.tail == text.fragment:
        return Sql(_OF_FORMS, (phrase(text.tail),))
    return Sql(
        "SELECT n.id FROM number_search s CROSS JOIN number n ON n.id = s.rowid WHERE number_search MATCH ?"
        " AND instr(n.forms, ?)",
        (phrase(text.tail), text.fragment),
    )


def _all_numbers(text: _Text) -> Sql:
    """Every number in which, or in whose client's name, the text stands."""
    if text.indexed:
        return _joined([_numbers_with(text), Sql(_OF_CLIENTS, (phrase(text.folded),))], "", " UNION ", "")
    return Sql(
        "SELECT id FROM number WHERE instr(forms, ?) UNION"
        " SELECT n.id FROM client k CROSS JOIN number n ON n.client_id = k.id WHERE instr(k.fold, ?)",
        (text.fragment, text.folded),
    )


def _newest_of_rare(
    db: sqlite3.Connection, conditions: list[Condition], span: Span, text: _Text, employees: list[int], newest: int
) -> Plan:
    """The calls of a few numbers. Where only the `newest` calls are wanted, as many numbers with the latest calls hold
    them all, and none of these is older than the last call of the last of those numbers."""
    last_starts = dict(
        db.execute(
            "SELECT n.id, n.last_start FROM number_search s CROSS JOIN number n ON n.id = s.rowid WHERE"
            " number_search MATCH ? AND instr(n.forms, ?)",
            (phrase(text.tail), text.fragment),
        ).fetchall()
    )
    of_clients = _OF_CLIENTS.replace("n.id", "n.id, n.last_start", 1)
    last_starts.update(db.execute(of_clients, (phrase(text.folded),)).fetchall())
    since = 0
    ids: Iterable[int] = last_starts
    if newest and len(last_starts) > newest:
        ids = nlargest(newest, last_starts, key=last_starts.__getitem__)
        since = min(last_starts[i] for i in ids)
    chosen = f"SELECT value AS id FROM json_each('[{','.join(map(str, ids))}]')"
    return driven([*conditions, _gathered(Sql(chosen), employees, since)], span)


def _gathered(numbers: Sql, employees: list[int], since: int = 0) -> Condition:
    sources = (of_numbers(numbers, since), *(of_employee(i) for i in employees))
    return Condition(Sql("1"), sources, rank=0, overlapping=bool(employees))
