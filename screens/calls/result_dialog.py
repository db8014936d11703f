"""The outcome of a call: one key out of the centre's own list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Static

from backend_client.model.directory import CallResult
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList

NONE = 0
"""Answered for "no result"."""


class ResultDialog(Dialog[int]):
    """Answers the id of an outcome, or NONE; a digit takes the outcome of that place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,0", "clear", N_("No result"), id="result.clear", tooltip=N_("Take the result back")),
    ]

    def __init__(self, results: Sequence[CallResult], current: str) -> None:
        super().__init__(_("Call result"))
        self._results = [result for result in results if result.active]
        self._current = next((result.id for result in self._results if result.name == current), None)

    def body(self) -> list[Widget]:
        if not self._results:
            text = _("No call results are entered yet. Somebody who keeps the directories enters them there.")
            return [Static(text, markup=False)]
        lines = [
            Choice(result.id, f"{place if place < 10 else ' '}  {clean(result.name)}")
            for place, result in enumerate(self._results, 1)
        ]
        return [ChoiceList(lines, typing=False)]

    def hints(self) -> list[tuple[str, str]]:
        if not self._results:
            return [("Esc", _("back"))]
        return [("1–9", _("take")), ("Enter", _("take")), ("Del", _("no result")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        if self._results:
            choices = self.query_one(ChoiceList)
            choices.focus()
            choices.go_to(self._current)

    def on_key(self, event: Key) -> None:
        place = int(event.key) if event.key.isdigit() and len(event.key) == 1 else 0
        if 0 < place <= len(self._results):
            event.stop()
            self.dismiss(self._results[place - 1].id)

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        event.stop()
        if event.line is not None and isinstance(event.line.value, int):
            self.dismiss(event.line.value)

    def action_clear(self) -> None:
        """The call has no outcome."""
        self.dismiss(NONE)
