"""Tasks by rule: clients whose last delivery is long ago. First it says how many there would be, then it makes them."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from backend_client.contract.backend import Backend
from backend_client.contract.tasks import GeneratedTasks, GenerateTasks
from backend_client.errors import BackendError, Invalid
from backend_client.model.directory import Directories
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.dialogs.several_dialog import SeveralDialog
from screens.language import _, ngettext, number, short_date
from screens.message import FieldMessage
from screens.plan.task_form import day_typed
from screens.plan.task_words import client_text, day_of
from screens.widgets.choice_list import Choice
from screens.widgets.text_field import text_field
from screens.words import error_text
from screens.work import work

_SHOWN = 5
"""How many of the tasks are named before they are made."""


class GenerateDialog(Dialog[int]):
    """Answers how many tasks were made. Enter looks what the rule finds, Enter again makes it."""

    DEFAULT_CSS = """
    GenerateDialog Horizontal { height: 1; }
    GenerateDialog Label { width: 43; color: $text-muted; }
    GenerateDialog Input { width: 1fr; }
    GenerateDialog #found { height: auto; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t,f3", "operators", N_("Operators"), id="generate.operators", priority=True,
                tooltip=N_("Choose to whom the tasks go, in turn; else to each client's last operator")),
    ]  # fmt: skip

    class Found(FieldMessage):
        """What the rule would make."""

        asked: GenerateTasks
        found: GeneratedTasks

    class Made(FieldMessage):
        """How many tasks there are so far, and whether that is all."""

        count: int
        all: bool

    class Refused(FieldMessage):
        """The rule was not followed, or not to its end."""

        error: BackendError

    def __init__(self, backend: Backend, directories: Directories, today: date) -> None:
        super().__init__(_("Tasks by rule"))
        self._backend = backend
        self._today = today
        self._employees = [one for one in directories.employees if one.takes_tasks]
        self._operators: tuple[int, ...] = ()
        self._rehearsed: GenerateTasks | None = None
        self._busy = False
        self._fields = {
            "contact_date": text_field("contact_date", short_date(today)),
            "days": text_field("days", "30"),
            "repeat": text_field("repeat", "7"),
            "deliver_after": text_field("deliver_after", "", _("no plan date")),
        }

    def body(self) -> list[Widget]:
        titles = {
            "contact_date": _("Contact date"), "days": _("Days since the last delivery, over"),
            "repeat": _("Days between two tasks, at least"), "deliver_after": _("Days from contact to delivery"),
        }  # fmt: skip
        rows = [Horizontal(Label(titles[name], markup=False), field) for name, field in self._fields.items()]
        return [*rows, Static(id="operators", markup=False), Static(id="found", markup=False)]

    def hints(self) -> list[tuple[str, str]]:
        enter = _("make them") if self._rehearsed is not None else _("look")
        return [("Enter", enter), ("Ctrl+T", _("operators")), ("Tab", _("next field")), ("Esc", _("leave"))]

    def on_mount(self) -> None:
        super().on_mount()
        self._fields["days"].focus()
        self._show_operators()

    def _show_operators(self) -> None:
        names = ", ".join(clean(one.name) for one in self._employees if one.id in self._operators)
        told = _("To: {operators}").format(operators=names or _("each client's last operator"))
        self.query_one("#operators", Static).update(told)

    def action_operators(self) -> None:
        """Choose whose the tasks shall be."""
        choices = [Choice(one.id, clean(one.name)) for one in self._employees]

        def chosen(ids: tuple[Hashable, ...] | None) -> None:
            if ids is not None:
                self._operators = tuple(id for id in ids if isinstance(id, int))
                self._show_operators()
                self._forget()

        self.app.push_screen(SeveralDialog(_("Operators"), choices, self._operators), chosen)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._forget()

    def _forget(self) -> None:
        """The rule is another one now: what was found by the one before is not."""
        if self._rehearsed is not None:
            self._rehearsed = None
            self.query_one("#found", Static).update("")
            self.show_keys()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._busy:
            return
        try:
            asked = self._asked()
        except BackendError as error:
            self.complain("\n".join(filter(None, error_text(error))))
            return
        self.complain()
        self._busy = True
        make = self._rehearsed == asked
        work(self, partial(self._make if make else self._look, asked), "generate")

    def _asked(self) -> GenerateTasks:
        after = self._fields["deliver_after"].value.strip()
        return GenerateTasks(
            contact_date=day_typed(self._fields["contact_date"].value, self._today, needed=True),
            days=_days(self._fields["days"].value),
            repeat=_days(self._fields["repeat"].value),
            deliver_after=_days(after) if after else None,
            operators=self._operators,
        )

    async def _look(self, asked: GenerateTasks) -> None:
        """Ask what the rule would make."""
        try:
            found = await self._backend.generate_tasks(replace(asked, rehearse=True))
        except BackendError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Found(asked, found))

    def on_generate_dialog_found(self, message: Found) -> None:
        self._busy = False
        self.query_one("#found", Static).update(self._told(message.found))
        self._rehearsed = message.asked if message.found.tasks else None
        self.show_keys()

    def on_generate_dialog_refused(self, message: Refused) -> None:
        self._busy = False
        self.complain("\n".join(filter(None, error_text(message.error))))

    def _told(self, found: GeneratedTasks) -> str:
        if not found.tasks:
            return _("The rule finds no client.")
        count = len(found.tasks)
        told = ngettext("{count} task would be made:", "{count} tasks would be made:", count)
        lines = [told.format(count=number(count) + ("+" if found.more else ""))]
        for task in found.tasks[:_SHOWN]:
            day = day_of(task.last_delivery)
            delivered = _("delivered {day}").format(day=short_date(day)) if day else ""
            lines.append("  " + ", ".join(filter(None, (client_text(task), clean(task.address), delivered))))
        if count > _SHOWN:
            lines.append("  …")
        return "\n".join(lines)

    async def _make(self, asked: GenerateTasks) -> None:
        """Make the tasks, a thousand at a time."""
        made, more = 0, True
        try:
            while more:
                done = await self._backend.generate_tasks(asked)
                made += len(done.tasks)
                more = done.more and bool(done.tasks)
                self.post_message(self.Made(made, not more))
        except BackendError as error:
            self.post_message(self.Refused(error))

    def on_generate_dialog_made(self, message: Made) -> None:
        self.query_one("#found", Static).update(_("{count} made …").format(count=number(message.count)))
        if message.all:
            self.dismiss(message.count)


def _days(text: str) -> int:
    """A number of days. Raises Invalid."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Invalid(N_("{text} is no number of days."), text=clean(text) or "—")
    return int(text)
