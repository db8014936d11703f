"""What calls add to the histograms by other calls of their number: the days until the next one, and being the only one
of their day. A call that comes, goes or moves changes it for the calls just before it and for those of its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend_client.derive.histogram import Binned, binned_among_its_number, days_until
from backend_client.model.status import Family
from backend_client.sqlite.around import Around, Nearby, calls_around, is_moved, nearby
from backend_client.sqlite.codes import KIND_STEP, KINDS_OF_FAMILY, unpack_employees

if TYPE_CHECKING:
    from backend_client.sqlite.call_row import Pair
    from backend_client.sqlite.transaction import Transaction

_ACCEPTED = frozenset(KINDS_OF_FAMILY[Family.ACCEPTED])


def count_repeats(transaction: Transaction, pairs: Sequence[Pair], around: Around | None = None) -> None:
    """Bring the histograms from the first row of each pair to the second; whether the table is there already does
    not matter. `around`: the calls around them; read where they were not."""
    before: defaultdict[int, list[Nearby]] = defaultdict(list)
    after: defaultdict[int, list[Nearby]] = defaultdict(list)
    changed: set[int] = set()
    for old, new in pairs:
        if not is_moved(old, new):
            continue
        for row, calls in ((old, before), (new, after)):
            if row is not None and row.number_id is not None:
                calls[row.number_id].append(nearby(row))
                changed.add(row.id)
    if not changed:
        return
    if around is None:
        around = calls_around(transaction.db, pairs)
    tallies = transaction.tallies
    for number in before.keys() | after.keys():
        unchanged = [call for call in around.get(number, ()) if call.id not in changed]
        was, now = _among_them(before[number] + unchanged), _among_them(after[number] + unchanged)
        for found, other, sign in ((was, now, -1), (now, was, 1)):
            for id, state in found.items():
                # Most calls of a number do not care for one that came.
                if other.get(id) != state:
                    call, days, alone = state
                    bins = repeat_bins(call.kind, call.hour, call.employees, days, alone=alone)
                    tallies.add_bins(call.day, bins, sign)


_State = tuple[Nearby, int, bool]
"""A call among those of its number: with `days_until` the next call that begins later, and whether no other began on
its day."""


def _among_them(calls: list[Nearby]) -> dict[int, _State]:
    """Each of the calls of one number by its id. The last call of a window is judged as if it were the last of all;
    that is the same before and after a change further back."""
    if not calls:
        return {}
    if len(calls) == 1:
        return {calls[0].id: (calls[0], days_until(None), True)}
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
        found[call.id] = (call, days, of_day[call.day] == 1)
    return found


def repeat_bins(kind: int, hour: int, employees: str, days: int, *, alone: bool) -> list[Binned]:
    """What one call of a number adds, as the columns of its row say it; `days_until` the next one."""
    if kind >= 2 * KIND_STEP:
        return []
    people = dict.fromkeys(id for id, _, _ in unpack_employees(employees)) if kind in _ACCEPTED else ()
    return binned_among_its_number(hour=hour, accepted=kind in _ACCEPTED, employees=people, days=days, alone=alone)
