"""The palette: find an action by its name, a call by its number, a client by name; Enter goes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from backend_client.contract import ClientSearch, WindowRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import ClientMatch
from backend_client.model.text import N_
from screens import words
from screens.actions import Action
from screens.help import action_line
from screens.language import _
from screens.widgets.finder import Finder

if TYPE_CHECKING:
    from backend_client.contract import Backend

DATA_FROM = 3
"""Characters from which calls and clients are looked for, too."""
AT_MOST = 8

Found = Action | Call | ClientMatch


class PaletteScreen(ModalScreen[Found | None]):
    """What is typed is looked for among actions at once, among calls and clients when they answer."""

    DEFAULT_CSS = """
    PaletteScreen { background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", N_("Back"), id="palette.close", tooltip=N_("Close the palette")),
    ]

    @dataclass
    class Answered(Message):
        """Calls and clients for the search of this number."""

        number: int
        data: Sequence[Call | ClientMatch]

    def __init__(self, backend: Backend, actions: Sequence[Action]) -> None:
        super().__init__()
        self._backend = backend
        self._actions = actions
        self._found: list[Found] = []
        self._number = 0

    def compose(self) -> ComposeResult:
        yield Finder(_("An action, a number, a client"), _("Nothing of that name."))

    def on_mount(self) -> None:
        self._show("", ())

    def on_finder_changed(self, message: Finder.Changed) -> None:
        self._number += 1
        self._show(message.text, ())
        if len(message.text.strip()) >= DATA_FROM:
            self.run_worker(self._search(self._number, message.text.strip()), group="search", exclusive=True)

    async def _search(self, number: int, text: str) -> None:
        try:
            clients = await self._backend.find_clients(ClientSearch(text=text, limit=AT_MOST))
            calls: tuple[Call, ...] = ()
            if any(character.isdigit() for character in text):
                request = WindowRequest(filter=CallFilter(search=text, internal=True), below=AT_MOST)
                calls = (await self._backend.window(request)).rows
        except BackendError:
            # The actions are there all the same; the journal behind says what is wrong with the store.
            return
        self.post_message(self.Answered(number, (*clients.clients, *calls)))

    def on_palette_screen_answered(self, message: Answered) -> None:
        if message.number == self._number:
            self._show(self.query_one(Finder).text, message.data)

    def on_finder_taken(self, message: Finder.Taken) -> None:
        self.dismiss(self._found[message.index])

    def _show(self, text: str, data: Sequence[Call | ClientMatch]) -> None:
        actions = [action for action in self._actions if action.matches(text)]
        self._found = [*actions, *data]
        self.query_one(Finder).supply([_line(found) for found in self._found])


def _line(found: Found) -> Content:
    if isinstance(found, Action):
        return action_line(found)
    if isinstance(found, Call):
        sign = words.status_sign(found)
        return Content.assemble((f"{sign.glyph} {words.client_text(found)}", ""), (f"  {sign.word}", "$text-muted"))
    numbers = ", ".join(found.numbers)
    return Content.assemble((found.name, ""), (f"  {_('client')}  {numbers}", "$text-muted"))
