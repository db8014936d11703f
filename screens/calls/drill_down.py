"""The calls behind a number: the journal of exactly what was counted, over the report that counted it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.binding import BindingType

from backend_client.model.call_filter import CallFilter
from backend_client.model.text import N_
from screens.calls.calls import CallsScreen


class DrillDownScreen(CallsScreen):
    """Calls of a cell; Esc goes back to the report. Taking a condition away shows more, as in the journal."""

    TITLE = N_("Calls behind the number")
    BINDINGS: ClassVar[list[BindingType]] = []
    HINTS = ("journal.back", "journal.details", "journal.panel", "app.help")

    def __init__(self, filter: CallFilter, subject: str) -> None:
        super().__init__(filter)
        self._subject = subject

    @property
    def home_filter(self) -> CallFilter:
        """Every condition of the cell is a chip that can be taken away."""
        return CallFilter()

    def on_mount(self) -> None:
        super().on_mount()
        self.title_line.subject = self._subject
        self.title_line.show()

    def subject(self, today: date) -> str:
        return self._subject

    def action_back(self) -> None:
        """Close what is open; then the list itself."""
        if self.table.opened is None and not self.panel.display:
            self.dismiss(None)
        else:
            super().action_back()
