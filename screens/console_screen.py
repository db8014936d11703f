"""What every main screen has of its application: the backend, and ways to say what is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from backend_client.errors import BackendError
from screens.language import _, home_of
from screens.words import error_text

if TYPE_CHECKING:
    from backend_client.contract import Backend, Clock
    from backend_client.model.directory import Directories
    from screens.calls.opening import Console


class ConsoleScreen(Screen[None]):
    """The base of screens over the backend."""

    clock: Clock | None = None
    """The backend's, once it answered."""

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
        """Whether nobody is known by the session's name, so that nothing is one's own; then it says so."""
        session = self.backend.session
        if session.employee_id is None:
            told = _("Nobody is known as {name} here: start with --as NAME to say who you are.")
            self.notify(told.format(name=session.name), severity="warning", markup=False)
        return session.employee_id is None

    async def _directories(self) -> Directories | None:
        try:
            return await self.backend.directories()
        except BackendError as error:
            self._complain(error)
            return None

    def _complain(self, error: BackendError) -> None:
        self.notify("\n".join(part for part in error_text(error) if part), severity="warning", markup=False)
