"""Tasks over what they were opened from: those behind a number of the report, those of a client."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from backend_client.model.task import TaskFilter
from backend_client.model.text import N_
from screens.plan.tasks import TasksScreen


class TaskDrillDownScreen(TasksScreen):
    """Tasks of a cell, or of a client; Esc goes back."""

    TITLE = N_("Tasks")
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, filter: TaskFilter, subject: str) -> None:
        super().__init__(filter)
        self._subject = subject

    def on_mount(self) -> None:
        super().on_mount()
        self.table.operators = True
        self.title_line.subject = self._subject
        self.title_line.show()

    def leave(self) -> None:
        self.dismiss(None)

    def action_back(self) -> None:
        """Close what is open; then the list itself."""
        if self.panel.has_focus or self._opened is not None or self.table.marked:
            super().action_back()
        else:
            self.leave()
