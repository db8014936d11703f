"""All clients by name: found as one types, narrowed as the journal is, opened as a card."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.contract.calls import Count, CountRequest
from backend_client.contract.changes import Kind
from backend_client.contract.clients import ClientList, ClientListRequest, ClientPlace, UndoClientDeed
from backend_client.errors import BackendError
from backend_client.model.client_filter import ClientFilter
from backend_client.model.permissions import Permission
from backend_client.model.text import N_, clean
from screens.calls.filtering import NarrowingScreen
from screens.clients.registration import Registered, RegistrationForm
from screens.console_screen import ConsoleScreen
from screens.feed import Changed
from screens.language import _, counted, home_of, ngettext
from screens.message import FieldMessage
from screens.widgets.client_table import ClientLook, ClientTable
from screens.widgets.filter_bar import FilterBar
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work


class ClientsScreen(NarrowingScreen):
    """The list of clients."""

    TITLE = N_("Clients")
    AUTO_FOCUS = "#table"
    DEFAULT_CSS = """
    ClientsScreen { layout: vertical; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Card"), id="clients.open", tooltip=N_("Open the card with all calls")),
        Binding("f7,a", "add", N_("New client"), id="clients.add", tooltip=N_("Make a client without a call")),
        Binding("t", "kind", N_("Kind"), id="clients.kind", tooltip=N_("All, persons only, companies only")),
        Binding("M", "narrow('mine')", N_("My clients"), id="filter.mine",
                tooltip=N_("Clients that you are responsible for")),
        Binding("X", "narrow('archived')", N_("Archive"), id="clients.archived",
                tooltip=N_("Clients in the archive, and back")),
        Binding("ctrl+z", "undo", N_("Undo"), id="clients.undo", tooltip=N_("Take back what you did last")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="clients.reload", tooltip=N_("Ask again for what is shown")),
        Binding("escape", "back", N_("Back"), id="clients.back", tooltip=N_("Show all clients again"), show=False),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = ("clients.open", "filter.search", "clients.add", "filter.menu", "app.help")

    class Answered(FieldMessage):
        """Rows for the table's request of this number."""

        number: int
        list: ClientList

    class Refused(FieldMessage):
        """No rows for the table's request of this number."""

        number: int
        error: BackendError

    class Counted(FieldMessage):
        """How many clients the filter has."""

        filter: ClientFilter
        count: Count

    def __init__(self) -> None:
        super().__init__()
        self.filter = ClientFilter()

    @property
    def table(self) -> ClientTable:
        return self.query_one(ClientTable)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield FilterBar(self.filter, ClientFilter(), id="filter")
        yield ClientTable(id="table")
        yield StatusLine(self.HINTS, id="status")

    def on_mount(self) -> None:
        self.table.focus()

    def on_screen_resume(self) -> None:
        work(self, self.learn, "learn")
        self.refresh_clients()

    def on_console_screen_learnt(self, message: ConsoleScreen.Learnt) -> None:
        self.clock = message.clock
        self.filter_bar.know(message.directories)
        employees = {one.id: clean(one.name) for one in message.directories.employees}
        look = ClientLook(ZoneInfo(message.clock.zone), home_of(message.clock.home_country), employees)
        if look != self.table.client_look:
            self.table.show_as(look)

    # Rows

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        anchor = None
        if message.anchor is not None:
            sort_key, client = message.anchor[0], message.anchor[1]
            assert isinstance(sort_key, str)
            anchor = ClientPlace(sort_key, int(client))
        request = ClientListRequest(
            filter=self.filter, anchor=anchor, above=message.above, below=message.below, last=message.last
        )
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
            self.tell_stale(None)

    def on_clients_screen_refused(self, message: Refused) -> None:
        """What is shown stays, marked stale; where nothing is, the reason takes its place."""
        self.table.failed(message.number)
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def _empty(self) -> tuple[str, ...]:
        if self.filter != ClientFilter():
            return _("No client is like this."), _("x shows all clients again.")
        return (
            _("There are no clients yet."),
            _("F7 on a call registers the caller; a here makes one without a call."),
            _("Bring in a list:  pult client import FILE"),
        )

    # The count

    def _count(self) -> None:
        work(self, partial(self._ask_count, self.filter), "count")

    async def _ask_count(self, wanted: ClientFilter) -> None:
        try:
            count = await self.backend.count(CountRequest(clients=wanted))
        except BackendError:
            # The rows tell what is wrong with the store.
            return
        self.post_message(self.Counted(wanted, count))

    def on_clients_screen_counted(self, message: Counted) -> None:
        if message.filter == self.filter:
            count = message.count
            told = ngettext("{count} client", "{count} clients", count.number)
            self.status.say(told.format(count=counted(count.number, count.exact)))

    # Live

    def on_changed(self, message: Changed) -> None:
        changes = message.changes
        if self.title_line.stale_for is not None:
            self.tell_stale(None)
            self._count()
        if changes.everything or {Kind.CLIENTS, Kind.DIRECTORIES} & set(changes.kinds):
            self.refresh_clients()

    def refresh_clients(self) -> None:
        """Ask again for what is shown, or for the first rows where nothing is."""
        if len(self.table.cache):
            self.table.reload()
        else:
            self.table.open()
        self._count()

    # The filter

    def set_filter(self, filter: ClientFilter) -> None:
        """Show the clients of another filter."""
        if filter == self.filter:
            return
        self.filter = filter
        self.filter_bar.put(filter)
        self.table.open()
        self._count()

    def release_filter(self) -> None:
        """The keys move the cursor again."""
        self.table.focus()

    def action_kind(self) -> None:
        """All, persons, companies, in turn."""
        from msgspec.structs import replace

        from backend_client.model.call_filter import ClientKind

        order = ((), (ClientKind.PERSON,), (ClientKind.COMPANY,))
        now = order.index(self.filter.kinds) if self.filter.kinds in order else 0
        self.filter_bar.change(replace(self.filter, kinds=order[(now + 1) % 3]))

    def action_back(self) -> None:
        """All clients again."""
        self.action_clear()

    def action_reload(self) -> None:
        self.on_screen_resume()

    # Deeds

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "open" and self.table.row is None:
            return _("no client is chosen")
        if action == "add" and not self.backend.session.may(Permission.REGISTER_CLIENT):
            return _("your role may not register clients")
        return super().why_not(action)

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The card of the client with the cursor."""
        if not self._refused("open") and self.table.row is not None:
            work(self, partial(self.open_card, self.table.row.id), "card")

    async def action_add(self) -> None:
        """A client whom nobody called yet."""
        if self._refused("add"):
            return
        directories = await self._directories()
        if directories is not None:
            form = RegistrationForm(self.backend, "", directories.employees, home=self.home, full=True)
            self.app.push_screen(form, self._registered)

    def _registered(self, answer: Registered | None) -> None:
        if answer is None:
            return
        if answer.change is not None:
            self.notify(f"{_('Saved.')} {_('Ctrl+Z undoes it.')}", markup=False)
            self.refresh_clients()
        card = answer.card or (answer.change.client.id if answer.change and answer.change.client else None)
        if card is not None:
            work(self, partial(self.open_card, card), "card")

    async def action_undo(self) -> None:
        """Take back the own latest deed on clients."""
        try:
            await self.backend.change_client(UndoClientDeed())
        except BackendError as error:
            self._complain(error)
        else:
            self.notify(_("Undone."), markup=False)
            self.refresh_clients()
