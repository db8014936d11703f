"""The short screen for what should not have happened: it says what, and where the report is."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from backend_client.model.text import N_
from screens.closing import ClosingScreen
from screens.language import _


class FailureScreen(ModalScreen[None], ClosingScreen[None]):
    """Lines about a failure; any of its keys goes back to work."""

    DEFAULT_CSS = """
    FailureScreen { align: center middle; background: $background; }
    FailureScreen > Vertical { width: 72; max-width: 100%; height: auto; padding: 1 2; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,q", "dismiss", N_("Go on"), id="failure.close", tooltip=N_("Back to the screen before")),
    ]

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical():
            for line in self._lines:
                yield Static(line, markup=False)
            yield Static("")
            yield Static(_("Enter goes on."), markup=False)
