"""What every main screen has: the backend, its feed, title and status, and ways to say what is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on
from textual.events import ScreenResume

from backend_client.errors import BackendError
from backend_client.model.text import clean
from screens.closing import ClosingScreen
from screens.feed import Feed, Unreached
from screens.language import _, home_of
from screens.message import FieldMessage
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend
    from backend_client.contract.changes import Clock
    from backend_client.model.directory import Directories
    from screens.calls.opening import Console


class ConsoleScreen(ClosingScreen[None]):
    """The base of screens over the backend: a title line above, a status line below, a feed between."""

    class Learnt(FieldMessage):
        """What names and dates depend on."""

        clock: Clock
        directories: Directories

    clock: Clock | None = None
    """The backend's, once it answered."""
    shown = False
    """Whether the screen is the one that is looked at; `is_current` is true as well for one that a dialog covers."""

    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed(self)

    def _compositor_refresh(self) -> None:
        """Nothing under a batch: Textual would draw a frame and throw it away, two of them at the start."""
        if self.app._batch_count:
            self._dirty_widgets.add(self)
        else:
            super()._compositor_refresh()

    @property
    def title_line(self) -> TitleLine:
        """The line above."""
        return self.query_one(TitleLine)

    @property
    def status(self) -> StatusLine:
        """The line below."""
        return self.query_one(StatusLine)

    @property
    def console(self) -> Console:
        """The application."""
        return cast("Console", self.app)

    @property
    def backend(self) -> Backend:
        """The backend of the application."""
        return self.console.backend

    @property
    def home(self) -> str:
        """Country whose numbers are shown as they are dialled there."""
        return home_of(self.clock.home_country) if self.clock is not None else ""

    # Life. Textual calls these after those of the same name in derived screens.

    def on_mount(self) -> None:
        self.title_line.who = clean(self.backend.session.name)
        self.title_line.show()
        # Begun now, Textual's clock of pictures has passed its first sixtieth of a second when the rows are there.
        self._update_timer.resume()

    def on_screen_resume(self) -> None:
        self.shown = True

    @on(ScreenResume)
    def _keep_first_styles(self, event: ScreenResume) -> None:
        """Textual gives all widgets their styles again; those of a new screen were given them as they were made."""
        event.refresh_styles = event.refresh_styles and self.stack_updates > 0

    def on_screen_suspend(self) -> None:
        """Nobody looks: an answer that is still on its way starts nothing."""
        self.shown = False
        self.feed.stop()

    def on_unreached(self, message: Unreached) -> None:
        self.tell_stale(message.silent_for)
        self.status.say(error_text(message.error)[0], Role.BAD)

    def tell_stale(self, seconds: int | None) -> None:
        """Say in the title for how long the backend has been silent; None: it is not."""
        if seconds != self.title_line.stale_for:
            self.title_line.stale_for = seconds
            self.title_line.show()

    async def learn(self) -> None:
        """Ask for the clock and the directories; `Learnt` tells them."""
        try:
            clock, directories = await self.backend.clock(), await self.backend.directories()
        except BackendError as error:
            self.not_learnt(error)
        else:
            self.post_message(self.Learnt(clock, directories))

    def not_learnt(self, error: BackendError) -> None:
        """Without them dates and names are plainer; what is wrong the screen's own question tells."""

    def why_not(self, action: str) -> str:
        """Why an action is not possible; blank where it is."""
        return ""

    def _refused(self, action: str) -> bool:
        """Whether an action is not possible; then it says why."""
        reason = self.why_not(action)
        if reason:
            self.notify(reason, severity="warning", markup=False)
        return bool(reason)

    def _nobody(self) -> bool:
        """Whether nobody is known by the session's name, so that nothing is one's own; then it asks, or says so."""
        session = self.backend.session
        if session.employee_id is None and not self.console.ask_who():
            told = _("Nobody is known as {name} here: start with --as NAME to say who you are.")
            self.notify(told.format(name=session.name), severity="warning", markup=False)
        return session.employee_id is None

    async def _directories(self) -> Directories | None:
        try:
            return await self.backend.directories()
        except BackendError as error:
            self._complain(error)
            return None

    def _complain(self, error: BackendError, about: str = "") -> None:
        self.notify("\n".join(filter(None, (about, *error_text(error)))), severity="warning", markup=False)

    async def open_card(self, client: int) -> None:
        """Show a client's card with all calls."""
        from backend_client.contract.clients import ClientRequest

        try:
            card = await self.backend.client(ClientRequest(id=client))
        except BackendError as error:
            self._complain(error)
            return
        from screens.clients.client_card import ClientScreen

        self.app.push_screen(ClientScreen(card))
