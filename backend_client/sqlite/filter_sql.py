"""Filter → SQL, the only place of it: which ranges of which index hold the calls, and what must hold of each besides.

A filter is a list of conditions that all hold. The condition whose own ranges are the shortest drives: its ranges are
read in journal order and merged, the others are asked of each call found. Nothing here is left to statistics.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.model import period
from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter, Handling, LeadCategory
from backend_client.model.filter_limits import check_filter
from backend_client.model.phone import number_key
from backend_client.model.status import Direction, Family, Status
from backend_client.model.text import N_
from backend_client.sqlite.access.scope import Scope, TaskScope
from backend_client.sqlite.codes import (
    CLIENT_KIND_CODE,
    DIRECTIONS,
    KIND_STEP,
    KINDS,
    KINDS_OF_FAMILY,
    direction_and_status,
)
from backend_client.sqlite.plan.days import read_days
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.statement import (
    WHOLE_JOURNAL,
    Plan,
    Source,
    Span,
    Sql,
    among,
    conjunction,
    from_index,
    of_attempts,
    of_employee,
    of_numbers,
)

FEW = 40
"""So many ranges are merged; more are gathered or asked of each call: a merge costs a step a range for each row."""
LONG_TALK = 600
"""Seconds from which the index of long talks holds a call."""
NEVER = Sql("0")
HAS_CLIENT = "(SELECT n.client_id FROM number_tallied n WHERE n.number_id = c.number_id)"
"""Whose the number is. Of the table that says so of known numbers only: it is a tenth of that of all numbers."""


class Viewer(Struct, frozen=True):
    """Who asks, and when: what a filter's "mine" and "today" mean."""

    scope: Scope
    employee_id: int | None
    now: int
    zone: ZoneInfo
    tasks: TaskScope | None = None
    """Whose tasks may be asked about; None: nobody's."""
    registered: bytes | None = None
    """What `registered_numbers` gave, where so many calls are read that each look-up counts."""


class Condition(Struct, frozen=True):
    """What must hold of a call, and the ranges that hold exactly such calls, where an index has them."""

    where: Sql
    sources: tuple[Source, ...] | None = None
    rank: int = 99
    """The smaller, the fewer calls the ranges hold in a usual call centre."""
    overlapping: bool = False
    external: bool = False
    """Holds of no internal call."""


def plan_of(wanted: CallFilter, viewer: Viewer, db: sqlite3.Connection) -> Plan:
    """How to find the calls that the viewer may see and the filter asks for, free text aside (search.py has that).

    Raises Invalid for a period that cannot be read.
    """
    return driven(conditions_of(wanted, viewer, db), span_of(wanted, viewer))


def conditions_of(wanted: CallFilter, viewer: Viewer, db: sqlite3.Connection) -> list[Condition]:
    """Scope and filter as conditions that all hold, each once. Raises Invalid for a filter that asks too much."""
    check_filter(wanted)
    return list(dict.fromkeys([*_scope(viewer), *_conditions(wanted, viewer, db)]))


def driven(conditions: list[Condition], span: Span) -> Plan:
    """The plan in which the condition with the shortest ranges drives."""
    if any(condition.where == NEVER for condition in conditions):
        return Plan((), NEVER)
    if any(condition.external for condition in conditions):
        conditions = [condition for condition in conditions if condition != EXTERNAL]
    with_ranges = [condition for condition in conditions if condition.sources is not None]
    driver = min(with_ranges, key=lambda condition: condition.rank, default=None)
    residual = conjunction(condition.where for condition in conditions if condition is not driver)
    if driver is None or driver.sources is None:
        return Plan((WHOLE_JOURNAL,), residual, span)
    return Plan(driver.sources, residual, span, driver.overlapping)


def span_of(wanted: CallFilter, viewer: Viewer) -> Span:
    """The instants of the filter's period by the store's clock and zone."""
    if wanted.period is None:
        return Span()
    try:
        resolved = period.resolve(wanted.period, viewer.now, viewer.zone)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            N_("The period {start} … {end} cannot be read."),
            N_("Write dates as 2026-11-21 or minutes as 2026-11-21T09:30, the earlier first."),
            start=wanted.period.start,
            end=wanted.period.end,
        ) from error
    return Span(resolved.start, resolved.end)


def _scope(viewer: Viewer) -> Iterator[Condition]:
    if viewer.scope.nothing:
        yield Condition(NEVER)
    elif not viewer.scope.all_calls:
        yield took_part([viewer.scope.employee_id or 0])


def _conditions(wanted: CallFilter, viewer: Viewer, db: sqlite3.Connection) -> Iterator[Condition]:
    yield from _kinds(wanted)
    yield from _marks(wanted)
    yield from _people(wanted, viewer, db)
    yield from _outside(wanted, viewer, db)
    yield from _places(wanted)
    yield from _times(wanted)
    yield from _callbacks(wanted, viewer)
    yield from _outcomes(wanted)
    yield from _service(wanted, viewer)
    yield from _attempts(wanted, viewer)


EXTERNAL = Condition(Sql(f"c.kind < {2 * KIND_STEP}"))
"""What every filter asks that does not ask for internal calls."""


def kinds_of(wanted: CallFilter) -> tuple[int, ...]:
    """The kinds that a filter lets through: the direction, family and status of a call in one number."""
    directions: Iterable[Direction] = wanted.directions
    if not directions:
        directions = DIRECTIONS if wanted.internal else (Direction.INCOMING, Direction.OUTGOING)
    kinds = {kind for direction in directions for kind in _OF_DIRECTION.get(direction, ())}
    if wanted.statuses:
        statuses = {Status.MISSED if status is Status.CALLED_BACK else status for status in wanted.statuses}
        kinds &= {kind for kind in KINDS if direction_and_status(kind)[1] in statuses}
    if wanted.families:
        kinds &= {kind for family in wanted.families for kind in KINDS_OF_FAMILY.get(family, ())}
    if wanted.leads or wanted.rang is not None or wanted.offered:
        kinds &= _OF_DIRECTION[Direction.INCOMING]
    if wanted.handling or wanted.handled_by or wanted.callback_from is not None or wanted.callback_to is not None:
        kinds.intersection_update(KINDS_OF_FAMILY[Family.MISSED])
    if wanted.once is not None or wanted.resolved or wanted.withheld is not None:
        kinds -= _OF_DIRECTION[Direction.INTERNAL]
    return tuple(sorted(kinds))


_OF_DIRECTION = {
    direction: frozenset(kind for kind in KINDS if direction_and_status(kind)[0] is direction)
    for direction in DIRECTIONS
}


def _kinds(wanted: CallFilter) -> Iterator[Condition]:
    kinds = kinds_of(wanted)
    if not kinds:
        yield Condition(NEVER)
    elif kinds == tuple(kind for kind in KINDS if kind < 2 * KIND_STEP):
        yield EXTERNAL
    elif kinds != KINDS:
        yield _by_range("call_kind", "c.kind", kinds, rank=60)
    called_back = Status.CALLED_BACK in wanted.statuses
    missed = [kind for kind in kinds if direction_and_status(kind)[1] is Status.MISSED]
    if missed and called_back != (Status.MISSED in wanted.statuses):
        settled = f"c.settled_by IS {'NOT ' if called_back else ''}NULL"
        yield Condition(Sql(settled if missed == list(kinds) else f"(NOT {among('c.kind', missed).text} OR {settled})"))


def _by_range(index: str, column: str, ids: Iterable[int], *, rank: int, external: bool = False) -> Condition:
    """The calls whose column is one of the ids."""
    wanted = sorted(set(ids))
    where = among(column, wanted)
    if len(wanted) > FEW:
        return Condition(where)
    sources = tuple(from_index(index, Sql(f"{column} = {int(i)}")) for i in wanted)
    return Condition(where, sources, rank, external=external)


def _by_entry(index: str, column: str, ids: Iterable[int], *, rank: int, external: bool = False) -> Condition:
    """The same for entries of a directory, where 0 stands for "none": no index holds those."""
    if 0 in ids:
        return Condition(among(f"coalesce({column}, 0)", sorted(set(ids))))
    return _by_range(index, column, ids, rank=rank, external=external)


_MARKS: tuple[tuple[str, Mark, str, int], ...] = (
    ("by_hand", Mark.BY_HAND, "call_by_hand", 31),
    ("comment", Mark.COMMENT, "call_comment", 42),
    ("lost", Mark.LOST, "call_lost", 40),
    ("first_contact", Mark.FIRST_CONTACT, "call_first_contact", 41),
    ("settles", Mark.SETTLES, "call_settles", 43),
    ("attention", Mark.ATTENTION, "call_attention", 44),
    ("recording", Mark.RECORDING, "call_recording", 70),
    ("new", Mark.NEW, "", 99),
)
"""Field of the filter, its mark, the index of the calls that have it, its rank."""
_EXTERNAL_MARKS = Mark.LOST | Mark.FIRST_CONTACT | Mark.SETTLES | Mark.ATTENTION


def _marks(wanted: CallFilter) -> Iterator[Condition]:
    for field, mark, index, rank in _MARKS:
        has: bool | None = getattr(wanted, field)
        if has is None:
            continue
        if has and index:
            # As the index spells it, so that SQLite sees that the index holds all such calls.
            test = Sql(f"(c.marks & {int(mark)}) <> 0")
            yield Condition(test, (from_index(index, test),), rank, external=mark in _EXTERNAL_MARKS)
        else:
            yield Condition(Sql(f"(c.marks & {int(mark)}) {'<>' if has else '='} 0"))


def took_part(employees: Iterable[int]) -> Condition:
    """One of the employees took part."""
    ids = sorted(set(employees))
    if not ids:
        return Condition(NEVER)
    where = Sql(f"EXISTS (SELECT 1 FROM {_participation(ids)})")
    if len(ids) > FEW:
        return Condition(where)
    return Condition(where, tuple(of_employee(i) for i in ids), 20 if len(ids) == 1 else 45, len(ids) > 1)


def _participation(ids: list[int]) -> str:
    employee = among("p.employee_id", ids).text
    return f"call_employee p WHERE {employee} AND p.start = c.start AND p.call_id = c.id"


def _people(wanted: CallFilter, viewer: Viewer, db: sqlite3.Connection) -> Iterator[Condition]:
    if wanted.mine:
        yield took_part([] if viewer.employee_id is None else [viewer.employee_id])
    if wanted.employees:
        yield took_part(wanted.employees)
    if wanted.departments:
        place = ",".join("?" * len(wanted.departments))
        found = db.execute(f"SELECT id FROM employee WHERE department IN ({place})", wanted.departments)
        yield took_part(i for (i,) in found.fetchall())
    if wanted.nobody:
        yield Condition(Sql("c.employees = ''"))
    if wanted.not_employees:
        ids = sorted(set(wanted.not_employees))
        yield Condition(Sql(f"c.employees <> '' AND NOT EXISTS (SELECT 1 FROM {_participation(ids)})"))


def _outside(wanted: CallFilter, viewer: Viewer, db: sqlite3.Connection) -> Iterator[Condition]:
    if wanted.numbers:
        yield _of_keys(wanted.numbers, db)
    if wanted.clients:
        yield _of_clients(wanted.clients, db)
    if wanted.responsible:
        owner = among("k.responsible_id", wanted.responsible).text
        numbers = f"SELECT n.id FROM client k CROSS JOIN number n ON n.client_id = k.id WHERE {owner}"
        yield Condition(Sql(f"c.number_id IN ({numbers})"), (of_numbers(Sql(numbers)),), 50, external=True)
    if wanted.entities:
        codes = sorted({CLIENT_KIND_CODE[kind] for kind in wanted.entities if kind in CLIENT_KIND_CODE})
        kind = "(SELECT k.kind FROM client k WHERE k.id = " + HAS_CLIENT + ")"
        yield Condition(among(kind, codes) if codes else NEVER)
    if wanted.unregistered is not None:
        yield unregistered(wanted.unregistered, viewer.registered)
    if wanted.not_clients:
        yield Condition(Sql(f"NOT {among(HAS_CLIENT, wanted.not_clients).text}"))


def registered_numbers(db: sqlite3.Connection) -> bytes:
    """A byte for each number's id from 0 on, 1 where the number belongs to a client; later ones do not."""
    (last,) = db.execute("SELECT coalesce(max(number_id), 0) FROM number_tallied").fetchone()
    flags = bytearray(last + 1)
    # In one row: a row each takes several times as long.
    (numbers,) = db.execute("SELECT group_concat(number_id) FROM number_tallied").fetchone()
    for number in map(int, numbers.split(",") if numbers else ()):
        flags[number] = 1
    return bytes(flags)


def unregistered(wanted: bool, registered: bytes | None = None) -> Condition:
    """The number belongs to no client now; False: it belongs to one."""
    if registered is not None:
        # A fifth of what looking it up costs, once these are known.
        flagged = f"substr(?, c.number_id + 1, 1) {'<>' if wanted else '='} x'01'"
        return Condition(Sql(f"(c.number_id IS NOT NULL AND {flagged})", (registered,)))
    if wanted:
        return Condition(Sql(f"(c.number_id IS NOT NULL AND {HAS_CLIENT} IS NULL)"))
    return Condition(Sql(f"{HAS_CLIENT} IS NOT NULL"))


def _of_keys(keys: tuple[str, ...], db: sqlite3.Connection) -> Condition:
    ids = _ids_of_keys(keys, db)
    others = [key for key in keys if key not in ids]
    if others:
        # Perhaps they are written as they are dialled.
        home = read_derive_settings(db).home_country
        ids |= _ids_of_keys([number_key(text, home).key for text in others], db)
    return of_number_ids(sorted(ids.values()))


def _ids_of_keys(keys: Sequence[str], db: sqlite3.Connection) -> dict[str, int]:
    place = ",".join("?" * len(keys))
    return dict(db.execute(f"SELECT key, id FROM number WHERE key IN ({place})", tuple(keys)).fetchall())


def _of_clients(clients: tuple[int, ...], db: sqlite3.Connection) -> Condition:
    if 0 in clients:
        return Condition(among(f"coalesce({HAS_CLIENT}, 0)", clients))
    numbers = f"SELECT id FROM number WHERE {among('client_id', clients).text}"
    ids = [i for (i,) in db.execute(f"{numbers} ORDER BY id LIMIT {FEW + 1}").fetchall()]
    if len(ids) <= FEW:
        return of_number_ids(ids)
    return Condition(Sql(f"c.number_id IN ({numbers})"), (of_numbers(Sql(numbers)),), 15, external=True)


def of_number_ids(ids: list[int]) -> Condition:
    """The calls of these numbers."""
    if not ids:
        return Condition(NEVER)
    if len(ids) > FEW:
        chosen = f"SELECT value AS id FROM json_each('[{','.join(str(int(i)) for i in ids)}]')"
        return Condition(among("c.number_id", ids), (of_numbers(Sql(chosen)),), 15, external=True)
    return _by_range("call_number", "c.number_id", ids, rank=10, external=True)


def _places(wanted: CallFilter) -> Iterator[Condition]:
    if wanted.results:
        yield _by_entry("call_result", "c.result_id", wanted.results, rank=30)
    if wanted.regions:
        yield _by_entry("call_region", "c.region_id", wanted.regions, rank=50, external=True)
    if wanted.channels:
        yield _by_entry("call_channel", "c.channel_id", wanted.channels, rank=51, external=True)
    if wanted.lines:
        yield _by_entry("call_line", "c.line_id", wanted.lines, rank=52, external=True)
    if wanted.not_channels:
        yield Condition(Sql(f"NOT {among('coalesce(c.channel_id, 0)', wanted.not_channels).text}"))
    if wanted.not_regions:
        yield Condition(Sql(f"NOT {among('coalesce(c.region_id, 0)', wanted.not_regions).text}"))


def _times(wanted: CallFilter) -> Iterator[Condition]:
    if wanted.talk_from is not None:
        test = Sql("c.talk >= ?", (wanted.talk_from,))
        if wanted.talk_from >= LONG_TALK:
            ranges = from_index("call_long", Sql(f"c.talk >= {LONG_TALK} AND c.talk >= ?", test.values))
            yield Condition(test, (ranges,), 46)
        else:
            yield Condition(test)
    if wanted.talk_to is not None:
        yield Condition(Sql("c.talk <= ?", (wanted.talk_to,)))
    if wanted.hours:
        yield Condition(among("c.hour", wanted.hours))
    if wanted.weekdays:
        # 1970-01-01 was a Thursday.
        yield Condition(among("((c.day + 3) % 7 + 1)", wanted.weekdays))


def _callbacks(wanted: CallFilter, viewer: Viewer) -> Iterator[Condition]:
    """When and from which side a missed call was settled: told of contacts only that the viewer may see."""
    if wanted.callback_from is None and wanted.callback_to is None and not wanted.handled_by:
        return
    if not viewer.scope.all_calls:
        yield Condition(Sql(viewer.scope.sees_settler))
    if wanted.callback_from is not None:
        yield Condition(Sql("c.callback >= ?", (wanted.callback_from,)))
    if wanted.callback_to is not None:
        yield Condition(Sql("c.callback <= ?", (wanted.callback_to,)))
    if wanted.handled_by:
        ours = {_HANDLED_BY[way] for way in wanted.handled_by if way in _HANDLED_BY}
        yield Condition(Sql(f"(c.settled_by IS NOT NULL AND ({' OR '.join(sorted(ours))}))") if ours else NEVER)


_LEADS = {
    LeadCategory.LOST: f"(c.marks & {int(Mark.LOST)}) <> 0",
    LeadCategory.REGISTERED: f"((c.marks & {int(Mark.LOST)}) = 0 AND {HAS_CLIENT} IS NOT NULL)",
    LeadCategory.UNREGISTERED: f"((c.marks & {int(Mark.LOST)}) = 0 AND {HAS_CLIENT} IS NULL)",
}
_HANDLING = {
    Handling.IN_WINDOW: f"(c.marks & {int(Mark.SETTLED_IN_WINDOW)}) <> 0",
    Handling.LATER: f"((c.marks & {int(Mark.SETTLED_IN_WINDOW)}) = 0 AND c.settled_by IS NOT NULL)",
    Handling.NEVER: f"(c.settled_by IS NULL AND (c.marks & {int(Mark.WITHHELD)}) = 0)",
    Handling.IMPOSSIBLE: f"(c.settled_by IS NULL AND (c.marks & {int(Mark.WITHHELD)}) <> 0)",
}


def _outcomes(wanted: CallFilter) -> Iterator[Condition]:
    if wanted.leads:
        category = " OR ".join(_LEADS[lead] for lead in dict.fromkeys(wanted.leads) if lead in _LEADS)
        yield Condition(Sql(f"(c.marks & {int(Mark.NEW)}) <> 0 AND ({category})") if category else NEVER)
    if wanted.handling:
        handling = " OR ".join(_HANDLING[one] for one in dict.fromkeys(wanted.handling) if one in _HANDLING)
        yield Condition(Sql(f"({handling})") if handling else NEVER)


WAIT = "coalesce(c.queue_wait, c.wait)"
RANG = f"(c.employees <> '' OR c.queue_wait IS NOT NULL OR {among('c.kind', KINDS_OF_FAMILY[Family.ACCEPTED]).text})"
_DAY_SECONDS = 86_400


def _service(wanted: CallFilter, viewer: Viewer) -> Iterator[Condition]:
    """What the service indicators count (P12)."""
    if wanted.wait_from is not None:
        yield Condition(Sql(f"{WAIT} >= ?", (wanted.wait_from,)))
    if wanted.wait_to is not None:
        yield Condition(Sql(f"{WAIT} <= ?", (wanted.wait_to,)))
    if wanted.rang is not None:
        yield Condition(Sql(RANG if wanted.rang else f"NOT {RANG}"))
    if wanted.offered:
        accepted = among("c.kind", KINDS_OF_FAMILY[Family.ACCEPTED]).text
        yield Condition(Sql(f"({accepted} OR ({RANG} AND {WAIT} >= ?))", (min(wanted.offered),)))
    if wanted.withheld is not None:
        yield Condition(Sql(f"c.number_id IS {'' if wanted.withheld else 'NOT '}NULL"))
    if wanted.once is not None:
        yield _once(wanted.once, span_of(wanted, viewer), viewer.scope)
    if wanted.resolved:
        yield Condition(Sql(is_resolved(min(wanted.resolved), viewer.scope)))


def is_resolved(days: int, scope: Scope) -> str:
    """Whether no other call of the number began within so many days after the call did."""
    again = f"o.start > c.start AND o.start <= c.start + {int(days) * _DAY_SECONDS}"
    return f"(c.number_id IS NOT NULL AND NOT EXISTS ({_of_same_number(scope)} AND {again}))"


_HANDLED_BY = {
    Direction.OUTGOING: f"(c.marks & {int(Mark.SETTLED_BY_US)}) <> 0",
    Direction.INCOMING: f"(c.marks & {int(Mark.SETTLED_BY_US)}) = 0",
}


def _of_same_number(scope: Scope) -> str:
    """The calls `o` of the number of `c` that may be seen: of others not even that they are."""
    seen = "" if scope.all_calls else f" AND {scope.sees('o')}"
    return f"SELECT 1 FROM call o INDEXED BY call_number WHERE o.number_id = c.number_id{seen}"


def _once(wanted: bool, span: Span, scope: Scope) -> Condition:
    """Whether no other call of the number began inside the span."""
    inside = [Sql("o.id <> c.id")]
    if span.start is not None:
        inside.append(Sql("o.start >= ?", (span.start,)))
    if span.end is not None:
        inside.append(Sql("o.start < ?", (span.end,)))
    others = conjunction(inside)
    test = f"{'NOT ' if wanted else ''}EXISTS ({_of_same_number(scope)} AND {others.text})"
    return Condition(Sql(f"(c.number_id IS NOT NULL AND {test})", others.values))


def _attempts(wanted: CallFilter, viewer: Viewer) -> Iterator[Condition]:
    """Calls attached to one task for which all of it holds; of others' tasks the viewer may learn nothing."""
    narrower = (wanted.tasks, wanted.task_operators, wanted.task_managers, wanted.deliveries)
    if wanted.attempt is None and not any(narrower):
        return
    if viewer.tasks is None:
        yield Condition(Sql("1") if wanted.attempt is False and not any(narrower) else NEVER)
        return
    own = () if viewer.tasks.everything else (viewer.tasks.employee_id or -1,)
    parts = [Sql("a.start = c.start AND a.call_id = c.id")]
    parts += [among("a.operator_id", ids) for ids in (own, wanted.task_operators) if ids]
    parts += [among("a.task_id", wanted.tasks)] if wanted.tasks else []
    of_task = [among("t.manager_id", wanted.task_managers)] if wanted.task_managers else []
    if wanted.deliveries:
        spans = [read_days(text) for text in wanted.deliveries]
        held = " OR ".join("t.plan_day BETWEEN ? AND ?" for _ in spans)
        of_task.append(Sql(f"({held})", tuple(day for span in spans for day in span)))
    if of_task:
        task = conjunction([Sql("t.id = a.task_id"), *of_task])
        parts.append(Sql(f"EXISTS (SELECT 1 FROM task t WHERE {task.text})", task.values))
    attached = conjunction(parts)
    if wanted.attempt is False:
        yield Condition(Sql(f"NOT EXISTS (SELECT 1 FROM attempt a WHERE {attached.text})", attached.values))
        return
    yield Condition(Sql(f"EXISTS (SELECT 1 FROM attempt a WHERE {attached.text})", attached.values))
    yield _attached_to(wanted.tasks, wanted.task_operators or own)


def _attached_to(tasks: tuple[int, ...], operators: tuple[int, ...]) -> Condition:
    """The ranges of attempts, the narrowest that there are; each holds a call once."""
    column, ids, rank = ("task_id", tasks, 5) if tasks else ("operator_id", operators, 12)
    chosen = sorted(set(ids))
    where = f"{among(f'a.{column}', chosen).text} AND " if chosen else ""
    test = Sql(f"EXISTS (SELECT 1 FROM attempt a WHERE {where}a.start = c.start AND a.call_id = c.id)")
    if len(chosen) > FEW:
        return Condition(test)
    sources = tuple(of_attempts(column, id) for id in chosen) or (of_attempts(),)
    return Condition(test, sources, rank if chosen else 25, overlapping=len(chosen) > 1, external=True)
