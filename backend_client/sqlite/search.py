"""Free text → plans (J6): client names, any part of a number or SIP address, names of employees.

A rare text is looked up first (trigram indexes of names and numbers) and its calls are gathered; a common one is found
soonest by going back through the journal and asking of each call whether its number is among those looked up, or, where
even these are many, whether the text stands in it. Which of them it is follows from what each would cost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from heapq import nlargest
from math import isqrt

from msgspec import Struct

from backend_client.model.call_filter import CallFilter
from backend_client.model.text import fold
from backend_client.sqlite.filter_sql import FEW, HAS_CLIENT, NEVER, Condition, Viewer, conditions_of, driven, span_of
from backend_client.sqlite.names import Names
from backend_client.sqlite.statement import Plan, Span, Sql, of_employee, of_numbers
from backend_client.sqlite.trigrams import TRIGRAM, Candidates, candidates, dialled, phrase

# Of N numbers n hold the text, so that going back through the journal finds a page of them among 51 N ÷ n calls. To
# look up when a number called last costs 2 µs; to put it into a set 0.25 µs, and to ask a call for it 0.13 µs; to look
# into the text of a call's number 2.3 µs. Two of these cost the same where n is the root of a multiple of N.
RARE, RARE_AMONG_OWN = 4, 20
"""n² ÷ N: fewer numbers are looked up one by one for their latest calls, more are made a set. Going back through own
calls is dearer: who took part in a call is told by an index that does not know its number."""
MANY_NUMBERS = 470
"""n² ÷ N: more numbers are not even made a set, but looked into."""
NUMBERS_OF_CLIENT = 3
"""So many numbers as one client costs: these are found through an index of its own."""
SEVERAL_CLIENTS, MANY_CLIENTS = 60, 800
"""n² ÷ N of clients: more are not made a set of their numbers, or not even a set themselves."""
SCAN_STEPS = 1_000_000
"""Steps of going back through the journal before all calls of all numbers found are gathered after all."""
_VALUES = "SELECT value FROM json_each(?)"
_FORMS = "(SELECT s.forms FROM number s WHERE s.id = c.number_id)"
_FOLD = f"(SELECT k.fold FROM client k WHERE k.id = {HAS_CLIENT})"


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


class _Found(Struct, frozen=True):
    """What the indexes say of a text; None where it is common."""

    numbers: Candidates | None
    clients: Candidates | None
    rare: bool
    """So few that each is looked up."""
    several: bool
    """More clients than are made a set of their numbers."""


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
    found = _look_up(db, text, RARE if viewer.scope.all_calls else RARE_AMONG_OWN)
    if found.rare and mergeable:
        nothing_else = viewer.scope.all_calls and wanted == CallFilter(search=wanted.search, internal=wanted.internal)
        most = newest if nothing_else else 0
        numbers = _all_numbers(text, found, latest=bool(most))
        yield Attempt(_newest_of_rare(db, conditions, span, numbers, employees, most))
        return
    scan = driven([*conditions, Condition(_test(text, found, employees))], span)
    if not mergeable:
        yield Attempt(scan)
        return
    if not whole:
        yield Attempt(scan, SCAN_STEPS)
    numbers = _all_numbers(text, found, latest=False)
    once = Sql(f"SELECT DISTINCT id FROM ({numbers.text})", numbers.values)
    yield Attempt(driven([*conditions, _gathered(once, employees)], span))


def is_everywhere(search: str) -> bool:
    """Whether it is one digit: the set of numbers that have it would hold nearly all of them."""
    fragment = _text(search).fragment
    return len(fragment) == 1 and fragment.isdigit()


def _text(search: str) -> _Text:
    folded = fold(search)
    return _Text(folded, dialled(folded) or folded)


def _look_up(db: sqlite3.Connection, text: _Text, rare: int) -> _Found:
    if not text.indexed:
        return _Found(None, None, rare=False, several=True)
    last_number, last_client = (
        db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0] for table in ("number", "client")
    )
    numbers = candidates(db, "number_search", text.fragment, last_number, isqrt(MANY_NUMBERS * last_number))
    clients = candidates(db, "client_search", text.folded, last_client, isqrt(MANY_CLIENTS * last_client))
    if numbers is None or clients is None:
        return _Found(numbers, clients, rare=False, several=True)
    return _Found(
        numbers,
        clients,
        rare=(numbers.count + NUMBERS_OF_CLIENT * clients.count) ** 2 <= rare * last_number,
        several=clients.count**2 > SEVERAL_CLIENTS * last_client,
    )


def _test(text: _Text, found: _Found, employees: list[int]) -> Sql:
    """Whether the text stands in a call's number, in its client's name or in the name of one of its employees."""
    tests, sets = [], []
    if found.numbers is None:
        tests.append(Sql(f"instr({_FORMS}, ?)", (text.fragment,)))
    elif found.numbers.exact:
        sets.append(Sql(_VALUES, (found.numbers.ids,)))
    elif found.numbers.count:
        tests.append(Sql(f"(c.number_id IN ({_VALUES}) AND instr({_FORMS}, ?))", (found.numbers.ids, text.fragment)))
    if found.clients is None:
        tests.append(Sql(f"instr({_FOLD}, ?)", (text.folded,)))
    elif found.several:
        tests.append(Sql(f"({HAS_CLIENT} IN ({_VALUES}) AND instr({_FOLD}, ?))", (found.clients.ids, text.folded)))
    elif found.clients.count:
        numbers = _numbers_of_clients(text, found)
        sets.append(Sql(f"SELECT id FROM ({numbers.text})", numbers.values))
    if sets:
        tests.insert(0, _joined(sets, "c.number_id IN (", " UNION ALL ", ")"))
    # Read off the row: a look into the table of participants costs ten times as much.
    tests += [Sql(f"instr(',' || c.employees, ',{int(i)}:')") for i in employees]
    return _joined(tests, "(", " OR ", ")") if tests else NEVER


def _joined(parts: list[Sql], before: str, between: str, after: str) -> Sql:
    text = between.join(part.text for part in parts)
    return Sql(before + text + after, tuple(value for part in parts for value in part.values))


def _numbers_with(text: _Text, found: _Found, *, latest: bool) -> Sql:
    if found.numbers is not None and found.numbers.exact and not latest:
        return Sql("SELECT value AS id, 0 AS last_start FROM json_each(?)", (found.numbers.ids,))
    if found.numbers is not None:
        return Sql(
            "SELECT n.id, n.last_start FROM json_each(?) i CROSS JOIN number n ON n.id = i.value"
            " WHERE instr(n.forms, ?)",
            (found.numbers.ids, text.fragment),
        )
    if text.indexed:
        indexed = "number_search s CROSS JOIN number n ON n.id = s.rowid WHERE number_search MATCH ?"
        return Sql(f"SELECT n.id, n.last_start FROM {indexed}", (phrase(text.fragment),))
    return Sql("SELECT n.id, n.last_start FROM number n WHERE instr(n.forms, ?)", (text.fragment,))


def _numbers_of_clients(text: _Text, found: _Found) -> Sql:
    numbers = "CROSS JOIN number n ON n.client_id = k.id WHERE"
    if found.clients is not None:
        clients = "json_each(?) i CROSS JOIN client k ON k.id = i.value"
        values = (found.clients.ids, text.folded)
        return Sql(f"SELECT n.id, n.last_start FROM {clients} {numbers} instr(k.fold, ?)", values)
    if text.indexed:
        return Sql(
            "SELECT n.id, n.last_start FROM client_search k"
            " CROSS JOIN number n ON n.client_id = k.rowid WHERE client_search MATCH ?",
            (phrase(text.folded),),
        )
    return Sql(f"SELECT n.id, n.last_start FROM client k {numbers} instr(k.fold, ?)", (text.folded,))


def _all_numbers(text: _Text, found: _Found, *, latest: bool) -> Sql:
    """Every number in which, or in whose client's name, the text stands, with the start of its last call (else 0);
    twice where both hold."""
    return _joined([_numbers_with(text, found, latest=latest), _numbers_of_clients(text, found)], "", " UNION ALL ", "")


def _newest_of_rare(
    db: sqlite3.Connection, conditions: list[Condition], span: Span, numbers: Sql, employees: list[int], newest: int
) -> Plan:
    """The calls of a few numbers. Where only the `newest` calls are wanted, as many numbers with the latest calls hold
    them all, and none of these is older than the last call of the last of those numbers."""
    last_starts: dict[int, int] = dict(db.execute(*numbers).fetchall())
    since = 0
    ids: Iterable[int] = last_starts
    if newest and len(last_starts) > newest:
        ids = nlargest(newest, last_starts, key=last_starts.__getitem__)
        since = min(last_starts[i] for i in ids)
    chosen = f"SELECT value AS id FROM json_each('[{','.join(map(str, ids))}]')"
    return driven([*conditions, _gathered(Sql(chosen), employees, since)], span)


def _gathered(numbers: Sql, employees: list[int], since: int = 0) -> Condition:
    sources = (of_numbers(numbers, since), *(of_employee(i) for i in employees))
    return Condition(Sql("1"), sources, rank=0, overlapping=bool(employees), external=not employees)
