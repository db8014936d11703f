"""Directories: employees, lines, acquisition channels, groups, call results and tariffs, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from backend_client.contract.changes import Kind
from backend_client.contract.directories import (
    DirectoryDeed,
    EditEmployee,
    EditReason,
    EditResult,
    NameChannel,
    NameGroup,
    NameLine,
    RenameDepartment,
)
from backend_client.contract.tariffs import ChangeTariffs, Tariffs
from backend_client.errors import BackendError
from backend_client.model.directory import CallResult, Channel, Directories, Employee, Group, Line
from backend_client.model.permissions import Permission
from backend_client.model.tariff import Tariff
from backend_client.model.task_event import TaskEvent, TaskReason
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.directories.directory_entries import Department, Edited, Section, entries_of, entry_choice, id_of
from screens.feed import Changed
from screens.language import _
from screens.message import FieldMessage
from screens.plan.task_words import REASON_EVENTS
from screens.widgets.choice_list import Choice, ChoiceList
from screens.widgets.status_line import StatusLine
from screens.widgets.text_field import text_field
from screens.widgets.title_line import TitleLine
from screens.words import Role
from screens.work import work

STALE_ROOM = 50
"""Columns that the title line needs to say that there is no connection."""


class DirectoriesScreen(ConsoleScreen):
    """One directory at a time; the arrows left and right change which."""

    TITLE = N_("Directories")
    DEFAULT_CSS = """
    DirectoriesScreen { layout: vertical; background: $background; }
    DirectoriesScreen > ChoiceList { height: 1fr; }
    DirectoriesScreen > Input { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    DirectoriesScreen > Input:focus { border: none; }
    DirectoriesScreen.-naming > Input { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,tab", "section(1)", N_("Next directory"), id="directories.next",
                tooltip=N_("Employees, lines, channels, groups, call results, tariffs")),
        Binding("left,shift+tab", "section(-1)", N_("Directory before"), id="directories.previous",
                tooltip=N_("The directory before"), show=False),
        Binding("a,n", "add", N_("New entry"), id="directories.add",
                tooltip=N_("A new employee, group, call result or tariff")),
        Binding("d,delete", "retire", N_("Retire"), id="directories.retire",
                tooltip=N_("Offer it no more, or again; calls keep it. A tariff is taken away")),
        Binding("escape", "back", N_("Back"), id="directories.back", tooltip=N_("Out of the field"), show=False),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = (
        "choices.take", "directories.next", "directories.add", "directories.retire", "app.help"
    )  # fmt: skip

    class Known(FieldMessage):
        """The directories as they are."""

        directories: Directories
        told: str = ""

    class Priced(FieldMessage):
        """The tariffs as they are."""

        tariffs: Tariffs
        told: str = ""

    class Refused(FieldMessage):
        """They could not be read, or changed."""

        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self.section = Section.EMPLOYEES
        self.directories = Directories()
        self.tariffs = Tariffs()
        self._naming: Callable[[str], DirectoryDeed] | None = None

    @property
    def list(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    @property
    def entry(self) -> Edited | None:
        """What has the cursor."""
        line = self.list.line
        return None if line is None else next((one for one in self.entries if id_of(one) == line.value), None)

    @property
    def entries(self) -> Sequence[Edited]:
        """The entries of the directory that is shown."""
        if self.section is Section.TARIFFS:
            return self.tariffs.tariffs
        return entries_of(self.section, self.directories)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield ChoiceList((), typing=False)
        yield text_field("name")
        yield StatusLine(self.HINTS, id="status")

    def on_mount(self) -> None:
        self.list.focus()

    def on_screen_resume(self) -> None:
        work(self, self._read, "read")

    def on_changed(self, message: Changed) -> None:
        if self.title_line.stale_for is not None:
            self.tell_stale(None)
            self._show()
        if message.changes.everything or Kind.DIRECTORIES in message.changes.kinds:
            work(self, self._read, "read")

    async def _read(self) -> None:
        try:
            self.post_message(self.Known(await self.backend.directories()))
            if self.backend.session.may(Permission.DIRECTORIES):
                self.post_message(self.Priced(await self.backend.tariffs()))
        except BackendError as error:
            self.post_message(self.Refused(error))

    def on_directories_screen_priced(self, message: Priced) -> None:
        self.tariffs = message.tariffs
        if self.section is Section.TARIFFS:
            self._show()
        if message.told:
            self.notify(message.told, markup=False)

    def on_directories_screen_known(self, message: Known) -> None:
        self.directories = message.directories
        self.feed.start(self.backend, message.directories.change)
        self._show()
        if message.told:
            self.notify(message.told, markup=False)

    def on_directories_screen_refused(self, message: Refused) -> None:
        self._complain(message.error)
        self.feed.start(self.backend, self.directories.change)

    def _show(self) -> None:
        entries = self.entries
        self.list.supply([entry_choice(one) for one in entries])
        self._show_sections()
        status = self.status
        if entries:
            status.say("")
        elif self.section is Section.RESULTS:
            status.say(_("No call results yet: a adds one."), Role.MUTED)
        elif self.section is Section.REASONS:
            status.say(_("No reasons for postponing, refusing or dropping a task yet: a adds one."), Role.MUTED)
        elif self.section is Section.TARIFFS:
            status.say(_("No tariffs yet: a adds one;  pult tariffs import FILE  brings a list."), Role.MUTED)
        else:
            status.say(_("Nothing here yet: it fills itself from calls."), Role.MUTED)

    def tell_stale(self, seconds: int | None) -> None:
        super().tell_stale(seconds)
        self._show_sections()

    def _show_sections(self) -> None:
        title = self.title_line
        taken = STALE_ROOM if title.stale_for is not None else 0
        title.subject = self._sections(self.size.width - cell_len(_(self.TITLE)) - 4 - taken)
        title.show()

    def _sections(self, room: int) -> str:
        """All directories, the shown one in brackets; where there is no room for all, the ones beside it."""
        names = [f"[{_(one.value)}]" if one is self.section else _(one.value) for one in Section]
        text = "  ".join(names)
        if cell_len(text) <= room:
            return text
        here = list(Section).index(self.section)
        text = f"‹ {names[here - 1]}  {names[here]}  {names[(here + 1) % len(names)]} ›"
        return text if cell_len(text) <= room else names[here]

    # Deeds

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action in ("add", "retire") and not self.backend.session.may(Permission.DIRECTORIES):
            return _("your role may not edit directories")
        if action == "add" and self.section in (Section.LINES, Section.CHANNELS):
            return _("lines and channels come from calls by themselves")
        if action in ("add", "retire") and self.section is Section.TARIFFS and not self._may_price:
            return _("your role may not see prices")
        if action == "retire" and not isinstance(self.entry, Employee | CallResult | TaskReason | Tariff):
            return _("only employees, call results, reasons and tariffs are retired")
        return ""

    @property
    def _may_price(self) -> bool:
        return self.backend.session.may(Permission.SEE_PRICE)

    def action_section(self, by: int) -> None:
        """Another directory."""
        if not self.has_class("-naming"):
            sections = list(Section)
            self.section = sections[(sections.index(self.section) + by) % len(sections)]
            self._show()

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        """Enter: edit the entry in its place."""
        event.stop()
        if not self.backend.session.may(Permission.DIRECTORIES):
            self.notify(_("your role may not edit directories"), severity="warning", markup=False)
            return
        match self.entry:
            case Employee() as employee:
                self._edit(employee)
            case Line(id=id, name=name):
                self._ask(name, _("name of the line"), lambda text: NameLine(id=id, name=text))
            case Channel(id=id, name=name):
                self._ask(name, _("name of the channel"), lambda text: NameChannel(id=id, name=text))
            case Group(id=id, name=name):
                self._ask(name, _("name of the group"), lambda text: NameGroup(id=id, name=text))
            case Department(id=department):
                self._ask(department, _("name of the group"), lambda text: RenameDepartment(name=department, to=text))
            case CallResult(id=id, name=name, active=active):
                self._ask(name, _("name of the result"), lambda text: EditResult(id=id, name=text, active=active))
            case TaskReason() as reason:
                self._ask(reason.name, _("reason"), lambda text: EditReason(reason=replace(reason, name=text)))
            case Tariff() as tariff:
                if not self._refused("add"):
                    self._price(tariff)
            case None:
                pass

    def action_add(self) -> None:
        """A new employee or outcome."""
        if self._refused("add"):
            return
        if self.section is Section.EMPLOYEES:
            self._edit(Employee(id=0, name=""))
        elif self.section is Section.GROUPS:
            self._ask("", _("number of the queue, then its name"), _new_group)
        elif self.section is Section.TARIFFS:
            last = self.entries[-1] if self.entries else None
            self._price(Tariff(prefix="", currency=last.currency if isinstance(last, Tariff) else ""))
        elif self.section is Section.REASONS:
            self._add_reason()
        else:
            self._ask("", _("name of the result"), lambda text: EditResult(name=text))

    def _add_reason(self) -> None:
        """For what, then its name."""
        from screens.dialogs.choice_dialog import ChoiceDialog

        def chosen(event: Hashable | None) -> None:
            if isinstance(event, TaskEvent):
                self._ask("", _("reason"), lambda text: EditReason(reason=TaskReason(id=0, name=text, event=event)))

        choices = [Choice(event, _(word)) for event, word in REASON_EVENTS.items()]
        here = self.entry.event if isinstance(self.entry, TaskReason) else TaskEvent.POSTPONE
        self.app.push_screen(ChoiceDialog(_("A reason for what?"), choices, here), chosen)

    def action_retire(self) -> None:
        """Not offered any more, or again."""
        if self._refused("retire"):
            return
        match self.entry:
            case Employee() as employee:
                self._send(EditEmployee(employee=replace(employee, active=not employee.active)))
            case CallResult() as result:
                self._send(EditResult(id=result.id, name=result.name, active=not result.active))
            case TaskReason() as reason:
                self._send(EditReason(reason=replace(reason, active=not reason.active)))
            case Tariff() as tariff:
                self._reprice(ChangeTariffs(remove=(tariff.prefix,)))
            case _:
                pass

    def _edit(self, employee: Employee) -> None:
        work(self, partial(self._open, employee), "edit")

    async def _open(self, employee: Employee) -> None:
        from screens.directories.employee_dialog import EmployeeDialog

        try:
            zone = ZoneInfo((await self.backend.clock()).zone)
        except BackendError as error:
            self.post_message(self.Refused(error))
            return

        may_accounts = self.backend.session.may(Permission.ADMINISTER)

        def done(changed: Employee | None) -> None:
            if changed is not None:
                self._send(EditEmployee(employee=changed), follow=changed.extensions != employee.extensions)

        departments = self.directories.departments
        self.app.push_screen(EmployeeDialog(employee, departments, accounts=may_accounts, zone=zone), done)

    def _price(self, tariff: Tariff) -> None:
        from screens.directories.tariff_dialog import TariffDialog

        def done(changed: Tariff | None) -> None:
            if changed is not None:
                self._reprice(ChangeTariffs(put=(changed,)))

        self.app.push_screen(TariffDialog(tariff), done)

    def _reprice(self, request: ChangeTariffs) -> None:
        async def do() -> None:
            try:
                self.post_message(self.Priced(await self.backend.change_tariffs(request), _("Saved.")))
            except BackendError as error:
                self.post_message(self.Refused(error))

        work(self, do, "deed", exclusive=False)

    def _ask(self, value: str, placeholder: str, deed: Callable[[str], DirectoryDeed]) -> None:
        self._naming = deed
        field = self.query_one(Input)
        field.placeholder, field.value = placeholder, clean(value)
        field.cursor_position = len(field.value)
        self.add_class("-naming")
        field.focus()

    def action_back(self) -> None:
        """Out of the field, nothing changed."""
        self._naming = None
        self.remove_class("-naming")
        self.list.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        deed = self._naming
        self.action_back()
        if deed is not None:
            self._send(deed(event.value))

    def _send(self, deed: DirectoryDeed, *, follow: bool = False) -> None:
        if follow:
            self.notify(_("Calls follow the internal number; this may take a while."), markup=False)
        work(self, partial(self._do, deed), "deed", exclusive=False)

    async def _do(self, deed: DirectoryDeed) -> None:
        try:
            self.post_message(self.Known(await self.backend.change_directory(deed), _("Saved.")))
        except BackendError as error:
            self.post_message(self.Refused(error))


def _new_group(text: str) -> NameGroup:
    number, _parted, name = text.strip().partition(" ")
    return NameGroup(number=number, name=name)
