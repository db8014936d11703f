"""The frame of every dialog: opaque, a title, what is asked, and one line of keys."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from backend_client.model.text import N_
from screens.closing import ClosingScreen
from screens.widgets.painted import Piece, PieceLine
from screens.words import Role

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], ClosingScreen[Answer]):
    """A box in the middle of an opaque screen; a translucent one costs 80 KB an opening. Esc answers None."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background; }
    Dialog > #box { width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; background: $panel;
        overflow-y: auto; scrollbar-size-vertical: 1;
        border: round $primary; border-title-color: $text-primary; border-title-style: bold; }
    Dialog > #box > #trouble { height: auto; color: $text-error; display: none; }
    Dialog.-troubled > #box > #trouble { display: block; }
    Dialog > #box > #keys { margin-top: 1; }
    Dialog Input, Dialog Input:focus { border: none; height: 1; padding: 0 1; background: $surface; }
    Dialog Painted { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), id="dialog.cancel", tooltip=N_("Close and change nothing")),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        box = Vertical(*self.body(), Static(id="trouble", markup=False), PieceLine(id="keys"), id="box")
        box.border_title = Content(self._title)
        yield box

    def body(self) -> list[Widget]:
        """What the dialog asks."""
        return []

    def hints(self) -> list[tuple[str, str]]:
        """Keys and words of the last line."""
        return []

    def on_mount(self) -> None:
        self.show_keys()

    def show_keys(self) -> None:
        """Draw the line of keys anew."""
        groups: list[list[Piece]] = [[(key, Role.ACCENT), (f" {word}", Role.MUTED)] for key, word in self.hints()]
        # The way out, which stands last, is the last to go where there is no room.
        self.query_one("#keys", PieceLine).write([], groups, groups[-1] if groups else None)

    def complain(self, text: str = "") -> None:
        """Say what is wrong; blank takes it away."""
        trouble = self.query_one("#trouble", Static)
        trouble.update(text)
        before = self.has_class("-troubled")
        self.set_class(bool(text), "-troubled")
        # On a low screen the box scrolls: to what is wrong, and back to where one mends it.
        seen = trouble if text else self.focused if before else None
        if seen is not None:
            self.call_after_refresh(seen.scroll_visible, animate=False)

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
