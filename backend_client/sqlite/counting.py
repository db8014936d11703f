"""How many calls a filter has: out of the tallies where they know, else counted up to a limit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from backend_client.contract.calls import Count, CountRequest
from backend_client.derive.cells import NO_KEY, Dimension
from backend_client.derive.local_time import local_time
from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter, Handling, LeadCategory
from backend_client.model.status import Status
from backend_client.sqlite.codes import direction_and_status
from backend_client.sqlite.filter_sql import Viewer, kinds_of, span_of
from backend_client.sqlite.names import Names
from backend_client.sqlite.search import attempts, is_everywhere
from backend_client.sqlite.statement import Span, among
from backend_client.sqlite.tallied_days import are_counted
from backend_client.sqlite.tiers import tiers

IN_EVERY_TALLY = ("period", "directions", "internal", "families", "weekdays")
"""Fields that the kind and the day of a tally answer. Statuses too, where they do not ask who settled."""
_MARK_FIELDS = {
    "lost": Mark.LOST, "attention": Mark.ATTENTION, "first_contact": Mark.FIRST_CONTACT, "new": Mark.NEW,
    "comment": Mark.COMMENT, "recording": Mark.RECORDING, "by_hand": Mark.BY_HAND, "settles": Mark.SETTLES,
}  # fmt: skip
_ENTRY_FIELDS = {"lines": Dimension.LINE, "channels": Dimension.CHANNEL, "regions": Dimension.REGION}


class Term(Struct, frozen=True):
    """Cells to add (or, with sign −1, to take away); `kinds` narrows them beyond the filter's own."""

    dimension: Dimension
    keys: tuple[int, ...] = (0,)
    sign: int = 1
    kinds: tuple[int, ...] | None = None


_ALL = Term(Dimension.ALL)


def read_count(db: sqlite3.Connection, request: CountRequest, viewer: Viewer, names: Names) -> Count:
    """The number of calls; beyond the request's limit only the tallies know it, or a limit of 0 counts them."""
    tallied = _tallied(db, request.filter, viewer)
    if tallied is not None:
        return Count(number=tallied)
    limit = request.limit
    # Going back through the journal comes to a limit soon where nearly every call counts.
    whole = not (limit and is_everywhere(request.filter.search))
    way = next(attempts(db, request.filter, viewer, names, whole=whole))
    if not way.plan.sources:
        return Count(number=0)
    number = int(db.execute(*way.plan.counted(limit + 1 if limit else 0)).fetchone()[0])
    return Count(number=number) if not limit or number <= limit else Count(number=limit, exact=False)


def _tallied(db: sqlite3.Connection, wanted: CallFilter, viewer: Viewer) -> int | None:
    """The sum of the tallies, where they answer this filter for this viewer; else None."""
    terms = terms_of(wanted, viewer)
    days = _days(span_of(wanted, viewer), viewer)
    if terms is None or days is None or not are_counted(db, days[0]):
        return None
    kinds = kinds_of(wanted)
    return sum(
        term.sign * n
        for term in terms
        for n in _sums(db, term, [kind for kind in kinds if term.kinds is None or kind in term.kinds], days, wanted)
    )


def _days(span: Span, viewer: Viewer) -> tuple[int | None, int | None] | None:
    """First local day and the day after the last; None where the span cuts a day."""
    clock = local_time(viewer.zone.key)
    edges: list[int | None] = []
    for instant in (span.start, span.end):
        day = None if instant is None else clock.day(instant)
        if day is not None and clock.midnight(day) != instant:
            return None
        edges.append(day)
    return edges[0], edges[1]


def terms_of(wanted: CallFilter, viewer: Viewer) -> tuple[Term, ...] | None:
    """What adds up to the filter; None where one tally cannot."""
    defaults = {name: getattr(CallFilter(), name) for name in CallFilter.__struct_fields__}
    asked = {
        name: value
        for name, value in msgspec.structs.asdict(wanted).items()
        if value != defaults[name] and name not in IN_EVERY_TALLY
    }
    ways: list[tuple[Term, ...] | None] = [
        _terms_of(name, value, wanted, viewer) for name, value in asked.items() if not asks_kind_only(name, wanted)
    ]
    if not viewer.scope.all_calls:
        ways.append(_of_employee(viewer.scope.employee_id))
    if len(ways) > 1:
        return None
    return ways[0] if ways else (_ALL,)


def asks_kind_only(name: str, wanted: CallFilter) -> bool:
    """Whether the statuses asked for are a matter of kinds: called back and missed together, or neither."""
    both = Status.CALLED_BACK in wanted.statuses, Status.MISSED in wanted.statuses
    return name == "statuses" and both[0] == both[1]


def _of_employee(employee_id: int | None) -> tuple[Term, ...]:
    return () if employee_id is None else (Term(Dimension.EMPLOYEE, (employee_id,)),)


def _terms_of(name: str, value: object, wanted: CallFilter, viewer: Viewer) -> tuple[Term, ...] | None:
    if name in _MARK_FIELDS:
        marked = Term(Dimension.MARK, (int(_MARK_FIELDS[name]),))
        return (marked,) if value else (_ALL, _negative(marked))
    if name in _ENTRY_FIELDS and isinstance(value, tuple):
        return (Term(_ENTRY_FIELDS[name], value),)
    if name == "hours":
        return (Term(Dimension.HOUR, wanted.hours),)
    if name == "mine":
        return _of_employee(viewer.employee_id)
    if name == "nobody":
        return (Term(Dimension.EMPLOYEE, (NO_KEY,)),)
    if name == "employees" and len(set(wanted.employees)) == 1:
        return _of_employee(wanted.employees[0])
    if name == "statuses":
        return _of_statuses(wanted)
    if name == "leads" and set(wanted.leads) == {LeadCategory.LOST}:
        return (Term(Dimension.MARK, (int(Mark.LOST),)),)
    if name == "handling" and set(wanted.handling) <= set(_HANDLING):
        return tuple(term for one in dict.fromkeys(wanted.handling) for term in _HANDLING[one])
    return None


_SETTLED = Term(Dimension.SETTLED, (1,))
_IN_WINDOW = Term(Dimension.MARK, (int(Mark.SETTLED_IN_WINDOW),))
_WITHHELD = Term(Dimension.MARK, (int(Mark.WITHHELD),))


def _negative(term: Term) -> Term:
    return Term(term.dimension, term.keys, -term.sign, term.kinds)


_HANDLING: dict[Handling, tuple[Term, ...]] = {
    Handling.IN_WINDOW: (_IN_WINDOW,),
    Handling.LATER: (_SETTLED, _negative(_IN_WINDOW)),
    Handling.NEVER: (_ALL, _negative(_SETTLED), _negative(_WITHHELD)),
    Handling.IMPOSSIBLE: (_WITHHELD,),
}


def _of_statuses(wanted: CallFilter) -> tuple[Term, ...]:
    """MISSED without a settling call, or with one, beside other statuses."""
    missed = tuple(kind for kind in kinds_of(wanted) if direction_and_status(kind)[1] is Status.MISSED)
    settled = Term(Dimension.SETTLED, (1,), kinds=missed)
    if Status.MISSED in wanted.statuses:
        return _ALL, _negative(settled)
    return _ALL, Term(Dimension.ALL, sign=-1, kinds=missed), settled


def _sums(
    db: sqlite3.Connection,
    term: Term,
    kinds: list[int],
    days: tuple[int | None, int | None],
    wanted: CallFilter,
) -> Iterator[int]:
    if not kinds:
        return
    cells = f"dimension = {int(term.dimension)} AND {among('key', sorted(set(term.keys)))[0]}"
    cells += f" AND {among('kind', kinds)[0]}"
    if wanted.weekdays:
        yield _sum(db, "tally", cells + f" AND {among('((day + 3) % 7 + 1)', wanted.weekdays)[0]}", "day", *days)
        return
    months, edges = tiers(*days)
    if months is not None:
        yield _sum(db, "tally_month", cells, "month", *months)
    for first, last in edges:
        yield _sum(db, "tally", cells, "day", first, last)


def _sum(db: sqlite3.Connection, table: str, cells: str, column: str, first: int | None, end: int | None) -> int:
    bounds = (f" AND {column} >= {first}" if first is not None else "") + (
        f" AND {column} < {end}" if end is not None else ""
    )
    return int(db.execute(f"SELECT coalesce(sum(n), 0) FROM {table} WHERE {cells}{bounds}").fetchone()[0])
