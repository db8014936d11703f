"""Personal settings: theme, language, names of statuses, panel, mouse; each holds at once or says when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual._widget_navigation import Direction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from backend_client.model.text import N_
from screens.closing import ClosingScreen
from screens.language import _


@dataclass(frozen=True)
class Choice:
    """One setting: its name, what may be chosen with the words for it, and what is chosen."""

    name: str
    title: str
    values: Sequence[tuple[object, str]]
    value: object
    note: str = ""

    @property
    def word(self) -> str:
        """The word of what is chosen."""
        return next((word for value, word in self.values if value == self.value), str(self.value))

    def following(self, by: int) -> object:
        """The value that comes next, around the end."""
        values = [value for value, _word in self.values]
        at = values.index(self.value) if self.value in values else 0
        return values[(at + by) % len(values)]


class _Lines(OptionList):
    """Lines of which a screen too low or too narrow for any has drawn none yet: there is no page to turn then."""

    def _move_page(self, direction: Direction) -> None:
        if self._lines:
            super()._move_page(direction)


class SettingsScreen(ModalScreen[None], ClosingScreen[None]):
    """A line a setting; the arrows choose, Enter and space change. `change` keeps each change."""

    DEFAULT_CSS = """
    SettingsScreen { background: $background; }
    SettingsScreen > .settings--title { height: auto; padding: 0 1; color: $text-primary; text-style: bold; }
    SettingsScreen > OptionList { border: none; background: $background; height: 1fr; }
    SettingsScreen > OptionList:focus { border: none; background-tint: transparent 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", N_("Back"), id="settings.close", tooltip=N_("Close the settings")),
        Binding("right,space", "change(1)", N_("Next value"), id="settings.next", tooltip=N_("The next value")),
        Binding("left", "change(-1)", N_("Value before"), id="settings.previous", tooltip=N_("The value before")),
    ]  # fmt: skip

    def __init__(self, choices: Callable[[], Sequence[Choice]], change: Callable[[str, object], None]) -> None:
        super().__init__()
        self._choices = choices
        self._change = change

    def compose(self) -> ComposeResult:
        title = _("Settings. Enter changes a line, Esc goes back.")
        yield Static(title, classes="settings--title", markup=False)
        yield _Lines(markup=False)

    def on_mount(self) -> None:
        self._show(0)
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_change(1)

    def action_change(self, by: int) -> None:
        """Take the next value of the line with the cursor."""
        at = self.query_one(OptionList).highlighted or 0
        choice = self._choices()[at]
        self._change(choice.name, choice.following(by))
        self._show(at)

    def _show(self, at: int) -> None:
        choices = self._choices()
        width = max(len(choice.title) for choice in choices)
        lines = self.query_one(OptionList)
        lines.clear_options()
        lines.add_options([Option(_line(choice, width)) for choice in choices])
        lines.highlighted = at


def _line(choice: Choice, width: int) -> Content:
    return Content.assemble(
        f"{choice.title:<{width}}  ",
        (choice.word, "$text-accent"),
        (f"  {choice.note}" if choice.note else "", "$text-muted"),
    )
