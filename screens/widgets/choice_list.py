"""A list to choose from: what is typed narrows it, Space checks, Enter takes."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Click, Key, MouseScrollDown, MouseScrollUp
from textual.geometry import Size
from textual.strip import Strip

from backend_client.model.text import N_, fold
from screens.language import _
from screens.message import FieldMessage
from screens.widgets.painted import Painted, Piece, fit
from screens.words import Role


@dataclass(frozen=True)
class Choice:
    """One line: what it stands for, its word, and what stands to the right of it."""

    value: Hashable
    word: str
    note: str = ""


class ChoiceList(Painted, can_focus=True):
    """Choices under a line with what is typed. With `several` each has a check box; else one is highlighted."""

    DEFAULT_CSS = """
    ChoiceList { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", N_("Down"), id="choices.down", tooltip=N_("Next line"), show=False),
        Binding("up", "move(-1)", N_("Up"), id="choices.up", tooltip=N_("Previous line"), show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="choices.page-down", tooltip=N_("One page further"),
                show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="choices.page-up", tooltip=N_("One page back"), show=False),
        Binding("home", "move(-100000)", N_("Top"), id="choices.top", tooltip=N_("First line"), show=False),
        Binding("end", "move(100000)", N_("Bottom"), id="choices.bottom", tooltip=N_("Last line"), show=False),
        Binding("space", "check", N_("Check"), id="choices.check", tooltip=N_("Check the line or uncheck it")),
        Binding("enter", "take", N_("Take"), id="choices.take", tooltip=N_("Take what is chosen")),
    ]  # fmt: skip

    class Taken(FieldMessage):
        """Enter: the checked values, or the highlighted one; `line` is what was highlighted."""

        list: ChoiceList
        values: tuple[Hashable, ...]
        line: Choice | None

    class Highlighted(FieldMessage):
        """Another line is highlighted."""

        list: ChoiceList
        line: Choice | None

    def __init__(
        self,
        choices: Sequence[Choice],
        checked: Collection[Hashable] = (),
        *,
        several: bool = False,
        typing: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.choices = choices
        self.several = several
        self.typing = typing
        self.typed = ""
        self.highlighted = 0
        self._checked = dict.fromkeys(checked)
        self._touched = False
        self._top = 0
        self._shown = list(choices)

    @property
    def line(self) -> Choice | None:
        """The highlighted choice."""
        return self._shown[self.highlighted] if self._shown else None

    @property
    def checked(self) -> tuple[Hashable, ...]:
        """The checked values in the order of the list; those that it does not know stay, last."""
        known = [choice.value for choice in self.choices if choice.value in self._checked]
        return (*known, *(value for value in self._checked if value not in known))

    def supply(self, choices: Sequence[Choice]) -> None:
        """Other choices, all of them shown; the highlight stays on its value where it is still there."""
        value = self.line.value if self.line else None
        self.choices, self.typed = choices, ""
        self._narrow()
        self.go_to(value)
        self.refresh(layout=True)

    def go_to(self, value: Hashable) -> None:
        """Highlight the line of a value, if there is one."""
        for number, choice in enumerate(self._shown):
            if choice.value == value:
                self.highlighted = number
                self._scroll()
                self.refresh()
                return

    def action_move(self, by: int) -> None:
        """Highlight another line."""
        wanted = max(0, min(self.highlighted + by, len(self._shown) - 1))
        if wanted != self.highlighted:
            self.highlighted = wanted
            self._scroll()
            self.refresh()
            self.post_message(self.Highlighted(self, self.line))

    def action_page(self, by: int) -> None:
        """One page on or back."""
        self.action_move(by * max(1, self._rows - 1))

    def action_check(self) -> None:
        """Check the highlighted line or uncheck it; without check boxes, take it."""
        if not self.several:
            self.action_take()
        elif self.line is not None:
            self._touched = True
            value = self.line.value
            if value in self._checked:
                del self._checked[value]
            else:
                self._checked[value] = None
            self.refresh()

    def action_take(self) -> None:
        """Say what is chosen. Enter with no box touched means the highlighted line as well."""
        line = self.line
        if self.several:
            if not self._touched and line is not None and line.value not in self._checked:
                self._checked[line.value] = None
            self.post_message(self.Taken(self, self.checked, line))
        else:
            self.post_message(self.Taken(self, (line.value,) if line else (), line))

    def on_key(self, event: Key) -> None:
        if not self.typing:
            return
        if event.key == "backspace" and self.typed:
            self._type(self.typed[:-1])
        elif event.is_printable and event.character and event.character != " ":
            self._type(self.typed + event.character)
        elif event.character == " " and self.typed and not self.several:
            # As a key of an action it would come after letters that were typed later.
            self._type(self.typed + " ")
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: Click) -> None:
        number = event.y - self._head + self._top
        if event.y >= self._head and number < len(self._shown):
            again = number == self.highlighted
            self.action_move(number - self.highlighted)
            if self.several:
                self.action_check()
            elif again:
                self.action_take()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.action_move(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.action_move(-1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return min(self._head + max(1, len(self.choices)), viewport.height * 3 // 4)

    def on_resize(self) -> None:
        self._scroll()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < self._head:
            typed: list[Piece] = [(f" {self.typed}▏", Role.PLAIN)] if self.typed else [(_(" type to find"), Role.MUTED)]
            return self.strip(typed, width)
        number = y - self._head + self._top
        if number >= len(self._shown):
            nothing = _(" nothing fits") if self.typed and not self._shown and y == self._head else ""
            return self.strip([(nothing, Role.MUTED)], width)
        choice = self._shown[number]
        here = number == self.highlighted
        mark = "►" if here and self.has_focus else "›" if here else " "
        if self.several:
            mark += "[x] " if choice.value in self._checked else "[ ] "
        else:
            mark += " "
        note_width = min(cell_len(choice.note), max(0, width // 2))
        room = width - cell_len(mark) - note_width - 1
        role = Role.ACCENT if here else Role.PLAIN
        return self.strip(
            [(mark + fit(choice.word, room), role), (" ", Role.PLAIN), (fit(choice.note, note_width), Role.TITLE)],
            width,
        )

    @property
    def _head(self) -> int:
        return 1 if self.typing else 0

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - self._head)

    def _type(self, text: str) -> None:
        self.typed = text
        self.highlighted = 0
        self._narrow()
        self.refresh()
        self.post_message(self.Highlighted(self, self.line))

    def _narrow(self) -> None:
        words = fold(self.typed).split()
        self._shown = [c for c in self.choices if all(word in fold(f"{c.word} {c.note}") for word in words)]
        self.highlighted = max(0, min(self.highlighted, len(self._shown) - 1))
        self._scroll()

    def _scroll(self) -> None:
        rows = self._rows
        self._top = max(self.highlighted - rows + 1, min(self._top, self.highlighted))
        self._top = max(0, min(self._top, len(self._shown) - rows))
