"""Help: every key that does something here, searchable; Enter does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from backend_client.model.text import N_
from screens.actions import Action
from screens.closing import ClosingScreen
from screens.language import _
from screens.widgets.finder import Finder
from screens.widgets.painted import wrap

_BESIDE = 3
"""Cells of a line beside its text: the gaps at its sides, and the scroll bar."""
_NARROWEST = 16
"""Cells of an explanation; where there are fewer it goes on at the begin of the line."""


class HelpScreen(ModalScreen[Action | None], ClosingScreen[Action | None]):
    """The actions of the screen below. Its result is the one to run."""

    DEFAULT_CSS = """
    HelpScreen { background: $background; }
    HelpScreen > .help--title { height: auto; padding: 0 1; color: $text-primary; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", N_("Back"), id="help.close", tooltip=N_("Close the help")),
    ]

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = actions
        self._found = list(actions)

    def compose(self) -> ComposeResult:
        title = _("Keys of this screen. Type to search, Enter runs the action, Esc goes back.")
        yield Static(title, classes="help--title", markup=False)
        yield Finder(_("Search"), _("No key does that here."))

    def on_resize(self, event: events.Resize) -> None:
        self._show(self.query_one(Finder).text)

    def on_finder_changed(self, message: Finder.Changed) -> None:
        self._show(message.text)

    def on_finder_wanted(self) -> None:
        if self._found:
            self.dismiss(self._found[0])

    def on_finder_taken(self, message: Finder.Taken) -> None:
        self.dismiss(self._found[message.index])

    def _show(self, words: str) -> None:
        self._found = [action for action in self._actions if action.matches(words)]
        keys = max((len(" ".join(action.keys)) for action in self._actions), default=0)
        titles = max((cell_len(action.title) for action in self._actions), default=0)
        width = self.size.width - _BESIDE
        self.query_one(Finder).supply([action_line(action, keys, titles, width) for action in self._found])


def action_line(action: Action, key_width: int = 0, title_width: int = 0, width: int = 0) -> Content:
    """Keys, title and explanation of an action, in columns; dimmed, with the reason, where it cannot be. In a `width`
    of so many cells (0: any) an explanation goes on below where it began."""
    keys = " ".join(action.keys)
    padding = " " * max(0, key_width - len(keys))
    gap = " " * max(0, title_width - cell_len(action.title))
    style = "dim" if action.reason else ""
    told = action.reason or action.explanation
    indent = max(key_width, len(keys)) + 2 + max(title_width, cell_len(action.title)) + 2
    if width - indent >= _NARROWEST:
        told = f"\n{' ' * indent}".join(wrap(told, width - indent))
    return Content.assemble(
        (keys + padding, "$text-accent" if not action.reason else "dim"),
        "  ",
        (action.title, style),
        (f"{gap}  {told}" if told else "", "$text-muted" if not action.reason else "dim"),
    )
