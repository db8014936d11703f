"""All clients by name: found as one types, opened as a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from backend_client.contract import ClientList, ClientListRequest, ClientPlace, ClientRequest, Kind, UndoClientDeed
from backend_client.errors import BackendError
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientRow
from backend_client.model.permissions import Permission
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean
from screens.feed import Changed, Feed, Unreached
from screens.filter_words import CLIENT_KINDS
from screens.language import _, moment, ngettext, number, short_date
from screens.registration import Registered, RegistrationForm
from screens.widgets.client_fields import text_field
from screens.widgets.columns import Column
from screens.widgets.page_cache import Key
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

if TYPE_CHECKING:
    from backend_client.contract import Backend
    from screens.opening import Console


@dataclass(frozen=True)
class ClientLook:
    """What the cells of a client depend on beside the client."""

    zone: ZoneInfo
    home: str = ""
    employees: dict[int, str] = field(default_factory=dict)


def client_key(row: ClientRow) -> Key:
    """By name."""
    return (row.sort_key, row.id)


class ClientTable(RowTable[ClientRow]):
    """Clients by name."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(client_key, lambda row: Role.MUTED if row.archived else Role.PLAIN, id=id)
        self.client_look = ClientLook(ZoneInfo("UTC"))

    def choose_columns(self) -> Sequence[Column[ClientRow]]:
        look = self.client_look
        columns: list[Column[ClientRow]] = [
            Column("name", N_("Client"), lambda row: clean(row.name), 20, share=5, most=60),
            Column("kind", N_("Kind"), lambda row: _(CLIENT_KINDS[row.kind]), 8, most=12, share=1),
            Column("numbers", N_("Numbers"), lambda row: _numbers(row, look.home), 18, share=4, most=60),
            Column("persons", N_("Contact persons"), _persons, 14, share=3, most=40),
            Column("responsible", N_("Responsible"), lambda row: _responsible(row, look), 12, share=2, most=30),
            Column("since", N_("Since"), lambda row: _since(row, look.zone), 10),
        ]  # fmt: skip
        return columns if self.size.width >= 110 else [columns[0], columns[2], columns[4]]

    def show_as(self, look: ClientLook) -> None:
        """Draw by another look."""
        self.client_look = look
        self.lay_out()


def _numbers(row: ClientRow, home: str) -> str:
    return ", ".join(format_number(one, home) for one in row.numbers)


def _persons(row: ClientRow) -> str:
    return ", ".join(map(clean, row.persons))


def _responsible(row: ClientRow, look: ClientLook) -> str:
    return "" if row.responsible_id is None else look.employees.get(row.responsible_id, "")


def _since(row: ClientRow, zone: ZoneInfo) -> str:
    return short_date(moment(row.since, zone).date()) if row.since else ""


class ClientsScreen(Screen[None]):
    """The list of clients."""

    TITLE = N_("Clients")
    AUTO_FOCUS = "#table"
    DEFAULT_CSS = """
    ClientsScreen { layout: vertical; background: $background; }
    ClientsScreen > Input { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    ClientsScreen > Input:focus { border: none; }
    ClientsScreen.-searching > Input { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Card"), id="clients.open", tooltip=N_("Open the card with all calls")),
        Binding("slash", "search", N_("Search"), id="clients.search", tooltip=N_("Search by name or number")),
        Binding("f7,a", "add", N_("New client"), id="clients.add", tooltip=N_("Make a client without a call")),
        Binding("k", "kind", N_("Kind"), id="clients.kind", tooltip=N_("All, persons only, companies only")),
        Binding("M", "mine", N_("My clients"), id="clients.mine", tooltip=N_("Clients that you are responsible for")),
        Binding("X", "archived", N_("Archive"), id="clients.archived", tooltip=N_("Clients in the archive, and back")),
        Binding("x", "clear", N_("Clear"), id="clients.clear", tooltip=N_("Show all clients again")),
        Binding("ctrl+z", "undo", N_("Undo"), id="clients.undo", tooltip=N_("Take back what you did last")),
        Binding("escape", "back", N_("Back"), id="clients.back", tooltip=N_("Out of the search"), show=False),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = ("clients.open", "clients.search", "clients.add", "clients.kind", "app.help")

    @dataclass
    class Answered(Message):
        """Rows for the table's request of this number."""

        number: int
        list: ClientList

    @dataclass
    class Told(Message):
        """What names and dates depend on."""

        look: ClientLook

    @dataclass
    class Refused(Message):
        """No rows for the table's request of this number."""

        number: int
        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self.request = ClientListRequest()
        self.feed = Feed(self)

    @property
    def console(self) -> Console:
        return cast("Console", self.app)

    @property
    def backend(self) -> Backend:
        return self.console.backend

    @property
    def table(self) -> ClientTable:
        return self.query_one(ClientTable)

    @property
    def title_line(self) -> TitleLine:
        return self.query_one(TitleLine)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield text_field("search", "", _("name or number"))
        yield ClientTable(id="table")
        yield StatusLine(self.HINTS, id="status")

    def on_mount(self) -> None:
        self.title_line.who = clean(self.backend.session.name)
        self.table.focus()

    def on_screen_resume(self) -> None:
        work(self, self._learn, "learn")
        if len(self.table.cache):
            self.table.reload()
        else:
            self.table.open()
        self._tell()

    def on_screen_suspend(self) -> None:
        self.feed.stop()

    async def _learn(self) -> None:
        try:
            clock, directories = await self.backend.clock(), await self.backend.directories()
        except BackendError:
            # The rows tell what is wrong.
            return
        names = {one.id: clean(one.name) for one in directories.employees}
        self.post_message(self.Told(ClientLook(ZoneInfo(clock.zone), clock.home_country, names)))

    def on_clients_screen_told(self, message: Told) -> None:
        if message.look != self.table.client_look:
            self.table.show_as(message.look)

    # Rows

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        anchor = None
        if message.anchor is not None:
            sort_key, client = message.anchor[0], message.anchor[1]
            assert isinstance(sort_key, str)
            anchor = ClientPlace(sort_key, int(client))
        request = replace(self.request, anchor=anchor, above=message.above, below=message.below, last=message.last)
        work(self, partial(self._fetch, message.number, request), "rows", exclusive=False)

    async def _fetch(self, number: int, request: ClientListRequest) -> None:
        try:
            found = await self.backend.clients(request)
        except BackendError as error:
            self.post_message(self.Refused(number, error))
        else:
            self.post_message(self.Answered(number, found))

    def on_clients_screen_answered(self, message: Answered) -> None:
        found, table = message.list, self.table
        self.feed.start(self.backend, found.change)
        if table.supply(message.number, found.rows, more_above=found.more_above, more_below=found.more_below):
            if not len(table.cache):
                table.say(*self._empty())
            self._tell()

    def on_clients_screen_refused(self, message: Refused) -> None:
        self.table.failed(message.number)
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.query_one(StatusLine).say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def _empty(self) -> tuple[str, ...]:
        if self.request != ClientListRequest():
            return _("No client is like this."), _("x shows all clients again.")
        return (
            _("There are no clients yet."),
            _("F7 on a call registers the caller; a here makes one without a call."),
            _("Bring in a list:  pult client import FILE"),
        )

    def on_changed(self, message: Changed) -> None:
        changes = message.changes
        if changes.everything or {Kind.CLIENTS, Kind.DIRECTORIES} & set(changes.kinds):
            self._again()

    def on_unreached(self, message: Unreached) -> None:
        self.query_one(StatusLine).say(error_text(message.error)[0], Role.BAD)

    def _again(self) -> None:
        """Ask again for what is shown, or for the first rows where nothing is."""
        if len(self.table.cache):
            self.table.reload()
        else:
            self.table.open()

    # What is shown

    def _narrow(self, request: ClientListRequest) -> None:
        if request != self.request:
            self.request = request
            self.table.open()
            self._tell()

    def _tell(self) -> None:
        parts = []
        if self.request.kind is not None:
            parts.append(_(CLIENT_KINDS[self.request.kind]))
        if self.request.responsible:
            parts.append(_("My clients"))
        if self.request.archived:
            parts.append(_("in the archive"))
        self.title_line.subject = " · ".join(parts)
        self.title_line.show()
        count = len(self.table.cache)
        more = "+" if self.table.cache.more_above or self.table.cache.more_below else ""
        told = ngettext("{count} client", "{count} clients", count).format(count=number(count) + more)
        self.query_one(StatusLine).say(told)

    def action_kind(self) -> None:
        """All, persons, companies, in turn."""
        order = (None, ClientKind.PERSON, ClientKind.COMPANY)
        self._narrow(replace(self.request, kind=order[(order.index(self.request.kind) + 1) % 3]))

    def action_mine(self) -> None:
        """Own clients, or all."""
        me = self.backend.session.employee_id
        if me is None:
            self.notify(_("Nobody is known as {name} here.").format(name=self.backend.session.name), markup=False)
        else:
            self._narrow(replace(self.request, responsible=() if self.request.responsible else (me,)))

    def action_archived(self) -> None:
        """The archive, or out of it."""
        self._narrow(replace(self.request, archived=not self.request.archived))

    def action_clear(self) -> None:
        """All clients."""
        self.query_one(Input).value = ""
        self.remove_class("-searching")
        self.table.focus()
        self._narrow(ClientListRequest())

    def action_search(self) -> None:
        """Type what to look for."""
        self.add_class("-searching")
        self.query_one(Input).focus()

    def action_back(self) -> None:
        """Out of the search; a second time, all clients."""
        if self.query_one(Input).has_focus:
            self.table.focus()
        else:
            self.action_clear()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(replace(self.request, search=clean(event.value)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.table.focus()

    # Deeds

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "open" and self.table.row is None:
            return _("no client is chosen")
        if action == "add" and not self.backend.session.may(Permission.REGISTER_CLIENT):
            return _("your role may not register clients")
        return ""

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The card of the client with the cursor."""
        if self.table.row is not None:
            work(self, partial(self._open, self.table.row.id), "card")

    async def _open(self, client: int) -> None:
        try:
            card = await self.backend.client(ClientRequest(id=client))
        except BackendError as error:
            self._complain(error)
            return
        from screens.client_card import ClientScreen

        self.app.push_screen(ClientScreen(card))

    async def action_add(self) -> None:
        """A client whom nobody called yet."""
        if reason := self.why_not("add"):
            self.notify(reason, severity="warning", markup=False)
            return
        try:
            employees = (await self.backend.directories()).employees
        except BackendError as error:
            self._complain(error)
            return
        form = RegistrationForm(self.backend, "", employees, home=self.table.client_look.home, full=True)
        self.app.push_screen(form, self._registered)

    def _registered(self, answer: Registered | None) -> None:
        if answer is None:
            return
        if answer.change is not None:
            self.notify(f"{_('Saved.')} {_('Ctrl+Z undoes it.')}", markup=False)
            self._again()
        card = answer.card or (answer.change.client.id if answer.change and answer.change.client else None)
        if card is not None:
            work(self, partial(self._open, card), "card")

    async def action_undo(self) -> None:
        """Take back the own latest deed on clients."""
        try:
            await self.backend.change_client(UndoClientDeed())
        except BackendError as error:
            self._complain(error)
        else:
            self.notify(_("Undone."), markup=False)
            self._again()

    def _complain(self, error: BackendError) -> None:
        self.notify("\n".join(filter(None, error_text(error))), severity="warning", markup=False)
