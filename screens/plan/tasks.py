"""Tasks on a screen: title, table, panel and status; the base of the plan and of what lies behind its report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer

from backend_client.contract.changes import Clock, Kind
from backend_client.contract.tasks import TaskList, TaskListRequest
from backend_client.errors import BackendError
from backend_client.model.permissions import Permission
from backend_client.model.task import Task, TaskFilter, TaskOrder
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.feed import Changed
from screens.language import _, counted, home_of, ngettext
from screens.message import FieldMessage
from screens.plan.task_opening import TaskOpeningScreen
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.task_lines import TaskLook
from screens.widgets.task_panel import TaskPanel
from screens.widgets.task_table import TaskTable
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

PANEL_FROM = 110
"""Columns from which the panel stands beside the table; on a narrower screen it lies below."""
_SORT_WORDS = {
    TaskOrder.WORK: N_("Order of work: overdue, longest since the delivery, time"),
    TaskOrder.STATE: N_("State"),
    TaskOrder.CONTACT: N_("Contact date"),
    TaskOrder.CLIENT: N_("Client"),
    TaskOrder.LAST_DELIVERY: N_("Last delivery"),
    TaskOrder.PLAN: N_("Plan date"),
    TaskOrder.OPERATOR: N_("Operator"),
    TaskOrder.NUMBER: N_("Number"),
    TaskOrder.ADDRESS: N_("Address"),
    TaskOrder.ORDER: N_("Order"),
    TaskOrder.CALLS: N_("Calls"),
    TaskOrder.REASON: N_("Reason"),
    TaskOrder.CHANGED: N_("Changed last"),
}


def may_see_tasks(permissions: frozenset[Permission]) -> bool:
    """Whether somebody has any part in the plan: own tasks, its report, or all of it."""
    return bool(permissions & {Permission.OWN_TASKS, Permission.PLAN_REPORT, Permission.MANAGE_PLAN})


class TasksScreen(TaskOpeningScreen):
    """Tasks of a filter, live; the one with the cursor in a panel, or under its row."""

    TITLE = N_("Tasks")
    AUTO_FOCUS = "#table"
    DEFAULT_CSS = """
    TasksScreen { layout: vertical; background: $background; }
    TasksScreen > #body { height: 1fr; }
    TasksScreen RowTable { width: 3fr; }
    TasksScreen.-low > #body { layout: vertical; }
    TasksScreen.-low RowTable, TasksScreen.-low TaskPanel { width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", N_("Sort"), id="tasks.sort", tooltip=N_("Choose the column to sort by")),
        Binding("S", "turn", N_("Turn the order"), id="tasks.turn", tooltip=N_("Sort the other way round")),
        Binding("space", "mark", N_("Mark"), id="tasks.mark", tooltip=N_("Mark the task, for deeds on several")),
        Binding("ctrl+a", "mark_all", N_("Mark all"), id="tasks.mark-all", tooltip=N_("Mark all tasks of the list")),
        Binding("escape", "back", N_("Back"), id="tasks.back", tooltip=N_("Close what is open"), show=False),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="tasks.reload", tooltip=N_("Ask again for what is shown")),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = (
        "task.order", "task.no-order", "task.not-reached", "task.postpone", "task.refuse", "task.dial",
        "task.confirm-drop", "task.return", "task.reopen", "app.help",
    )  # fmt: skip

    class Answered(FieldMessage):
        """Rows from this offset on, for the table's request of this number."""

        number: int
        offset: int
        found: TaskList

    class Refused(FieldMessage):
        """No rows for the table's request of this number."""

        number: int
        error: BackendError

    def __init__(self, filter: TaskFilter) -> None:
        super().__init__()
        self.filter = filter
        self.total = 0
        self.exact = True
        self._midnight: Timer | None = None

    @property
    def chosen(self) -> Sequence[Task]:
        marked = [task for task in self.table.cache.rows if task.id in self.table.marked]
        return marked or ([self.table.row] if self.table.row is not None else [])

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield from self.over_table()
        with Horizontal(id="body"):
            yield TaskTable(id="table")
            panel = TaskPanel(id="panel")
            panel.display = False
            yield panel
        yield StatusLine(self.HINTS, dims=True, id="status")

    def over_table(self) -> ComposeResult:
        """Widgets between the title and the table."""
        return ()

    # Life

    @property
    def allowed(self) -> bool:
        """Whether the session has any part in the plan."""
        return may_see_tasks(self.backend.session.permissions)

    def on_mount(self) -> None:
        self.table.focus()

    def on_screen_resume(self) -> None:
        self.status.forget_keys()
        if not self.allowed:
            self.table.say(*self.forbidden_text())
            return
        work(self, self.learn, "learn")

    def forbidden_text(self) -> tuple[str, ...]:
        """Why there is nothing to see."""
        return (
            _("Your role has no part in the outbound plan."),
            _("Operators see their own tasks; heads and quality control see the report."),
            _("Ask an administrator for the right."),
        )

    def on_resize(self) -> None:
        self.set_class(self.size.width < PANEL_FROM, "-low")
        if self._panel_wanted is None and self.allowed:
            self.panel.display = self.size.width >= PANEL_FROM
            self.follow()

    def not_learnt(self, error: BackendError) -> None:
        self.post_message(self.Refused(0, error))

    def on_console_screen_learnt(self, message: ConsoleScreen.Learnt) -> None:
        self.directories = message.directories
        self.today = date.fromisoformat(message.clock.today)
        look = TaskLook(
            ZoneInfo(message.clock.zone),
            self.today,
            home_of(message.clock.home_country),
            {one.id: clean(one.name) for one in message.directories.employees},
            {one.id: clean(one.name) for one in message.directories.reasons},
        )
        if look != self.table.task_look:
            self.table.show_as(look)
        self._wait_for_midnight(message.clock, look.zone)
        self.know_day()
        self.again()

    def _wait_for_midnight(self, clock: Clock, zone: ZoneInfo) -> None:
        midnight = datetime.combine(self.today + timedelta(days=1), datetime.min.time(), zone).timestamp()
        if self._midnight is not None:
            self._midnight.stop()
        self._midnight = self.set_timer(max(1.0, midnight - clock.now + 1), self._new_day)

    def _new_day(self) -> None:
        if self.is_current:
            self.on_screen_resume()

    def know_day(self) -> None:
        """The day is known, or another one."""

    def again(self) -> None:
        """Ask again for what is shown, or for the first rows where nothing is."""
        if len(self.table.cache):
            self.table.reload()
        else:
            self.table.open()

    def set_filter(self, filter: TaskFilter) -> None:
        """Show the tasks of another filter from the first on."""
        if filter != self.filter:
            self.filter = filter
            self.table.unmark()
            self.table.close_row()
            # As one types, nobody waits for the rows of half a word.
            self.workers.cancel_group(self, "rows")
            self.table.open()
            self.tell()

    # Rows

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        if not self.allowed:
            return
        if message.last:
            offset, limit = max(0, self.total - message.below), message.below
        elif message.anchor is None:
            offset, limit = 0, message.below
        else:
            place = self.table.place_of(message.anchor)
            offset = max(0, place - message.above)
            limit = place - offset + 1 + message.below
        table = self.table
        request = TaskListRequest(
            filter=self.filter, order=table.order, descending=table.descending, offset=offset, limit=limit
        )
        work(self, partial(self._fetch, message.number, request), "rows", exclusive=False)

    async def _fetch(self, number: int, request: TaskListRequest) -> None:
        try:
            found = await self.backend.tasks(request)
        except BackendError as error:
            self.post_message(self.Refused(number, error))
        else:
            self.post_message(self.Answered(number, request.offset, found))

    def on_tasks_screen_answered(self, message: Answered) -> None:
        found, table = message.found, self.table
        self.feed.start(self.backend, found.change)
        if not table.supply_list(message.number, found, message.offset):
            return
        self.total, self.exact = found.total, found.exact
        if not len(table.cache):
            table.say(*self.empty_text())
        self.tell()
        self.follow()

    def on_tasks_screen_refused(self, message: Refused) -> None:
        self.table.failed(message.number)
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def empty_text(self) -> tuple[str, ...]:
        """Why there are no tasks, and what to do."""
        return (_("No task is like this."),)

    def tell(self) -> None:
        """Say how many tasks there are."""
        told = ngettext("{count} task", "{count} tasks", self.total).format(count=counted(self.total, self.exact))
        parts = [told]
        if marked := len(self.table.marked):
            parts.append(_("{count} marked").format(count=marked))
        self.status.say(" · ".join(parts))

    def go_on(self, task: Task) -> None:
        if self.task_at is not None and self.task_at.id == task.id:
            self.table.action_move(1)

    def come_back(self, task: Task) -> None:
        ids = [one.id for one in self.table.cache.rows]
        if self.task_at is not None and task.id in ids:
            self.table.action_move(ids.index(task.id) - ids.index(self.task_at.id))

    def tasks_changed(self) -> None:
        self.table.unmark()
        self.again()
        self.follow(changed=True)

    # Live

    def on_changed(self, message: Changed) -> None:
        self.tell_stale(None)
        changes = message.changes
        if changes.everything or Kind.DIRECTORIES in changes.kinds:
            work(self, self.learn, "learn")
        elif changes.days or {Kind.TASKS, Kind.CLIENTS} & set(changes.kinds):
            self.again()
            self.follow(changed=True)

    # Opening

    def on_row_table_moved(self, message: RowTable.Moved) -> None:
        self.status.show()
        self.follow()

    def action_back(self) -> None:
        """Close what was opened last."""
        if self.panel.has_focus:
            self.table.focus()
        elif self.table.close_row():
            self._opened = None
        elif self.table.unmark():
            self.tell()
        else:
            self.leave()

    def leave(self) -> None:
        """Nothing is open any more."""

    # Marks and order

    def action_mark(self) -> None:
        """Mark the task, and go on to the next one."""
        if self.task_at is not None:
            self.table.mark(self.task_at.id)
            self.table.action_move(1)
            self.tell()

    def action_mark_all(self) -> None:
        """Mark what the list holds."""
        self.table.mark_all()
        self.tell()

    def action_sort(self) -> None:
        """Choose what to sort by."""
        from screens.dialogs.choice_dialog import ChoiceDialog
        from screens.widgets.choice_list import Choice

        choices = [Choice(order, _(word)) for order, word in _SORT_WORDS.items()]
        self.app.push_screen(ChoiceDialog(_("Sort by"), choices, self.table.order), self._sort)

    def _sort(self, order: object) -> None:
        if isinstance(order, TaskOrder):
            self.table.sort(order, descending=order is TaskOrder.CHANGED)

    def action_turn(self) -> None:
        """The other way round."""
        self.table.sort(self.table.order, descending=not self.table.descending)

    def action_reload(self) -> None:
        self.on_screen_resume()
