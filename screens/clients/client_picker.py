"""Choosing a client by name or number."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientSearch
from backend_client.errors import BackendError
from backend_client.model.directory import ClientMatch
from backend_client.model.text import N_
from screens.clients.match_words import match_numbers, match_word
from screens.closing import ClosingScreen
from screens.language import _
from screens.widgets.finder import Finder
from screens.work import work


class ClientPicker(ModalScreen[int | None], ClosingScreen[int | None]):
    """Answers a client's id. `but`: the one that is not meant."""

    DEFAULT_CSS = """
    ClientPicker { background: $background; }
    ClientPicker > Static { height: auto; padding: 0 1; color: $text-primary; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", N_("Back"), id="picker.back", tooltip=N_("Choose nobody")),
    ]

    class Found(Message):
        """Clients for the text of this number."""

        def __init__(self, number: int, matches: list[ClientMatch]) -> None:
            super().__init__()
            self.number = number
            self.matches = matches

    def __init__(self, backend: Backend, title: str, *, but: int, home: str = "") -> None:
        super().__init__()
        self._backend = backend
        self._told = title
        self._but = but
        self._home = home
        self._matches: list[ClientMatch] = []
        self._number = 0
        self._answered = 0
        """Number of the text whose lines are shown."""
        self._wanted = False
        """Enter came before the answer: the first line is taken when it is there."""

    def compose(self) -> ComposeResult:
        yield Static(self._told, markup=False)
        yield Finder(_("Name or number"), _("Nobody of that name."))

    def on_finder_changed(self, message: Finder.Changed) -> None:
        self._number += 1
        self._wanted = False
        work(self, partial(self._find, self._number, message.text), "find")

    async def _find(self, number: int, text: str) -> None:
        try:
            found = await self._backend.find_clients(ClientSearch(text=text))
        except BackendError:
            return
        self.post_message(self.Found(number, [one for one in found.clients if one.id != self._but]))

    def on_client_picker_found(self, message: Found) -> None:
        if message.number == self._number:
            self._answered = message.number
            self._matches = message.matches
            self.query_one(Finder).supply([self._line(one) for one in message.matches])
            if self._wanted and self._matches:
                self.dismiss(self._matches[0].id)

    def _line(self, match: ClientMatch) -> Content:
        return Content.assemble((match_word(match), ""), (f"  {match_numbers(match, self._home)}", "$text-muted"))

    def on_finder_wanted(self) -> None:
        self._wanted = True

    def on_finder_taken(self, message: Finder.Taken) -> None:
        if self._answered != self._number:
            # The lines are still those of the text before.
            self._wanted = True
        else:
            self.dismiss(self._matches[message.index].id)
