"""`TaskFilter` → SQL, the only place of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from msgspec import Struct

from backend_client.model.filter_limits import check_filter
from backend_client.model.task import OPEN, OUTCOME_OF, Outcome, TaskFilter
from backend_client.model.task_event import REASONED
from backend_client.model.text import clean
from backend_client.sqlite.access.scope import TaskScope
from backend_client.sqlite.codes import EVENT_CODE
from backend_client.sqlite.plan.codes import STATE_CODE
from backend_client.sqlite.plan.days import days_of
from backend_client.sqlite.plan.rows import IS_OPEN
from backend_client.sqlite.plan.searching import searched

NEVER = "0"
OPEN_TASKS = "task t INDEXED BY task_open"
"""The source of open tasks, which are few among all."""


class Where(Struct, frozen=True):
    """A condition over the tasks `t` of a source, with their parameters by name."""

    text: str
    values: dict[str, int | str]
    source: str = "task t"
    many: bool = False
    """It is known that they are more than are counted exactly."""


class TaskViewer(Struct, frozen=True):
    """Who asks, and when; `today` in days since 1970-01-01."""

    scope: TaskScope
    today: int


def where_of(db: sqlite3.Connection, wanted: TaskFilter, viewer: TaskViewer) -> Where:
    """The tasks that a filter asks for and the viewer may see. Raises Invalid for a period that cannot be read."""
    check_filter(wanted)
    values: dict[str, int | str] = {}
    parts = [*_scope(wanted, viewer.scope), *_dates(wanted, viewer.today, values), *_people(wanted)]
    parts += [*_states(wanted, viewer.today), *_reasons(wanted)]
    few = bool(wanted.operators or wanted.clients or wanted.ids or wanted.mine or not viewer.scope.everything)
    found = searched(db, wanted.search, values, few=few) if clean(wanted.search) else None
    if found is not None:
        parts.append(found.text)
        few = few or found.few
    source = "task t"
    if _only_open(wanted) and not few:
        # Left alone SQLite reads a larger index, which has all columns that it needs.
        few, source = True, OPEN_TASKS
        parts.append(IS_OPEN)
    if wanted.planned is not None and not wanted.outcomes:
        if few:
            parts.append(_PLANNED_OF_FEW)
        else:
            source = _PLANNED
    return Where(" AND ".join(parts) or "1", values, source, many=found is not None and found.many and len(parts) == 1)


def _only_open(wanted: TaskFilter) -> bool:
    """Whether no closed task can be meant: open ones are few."""
    if wanted.open or wanted.overdue is not None:
        return True
    return bool(wanted.states) and all(state in OPEN for state in wanted.states)


def among(column: str, ids: Iterable[int]) -> str:
    """Whether a column is one of these."""
    chosen = sorted({int(id) for id in ids})
    if not chosen:
        return NEVER
    return f"{column} = {chosen[0]}" if len(chosen) == 1 else f"{column} IN ({','.join(map(str, chosen))})"


def _scope(wanted: TaskFilter, scope: TaskScope) -> Iterator[str]:
    if wanted.mine or not scope.everything:
        yield NEVER if scope.employee_id is None else f"t.operator_id = {scope.employee_id}"


def _dates(wanted: TaskFilter, today: int, values: dict[str, int | str]) -> Iterator[str]:
    for name, column, period in (("contact", "t.day", wanted.contact), ("plan", "t.plan_day", wanted.delivery)):
        if period is not None:
            values[f"{name}_first"], values[f"{name}_last"] = days_of(period, today)
            yield f"{column} BETWEEN :{name}_first AND :{name}_last"
    if wanted.planned is not None:
        values["first"], values["last"] = days_of(wanted.planned, today)
    if wanted.outcomes:
        yield _outcomes(wanted)


_INSIDE = "t.day BETWEEN :first AND :last"
_PLANNED = (
    "(SELECT id FROM task INDEXED BY task_day WHERE day BETWEEN :first AND :last UNION ALL"
    " SELECT DISTINCT task_id FROM task_away INDEXED BY task_away_day WHERE day BETWEEN :first AND :last"
    " AND NOT day_now BETWEEN :first AND :last)"
    " p CROSS JOIN task t ON t.id = p.id"
)
"""The tasks that have, or had, a contact date in the period, each once: one range after the other."""
_PLANNED_OF_FEW = (
    "(t.day BETWEEN :first AND :last"
    " OR EXISTS (SELECT 1 FROM task_away w WHERE w.task_id = t.id AND w.day BETWEEN :first AND :last))"
)
"""Whether it is one of them, asked of each task of an operator or a client, of each open one."""
_AWAY = (
    "t.id IN (SELECT task_id FROM task_away INDEXED BY task_away_day WHERE day BETWEEN :first AND :last"
    " AND NOT day_now BETWEEN :first AND :last)"
)


def _outcomes(wanted: TaskFilter) -> str:
    """Each planned task has one outcome: by its state where its contact date is inside, else it was moved away."""
    states = [STATE_CODE[state] for state, outcome in OUTCOME_OF.items() if outcome in wanted.outcomes]
    if wanted.planned is None:
        return among("t.state", states)
    inside = f"({_INSIDE} AND {among('t.state', states)})"
    return f"({inside} OR ({_AWAY}))" if Outcome.POSTPONED in wanted.outcomes else inside


def _people(wanted: TaskFilter) -> Iterator[str]:
    if wanted.ids:
        yield among("t.id", wanted.ids)
    if wanted.operators:
        yield among("t.operator_id", wanted.operators)
    if wanted.managers:
        yield among("t.manager_id", wanted.managers)
    if wanted.clients:
        column = "coalesce(t.client_id, 0)" if 0 in wanted.clients else "t.client_id"
        yield among(column, wanted.clients)


def _states(wanted: TaskFilter, today: int) -> Iterator[str]:
    if wanted.states:
        yield among("t.state", (STATE_CODE[state] for state in wanted.states if state in STATE_CODE))
    if wanted.open is not None:
        yield IS_OPEN if wanted.open else f"NOT {IS_OPEN}"
    if wanted.overdue is not None:
        yield f"{IS_OPEN} AND t.day {'<' if wanted.overdue else '>='} {today}"
    if wanted.called is not None:
        yield f"t.calls {'>' if wanted.called else '='} 0"


def _reasons(wanted: TaskFilter) -> Iterator[str]:
    if not wanted.reasons and not wanted.reasoned:
        return
    events = among("h.event", (EVENT_CODE[event] for event in wanted.reasoned or REASONED if event in EVENT_CODE))
    reasons = f" AND {among('h.reason_id', wanted.reasons)}" if wanted.reasons else ""
    inside = "" if wanted.planned is None else " AND h.from_day BETWEEN :first AND :last"
    yield f"EXISTS (SELECT 1 FROM task_history h WHERE h.task_id = t.id AND {events}{reasons}{inside})"
