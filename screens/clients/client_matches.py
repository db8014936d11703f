"""A dialog with a name field over the clients that it matches: none is highlighted until ↓, so that Enter still means
the text itself."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from textual.events import Key
from textual.widgets import Input

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientSearch
from backend_client.errors import BackendError
from backend_client.model.directory import ClientMatch
from screens.clients.match_words import match_numbers, match_word
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.message import FieldMessage
from screens.widgets.match_list import Match, MatchList
from screens.widgets.text_field import text_field
from screens.work import work

Answer = TypeVar("Answer")
MATCHES = 7


class MatchingDialog(Dialog[Answer]):
    """The field and the matches; who derives from it says what Enter does."""

    class Found(FieldMessage):
        """Clients for the text of this number."""

        number: int
        matches: tuple[ClientMatch, ...]

    def __init__(self, title: str, backend: Backend, name: str, *, number: str = "", home: str = "") -> None:
        """`number`: what is looked for before anything is typed, for it may be known in another spelling (C5)."""
        super().__init__(title)
        self._backend = backend
        self._number = number
        self._home = home
        self._typed = text_field("name", name, _("name, or a client that is there"))
        self._matches = MatchList(id="matches")
        self._found: tuple[ClientMatch, ...] = ()
        self._searches = 0

    def search(self) -> None:
        """Look for what is typed."""
        self._searches += 1
        work(self, partial(self._find, self._searches, self._typed.value), "matches")

    async def _find(self, number: int, text: str) -> None:
        try:
            found = await self._backend.find_clients(ClientSearch(text=text.strip() or self._number, limit=MATCHES))
        except BackendError:
            # What is typed can be saved all the same; saving tells what is wrong.
            return
        self.post_message(self.Found(number, found.clients))

    def on_matching_dialog_found(self, message: Found) -> None:
        if message.number != self._searches:
            return
        self._found = message.matches
        similar = any(match.similar for match in message.matches)
        title = _("Perhaps one of these: a number of theirs ends alike") if similar else ""
        lines = [Match(one.id, match_word(one), match_numbers(one, self._home)) for one in message.matches]
        self._matches.supply(lines, title)
        self.show_keys()

    def on_key(self, event: Key) -> None:
        if event.key not in ("down", "up") or self.focused is not self._typed:
            return
        self._matches.move(1 if event.key == "down" else -1)
        self.show_keys()
        event.stop()
        event.prevent_default()

    def on_match_list_taken(self, event: MatchList.Taken) -> None:
        event.stop()
        self._typed.focus()
        self.show_keys()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self._typed:
            self.search()
