"""A task of the outbound plan (T1): its states, what may follow on what, its history, and the filter of tasks."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.period import Period
from backend_client.model.status import WireEnum
from backend_client.model.task_event import TaskEvent
from backend_client.model.task_fault import TaskFault


class TaskState(WireEnum):
    """Open: PLANNED to DROPPED; closed: the others. Only ever added to: the store keeps the place in this list."""

    PLANNED = "planned"
    NOT_REACHED = "not-reached"
    POSTPONED = "postponed"
    """Moved at least once, waiting for its new date."""
    DROPPED = "dropped"
    """The address fell away; the head confirms that, or returns the task to the plan."""
    DONE_ORDER = "done-order"
    DONE = "done"
    """Done without an order."""
    REFUSED = "refused"
    DROPPED_CONFIRMED = "dropped-confirmed"
    UNKNOWN = "unknown"


OPEN = (TaskState.PLANNED, TaskState.NOT_REACHED, TaskState.POSTPONED, TaskState.DROPPED)
CLOSED = (TaskState.DONE_ORDER, TaskState.DONE, TaskState.REFUSED, TaskState.DROPPED_CONFIRMED)
WAITING = (TaskState.PLANNED, TaskState.NOT_REACHED, TaskState.POSTPONED)
"""States in which an operator calls; an outcome may follow on each."""


FROM_STATES: dict[TaskEvent, tuple[TaskState, ...]] = {
    TaskEvent.EDIT: (*OPEN, *CLOSED),
    TaskEvent.REASSIGN: OPEN,
    TaskEvent.DONE: WAITING,
    TaskEvent.NOT_REACHED: WAITING,
    TaskEvent.POSTPONE: WAITING,
    TaskEvent.REFUSE: WAITING,
    TaskEvent.DROP: WAITING,
    TaskEvent.CONFIRM_DROP: (TaskState.DROPPED,),
    TaskEvent.RETURN: (TaskState.DROPPED,),
    TaskEvent.REOPEN: CLOSED,
}
"""In which states each may be done (T1)."""


def may_follow(event: TaskEvent, state: TaskState) -> bool:
    """Whether this may be done to a task in that state; a screen dims what may not."""
    return state in FROM_STATES.get(event, ())


class TaskOrigin(WireEnum):
    HAND = "hand"
    CALL = "call"
    """Made from a call, such as a missed one."""
    IMPORT = "import"
    RULE = "rule"
    UNKNOWN = "unknown"


class Task(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One call to make. Dates are ISO local dates, blank where there is none; times "09:30"."""

    id: int
    revision: int = 0
    contact_date: str
    contact_time: str = ""
    plan_date: str = ""
    """Delivery."""
    operator_id: int | None = None
    """None: nobody's yet."""
    manager_id: int | None = None
    """The account manager."""
    client_id: int | None = None
    client: str = ""
    """The client's name; blank for a number that is nobody's."""
    number: str = ""
    """The key of the number to call (C5): the task's own, else the client's first."""
    person: str = ""
    """Contact person."""
    address: str = ""
    order: str = ""
    amount: int | None = None
    """Of the order, millionths of the currency."""
    currency: str = ""
    last_delivery: str = ""
    state: TaskState = TaskState.PLANNED
    overdue: bool = False
    """Open, and its contact date has gone by."""
    reason_id: int | None = None
    reason: str = ""
    """Of the newest postponement, refusal or drop: an entry of the list, and the words beside it."""
    postponed: int = 0
    """How often it was postponed …"""
    not_reached: int = 0
    """… and how often nobody was reached."""
    calls: int = 0
    """Outgoing calls to the client's numbers on a contact date by its operator, counted from the journal. A task that
    is done without any is shown as such."""
    note: str = ""
    origin: TaskOrigin = TaskOrigin.HAND
    call_id: int | None = None
    """The call that it was made from."""
    created: int = 0
    changed: int = 0
    """UTC epoch seconds."""


class TaskHistory(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that was done to a task. What it did not touch is blank or None."""

    number: int
    """1 is the first."""
    at: int
    author_id: int | None = None
    author: str = ""
    event: TaskEvent
    from_state: TaskState | None = None
    to_state: TaskState | None = None
    from_date: str = ""
    """The contact date that it had …"""
    to_date: str = ""
    """… and the one that it got."""
    from_operator: int | None = None
    to_operator: int | None = None
    reason_id: int | None = None
    text: str = ""
    """The reason in words, or a remark."""


class Outcome(WireEnum):
    """What became of a task on its contact date; each planned task of a period has exactly one (T3)."""

    DONE = "done"
    POSTPONED = "postponed"
    """Moved to a date outside the period, or moved and waiting for its new date in it."""
    FAILED = "failed"
    """Not reached, or refused."""
    DROPPED = "dropped"
    LEFT = "left"
    """Still to be called."""
    UNKNOWN = "unknown"


OUTCOME_OF = {
    TaskState.PLANNED: Outcome.LEFT,
    TaskState.NOT_REACHED: Outcome.FAILED,
    TaskState.POSTPONED: Outcome.POSTPONED,
    TaskState.DROPPED: Outcome.DROPPED,
    TaskState.DONE_ORDER: Outcome.DONE,
    TaskState.DONE: Outcome.DONE,
    TaskState.REFUSED: Outcome.FAILED,
    TaskState.DROPPED_CONFIRMED: Outcome.DROPPED,
}
"""Of a task whose contact date is inside the period."""


class TaskFilter(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What tasks to show. Values of one field are alternatives, fields narrow each other; None and () ask nothing.

    In `operators`, `managers` and `reasons` 0 stands for "none". Periods are of whole local days; named ones are
    resolved by the backend's clock, either end may be open.
    """

    contact: Period | None = None
    """The contact date, as it is now."""
    planned: Period | None = None
    """Tasks that have, or had, a contact date in it: those moved away included (T3's "planned")."""
    delivery: Period | None = None
    """The plan date."""
    operators: tuple[int, ...] = ()
    managers: tuple[int, ...] = ()
    clients: tuple[int, ...] = ()
    states: tuple[TaskState, ...] = ()
    open: bool | None = None
    overdue: bool | None = None
    """True: open with a contact date gone by; False: open with one of today or later."""
    outcomes: tuple[Outcome, ...] = ()
    """By the period of `planned`."""
    called: bool | None = None
    """Whether any call is attached."""
    reasons: tuple[int, ...] = ()
    """Postponed, refused or dropped for one of these, on a contact date inside `planned` …"""
    reasoned: tuple[TaskEvent, ...] = ()
    """… and which of the three."""
    search: str = ""
    """Part of the client's name, number, address or order."""
    mine: bool = False
    ids: tuple[int, ...] = ()


NO_TASK_FILTER = TaskFilter()


class TaskOrder(WireEnum):
    """How a list of tasks is sorted; equal ones by id."""

    WORK = "work"
    """T2: overdue first, then longest since the last delivery, then time."""
    CONTACT = "contact"
    PLAN = "plan"
    CLIENT = "client"
    OPERATOR = "operator"
    STATE = "state"
    LAST_DELIVERY = "last-delivery"
    CHANGED = "changed"
    NUMBER = "number"
    ADDRESS = "address"
    ORDER = "order"
    CALLS = "calls"
    REASON = "reason"
    UNKNOWN = "unknown"


class TaskRecord(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A task as a list from elsewhere has it; dates are ISO already, other texts as they stand there."""

    row: int
    contact_date: str
    contact_time: str = ""
    plan_date: str = ""
    operator: str = ""
    """Name, login or extension of an employee."""
    manager: str = ""
    client: str = ""
    number: str = ""
    person: str = ""
    address: str = ""
    order: str = ""
    amount: int | None = None
    currency: str = ""
    last_delivery: str = ""
    note: str = ""


class TaskFate(WireEnum):
    """What an import makes of a record."""

    NEW = "new"
    NEW_CLIENT = "new-client"
    """The task is new, and so is its client."""
    DUPLICATE = "duplicate"
    """The same client, contact date and order is in the plan already."""
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class TaskRecordFate(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became, or would become, of one record, and why: `fault` for programs; `reason`, a msgid that `fields` fill,
    for people."""

    row: int
    fate: TaskFate
    fault: TaskFault | None = None
    client: str = ""
    reason: str = ""
    fields: dict[str, str] = {}
