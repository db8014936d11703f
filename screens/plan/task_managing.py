"""What a head does with tasks, many at once: whose they are, whether a dropped one is closed or comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.tasks import (
    ConfirmDrop,
    ReassignTasks,
    ReturnTask,
    SkippedTask,
    TaskChange,
    TaskDeed,
    reassignments,
)
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import BackendError, Conflict, Invalid, NotFound
from backend_client.model.task import Task, TaskFilter, may_follow
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_, clean
from screens.language import _, ngettext, number
from screens.plan.task_deeds import EVENT_OF, TaskDeedsScreen
from screens.plan.task_words import SKIPS
from screens.widgets.choice_list import Choice
from screens.words import error_text
from screens.work import work

_NAMED = 3
"""Tasks that stayed as they were and are named; the others are counted."""


class TaskManagingScreen(TaskDeedsScreen):
    """The base of screens with tasks: the deeds of who manages the plan."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E", "edit", N_("Edit"), id="task.edit", tooltip=N_("Change the task")),
        Binding("u", "reassign", N_("Give away"), id="task.reassign",
                tooltip=N_("Give the marked tasks, or this one, to another operator")),
        Binding("C", "confirm", N_("Confirm drop"), id="task.confirm-drop",
                tooltip=N_("Archive the address and close the marked tasks, or this one")),
        Binding("B", "put_back", N_("Back to plan"), id="task.return",
                tooltip=N_("Return the marked dropped tasks, or this one, to the plan")),
    ]  # fmt: skip

    def action_confirm(self) -> None:
        """Close dropped tasks for good."""
        if not self._refused("confirm"):
            self._do_all("confirm", lambda task: ConfirmDrop(id=task.id, revision=task.revision))

    def action_put_back(self) -> None:
        """Dropped tasks come back into the plan, of today where their day is over."""
        if self._refused("put_back"):
            return
        today = self.today.isoformat()

        def deed(task: Task) -> TaskDeed:
            day = today if task.contact_date < today else ""
            return ReturnTask(id=task.id, revision=task.revision, contact_date=day)

        self._do_all("put_back", deed)

    def _do_all(self, action: str, deed: Callable[[Task], TaskDeed]) -> None:
        tasks = [task for task in self.chosen if may_follow(EVENT_OF[action], task.state)]
        work(self, partial(self._send_all, [(task, deed(task)) for task in tasks]), "deed", exclusive=False)

    async def _send_all(self, deeds: Sequence[tuple[Task, TaskDeed]]) -> None:
        done, failed = 0, list[str]()
        for task, deed in deeds:
            try:
                await self.backend.change_task(deed)
            except (Conflict, Invalid, NotFound) as error:
                failed.append(f"{self._called(task)}: {error_text(error)[0]}")
            except BackendError as error:
                self._complain(error, self._called(task))
                break
            else:
                done += 1
        self._tell_count(done, _named(failed))

    def action_reassign(self) -> None:
        """Choose whose the tasks shall be."""
        if self._refused("reassign"):
            return
        from screens.dialogs.choice_dialog import ChoiceDialog

        tasks = self.chosen
        open_ones = [task for task in tasks if may_follow(TaskEvent.REASSIGN, task.state)]

        def chosen(operator: object) -> None:
            if isinstance(operator, int):
                named = TaskFilter(ids=tuple(task.id for task in tasks))
                deeds = reassignments(named, operator or None, at_once=PAGE_LIMIT)
                work(self, partial(self._reassign, deeds, tasks), "deed", exclusive=False)

        title = ngettext("Give {count} task to", "Give {count} tasks to", len(open_ones))
        choices = [Choice(0, _("nobody")), *self.operators()]
        dialog = ChoiceDialog(title.format(count=number(len(open_ones))), choices, open_ones[0].operator_id or 0)
        self.app.push_screen(dialog, chosen)

    async def _reassign(self, deeds: Sequence[ReassignTasks], tasks: Sequence[Task]) -> None:
        changed, skipped = 0, list[SkippedTask]()
        for deed in deeds:
            try:
                change = await self.backend.change_task(deed)
            except BackendError as error:
                self._complain(error)
                break
            changed += change.changed
            skipped += change.skipped
        self._tell_count(changed, self._skipped_text(skipped, tasks))

    def _skipped_text(self, skipped: Sequence[SkippedTask], tasks: Sequence[Task]) -> str:
        """Which tasks were not given away, and why."""
        names = {task.id: self._called(task) for task in tasks}
        return _named([f"{names[one.id]}: {_(SKIPS[one.why])}" for one in skipped])

    def _tell_count(self, count: int, skipped: str = "") -> None:
        told = ngettext("{count} task was changed.", "{count} tasks were changed.", count)
        if count or skipped:
            text = "\n".join(filter(None, (told.format(count=number(count)), skipped)))
            self.notify(text, severity="warning" if skipped else "information", markup=False)
        self.tasks_changed()

    def action_edit(self) -> None:
        """Change the fields of the task."""
        if self._refused("edit") or not (task := self.task_at):
            return
        from screens.plan.task_form import TaskForm

        def changed(change: TaskChange | None) -> None:
            if change is not None:
                self.notify(_("Saved."), markup=False)
                self.tasks_changed()

        self.app.push_screen(TaskForm.editing(self.backend, task, self.directories, self.today), changed)

    def operators(self) -> list[Choice]:
        """Those who may be given tasks."""
        return [Choice(one.id, clean(one.name)) for one in self.directories.employees if one.takes_tasks]


def _named(stayed: Sequence[str]) -> str:
    """The first tasks that stayed as they were, and how many more there are."""
    told = list(stayed[:_NAMED])
    if more := len(stayed) - len(told):
        told.append(ngettext("and {count} more", "and {count} more", more).format(count=number(more)))
    return "\n".join(told)
