"""The table of tasks: its columns for any width, and rows found again wherever a changed list puts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from backend_client.contract.tasks import TaskList
from backend_client.model.phone import format_number
from backend_client.model.task import Task, TaskOrder
from backend_client.model.text import N_, clean
from screens.language import NO_VALUE, _, money, number, short_date
from screens.plan.task_words import MARKED, client_text, day_of, state_pieces, when_text
from screens.widgets.columns import Column
from screens.widgets.page_cache import Key
from screens.widgets.row_table import RowTable
from screens.widgets.task_lines import TaskLook
from screens.words import Role

SORTS: dict[TaskOrder, str] = {
    TaskOrder.WORK: "",
    TaskOrder.STATE: "state",
    TaskOrder.CONTACT: "when",
    TaskOrder.CLIENT: "client",
    TaskOrder.LAST_DELIVERY: "delivery",
    TaskOrder.PLAN: "plan",
    TaskOrder.OPERATOR: "operator",
    TaskOrder.NUMBER: "number",
    TaskOrder.ADDRESS: "address",
    TaskOrder.ORDER: "order",
    TaskOrder.CALLS: "calls",
    TaskOrder.REASON: "reason",
}
"""The column that each order sorts by; the order of work has none."""

NARROW = ("state", "when", "client", "number", "delivery")
NARROW_OF_ALL = ("state", "when", "client", "number", "operator")
MEDIUM = ("state", "when", "client", "address", "number", "delivery", "calls")
MEDIUM_OF_ALL = ("state", "when", "client", "address", "number", "operator", "delivery", "calls")
WIDE = ("state", "when", "client", "address", "number", "order", "delivery", "plan", "calls", "reason")


def column_ids(width: int, *, operators: bool) -> tuple[str, ...]:
    """The well-chosen set for a table of so many cells; `operators`: whose task it is matters. The number is in each:
    it is what one dials."""
    if width < 96:
        return NARROW_OF_ALL if operators else NARROW
    if width < 130:
        return MEDIUM_OF_ALL if operators else MEDIUM
    return (*WIDE, "operator") if operators else WIDE


class TaskTable(RowTable[Task]):
    """Tasks in the order that the backend gave them; a task keeps the cursor when it moves in the list."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(self._place_of, _role, id=id)
        self.task_look = TaskLook(ZoneInfo("UTC"), date.min)
        self.marked: set[int] = set()
        self.operators = False
        """Show whose task it is."""
        self.order = TaskOrder.WORK
        self.descending = False
        self._places: dict[int, int] = {}
        """Where each task stood in the newest answer that had it."""

    def _place_of(self, task: Task) -> Key:
        return (self._places.get(task.id, -1),)

    def place_of(self, key: Key) -> int:
        """The offset in the whole list of a row by its key."""
        return int(key[0])

    def supply_list(self, number: int, found: TaskList, offset: int) -> bool:
        """The answer to a `Wanted`: the rows from this offset of the whole list on."""
        if number not in self._waiting.values():
            return False
        self._places.update({task.id: offset + place for place, task in enumerate(found.rows)})
        last = offset + len(found.rows)
        return self.supply(
            number,
            found.rows,
            more_above=offset > 0,
            more_below=bool(found.rows) and (last < found.total or not found.exact),
        )

    def mark(self, task: int) -> None:
        """Mark a task, or no more."""
        self.marked ^= {task}
        self._strips.clear()
        self.refresh()

    def mark_all(self) -> None:
        """Mark every task that is held."""
        self.marked = {task.id for task in self.cache.rows}
        self._strips.clear()
        self.refresh()

    def unmark(self) -> bool:
        """No task is marked any more; False where none was."""
        if not self.marked:
            return False
        self.marked.clear()
        self._strips.clear()
        self.refresh()
        return True

    def sort(self, order: TaskOrder, *, descending: bool) -> None:
        """Ask for the list in another order, from its first row on."""
        self.order, self.descending = order, descending
        self.close_row()
        self.lay_out()
        self.open()

    def show_as(self, look: TaskLook) -> None:
        """Draw by another look."""
        self.task_look = look
        self.lay_out()

    def choose_columns(self) -> Sequence[Column[Task]]:
        known = {column.id: column for column in self._columns()}
        return [known[id] for id in column_ids(self.size.width, operators=self.operators)]

    def _columns(self) -> Sequence[Column[Task]]:
        look, title = self.task_look, self._title
        operator = Column[Task](
            "operator",
            title("operator", N_("Operator")),
            lambda task: look.employee(task.operator_id),
            10,
            share=2,
            most=24,
        )
        return (
            Column("state", title("state", N_("State")), self._state, 13, share=3, most=28),
            Column("when", title("when", N_("Contact")), lambda task: when_text(task, look.today), 10),
            Column("client", title("client", N_("Client")), self._client, 12, share=5, most=40),
            Column("address", title("address", N_("Address")), lambda task: clean(task.address), 14, share=4, most=40),
            Column(
                "number",
                title("number", N_("Number")),
                lambda task: format_number(task.number, look.home),
                15,
                share=3,
                most=18,
            ),
            Column("order", title("order", N_("Order")), _order, 8, share=1, most=18),
            Column("delivery", title("delivery", N_("Delivered")), lambda task: _day(task.last_delivery), 10),
            Column("plan", title("plan", N_("Plan date")), lambda task: _day(task.plan_date), 10),
            Column("calls", title("calls", N_("Calls")), lambda task: number(task.calls), 6, right=True),
            Column("reason", title("reason", N_("Reason")), look.reason, 12, share=3, most=40),
            operator,
        )

    def _client(self, task: Task) -> str:
        return client_text(task, self.task_look.home)

    def _title(self, id: str, title: str) -> str:
        """The heading, with an arrow where the list is sorted by it."""
        return title if SORTS.get(self.order) != id else f"{'↓' if self.descending else '↑'} {_(title)}"

    def _state(self, task: Task) -> Sequence[tuple[str, Role]]:
        pieces = state_pieces(task, self.ascii)
        if task.id in self.marked:
            return [(MARKED.mark(self.ascii), MARKED.role), *pieces]
        return [(" ", Role.PLAIN), *pieces]


def _role(task: Task) -> Role:
    return Role.BAD if task.overdue else Role.PLAIN


def _day(text: str) -> str:
    day = day_of(text)
    return short_date(day) if day else NO_VALUE


def _order(task: Task) -> str:
    amount = money(task.amount, task.currency) if task.amount is not None else ""
    return " ".join(filter(None, (clean(task.order), amount)))
