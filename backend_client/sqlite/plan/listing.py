"""Lists of tasks (T2), and the card of one."""

from __future__ import annotations

import sqlite3

from msgspec.structs import replace

from backend_client.contract.calls import COUNT_EXACTLY_TO
from backend_client.contract.tasks import TaskCard, TaskList, TaskListRequest, TaskRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import Invalid
from backend_client.model.task import TaskOrder
from backend_client.model.text import N_, fold
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.names import Names
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.filter import OPEN_TASKS, TaskViewer, Where, where_of
from backend_client.sqlite.plan.rows import IS_OPEN, read_history, read_tasks, visible_row
from backend_client.sqlite.rows import hidden_calls, read_calls

MOST_ATTEMPTS = 100
_TIME = "t.minute IS NULL, t.minute"
_NAME = "(SELECT sort_key FROM client k WHERE k.id = t.client_id)"

_WAITED = f"t.last_delivery IS NULL, t.last_delivery, t.day, {_TIME}"
_NUMBER = (
    "coalesce((SELECT key FROM number n WHERE n.id = t.number_id),"
    " (SELECT key FROM number o WHERE o.client_id = t.client_id ORDER BY o.id LIMIT 1))"
)
_REASON = "(SELECT name FROM task_reason r WHERE r.id = t.reason_id)"


def _orders(today: int) -> dict[TaskOrder, tuple[str, ...]]:
    """What each order sorts by: the first term turns round when descending, the others do not. CONTACT is an index's
    own order, so that the first rows of a million cost nothing."""
    return {
        TaskOrder.WORK: (
            f"CASE WHEN NOT {IS_OPEN} THEN 2 ELSE t.day >= {today} END", _WAITED,
        ),
        TaskOrder.CONTACT: ("t.day", "t.minute"),
        TaskOrder.PLAN: ("t.plan_day", "t.day", _TIME),
        TaskOrder.CLIENT: (_NAME, "t.day"),
        TaskOrder.OPERATOR: ("(SELECT sort_key FROM employee e WHERE e.id = t.operator_id)", "t.day", _TIME),
        TaskOrder.STATE: ("t.state", "t.day", _TIME),
        TaskOrder.LAST_DELIVERY: ("t.last_delivery", "t.day"),
        TaskOrder.CHANGED: ("t.changed",),
        TaskOrder.NUMBER: (_NUMBER, "t.day"),
        TaskOrder.ADDRESS: ("t.address", "t.day"),
        TaskOrder.ORDER: ("t.order_number", "t.day"),
        TaskOrder.CALLS: ("t.calls", "t.day", _TIME),
        TaskOrder.REASON: (_REASON, "t.reason", "t.day"),
    }  # fmt: skip


def read_task_list(db: sqlite3.Connection, request: TaskListRequest, viewer: TaskViewer) -> TaskList:
    """A page of tasks. Raises Invalid for a page that is too large, and for what the filter cannot mean."""
    if not 0 <= request.limit <= PAGE_LIMIT or request.offset < 0:
        raise Invalid(N_("At most {limit} rows at a time."), limit=PAGE_LIMIT)
    change = db.execute("SELECT number FROM change").fetchone()[0]
    where = where_of(db, request.filter, viewer)
    ids = _page(db, request, viewer, where)
    total = len(ids) + request.offset
    # Who reads a list to its end, however long, has to learn that this is the end.
    ended = 0 < len(ids) < request.limit
    if where.many and not ended:
        total = COUNT_EXACTLY_TO + 1
    elif not ended:
        found = f"SELECT 1 FROM {where.source} WHERE {where.text} LIMIT {COUNT_EXACTLY_TO + 1}"
        total = db.execute(f"SELECT count(*) FROM ({found})", where.values).fetchone()[0]
    return TaskList(
        change=change, today=iso_of(viewer.today), rows=read_tasks(db, ids, viewer.today),
        total=min(total, COUNT_EXACTLY_TO) if total > request.offset + len(ids) else total,
        exact=ended or total <= COUNT_EXACTLY_TO,
    )  # fmt: skip


def _page(db: sqlite3.Connection, request: TaskListRequest, viewer: TaskViewer, where: Where) -> list[int]:
    """Ids of the page's tasks."""
    first, *others = _orders(viewer.today).get(request.order, _orders(viewer.today)[TaskOrder.WORK])
    order = ", ".join([f"{first} DESC" if request.descending else first, *others, "t.id"])
    if request.order is TaskOrder.CONTACT and request.descending:
        order = "t.day DESC, t.minute DESC, t.id DESC"
    places = [where]
    if request.order is TaskOrder.WORK and not request.descending and request.filter.open is None:
        # Open ones come first, and there are few of them: mostly the closed ones need not be sorted.
        places.insert(0, where_of(db, replace(request.filter, open=True), viewer))
    ids: list[int] = []
    for place in places:
        found = f"SELECT t.id FROM {place.source} WHERE {place.text} ORDER BY {order}"
        if place.source == OPEN_TASKS and request.order is TaskOrder.WORK and not request.descending:
            found = in_order_of_work(place, viewer.today)
        rows = db.execute(
            f"{found} LIMIT :limit OFFSET :offset",
            {**place.values, "limit": request.limit, "offset": request.offset},
        ).fetchall()
        ids = [id for (id,) in rows]
        if len(ids) == request.limit:
            break
    return ids


def in_order_of_work(open_tasks: Where, today: int) -> str:
    """Ids of open tasks, overdue ones first: either part is read in its order off an index, as far as a page goes."""
    parts = (
        # Without a limit of its own a part need not keep its order.
        f"SELECT id FROM (SELECT t.id FROM task t INDEXED BY task_work WHERE {open_tasks.text} AND t.day {side} {today}"
        f" ORDER BY {_WAITED}, t.id LIMIT -1)"
        for side in ("<", ">=")
    )
    return " UNION ALL ".join(parts)


def read_task_card(
    db: sqlite3.Connection, request: TaskRequest, viewer: TaskViewer, names: Names, calls: Scope
) -> TaskCard:
    """A task with its history and its attempts. Raises NotFound."""
    row = visible_row(db, request.id, viewer.scope)
    attached = db.execute(
        "SELECT DISTINCT call_id FROM attempt WHERE task_id = ? ORDER BY start DESC, call_id DESC LIMIT ?",
        (row.id, MOST_ATTEMPTS),
    ).fetchall()
    ids = {id for (id,) in attached}
    found = {} if calls.nothing else read_calls(db, sorted(ids - hidden_calls(db, ids, calls)), names, calls)
    archived = (
        row.client_id is not None
        and db.execute(
            "SELECT 1 FROM client_address WHERE client_id = ? AND fold = ?", (row.client_id, fold(row.address))
        ).fetchone()
    )
    [task] = read_tasks(db, [row.id], viewer.today)
    return TaskCard(
        task=task, history=read_history(db, row.id),
        attempts=tuple(found[id] for (id,) in attached if id in found),
        address_archived=bool(archived),
    )  # fmt: skip
