"""Opening a task: under its row, or in the panel, with its history and the last calls of its client."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.calls import WindowRequest
from backend_client.contract.tasks import TaskCard, TaskRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.task import Task
from backend_client.model.text import N_
from screens.language import _
from screens.message import FieldMessage
from screens.plan.task_managing import TaskManagingScreen
from screens.widgets.row_table import RowTable
from screens.widgets.task_lines import task_lines
from screens.widgets.task_panel import TaskPanel
from screens.widgets.task_table import TaskTable
from screens.work import work

LAST_CALLS = 6
"""How many calls of the client are shown beside a task."""


class TaskOpeningScreen(TaskManagingScreen):
    """The base of screens with a table of tasks and a panel: it opens the task with the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "details", N_("Details"), id="tasks.details", tooltip=N_("Open the task under its row")),
        Binding("p", "pin", N_("Panel"), id="tasks.panel", tooltip=N_("Keep the task in a panel")),
    ]  # fmt: skip

    class Detailed(FieldMessage):
        """A task with its history and calls; `under` the row, or in the panel."""

        number: int
        card: TaskCard
        calls: tuple[Call, ...]
        under: bool

    def __init__(self) -> None:
        super().__init__()
        self._details_number = 0
        self._opened: int | None = None
        """The task whose lines are under its row."""
        self._panel_wanted: bool | None = None
        """Whether the person opened or closed the panel; None lets the width say."""

    @property
    def table(self) -> TaskTable:
        return self.query_one(TaskTable)

    @property
    def panel(self) -> TaskPanel:
        return self.query_one(TaskPanel)

    @property
    def task_at(self) -> Task | None:
        return self.table.row

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        self.action_details()

    def follow(self, *, changed: bool = False) -> None:
        """The cursor moved, or its task changed: what is open shows it."""
        task, card = self.task_at, self.panel.card
        if self._opened is not None and (task is None or task.id != self._opened):
            self.table.close_row()
            self._opened = None
        elif self._opened is not None and task is not None and changed:
            self._load(task, under=True)
        if not self.panel.display:
            return
        if task is None:
            self.panel.say(_("No task is chosen."))
        elif changed or card is None or card.task.id != task.id or card.task.revision != task.revision:
            self._load(task, under=False)

    def _load(self, task: Task, *, under: bool) -> None:
        self._details_number += 1
        work(self, partial(self._detail, self._details_number, task, under), "details")

    async def _detail(self, number: int, task: Task, under: bool) -> None:
        try:
            card = await self.backend.task(TaskRequest(id=task.id))
            calls: tuple[Call, ...] = ()
            if asked := calls_of(task):
                calls = (await self.backend.window(WindowRequest(filter=asked, below=LAST_CALLS))).rows
        except BackendError as error:
            self._complain(error)
        else:
            self.post_message(self.Detailed(number, card, calls, under))

    def on_task_opening_screen_detailed(self, message: Detailed) -> None:
        if message.number != self._details_number:
            return
        card, table = message.card, self.table
        if not message.under:
            self.panel.show(card, message.calls, table.task_look)
        elif table.row is not None and table.row.id == card.task.id:
            lines = task_lines(card, message.calls, table.task_look, max(20, table.size.width - 4))
            table.open_row(table.cache.key(table.row), lines[1:])
            self._opened = card.task.id

    def action_details(self) -> None:
        """Open the task under its row, or close it; with the panel open, go into the panel."""
        task = self.task_at
        if task is None:
            return
        if self.panel.display:
            self.panel.focus()
        elif self._opened == task.id:
            self.table.close_row()
            self._opened = None
        else:
            self._load(task, under=True)

    def action_pin(self) -> None:
        """Open the panel for the task with the cursor, or close it."""
        self.table.close_row()
        self._opened = None
        self._panel_wanted = self.panel.display = not self.panel.display
        self.table.focus()
        self.follow()


def calls_of(task: Task) -> CallFilter | None:
    """The calls of a task's client, or of its number where that is nobody's."""
    if task.client_id is not None:
        return CallFilter(clients=(task.client_id,))
    return CallFilter(numbers=(task.number,)) if task.number else None
