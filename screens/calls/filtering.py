"""Narrowing a list by keys and dialogs: the bases of every screen over a filter bar."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from backend_client.errors import BackendError
from backend_client.model.filter_field import FieldKind
from backend_client.model.filter_options import field_named
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from screens.console_screen import ConsoleScreen
from screens.language import _
from screens.widgets.filter_bar import FilterBar
from screens.work import work

if TYPE_CHECKING:
    from backend_client.model.directory import Directories


class NarrowingScreen(ConsoleScreen):
    """Composes a FilterBar of any kind of filter somewhere, and says in `set_filter` what another filter means."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", N_("Search"), id="filter.search", tooltip=N_("Search by name or number")),
        Binding("f", "filters", N_("Filter"), id="filter.menu", tooltip=N_("Everything that narrows this list")),
        Binding("d", "period", N_("Period"), id="filter.period", tooltip=N_("Choose days: today, a week, from – to")),
        Binding("b", "chips", N_("Conditions"), id="filter.chips",
                tooltip=N_("Go to the conditions over the list, to change or remove one")),
        Binding("x", "clear", N_("Clear filter"), id="filter.clear", tooltip=N_("Back to what the screen shows first")),
        Binding("z", "reopen", N_("Last filter"), id="filter.reopen", tooltip=N_("The filter that was cleared last")),
        Binding("e", "export", N_("Export"), id="filter.export", tooltip=N_("Write this list to a file")),
    ]  # fmt: skip

    @property
    def filter_bar(self) -> FilterBar[Any]:
        return self.query_one(FilterBar)

    def set_filter(self, filter: Any) -> None:
        """Show what another filter asks for."""
        raise NotImplementedError

    def release_filter(self) -> None:
        """The person has finished with the filter bar: give the keys back to the list."""
        raise NotImplementedError

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "export" and not self.backend.session.may(Permission.EXPORT):
            return _("your role may not export lists")
        if action == "reopen" and self.filter_bar.before is None:
            return _("no filter was cleared yet")
        return super().why_not(action)

    async def learn_names(self) -> None:
        """Ask for the directories: names of the ids in filters. Without them chips show ids."""
        await self._directories()

    async def action_search(self) -> None:
        """Type what to look for."""
        await self.filter_bar.begin_search()

    def action_narrow(self, word: str) -> None:
        """Ask for one thing, or no more."""
        if word != "mine" or not self._nobody():
            self.filter_bar.toggle(word)

    def action_chips(self) -> None:
        """Put the keys on the chips."""
        if self.filter_bar.chip_line.chips:
            self.filter_bar.chip_line.focus()
        else:
            self.notify(_("Nothing narrows the list."), markup=False)

    def action_clear(self) -> None:
        """Take every condition away."""
        self.filter_bar.clear()

    def action_reopen(self) -> None:
        """Undo the last clearing."""
        if not self.filter_bar.reopen():
            self.notify(self.why_not("reopen"), markup=False)

    async def action_filters(self) -> None:
        """Open the menu of all fields."""
        from screens.calls.filters import FiltersDialog

        if directories := await self._directories():
            bar = self.filter_bar
            self.app.push_screen(FiltersDialog(bar.filter, directories, self._today, bar.clients), self._asked)

    async def action_period(self) -> None:
        """Choose the days."""
        from screens.calls.period_dialog import PeriodDialog

        shown = self.filter_bar.filter
        title = _(field_named(type(shown), "period").title)
        self.app.push_screen(PeriodDialog(shown, self._today, title), self._asked)

    def action_export(self) -> None:
        """Write what is filtered to a file."""
        if self._refused("export"):
            return
        from screens.calls.export_dialog import ExportDialog

        self.app.push_screen(ExportDialog(self.backend, self.filter_bar.filter), self._exported)

    async def on_filter_bar_field_opened(self, event: FilterBar.FieldOpened) -> None:
        event.stop()
        field = field_named(type(self.filter_bar.filter), event.name)
        if field.kind in (FieldKind.FLAG, FieldKind.SWITCH):
            self.filter_bar.turn(field)
            return
        from screens.calls.filters import picker

        directories = await self._directories()
        dialog = directories and picker(field, self.filter_bar.filter, directories, self._today)
        if dialog:
            self.app.push_screen(dialog, self._asked)

    def on_filter_bar_filter_changed(self, event: FilterBar.FilterChanged) -> None:
        event.stop()
        self.set_filter(event.filter)

    def on_filter_bar_unnamed(self, event: FilterBar.Unnamed) -> None:
        event.stop()
        work(self, partial(self._name_clients, event.clients), "client names", exclusive=False)

    async def _name_clients(self, clients: Sequence[int]) -> None:
        from backend_client.contract.clients import ClientRequest

        names = {}
        for client in clients:
            with suppress(BackendError):
                names[client] = (await self.backend.client(ClientRequest(id=client))).name
        self.filter_bar.name_clients(names)

    def on_filter_bar_released(self, event: FilterBar.Released) -> None:
        event.stop()
        self.release_filter()

    @property
    def _today(self) -> date:
        """The backend's today, else this machine's."""
        return date.fromisoformat(self.clock.today) if self.clock else date.today()

    async def _directories(self) -> Directories | None:
        directories = await super()._directories()
        if directories is not None:
            self.filter_bar.know(directories)
        return directories

    def _asked(self, filter: Any) -> None:
        if filter is not None:
            self.filter_bar.change(filter)

    def _exported(self, said: str | None) -> None:
        if said:
            self.notify(said, markup=False)


class FilteringScreen(NarrowingScreen):
    """Narrows calls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "narrow('incoming')", N_("Incoming"), id="filter.incoming", tooltip=N_("Incoming calls only")),
        Binding("o", "narrow('outgoing')", N_("Outgoing"), id="filter.outgoing", tooltip=N_("Outgoing calls only")),
        Binding("m", "narrow('missed')", N_("Missed"), id="filter.missed", tooltip=N_("Missed calls only")),
        Binding(
            "l", "narrow('lost')", N_("Lost"), id="filter.lost",
            tooltip=N_("Missed calls from new numbers that nobody spoke with in time"),
        ),
        Binding("M", "narrow('mine')", N_("My calls"), id="filter.mine", tooltip=N_("Calls in which you took part")),
        Binding("I", "narrow('internal')", N_("Internal calls"), id="filter.internal",
                tooltip=N_("Show internal calls too")),
        Binding("F", "narrow('first_contact')", N_("First contact"), id="filter.first-contact",
                tooltip=N_("The first call ever of a new number")),
        Binding("u", "narrow('unregistered')", N_("Unregistered"), id="filter.unregistered",
                tooltip=N_("Numbers that belong to no client")),
        Binding("C", "narrow('comment')", N_("Comment"), id="filter.comment", tooltip=N_("Calls with a comment")),
        Binding("R", "narrow('recording')", N_("Recording"), id="filter.recording", tooltip=N_("Recorded calls")),
        Binding("v", "views", N_("Saved views"), id="filter.views", tooltip=N_("Filters saved under a name")),
    ]  # fmt: skip

    async def action_views(self) -> None:
        """Open the saved views."""
        from screens.calls.saved_views import SavedViewsDialog

        if directories := await self._directories():
            bar = self.filter_bar
            dialog = SavedViewsDialog(self.backend, bar.filter, directories, bar.clients)
            self.app.push_screen(dialog, self._asked)
