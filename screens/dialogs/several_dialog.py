"""Several out of a list."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from textual.widget import Widget

from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList


class SeveralDialog(Dialog[tuple[Hashable, ...]]):
    """Answers the values that are checked; typing narrows the list."""

    def __init__(self, title: str, choices: Sequence[Choice], checked: Collection[Hashable]) -> None:
        super().__init__(title)
        self._choices = choices
        self._checked = checked

    def body(self) -> list[Widget]:
        return [ChoiceList(self._choices, self._checked, several=True)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Space", _("check")), ("Enter", _("take")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(ChoiceList).focus()

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        self.dismiss(message.values)
