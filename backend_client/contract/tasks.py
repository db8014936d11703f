"""The outbound plan: what is asked of it and done to its tasks, and what it answers (T1, T2)."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from backend_client.contract.wire import Request, Result
from backend_client.model.call import Call
from backend_client.model.status import WireEnum
from backend_client.model.task import (
    NO_TASK_FILTER,
    Task,
    TaskFilter,
    TaskHistory,
    TaskOrder,
    TaskRecord,
    TaskRecordFate,
)


class TaskListRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """A page of tasks. An operator sees the own ones, whatever the filter asks."""

    filter: TaskFilter = NO_TASK_FILTER
    order: TaskOrder = TaskOrder.WORK
    descending: bool = False
    offset: int = 0
    limit: int = 100


class TaskList(Result, frozen=True, omit_defaults=True, kw_only=True):
    """`total` is counted to 10,000; `exact` False: there are more."""

    change: int
    today: str
    rows: tuple[Task, ...] = ()
    total: int = 0
    exact: bool = True


class TaskRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    id: int


class TaskCard(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A task with its history, oldest first, and its attempts, newest first."""

    task: Task
    history: tuple[TaskHistory, ...] = ()
    attempts: tuple[Call, ...] = ()
    """The attached calls that the session may see."""
    address_archived: bool = False


class TaskFields(Request, frozen=True, omit_defaults=True, kw_only=True):
    """What may be written on a task: its client or its number is needed, and its contact date.

    The operator has to be somebody with tasks of their own (`Employee.takes_tasks`), else Invalid. Where another task
    has the same client, contact date and order, Conflict names it by `task_id`.
    """

    contact_date: str
    contact_time: str = ""
    plan_date: str = ""
    operator_id: int | None = None
    manager_id: int | None = None
    client_id: int | None = None
    number: str = ""
    """As anybody writes it; blank: the client's first."""
    person: str = ""
    address: str = ""
    order: str = ""
    amount: int | None = None
    currency: str = ""
    last_delivery: str = ""
    note: str = ""
    past: bool = False
    """Take a contact date that has gone by, which is refused without: what was planned elsewhere is entered late."""


class AddTask(TaskFields, frozen=True, omit_defaults=True, kw_only=True, tag="add"):
    """Put a call into the plan. `call_id`: the call that it is made from; its number and client are taken where they
    are not given."""

    contact_date: str
    call_id: int | None = None


class EditTask(TaskFields, frozen=True, omit_defaults=True, kw_only=True, tag="edit"):
    """Write the task anew, all fields of it. A contact date may be changed while it is open."""

    contact_date: str
    id: int
    revision: int


class _Outcome(Request, frozen=True, omit_defaults=True, kw_only=True):
    """`revision` is the one that the writer saw: where it is not the newest, Conflict. `text`: a remark."""

    id: int
    revision: int
    text: str = ""


class DoneTask(_Outcome, frozen=True, omit_defaults=True, kw_only=True, tag="done"):
    """Done with an order, whose number and amount may be given, or (`with_order` False) without."""

    id: int
    revision: int
    with_order: bool = True
    order: str = ""
    amount: int | None = None
    currency: str = ""


class MissTask(_Outcome, frozen=True, omit_defaults=True, kw_only=True, tag="not-reached"):
    """Nobody was reached."""


class _Reasoned(_Outcome, frozen=True, omit_defaults=True, kw_only=True):
    """A reason is required: an entry of the list, words in `text`, or both."""

    id: int
    revision: int
    reason_id: int | None = None


class PostponeTask(_Reasoned, frozen=True, omit_defaults=True, kw_only=True, tag="postpone"):
    """Call on another day, today or later. The delivery may not come before the contact: where it would, `plan_date`
    must be given (Invalid says so)."""

    id: int
    revision: int
    contact_date: str
    contact_time: str = ""
    plan_date: str = ""
    """Blank: as it is."""


class RefuseTask(_Reasoned, frozen=True, omit_defaults=True, kw_only=True, tag="refuse"):
    """The client refused."""


class DropTask(_Reasoned, frozen=True, omit_defaults=True, kw_only=True, tag="drop"):
    """The address fell away; stays active until somebody who manages the plan confirms it or returns the task."""


class ConfirmDrop(_Outcome, frozen=True, omit_defaults=True, kw_only=True, tag="confirm-drop"):
    """Archive the address and close the task."""


class ReturnTask(_Outcome, frozen=True, omit_defaults=True, kw_only=True, tag="return"):
    """Return a dropped task to the plan, on another date if one is given."""

    id: int
    revision: int
    contact_date: str = ""


class ReopenTask(_Outcome, frozen=True, omit_defaults=True, kw_only=True, tag="reopen"):
    """Take an outcome back: an operator the own one of today, who manages the plan any."""


class ReassignTasks(Request, frozen=True, omit_defaults=True, kw_only=True, tag="reassign"):
    """Give the open tasks of a filter to another operator (None: nobody), at most 1,000 in one deed."""

    filter: TaskFilter
    operator_id: int | None = None
    text: str = ""


TaskDeed = (
    AddTask
    | EditTask
    | DoneTask
    | MissTask
    | PostponeTask
    | RefuseTask
    | DropTask
    | ConfirmDrop
    | ReturnTask
    | ReopenTask
    | ReassignTasks
)


def reassignments(
    filter: TaskFilter, operator_id: int | None, text: str = "", *, at_once: int
) -> tuple[ReassignTasks, ...]:
    """The deeds that give the tasks of a filter away, each of so many named tasks at most: so its answer tells of every
    one that stayed."""
    parts = [filter.ids[place : place + at_once] for place in range(0, len(filter.ids), at_once)] or [()]
    return tuple(ReassignTasks(filter=replace(filter, ids=part), operator_id=operator_id, text=text) for part in parts)


class Skip(WireEnum):
    """Why a task that was named was not given away."""

    NOT_THERE = "not-there"
    CLOSED = "closed"
    THEIRS = "theirs"
    """It is that operator's already."""
    NOT_MEANT = "not-meant"
    """Something else of the filter leaves it out."""
    UNKNOWN = "unknown"


class SkippedTask(Struct, frozen=True, omit_defaults=True, kw_only=True):
    id: int
    why: Skip


class TaskChange(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The task as it stands now (None after a bulk deed, or where it is no longer the session's), how many tasks were
    changed, which of those named by their ids were not, and whether more are left to ask for again."""

    task: Task | None = None
    changed: int = 1
    more: bool = False
    skipped: tuple[SkippedTask, ...] = ()


class ImportTasks(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Some records of a list of tasks, at most 1,000; `rehearse` tells what would become of them."""

    records: tuple[TaskRecord, ...]
    source: str = ""
    rehearse: bool = False


class ImportedTasks(Result, frozen=True, omit_defaults=True, kw_only=True):
    fates: tuple[TaskRecordFate, ...] = ()


class GenerateTasks(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The rule: a task for each client, by address, whose last delivery is more than `days` days ago, who has no open
    task, and whose last task is at least `repeat` days ago. At most 1,000 at a time: ask again while there are `more`.

    The tasks go to the client's last operator; with `operators` to these, in turn.
    """

    contact_date: str
    days: int = 30
    repeat: int = 7
    deliver_after: int | None = None
    """Days from the contact to the delivery; None: no plan date."""
    operators: tuple[int, ...] = ()
    rehearse: bool = False


class GeneratedTasks(Result, frozen=True, omit_defaults=True, kw_only=True):
    """The tasks that were made, or (rehearsing) would be, longest since the last delivery first."""

    tasks: tuple[Task, ...] = ()
    more: bool = False
