"""The panel that keeps a task in view: its fields, its history, the last calls of its client."""

from __future__ import annotations

from collections.abc import Sequence

from backend_client.contract.tasks import TaskCard
from backend_client.model.call import Call
from screens.widgets.lines_panel import LinesPanel
from screens.widgets.task_lines import TaskLook, task_lines


class TaskPanel(LinesPanel):
    """One task."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.card: TaskCard | None = None
        self._calls: Sequence[Call] = ()
        self._look: TaskLook | None = None

    def show(self, card: TaskCard, calls: Sequence[Call], look: TaskLook) -> None:
        """Show another task, or the same one changed: then the place in it stays."""
        top = self.card is None or self.card.task.id != card.task.id
        self.card, self._calls, self._look = card, calls, look
        self._draw(top=top)

    def say(self, text: str) -> None:
        self.card = None
        super().say(text)

    def lay_out(self) -> None:
        self._draw(top=False)

    def _draw(self, *, top: bool) -> None:
        if self.card is not None and self._look is not None:
            self.write(task_lines(self.card, self._calls, self._look, self.text_width), top=top)
