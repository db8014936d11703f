"""A panel of lines beside a list: it scrolls, and a pipe at its edge tells where the keys are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.strip import Strip

from backend_client.model.text import N_
from screens.widgets.painted import Painted, Pieces
from screens.words import Role


class LinesPanel(Painted, can_focus=True):
    """Lines laid out for the panel's width by `lay_out`, the first of them where the person scrolled to."""

    DEFAULT_CSS = """
    LinesPanel { width: 2fr; height: 1fr; background: $surface; }
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
        self._lines: Sequence[Pieces] = ()
        self._first = 0

    @property
    def text_width(self) -> int:
        """Cells of a line."""
        return max(20, self.size.width - 3)

    def write(self, lines: Sequence[Pieces], *, top: bool = False) -> None:
        """Other lines; with `top` from the first one on."""
        self._lines = lines
        if top:
            self._first = 0
        self.action_scroll(0)
        self.refresh()

    def say(self, text: str) -> None:
        """A text in place of lines."""
        self.write([[(text, Role.MUTED)]], top=True)

    def lay_out(self) -> None:
        """The width changed."""

    def action_scroll(self, by: int) -> None:
        last = max(0, len(self._lines) - self.size.height)
        first = max(0, min(self._first + by, last))
        if first != self._first:
            self._first = first
            self.refresh()

    def on_resize(self, event: Resize) -> None:
        self.lay_out()

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
