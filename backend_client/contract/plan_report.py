"""The report "Operational outbound work" (T3): a table of filters, by operator. Nothing here reads a store.

Every count is of tasks that have, or had, a contact date in the period; a task moved away is counted there once, as
postponed, and in its new period by what became of it, so that nothing is done twice.
"""

from __future__ import annotations

from msgspec import Struct, structs

from backend_client.contract.wire import Request, Result
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, WireEnum
from backend_client.model.task import Outcome, TaskFilter, TaskState
from backend_client.model.task_event import TaskEvent

TODAY = Period(preset=Preset.TODAY)


class PlanReportRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The filters of T3."""

    period: Period = TODAY
    """Contact dates."""
    delivery: Period | None = None
    """Plan dates."""
    managers: tuple[int, ...] = ()
    operators: tuple[int, ...] = ()
    problems: bool = False
    """The problem clients of the period besides."""


class PlanCounts(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Tasks, but for `calls`. planned = done + postponed + failed + dropped + left."""

    planned: int = 0
    done: int = 0
    done_order: int = 0
    done_without_call: int = 0
    postponed: int = 0
    failed: int = 0
    """Not reached and refused."""
    not_reached: int = 0
    refused: int = 0
    dropped: int = 0
    left: int = 0
    calls: int = 0
    """Calls attached to these tasks on the contact dates of the period, from the journal; each once."""
    active_planned: int = 0
    active_postponed: int = 0
    active_dropped: int = 0
    overdue_planned: int = 0
    overdue_postponed: int = 0
    overdue_dropped: int = 0

    @property
    def orders(self) -> float | None:
        """Done with an order ÷ planned, 0 to 1; None where nothing was planned."""
        return self.done_order / self.planned if self.planned else None


class PlanColumn(WireEnum):
    """The columns; each but ORDERS is a count of `PlanCounts` by its name there."""

    PLANNED = "planned"
    DONE = "done"
    DONE_ORDER = "done_order"
    ORDERS = "orders"
    """% orders: done with order ÷ planned, shown with planned as its n."""
    DONE_WITHOUT_CALL = "done_without_call"
    POSTPONED = "postponed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"
    REFUSED = "refused"
    DROPPED = "dropped"
    LEFT = "left"
    CALLS = "calls"
    ACTIVE_PLANNED = "active_planned"
    ACTIVE_POSTPONED = "active_postponed"
    ACTIVE_DROPPED = "active_dropped"
    OVERDUE_PLANNED = "overdue_planned"
    OVERDUE_POSTPONED = "overdue_postponed"
    OVERDUE_DROPPED = "overdue_dropped"
    UNKNOWN = "unknown"


class PlanRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An operator's subtotal; `operator_id` 0: tasks that are nobody's; None: the total."""

    operator_id: int | None = None
    counts: PlanCounts = PlanCounts()


class ReasonCount(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Tasks postponed, refused or dropped for a reason on a contact date of the period. `reason_id` 0: words only.
    A task postponed twice for two reasons counts at both."""

    event: TaskEvent
    reason_id: int
    tasks: int


class ProgressPoint(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Outcomes written down in one local hour (0–23) of the last day of the period, today at the latest."""

    operator_id: int
    hour: int
    done: int = 0
    postponed: int = 0
    failed: int = 0
    dropped: int = 0


class ProblemClient(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A client (or a number that is nobody's, `client_id` None) with a task dropped or refused, or not reached or
    postponed twice or more, in the period."""

    client_id: int | None
    name: str = ""
    number: str = ""
    operator_id: int | None = None
    """Of the newest of its tasks."""
    tasks: tuple[int, ...] = ()
    """Ids of its tasks of the period, at most 100; they are what a line opens."""
    dropped: int = 0
    refused: int = 0
    not_reached: int = 0
    postponed: int = 0


class PlanReport(Result, frozen=True, omit_defaults=True, kw_only=True):
    """Rows by operator's name, tasks of nobody last, and the total."""

    change: int
    now: int
    today: str
    first: str
    """ISO local dates of the period, both included."""
    last: str
    base: TaskFilter
    """What every cell is narrowed from, in absolute dates."""
    rows: tuple[PlanRow, ...] = ()
    total: PlanCounts = PlanCounts()
    reasons: tuple[ReasonCount, ...] = ()
    progress: tuple[ProgressPoint, ...] = ()
    progress_day: str = ""
    problems: tuple[ProblemClient, ...] = ()
    more_problems: bool = False


_PLANNED = (TaskState.PLANNED, TaskState.NOT_REACHED)
_POSTPONED = (TaskState.POSTPONED,)
_DROPPED = (TaskState.DROPPED,)
FRAGMENTS: dict[PlanColumn, TaskFilter] = {
    PlanColumn.PLANNED: TaskFilter(),
    PlanColumn.DONE: TaskFilter(outcomes=(Outcome.DONE,)),
    PlanColumn.DONE_ORDER: TaskFilter(outcomes=(Outcome.DONE,), states=(TaskState.DONE_ORDER,)),
    PlanColumn.ORDERS: TaskFilter(outcomes=(Outcome.DONE,), states=(TaskState.DONE_ORDER,)),
    PlanColumn.DONE_WITHOUT_CALL: TaskFilter(outcomes=(Outcome.DONE,), called=False),
    PlanColumn.POSTPONED: TaskFilter(outcomes=(Outcome.POSTPONED,)),
    PlanColumn.FAILED: TaskFilter(outcomes=(Outcome.FAILED,)),
    PlanColumn.NOT_REACHED: TaskFilter(outcomes=(Outcome.FAILED,), states=(TaskState.NOT_REACHED,)),
    PlanColumn.REFUSED: TaskFilter(outcomes=(Outcome.FAILED,), states=(TaskState.REFUSED,)),
    PlanColumn.DROPPED: TaskFilter(outcomes=(Outcome.DROPPED,)),
    PlanColumn.LEFT: TaskFilter(outcomes=(Outcome.LEFT,)),
    PlanColumn.CALLS: TaskFilter(called=True),
    PlanColumn.ACTIVE_PLANNED: TaskFilter(overdue=False, states=_PLANNED),
    PlanColumn.ACTIVE_POSTPONED: TaskFilter(overdue=False, states=_POSTPONED),
    PlanColumn.ACTIVE_DROPPED: TaskFilter(overdue=False, states=_DROPPED),
    PlanColumn.OVERDUE_PLANNED: TaskFilter(overdue=True, states=_PLANNED),
    PlanColumn.OVERDUE_POSTPONED: TaskFilter(overdue=True, states=_POSTPONED),
    PlanColumn.OVERDUE_DROPPED: TaskFilter(overdue=True, states=_DROPPED),
}
"""What a column asks beyond the base."""


def cell_tasks(report: PlanReport, row: PlanRow, column: PlanColumn) -> TaskFilter:
    """The tasks that a cell counts (of CALLS: the tasks that have the calls)."""
    asked = structs.asdict(FRAGMENTS[column])
    of_row = {} if row.operator_id is None else {"operators": (row.operator_id,)}
    kept = {name: value for name, value in asked.items() if value != getattr(TaskFilter(), name)}
    return structs.replace(report.base, **kept, **of_row)


def reason_tasks(report: PlanReport, reason: ReasonCount) -> TaskFilter:
    """The tasks that a reason counts."""
    return structs.replace(report.base, reasons=(reason.reason_id,), reasoned=(reason.event,))


def cell_calls(report: PlanReport, row: PlanRow) -> CallFilter:
    """The calls that a row's CALLS counts: outgoing ones attached to its tasks, in the period."""
    base = report.base
    operators = base.operators if row.operator_id is None else (row.operator_id,)
    deliveries = () if base.delivery is None else (f"{base.delivery.start}..{base.delivery.end}",)
    return CallFilter(
        period=Period(start=report.first, end=report.last),
        directions=(Direction.OUTGOING,),
        attempt=True,
        task_operators=operators,
        task_managers=base.managers,
        deliveries=deliveries,
    )


def task_calls(task_id: int) -> CallFilter:
    """The calls that are attached to one task."""
    return CallFilter(tasks=(task_id,))
