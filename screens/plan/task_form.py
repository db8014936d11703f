"""A task's fields on a form: a new one of a client or a call, or one that is in the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.contract.backend import Backend
from backend_client.contract.tasks import AddTask, EditTask, TaskChange
from backend_client.errors import BackendError, Invalid
from backend_client.model.directory import Directories, Employee
from backend_client.model.task import Task
from backend_client.model.text import N_, clean, fold
from screens.dialogs.dialog import Dialog
from screens.language import MILLION, _, short_date
from screens.plan.task_words import client_text, day_of
from screens.widgets.text_field import text_field
from screens.words import error_text

_WRITTEN = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y")
"""How a day may be typed, in every language."""
_TEXTS = ("contact_time", "number", "person", "address", "order")
"""Fields that are taken as they are typed."""


class TaskForm(Dialog[TaskChange]):
    """Answers what was written; None where the form is left. Days may be typed as +1, too: so many days from today."""

    DEFAULT_CSS = """
    TaskForm VerticalScroll { height: auto; max-height: 16; }
    TaskForm Horizontal { height: 1; }
    TaskForm Label { width: 20; color: $text-muted; }
    TaskForm Input { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+g,ctrl+s,f2", "save", N_("Save"), id="task-form.save", priority=True, tooltip=N_("Save the task")
        ),
    ]

    def __init__(
        self,
        backend: Backend,
        title: str,
        before: AddTask | EditTask,
        directories: Directories,
        today: date,
        *,
        numbers: Sequence[str] = (),
    ) -> None:
        super().__init__(title)
        self._backend = backend
        self._busy = False
        self._before = before
        self._today = today
        self._employees = [
            one for one in directories.employees if one.active or one.id in (before.operator_id, before.manager_id)
        ]
        self._holders = [one for one in self._employees if one.takes_tasks or one.id == before.operator_id]
        self._fields: dict[str, Input] = {
            "contact_date": text_field("contact_date", _shown(before.contact_date), _("a date, or +1 for tomorrow")),
            "contact_time": text_field("contact_time", before.contact_time, "09:30"),
            "plan_date": text_field("plan_date", _shown(before.plan_date)),
            "operator_id": self._person_field("operator_id", before.operator_id, self._holders),
            "manager_id": self._person_field("manager_id", before.manager_id, self._employees),
            "number": text_field("number", before.number, _("the client's first"), numbers),
            "person": text_field("person", before.person),
            "address": text_field("address", before.address),
            "order": text_field("order", before.order),
            "amount": text_field("amount", _amount_text(before.amount)),
            "last_delivery": text_field("last_delivery", _shown(before.last_delivery)),
            "note": text_field("note", before.note.replace("\n", " ")),
        }

    @classmethod
    def editing(cls, backend: Backend, task: Task, directories: Directories, today: date) -> TaskForm:
        """The form of a task that is there."""
        before = EditTask(
            id=task.id, revision=task.revision, contact_date=task.contact_date, contact_time=task.contact_time,
            plan_date=task.plan_date, operator_id=task.operator_id, manager_id=task.manager_id,
            client_id=task.client_id, number=task.number, person=task.person, address=task.address, order=task.order,
            amount=task.amount, currency=task.currency, last_delivery=task.last_delivery, note=task.note,
        )  # fmt: skip
        return cls(backend, _("Task: {client}").format(client=client_text(task)), before, directories, today)

    def body(self) -> list[Widget]:
        titles = {
            "contact_date": _("Contact date"), "contact_time": _("Time"), "plan_date": _("Plan date"),
            "operator_id": _("Operator"), "manager_id": _("Account manager"), "number": _("Number"),
            "person": _("Contact person"), "address": _("Address"), "order": _("Order"), "amount": _("Amount"),
            "last_delivery": _("Last delivery"), "note": _("Note"),
        }  # fmt: skip
        rows = [Horizontal(Label(titles[name], markup=False), field) for name, field in self._fields.items()]
        return [VerticalScroll(*rows, can_focus=False)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("save")), ("Tab", _("next field")), ("Esc", _("leave"))]

    def on_mount(self) -> None:
        super().on_mount()
        self._fields["contact_date"].focus()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        await self.action_save()

    async def action_save(self) -> None:
        """Write the task; what is wrong is said, and nothing that was typed is lost."""
        if self._busy:
            return
        self._busy = True
        try:
            self.dismiss(await self._backend.change_task(self._wanted()))
        except BackendError as error:
            self.complain("\n".join(filter(None, error_text(error))))
        finally:
            self._busy = False

    def _wanted(self) -> AddTask | EditTask:
        before = self._before
        texts = {
            name: clean(self._fields[name].value) for name in ("number", "person", "address", "order", "contact_time")
        }
        # A note of several lines stands in one here; untouched it stays as it was.
        note = self._fields["note"].value
        changes: dict[str, Any] = {
            **texts,
            "contact_date": self._day("contact_date", needed=True),
            "plan_date": self._day("plan_date"),
            "last_delivery": self._day("last_delivery"),
            # Of somebody who is given no tasks the store says so.
            "operator_id": employee_typed(self._fields["operator_id"].value, self._holders, self._employees),
            "manager_id": employee_typed(self._fields["manager_id"].value, self._employees),
            "amount": amount_of(self._fields["amount"].value),
            "note": before.note if note == before.note.replace("\n", " ") else clean(note),
        }
        return replace(before, **changes)

    def _day(self, name: str, *, needed: bool = False) -> str:
        return day_typed(self._fields[name].value, self._today, needed=needed)

    def _person_field(self, name: str, id: int | None, employees: Sequence[Employee]) -> Input:
        known = next((clean(one.name) for one in self._employees if one.id == id), "")
        return text_field(name, known, _("nobody"), [clean(one.name) for one in employees])


def day_typed(text: str, today: date, *, needed: bool = False) -> str:
    """An ISO day of what was typed: a date in one of the usual spellings, or +N days from today; blank is none.

    Raises Invalid for anything else, and for a blank where a day is `needed`.
    """
    text = text.strip()
    if not text and not needed:
        return ""
    try:
        if text.startswith("+"):
            return (today + timedelta(days=int(text[1:]))).isoformat()
        for pattern in _WRITTEN:
            try:
                return datetime.strptime(text, pattern).date().isoformat()
            except ValueError:
                continue
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        N_("{text} is no day."), N_("Write it like {example}, or +1 for tomorrow."),
        text=text or "—", example=short_date(today),
    )  # fmt: skip


def employee_typed(text: str, *likely: Sequence[Employee]) -> int | None:
    """Who is meant by a name or login, or a part of the name, of the likely people first. Raises Invalid for nobody,
    or several."""
    wanted = fold(text)
    if not wanted:
        return None
    for employees in likely:
        exact = [one.id for one in employees if wanted in (fold(one.name), fold(one.login))]
        found = exact or [one.id for one in employees if wanted in fold(one.name)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    raise Invalid(N_("No one employee is called {name}."), name=clean(text))


def amount_of(text: str) -> int | None:
    """Millionths of the currency of what was typed; blank is none. Raises Invalid."""
    text = "".join(text.split()).replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < 10**9:
        raise Invalid(N_("{text} is no amount."), text=clean(text))
    return int(amount * MILLION)


def _amount_text(amount: int | None) -> str:
    """As it is typed: without signs between thousands."""
    return "" if amount is None else f"{Decimal(amount) / MILLION:f}"


def _shown(text: str) -> str:
    day = day_of(text)
    return short_date(day) if day else ""
