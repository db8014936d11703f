"""One out of a list."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual.widget import Widget

from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList


class ChoiceDialog(Dialog[Hashable]):
    """Answers the value of the line that is taken; typing narrows the list."""

    def __init__(self, title: str, choices: Sequence[Choice], current: Hashable) -> None:
        super().__init__(title)
        self._choices = choices
        self._current = current

    def body(self) -> list[Widget]:
        return [ChoiceList(self._choices)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("take")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        super().on_mount()
        choices = self.query_one(ChoiceList)
        choices.focus()
        choices.go_to(self._current)

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        if message.line is not None:
            self.dismiss(message.line.value)
