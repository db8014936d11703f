"""Opening a call: under its row, in the panel, or on a screen of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.binding import Binding, BindingType

from backend_client.contract.calls import CallRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call, CallDetails
from backend_client.model.text import N_
from screens.calls.unsettled import look_again
from screens.clients.client_deeds import ClientDeedsScreen
from screens.language import _
from screens.message import FieldMessage
from screens.widgets.call_table import CallTable, call_key
from screens.widgets.columns import Look
from screens.widgets.details_panel import DetailsPanel
from screens.widgets.row_table import RowTable
from screens.work import work

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend
    from screens.dialling import Dialler
    from screens.recordings.listening import Listening


class Wishes(Protocol):
    """What a person may choose about lists of calls."""

    @property
    def status_names(self) -> str:
        """ "families" for the names of the 1C panel."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Ids of columns; empty lets the width choose."""
        ...

    @property
    def details_panel(self) -> bool:
        """Whether the panel is open from the start."""
        ...

    @property
    def registration(self) -> str:
        """ "card" to register a caller with the full card at once, else with the quick form."""
        ...

    @property
    def sound(self) -> str:
        """How recordings are heard; blank takes the best way there is."""
        ...

    @property
    def blocks(self) -> tuple[str, ...]:
        """Ids of the dashboard's blocks in order; empty shows all."""
        ...

    @property
    def wall(self) -> bool:
        """Whether the dashboard is drawn for a wall."""
        ...

    @property
    def dashboard_bell(self) -> bool:
        """Whether the bell tells what goes wrong on the dashboard."""
        ...


class Console(Protocol):
    """What a screen asks of its application."""

    @property
    def backend(self) -> Backend:
        """Where all calls come from."""
        ...

    @property
    def settings(self) -> Wishes:
        """What the person has chosen."""
        ...

    @property
    def listening(self) -> Listening:
        """What is listened to, whatever screen is shown; made when it is first asked for."""
        ...

    @property
    def listening_so_far(self) -> Listening | None:
        """`listening`, once it was made."""
        ...

    @property
    def dialler(self) -> Dialler:
        """What makes calls."""
        ...

    def keep(self, name: str, value: object) -> None:
        """Remember another choice of the person's."""
        ...

    def ask_who(self) -> bool:
        """Ask somebody unknown who they are; False where that is not theirs to say."""
        ...


class OpeningScreen(ClientDeedsScreen):
    """The base of screens with a table of calls and a panel: it opens the call with the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "details", N_("Details"), id="journal.details", tooltip=N_("Open the call under its row")
        ),
        Binding("p", "pin", N_("Panel"), id="journal.panel", tooltip=N_("Keep the details in a panel")),
        Binding("escape", "back", N_("Back"), id="journal.back", tooltip=N_("Close what is open"), show=False),
    ]  # fmt: skip

    class Detailed(FieldMessage):
        """Details for the request of this number; `under` the row, or in the panel."""

        number: int
        details: CallDetails
        under: bool

    def __init__(self) -> None:
        super().__init__()
        self._details: CallDetails | None = None
        self._details_number = 0

    @property
    def call(self) -> Call | None:
        """The call with the cursor."""
        return self.table.row

    @property
    def table(self) -> CallTable:
        return self.query_one(CallTable)

    @property
    def panel(self) -> DetailsPanel:
        return self.query_one(DetailsPanel)

    def follow(self) -> None:
        """The cursor moved: an open panel shows its call."""
        call = self.call
        if not self.panel.display:
            return
        if call is None:
            self.panel.say(_("No call is chosen."))
        elif self.panel.details is None or self.panel.details.call.id != call.id:
            self._load(call, under=False)

    def reload_details(self) -> None:
        """Something changed: ask again for the details that are open."""
        if self._details is not None and (self.panel.display or self.table.opened is not None):
            self._load(self._details.call, under=not self.panel.display)

    def why_not(self, action: str) -> str:
        if action in ("details", "pin") and self.call is None:
            return _("no call is chosen")
        return super().why_not(action)

    def _load(self, call: Call, *, under: bool) -> None:
        self._details_number += 1
        detail = partial(self._detail, self._details_number, call.id, under)
        work(self, detail, "details")

    async def _detail(self, number: int, call_id: int, under: bool) -> None:
        try:
            details = await self.backend.call(CallRequest(id=call_id))
        except BackendError as error:
            self._complain(error)
        else:
            self.post_message(self.Detailed(number, details, under))

    def on_opening_screen_detailed(self, message: Detailed) -> None:
        if message.number != self._details_number:
            return
        self._details = details = message.details
        if message.under:
            # 2 ms, which the first paint has no need of.
            from screens.widgets.details_text import details_lines

            lines = details_lines(details, self.table.look, max(20, self.table.size.width - 4))
            self.table.open_row(call_key(details.call), lines)
        else:
            self.panel.show(details, self.table.look)
        wait = look_again(details)
        if wait is not None:
            # An older timer finds another number, and does nothing.
            self.set_timer(wait, partial(self._look_again, message.number))

    def _look_again(self, number: int) -> None:
        if number == self._details_number and self.is_current:
            self.reload_details()

    def action_details(self) -> None:
        """Open the call under its row, or close it; with the panel open, go into the panel."""
        call = self.call
        if call is None:
            return
        if self.panel.display:
            self.panel.focus()
        elif self.table.opened == call_key(call):
            self.table.close_row()
        else:
            self._load(call, under=True)

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        self.action_details()

    def action_pin(self) -> None:
        """Open the panel for the call with the cursor, or close it."""
        self.table.close_row()
        if self.has_class("-tiny"):
            # There is no room for both: the details get a screen of their own.
            if self.call is not None:
                self.show_calls((self.call.id,))
            return
        self.panel.display = not self.panel.display
        if self.panel.display and self.call is not None:
            self._load(self.call, under=False)
        else:
            self.table.focus()

    def action_back(self) -> None:
        """Close what was opened last."""
        if self.panel.has_focus:
            self.table.focus()
        elif not self.table.close_row() and self.panel.display:
            self.action_pin()

    @property
    def look(self) -> Look:
        return self.table.look
