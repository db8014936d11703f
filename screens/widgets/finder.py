"""A field over a list: what is typed narrows the list, the arrows move in it, Enter takes the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from backend_client.model.text import N_
from screens.message import FieldMessage


class Finder(Vertical):
    """Says `Changed` as the text changes, `Taken` when a line is taken, and `Wanted` when one is to be taken where none
    is; its owner supplies the lines."""

    DEFAULT_CSS = """
    Finder { height: 1fr; background: $background; }
    Finder > Input { border: none; height: 1; padding: 0 1; background: $surface; }
    Finder > Input:focus { border: none; background-tint: transparent 0%; }
    Finder > OptionList { border: none; height: 1fr; background: $background; padding: 0 0; scrollbar-size: 1 1; }
    Finder > OptionList:focus { border: none; background-tint: transparent 0%; }
    Finder > .finder--none { height: 1; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", N_("Down"), id="finder.down", tooltip=N_("Next line"), show=False, priority=True),
        Binding("up", "move(-1)", N_("Up"), id="finder.up", tooltip=N_("Previous line"), show=False, priority=True),
        Binding("pagedown", "page(1)", N_("Page down"), id="finder.page-down", tooltip=N_("One page further"),
                show=False, priority=True),
        Binding("pageup", "page(-1)", N_("Page up"), id="finder.page-up", tooltip=N_("One page back"), show=False,
                priority=True),
    ]  # fmt: skip

    class Changed(FieldMessage):
        text: str

    class Taken(FieldMessage):
        index: int

    class Wanted(FieldMessage):
        """Enter, and there is no line, or none yet."""

    def __init__(self, placeholder: str, nothing: str) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._nothing = nothing
        self._told = ""
        """The text that the owner knows."""
        self._outdated = False
        """The lines are still those of the text before."""

    def compose(self) -> ComposeResult:
        field = Input(placeholder=self._placeholder, select_on_focus=False)
        field.cursor_blink = False
        yield field
        yield Static(self._nothing, classes="finder--none", markup=False)
        lines = OptionList(markup=False)
        lines.can_focus = False
        yield lines

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    def supply(self, lines: Sequence[Content]) -> None:
        """Show these lines, the first one chosen."""
        self._outdated = False
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(line) for line in lines])
        options.highlighted = 0 if lines else None
        options.display = bool(lines)
        self.query_one(".finder--none", Static).display = not lines

    def action_move(self, by: int) -> None:
        """One line on or back, not around the end."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + by))

    def action_page(self, by: int) -> None:
        """One page on or back."""
        self.action_move(by * max(1, self.query_one(OptionList).size.height - 1))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        # A field says that Enter was pressed before it says what was typed just before.
        self._tell()
        chosen = self.query_one(OptionList).highlighted
        self.post_message(self.Wanted() if chosen is None or self._outdated else self.Taken(chosen))

    def _tell(self) -> None:
        if self.text != self._told:
            self._told, self._outdated = self.text, True
            self.post_message(self.Changed(self.text))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Taken(event.option_index))
