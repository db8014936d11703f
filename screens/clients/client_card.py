"""A client's card (C4): who it is, its numbers and people, and all its calls with everything that a journal can do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from backend_client.contract.changes import Kind
from backend_client.contract.clients import ArchiveClient, ClientChange, ClientDeed, ClientRequest, MergeClients
from backend_client.contract.tasks import TaskList, TaskListRequest
from backend_client.errors import BackendError, NotFound
from backend_client.model.call_filter import CallFilter
from backend_client.model.client import ClientCard
from backend_client.model.directory import Directories, Employee
from backend_client.model.permissions import Permission
from backend_client.model.phone import format_number
from backend_client.model.task import TaskFilter, TaskOrder
from backend_client.model.text import N_, clean
from screens.calls.calls import CallsScreen
from screens.feed import Changed
from screens.filter_words import CLIENT_KINDS
from screens.language import _, counted, moment, number, short_date
from screens.plan.task_words import STATES, day_of
from screens.plan.tasks import may_see_tasks
from screens.work import work

TASKS_SHOWN = 3
"""How many of the client's tasks stand on the card."""


class ClientScreen(CallsScreen):
    """The card over the journal of its calls; Esc goes back to where one came from."""

    TITLE = N_("Client")
    DEFAULT_CSS = """
    ClientScreen > #card { height: auto; max-height: 40%; padding: 0 1; background: $panel; overflow-y: auto; }
    ClientScreen.-tiny > #card { max-height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E", "edit", N_("Edit"), id="client.edit", tooltip=N_("Change name, kind, responsible employee, note")),
        Binding("N", "parts", N_("Numbers and people"), id="client.parts",
                tooltip=N_("Add, take away or rename numbers and contact persons")),
        Binding("J", "merge", N_("Merge"), id="client.merge",
                tooltip=N_("Take over another card of the same client, with its history")),
        Binding("V", "tasks", N_("Tasks"), id="client.tasks", tooltip=N_("The client's tasks of the outbound plan")),
        Binding("X", "archive", N_("Archive"), id="client.archive",
                tooltip=N_("Take the client off the lists, or put it back")),
        Binding("escape", "back", N_("Back"), id="client.back", tooltip=N_("Close what is open, then the card")),
    ]  # fmt: skip
    HINTS = ("client.edit", "client.parts", "call.write-down", "journal.details", "client.back")

    class Read(Message):
        """The card as it is now; None: it is gone."""

        def __init__(self, card: ClientCard | None, employees: tuple[Employee, ...], tasks: TaskList | None) -> None:
            super().__init__()
            self.card = card
            self.employees = employees
            self.tasks = tasks
            """Some of the client's tasks, the latest contact date first; None without a part in the plan."""

    def __init__(self, card: ClientCard) -> None:
        super().__init__(CallFilter(clients=(card.id,), internal=True))
        self.card = card
        self._employees: tuple[Employee, ...] = ()
        self._tasks: TaskList | None = None

    def compose(self) -> ComposeResult:
        widgets = super().compose()
        yield next(iter(widgets))
        yield Static(id="card", markup=False)
        yield from widgets

    def on_mount(self) -> None:
        self._draw()

    def subject(self, today: date) -> str:
        return clean(self.card.name)

    async def _begin(self) -> None:
        await super()._begin()
        await self._read()

    async def _read(self) -> None:
        try:
            card: ClientCard | None = await self.backend.client(ClientRequest(id=self.card.id))
            directories: Directories = await self.backend.directories()
            tasks = await self._read_tasks()
        except NotFound:
            card, directories, tasks = None, Directories(), None
        except BackendError:
            # The rows tell what is wrong with the store; the card stays as it was.
            return
        self.post_message(self.Read(card, directories.employees, tasks))

    async def _read_tasks(self) -> TaskList | None:
        if not may_see_tasks(self.backend.session.permissions):
            return None
        mine = TaskFilter(clients=(self.card.id,))
        asked = TaskListRequest(filter=mine, order=TaskOrder.CONTACT, descending=True, limit=TASKS_SHOWN)
        return await self.backend.tasks(asked)

    def on_client_screen_read(self, message: Read) -> None:
        if message.card is None:
            self.notify(_("This client is not there any more."), severity="warning", markup=False)
            self.dismiss()
            return
        merged = message.card.id != self.card.id
        self.card, self._employees, self._tasks = message.card, message.employees, message.tasks
        self._draw()
        if merged:
            self.set_filter(CallFilter(clients=(self.card.id,), internal=True))

    def on_changed(self, message: Changed) -> None:
        changes = message.changes
        if changes.everything or {Kind.CLIENTS, Kind.TASKS} & set(changes.kinds) or changes.days:
            work(self, self._read, "card")

    def client_changed(self) -> None:
        work(self, self._read, "card")
        super().client_changed()

    def _draw(self) -> None:
        content = card_content(self.card, self._employees, self.home, self._day)
        if self._tasks is not None and self._tasks.rows:
            content = Content("\n").join((content, tasks_content(self._tasks)))
        self.query_one("#card", Static).update(content)
        self.title_line.subject = clean(self.card.name)
        self.title_line.show()

    def _day(self, instant: int) -> str:
        return short_date(moment(instant, self.table.look.zone).date())

    def why_not(self, action: str) -> str:
        may = self.backend.session.may
        if action in ("merge", "archive") and not may(Permission.MANAGE_CLIENTS):
            return _("your role may not merge or archive clients")
        if action in ("edit", "parts") and not may(Permission.REGISTER_CLIENT):
            return _("your role may not change clients")
        if action == "tasks" and not may_see_tasks(self.backend.session.permissions):
            return _("your role has no part in the outbound plan")
        if action == "into_plan":
            return "" if may(Permission.MANAGE_PLAN) else _("your role may not put tasks into the plan")
        if action == "write_down" and not self.card.numbers:
            return _("the client has no number")
        if action in ("write_down", "register") and self.call is None:
            return ""
        return super().why_not(action)

    async def action_register(self) -> None:
        """The caller is registered: more numbers and people are added here."""
        self.action_parts()

    async def action_card(self) -> None:
        """This is the card."""

    async def action_write_down(self) -> None:
        """Enter a call with one of the client's numbers."""
        if not self._refused("write_down"):
            numbers = tuple(one.key for one in self.card.numbers)
            first = self.call.number if self.call is not None and self.call.number in numbers else numbers[0]
            await self.write_down(tuple(dict.fromkeys((first, *numbers))), clean(self.card.name))

    async def action_into_plan(self) -> None:
        """A task of the outbound plan for this client."""
        if not self._refused("into_plan"):
            from screens.plan.task_adding import add_task

            await add_task(self, self.backend, client_id=self.card.id)

    def action_tasks(self) -> None:
        """All tasks of the client."""
        if not self._refused("tasks"):
            from screens.plan.task_drill_down import TaskDrillDownScreen

            self.app.push_screen(TaskDrillDownScreen(TaskFilter(clients=(self.card.id,)), clean(self.card.name)))

    def action_edit(self) -> None:
        """Change the card."""
        if not self._refused("edit"):
            from screens.clients.client_editor import ClientEditor

            self.app.push_screen(ClientEditor(self.backend, self.card, self._employees), self._changed_card)

    def action_parts(self) -> None:
        """Numbers and contact persons."""
        if not self._refused("parts"):
            from screens.clients.client_parts import ClientPartsDialog

            self.app.push_screen(ClientPartsDialog(self.backend, self.card, self.home), self._changed_card)

    def action_merge(self) -> None:
        """Choose the other card of this client."""
        if self._refused("merge"):
            return
        from screens.clients.client_picker import ClientPicker

        told = _("Merge into {name}: which card goes?").format(name=clean(self.card.name))

        def chosen(other: int | None) -> None:
            if other is not None:
                work(self, partial(self._do, MergeClients(id=self.card.id, other=other)), "deed")

        self.app.push_screen(ClientPicker(self.backend, told, but=self.card.id, home=self.home), chosen)

    def action_archive(self) -> None:
        """Off the lists, or back."""
        if not self._refused("archive"):
            deed = ArchiveClient(id=self.card.id, archived=not self.card.archived)
            work(self, partial(self._do, deed), "deed")

    async def _do(self, deed: ClientDeed) -> None:
        try:
            change = await self.backend.change_client(deed)
        except BackendError as error:
            self._complain(error)
        else:
            self._changed_card(change)

    def _changed_card(self, change: ClientChange | None) -> None:
        if change is None:
            return
        self._last_deed = change.deed
        self.notify(" ".join((_("Saved."), _("Ctrl+Z undoes it."))), markup=False)
        self.client_changed()

    def action_back(self) -> None:
        if self.panel.has_focus or self.table.opened is not None or self.panel.display:
            super().action_back()
        else:
            self.dismiss()


def card_content(card: ClientCard, employees: tuple[Employee, ...], home: str, day: Callable[[int], str]) -> Content:
    """What stands over the calls, line by line."""
    responsible = next((clean(one.name) for one in employees if one.id == card.responsible_id), "")
    facts = [_(CLIENT_KINDS[card.kind])]
    if card.archived:
        facts.append(_("in the archive"))
    if responsible:
        facts.append(_("responsible: {name}").format(name=responsible))
    if card.since:
        facts.append(_("since {date}").format(date=day(card.since)))
    if card.source:
        facts.append(_("from {source}").format(source=clean(card.source)))
    lines = [" · ".join(facts)]
    for person_id, name in ((None, ""), *((one.id, clean(one.name)) for one in card.persons)):
        numbers = [format_number(one.key, home) for one in card.numbers if one.person_id == person_id]
        if name or numbers:
            told = ", ".join(numbers) or _("no number")
            lines.append(f"{name}: {told}" if name else told)
    if card.note:
        lines.append(clean(card.note, multiline=True))
    if card.last_call is not None:
        lines.append(
            _("calls: {count}, the last one {date}").format(count=number(card.calls), date=day(card.last_call))
        )
    return Content("\n".join(lines))


def tasks_content(tasks: TaskList) -> Content:
    """The latest tasks of a client in one line, and how many there are."""
    told = [
        f"{short_date(day)} {STATES[one.state].word.lower()}" for one in tasks.rows if (day := day_of(one.contact_date))
    ]
    more = ", …" if tasks.total > len(tasks.rows) else ""
    line = _("tasks: {count} – {latest}").format(count=counted(tasks.total, tasks.exact), latest=", ".join(told) + more)
    return Content(line)
