"""A call on a screen of its own, with its player: reached by id, from another call or the palette (J4, J7, R1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.contract.calls import CallRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call, CallDetails, Comment
from backend_client.model.text import N_
from screens import words
from screens.calls.unsettled import look_again
from screens.clients.client_deeds import ClientDeedsScreen
from screens.feed import Changed
from screens.language import _
from screens.message import FieldMessage
from screens.recordings.player_keys import PlayerKeys
from screens.widgets.columns import Look
from screens.widgets.details_panel import DetailsPanel
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.work import work


class DetailsScreen(ClientDeedsScreen, PlayerKeys):
    """The details of one call out of several ids."""

    DEFAULT_CSS = """
    DetailsScreen > DetailsPanel { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "close", N_("Back"), id="call.back", tooltip=N_("Back to the list")),
        Binding("l", "step(1)", N_("Next call"), id="call.next", tooltip=N_("The next of these calls")),
        Binding("h", "step(-1)", N_("Previous call"), id="call.previous", tooltip=N_("The one before")),
    ]  # fmt: skip
    HINTS = ("call.back", "client.register", "call.comment", "player.play", "call.related", "app.help")

    class Detailed(FieldMessage):
        """The call of this id answered."""

        details: CallDetails

    class Refused(FieldMessage):
        """The call of this id cannot be shown."""

        call_id: int
        error: BackendError

    def __init__(self, ids: tuple[int, ...], look: Look) -> None:
        super().__init__()
        self.ids = ids
        self.index = 0
        self._look = look

    @property
    def look(self) -> Look:
        return self._look

    @property
    def home(self) -> str:
        return self._look.home

    @property
    def call(self) -> Call | None:
        details = self.query_one(DetailsPanel).details
        return None if details is None else details.call

    def compose(self) -> ComposeResult:
        yield TitleLine(N_("Call"))
        yield DetailsPanel()
        yield from self.player_bar()
        yield StatusLine(self.HINTS)

    def on_mount(self) -> None:
        self.query_one(DetailsPanel).focus()
        self._tell()

    def on_screen_resume(self) -> None:
        self._ask()

    def on_changed(self, message: Changed) -> None:
        if self.title_line.stale_for is not None:
            self.tell_stale(None)
            self.status.say("")
        self._ask()

    def _tell(self) -> None:
        """Which call, and of how many."""
        title = self.title_line
        title.subject = str(self.ids[self.index])
        if len(self.ids) > 1:
            title.subject += " · " + _("{index} of {count}").format(index=self.index + 1, count=len(self.ids))
        title.show()

    def _ask(self) -> None:
        work(self, partial(self._fetch, self.ids[self.index]), "details")

    async def _fetch(self, call_id: int) -> None:
        try:
            details = await self.backend.call(CallRequest(id=call_id))
        except BackendError as error:
            self.post_message(self.Refused(call_id, error))
        else:
            self.post_message(self.Detailed(details))

    def on_details_screen_detailed(self, message: Detailed) -> None:
        details = message.details
        self.feed.start(self.backend, 0)
        if details.call.id == self.ids[self.index]:
            self.query_one(DetailsPanel).show(details, self._look)
            wait = look_again(details)
            if wait is not None:
                self.set_timer(wait, partial(self._again, details.call.id))

    def _again(self, call_id: int) -> None:
        if call_id == self.ids[self.index] and self.shown:
            work(self, partial(self._fetch, call_id), "details")

    def on_details_screen_refused(self, message: Refused) -> None:
        self.feed.start(self.backend, 0)
        if message.call_id == self.ids[self.index]:
            self.query_one(DetailsPanel).say(" ".join(words.error_text(message.error)))

    def action_close(self) -> None:
        self.dismiss()

    def action_step(self, by: int) -> None:
        index = max(0, min(self.index + by, len(self.ids) - 1))
        if index != self.index:
            self.index = index
            self._tell()
            self._ask()

    def show_calls(self, ids: Sequence[int]) -> None:
        """Other calls, over this one."""
        if tuple(ids) != (self.ids[self.index],):
            super().show_calls(ids)

    def commented(self, comment: Comment) -> None:
        self._ask()

    def client_changed(self) -> None:
        self._ask()
