"""The panel that keeps a call's details in view: lines that scroll."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.strip import Strip

from backend_client.model.call import CallDetails
from backend_client.model.text import N_
from screens.widgets.columns import Look
from screens.widgets.painted import Painted, Pieces
from screens.words import Role


class DetailsPanel(Painted, can_focus=True):
    """The details of one call, laid out for the panel's width; a pipe at its edge when it has the focus."""

    DEFAULT_CSS = """
    DetailsPanel { width: 2fr; height: 1fr; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", N_("Down"), id="panel.down", tooltip=N_("One line further"), show=False),
        Binding("up,k", "scroll(-1)", N_("Up"), id="panel.up", tooltip=N_("One line back"), show=False),
        Binding(
            "pagedown", "scroll(10)", N_("Page down"), id="panel.page-down",
            tooltip=N_("Ten lines further"), show=False,
        ),
        Binding(
            "pageup", "scroll(-10)", N_("Page up"), id="panel.page-up", tooltip=N_("Ten lines back"), show=False
        ),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.details: CallDetails | None = None
        self._look: Look | None = None
        self._lines: list[Pieces] = []
        self._first = 0

    def show(self, details: CallDetails | None, look: Look) -> None:
        """Show another call, or the same one changed: then the place in it stays."""
        if details is None or self.details is None or details.call.id != self.details.call.id:
            self._first = 0
        self.details, self._look = details, look
        self._lay_out()

    def say(self, text: str) -> None:
        """A text in place of a call."""
        self.details, self._lines, self._first = None, [[(text, Role.MUTED)]], 0
        self.refresh()

    def _lay_out(self) -> None:
        self._lines = []
        if self.details is not None and self._look is not None:
            # 2 ms, which the first paint has no need of.
            from screens.widgets.details_text import details_lines

            self._lines = details_lines(self.details, self._look, max(20, self.size.width - 3))
        self.action_scroll(0)
        self.refresh()

    def action_scroll(self, by: int) -> None:
        last = max(0, len(self._lines) - self.size.height)
        first = max(0, min(self._first + by, last))
        if first != self._first:
            self._first = first
            self.refresh()

    def on_resize(self, event: Resize) -> None:
        self._lay_out()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-3)

    def render_line(self, y: int) -> Strip:
        edge = ("│ ", Role.ACCENT if self.has_focus else Role.MUTED)
        index = self._first + y
        pieces = self._lines[index] if index < len(self._lines) else ()
        return self.strip([edge, *pieces], self.size.width)
