"""What calls add to the histograms by other calls of their number: the days until the next one, and being the only one
of their day. A call that comes, goes or moves changes it for the calls just before it and for those of its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, NamedTuple

from backend_client.derive.histogram import Binned, binned_among_its_number, days_until
from backend_client.model.status import Family
from backend_client.sqlite.codes import KIND_STEP, KINDS_OF_FAMILY, unpack_employees
from backend_client.sqlite.statement import ask_many
from backend_client.sqlite.transaction import Transaction

if TYPE_CHECKING:
    from backend_client.sqlite.call_row import CallRow, Pair

_ACCEPTED = frozenset(KINDS_OF_FAMILY[Family.ACCEPTED])
_A_DAY = 90_000
"""Seconds: no local day is longer."""
_OTHERS = "FROM call p INDEXED BY call_number WHERE p.number_id = number"
_AROUND = (
    "WITH asked (number, first, last) AS ({asked})"
    " SELECT c.number_id, c.start, c.id, c.day, c.hour, c.kind, c.employees FROM asked"
    " CROSS JOIN call c INDEXED BY call_number ON c.number_id = number"
    f" AND c.start >= min(first - {_A_DAY}, coalesce((SELECT max(p.start) {_OTHERS} AND p.start < first), first))"
    f" AND c.start <= coalesce((SELECT min(p.start) {_OTHERS} AND p.start > last + {_A_DAY}), last + {_A_DAY})"
)
"""Of each [number, first, last]: its calls between, of the days around, the one before and the one after."""


class _Call(NamedTuple):
    start: int
    id: int
    day: int
    hour: int
    kind: int
    employees: str


def count_repeats(transaction: Transaction, pairs: Iterable[Pair], fresh: Container[int] = ()) -> None:
    """Bring the histograms from the first row of each pair to the second; whether the table is there already does
    not matter. `fresh`: numbers that had no calls before."""
    before: dict[int, list[_Call]] = defaultdict(list)
    after: dict[int, list[_Call]] = defaultdict(list)
    changed: set[int] = set()
    for old, new in pairs:
        if old is not None and new is not None and _place(old) == _place(new):
            continue
        for row, calls in ((old, before), (new, after)):
            if row is not None and row.number_id is not None:
                calls[row.number_id].append(_call(row))
                changed.add(row.id)
    numbers = before.keys() | after.keys()
    if not numbers:
        return
    asked = []
    for number in sorted(number for number in numbers if number not in fresh):
        starts = [call.start for call in (*before.get(number, ()), *after.get(number, ()))]
        asked.append((number, min(starts), max(starts)))
    for number, *values in ask_many(transaction.db, _AROUND, asked):
        call = _Call(*values)
        if call.id not in changed:
            before[number].append(call)
            after[number].append(call)
    tallies = transaction.tallies
    for number in numbers:
        was, now = _among_them(before[number]), _among_them(after[number])
        for found, other, sign in ((was, now, -1), (now, was, 1)):
            for id, state in found.items():
                # Most calls of a number do not care for one that came.
                if other.get(id) != state:
                    call = state.call
                    bins = repeat_bins(call.kind, call.hour, call.employees, state.days, alone=state.alone)
                    tallies.add_bins(call.day, bins, sign)


def _place(row: CallRow) -> tuple[object, ...]:
    return row.number_id, row.start, row.day, row.hour, row.kind, row.employees


def _call(row: CallRow) -> _Call:
    return _Call(row.start, row.id, row.day, row.hour, row.kind, row.employees)


class _State(NamedTuple):
    """A call among those of its number."""

    call: _Call
    days: int
    """`days_until` the next call that begins later."""
    alone: bool
    """No other began on its day."""


def _among_them(calls: list[_Call]) -> dict[int, _State]:
    """Each of the calls of one number by its id. The last call of a window is judged as if it were the last of all;
    that is the same before and after a change further back."""
    if not calls:
        return {}
    if len(calls) == 1:
        return {calls[0].id: _State(calls[0], days_until(None), alone=True)}
    calls.sort()
    # No Counter: making one costs more than counting the few calls of a number.
    of_day: dict[int, int] = {}
    for call in calls:
        of_day[call.day] = of_day.get(call.day, 0) + 1
    found: dict[int, _State] = {}
    following: int | None = None
    later: int | None = None
    for call in reversed(calls):
        if later is not None and later > call.start:
            following = later
        later = call.start
        days = days_until(None if following is None else following - call.start)
        found[call.id] = _State(call, days, alone=of_day[call.day] == 1)
    return found


def repeat_bins(kind: int, hour: int, employees: str, days: int, *, alone: bool) -> list[Binned]:
    """What one call of a number adds, as the columns of its row say it; `days_until` the next one."""
    if kind >= 2 * KIND_STEP:
        return []
    people = dict.fromkeys(id for id, _, _ in unpack_employees(employees)) if kind in _ACCEPTED else ()
    return binned_among_its_number(hour=hour, accepted=kind in _ACCEPTED, employees=people, days=days, alone=alone)
