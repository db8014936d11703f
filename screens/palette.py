"""The palette: find an action by its name, a call by its number, a client by name; Enter goes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from backend_client.contract.calls import WindowRequest
from backend_client.contract.changes import Clock
from backend_client.contract.clients import ClientSearch
from backend_client.errors import BackendError
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import ClientMatch
from backend_client.model.phone import format_number
from backend_client.model.text import N_
from screens import words
from screens.actions import Action
from screens.clients.match_words import match_word
from screens.closing import ClosingScreen
from screens.help import action_line
from screens.language import _, date_and_time, home_of, moment
from screens.message import FieldMessage
from screens.widgets.finder import Finder

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend

DATA_FROM = 3
"""Characters from which calls and clients are looked for, too."""
AT_MOST = 8

Found = Action | Call | ClientMatch


class PaletteScreen(ModalScreen[Found | None], ClosingScreen[Found | None]):
    """What is typed is looked for among actions at once, among calls and clients when they answer."""

    DEFAULT_CSS = """
    PaletteScreen { background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", N_("Back"), id="palette.close", tooltip=N_("Close the palette")),
    ]

    class Answered(FieldMessage):
        """Calls and clients for the search of this number."""

        number: int
        data: Sequence[Call | ClientMatch]
        clock: Clock | None = None

    def __init__(self, backend: Backend, actions: Sequence[Action]) -> None:
        super().__init__()
        self._backend = backend
        self._actions = actions
        self._found: list[Found] = []
        self._number = 0
        self._wanted = False
        """Enter came before the answer: the first line is taken when it is there."""

    def compose(self) -> ComposeResult:
        yield Finder(_("An action, a number, a client"), _("Nothing of that name."))

    def on_mount(self) -> None:
        self._show("", ())

    def on_finder_changed(self, message: Finder.Changed) -> None:
        self._number += 1
        self._wanted = False
        self._show(message.text, ())
        if len(message.text.strip()) >= DATA_FROM:
            self.run_worker(self._search(self._number, message.text.strip()), group="search", exclusive=True)

    async def _search(self, number: int, text: str) -> None:
        try:
            clock = await self._backend.clock()
            clients = await self._backend.find_clients(ClientSearch(text=text, limit=AT_MOST))
            calls: tuple[Call, ...] = ()
            if any(character.isdigit() for character in text):
                request = WindowRequest(filter=CallFilter(search=text, internal=True), below=AT_MOST)
                calls = (await self._backend.window(request)).rows
        except BackendError:
            # The actions are there all the same; the journal behind says what is wrong with the store.
            return
        self.post_message(self.Answered(number, (*clients.clients, *calls), clock))

    def on_palette_screen_answered(self, message: Answered) -> None:
        if message.number == self._number:
            self._show(self.query_one(Finder).text, message.data, message.clock)
            if self._wanted and self._found:
                self.dismiss(self._found[0])

    def on_finder_wanted(self) -> None:
        if self._found:
            self.dismiss(self._found[0])
        else:
            self._wanted = True

    def on_finder_taken(self, message: Finder.Taken) -> None:
        self.dismiss(self._found[message.index])

    def _show(self, text: str, data: Sequence[Call | ClientMatch], clock: Clock | None = None) -> None:
        actions = [action for action in self._actions if action.matches(text)]
        self._found = [*actions, *data]
        lines = [action_line(action) for action in actions]
        if clock is not None:
            lines += [_call_line(one, clock) if isinstance(one, Call) else _client_line(one, clock) for one in data]
        self.query_one(Finder).supply(lines)


def _call_line(call: Call, clock: Clock) -> Content:
    """When, with whom and by which number: what tells calls of one search from each other."""
    sign = words.status_sign(call)
    when = date_and_time(moment(call.start, ZoneInfo(clock.zone)))
    number = format_number(call.number, home_of(clock.home_country)) if call.client else ""
    return Content.assemble(
        (f"{sign.glyph} {when}  {words.client_text(call, home_of(clock.home_country))}", ""),
        ("  ".join(("", *filter(None, (number, sign.word)))), "$text-muted"),
    )


def _client_line(client: ClientMatch, clock: Clock) -> Content:
    numbers = ", ".join(format_number(number, home_of(clock.home_country)) for number in client.numbers)
    told = _("client")
    return Content.assemble((match_word(client), ""), (f"  {told}  {numbers}", "$text-muted"))
