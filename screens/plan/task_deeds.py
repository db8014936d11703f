"""What a person does with the task under the cursor: its outcome by one key, its client, its telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.plan_report import task_calls
from backend_client.contract.tasks import (
    DoneTask,
    DropTask,
    MissTask,
    PostponeTask,
    RefuseTask,
    ReopenTask,
    TaskDeed,
    TaskRequest,
)
from backend_client.errors import BackendError
from backend_client.model.directory import Directories
from backend_client.model.permissions import Permission
from backend_client.model.task import OPEN, Task, may_follow
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.dialling import dial, why_not_dial
from screens.dialogs.reason_dialog import ReasonDialog, Why
from screens.language import _, short_date
from screens.plan.task_words import STATES, client_text, day_of
from screens.work import work

EVENT_OF = {
    "order": TaskEvent.DONE,
    "no_order": TaskEvent.DONE,
    "not_reached": TaskEvent.NOT_REACHED,
    "postpone": TaskEvent.POSTPONE,
    "refuse": TaskEvent.REFUSE,
    "drop": TaskEvent.DROP,
    "confirm": TaskEvent.CONFIRM_DROP,
    "put_back": TaskEvent.RETURN,
    "reopen": TaskEvent.REOPEN,
    "edit": TaskEvent.EDIT,
    "reassign": TaskEvent.REASSIGN,
}
"""What each action does to a task."""
_MANAGING = frozenset({"confirm", "put_back", "edit", "reassign"})


class TaskDeedsScreen(ConsoleScreen):
    """The base of screens with tasks: it says which has the cursor, and which are marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "order", N_("Order"), id="task.order", tooltip=N_("Done: the client ordered")),
        Binding("w", "no_order", N_("No order"), id="task.no-order", tooltip=N_("Done: the client orders nothing")),
        Binding("n", "not_reached", N_("Not reached"), id="task.not-reached", tooltip=N_("Nobody was reached")),
        Binding("l", "postpone", N_("Later"), id="task.postpone", tooltip=N_("Call on another day, for a reason")),
        Binding("r", "refuse", N_("Refused"), id="task.refuse", tooltip=N_("The client refused, for a reason")),
        Binding("D", "drop", N_("Drop"), id="task.drop",
                tooltip=N_("The address fell away: the head confirms that, or returns it to the plan")),
        Binding("R", "reopen", N_("Open again"), id="task.reopen", tooltip=N_("Take the outcome back")),
        Binding("ctrl+z", "undo", N_("Undo"), id="task.undo", tooltip=N_("Take back what you did last")),
        Binding("H", "dial", N_("Dial"), id="task.dial",
                tooltip=N_("Call the number, in the way that the settings say")),
        Binding("y", "copy_number", N_("Copy number"), id="task.copy-number", tooltip=N_("Copy the number")),
        Binding("A", "card", N_("Client"), id="task.card", tooltip=N_("Open the client's card with all calls")),
        Binding("c", "calls", N_("Calls"), id="task.calls", tooltip=N_("The calls that were made for the task")),
    ]  # fmt: skip
    directories: Directories = Directories()
    today: date = date.min
    _closed_last: Task | None = None
    """What this screen closed last, as it stands since: it has left most lists."""

    @property
    def task_at(self) -> Task | None:
        """The task under the cursor."""
        raise NotImplementedError

    @property
    def chosen(self) -> Sequence[Task]:
        """The marked tasks, else the one under the cursor."""
        raise NotImplementedError

    def tasks_changed(self) -> None:
        """A deed of this screen changed tasks."""
        raise NotImplementedError

    def go_on(self, task: Task) -> None:
        """The person has finished with this one: the next key is for the next one."""
        raise NotImplementedError

    def come_back(self, task: Task) -> None:
        """The deed on this one failed: the next key is for it again."""
        raise NotImplementedError

    # Why not

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        may = self.backend.session.may
        if action in _MANAGING and not may(Permission.MANAGE_PLAN):
            return _("your role may not manage the plan")
        if action in EVENT_OF and not (may(Permission.OWN_TASKS) or may(Permission.MANAGE_PLAN)):
            return _("your role may not work on tasks")
        task = self.task_at
        if action == "undo":
            return "" if self._closed_last is not None else _("no task was closed here yet")
        if action in (*EVENT_OF, "dial", "copy_number", "card", "calls") and task is None:
            return _("no task is chosen")
        if task is None:
            return ""
        if action in EVENT_OF and not any(may_follow(EVENT_OF[action], one.state) for one in self._for(action, task)):
            return _("the task is: {state}").format(state=STATES[task.state].word)
        if action == "card" and task.client_id is None:
            return _("the number belongs to no client yet")
        if action == "calls" and not task.calls:
            return _("no call was made for this task")
        if action == "copy_number" and not task.number:
            return _("there is no number")
        return why_not_dial(self, task.number) if action == "dial" else ""

    def _for(self, action: str, task: Task) -> Sequence[Task]:
        """The tasks that an action is for: outcomes are told of one, the head's deeds of many."""
        return self.chosen if action in ("confirm", "put_back", "reassign") else (task,)

    # Outcomes

    def action_order(self) -> None:
        """The client ordered."""
        if not self._refused("order") and (task := self.task_at):
            self.do(DoneTask(id=task.id, revision=task.revision), task)

    def action_no_order(self) -> None:
        """The client was reached and orders nothing."""
        if not self._refused("no_order") and (task := self.task_at):
            self.do(DoneTask(id=task.id, revision=task.revision, with_order=False), task)

    def action_not_reached(self) -> None:
        """Nobody was reached; the task stays open."""
        if not self._refused("not_reached") and (task := self.task_at):
            self.do(MissTask(id=task.id, revision=task.revision), task)

    def action_postpone(self) -> None:
        """Ask for the day and the reason."""
        if not self._refused("postpone") and (task := self.task_at):
            self._ask_day(task)

    def _ask_day(self, task: Task, before: Why | None = None) -> None:
        """`before`: what was answered already, and could not be sent."""

        def answered(why: Why | None) -> None:
            if why is not None and why.day is not None:
                self.do(
                    PostponeTask(
                        id=task.id, revision=task.revision, contact_date=why.day.isoformat(),
                        contact_time=task.contact_time, plan_date=self._plan_after(task, why.day),
                        reason_id=why.reason_id, text=why.words,
                    ),
                    task,
                    ask_again=lambda now: self._ask_day(now, why),
                )  # fmt: skip

        title = _("Postpone: {client}").format(client=self._called(task))
        reasons = self._reasons(TaskEvent.POSTPONE)
        self.app.push_screen(ReasonDialog(title, reasons, today=self.today, answered=before), answered)

    def _plan_after(self, task: Task, day: date) -> str:
        """The delivery moves with the contact where it would come before it: as many days after it as it was."""
        planned, contact = day_of(task.plan_date), day_of(task.contact_date)
        if planned is None or contact is None or planned >= day:
            return ""
        return (day + max(timedelta(0), planned - contact)).isoformat()

    def action_refuse(self) -> None:
        """Ask why the client refused."""
        if not self._refused("refuse") and (task := self.task_at):
            self._ask_why(TaskEvent.REFUSE, _("Refused: {client}"), RefuseTask, task)

    def action_drop(self) -> None:
        """Ask why the address fell away."""
        if not self._refused("drop") and (task := self.task_at):
            self._ask_why(TaskEvent.DROP, _("Drop: {client}"), DropTask, task)

    def _ask_why(
        self,
        event: TaskEvent,
        title: str,
        deed: type[RefuseTask] | type[DropTask],
        task: Task,
        before: Why | None = None,
    ) -> None:
        def answered(why: Why | None) -> None:
            if why is not None:
                self.do(
                    deed(id=task.id, revision=task.revision, reason_id=why.reason_id, text=why.words),
                    task,
                    ask_again=lambda now: self._ask_why(event, title, deed, now, why),
                )

        dialog = ReasonDialog(title.format(client=self._called(task)), self._reasons(event), answered=before)
        self.app.push_screen(dialog, answered)

    def action_reopen(self) -> None:
        """Take the outcome of the task under the cursor back."""
        if not self._refused("reopen") and (task := self.task_at):
            self._reopen(task)

    def action_undo(self) -> None:
        """Take the outcome back that this screen told last, wherever the cursor is."""
        if not self._refused("undo") and (task := self._closed_last):
            self._reopen(task)

    def _reopen(self, task: Task) -> None:
        if self._closed_last is not None and self._closed_last.id == task.id:
            self._closed_last = None
        self.do(ReopenTask(id=task.id, revision=task.revision), task, left=False)

    # Sending

    def do(
        self, deed: TaskDeed, task: Task, *, left: bool = True, ask_again: Callable[[Task], None] | None = None
    ) -> None:
        """Send a deed on a task; `left`: the cursor goes on to the next one, at once. `ask_again` asks with what was
        answered, where it could not be sent."""
        work(self, partial(self._send, deed, task, ask_again), "deed", exclusive=False)
        if left:
            self.go_on(task)

    async def _send(self, deed: TaskDeed, task: Task, ask_again: Callable[[Task], None] | None) -> None:
        try:
            change = await self.backend.change_task(deed)
        except BackendError as error:
            # The cursor may be elsewhere by now.
            self._complain(error, self._called(task))
            self.come_back(task)
            self.tasks_changed()
            if ask_again is not None and (now := await self._as_it_is(task)).state in OPEN:
                ask_again(now)
            return
        if change.task is not None:
            now = change.task
            told = f"{STATES[now.state].word}: {self._called(now)}"
            if isinstance(deed, PostponeTask) and (day := day_of(now.contact_date)):
                told = f"{told} → {short_date(day)}"
            again = ""
            if may_follow(TaskEvent.REOPEN, now.state):
                self._closed_last, again = now, _("Ctrl+Z undoes it.")
            self.notify("\n".join(filter(None, (told, again))), markup=False)
        self.tasks_changed()

    async def _as_it_is(self, task: Task) -> Task:
        """The task after what others may have done to it."""
        try:
            return (await self.backend.task(TaskRequest(id=task.id))).task
        except BackendError:
            return task

    # The client

    def action_dial(self) -> None:
        """Call the number of the task."""
        if not self._refused("dial") and (task := self.task_at):
            dial(self, task.number)

    def action_copy_number(self) -> None:
        """The number, to the clipboard."""
        if not self._refused("copy_number") and (task := self.task_at):
            from screens.clipboard import copy

            copy(self.app, task.number)

    def action_card(self) -> None:
        """The card of the task's client."""
        if not self._refused("card") and (task := self.task_at) and task.client_id is not None:
            work(self, partial(self.open_card, task.client_id), "card")

    def action_calls(self) -> None:
        """The calls that are attached to the task."""
        if not self._refused("calls") and (task := self.task_at):
            from screens.calls.drill_down import DrillDownScreen

            self.app.push_screen(DrillDownScreen(task_calls(task.id), self._called(task)))

    # Names

    def _reasons(self, event: TaskEvent) -> list[tuple[int, str]]:
        return [(one.id, clean(one.name)) for one in self.directories.reasons if one.active and one.event is event]

    def _called(self, task: Task) -> str:
        return client_text(task)
