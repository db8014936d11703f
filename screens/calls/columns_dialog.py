"""Which columns the journal has."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Key
from textual.widget import Widget

from backend_client.model.text import N_
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList

UNTITLED = {"marks": N_("Marks"), "direction": N_("Direction")}
"""Columns whose heading is blank, for their signs explain themselves."""


class ColumnsDialog(Dialog[tuple[str, ...]]):
    """Every column with a box; the answer is the checked ones in order. Without any, the width chooses, or
    what `otherwise` says."""

    DEFAULT_CSS = """
    ColumnsDialog > #box { width: 44; }
    """

    def __init__(self, columns: Sequence[tuple[str, str]], shown: Sequence[str], otherwise: str = "") -> None:
        super().__init__(_("Columns"))
        self._otherwise = otherwise or _("by the width")
        self._columns = columns
        self._shown = shown

    def body(self) -> list[Widget]:
        choices = [Choice(id, _(title) if title else _(UNTITLED[id])) for id, title in self._columns]
        return [ChoiceList(choices, self._shown, several=True, typing=False)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Space", _("check")), ("Enter", _("take")), ("Del", self._otherwise), ("Esc", _("cancel"))]

    def on_key(self, event: Key) -> None:
        """Delete gives the choice back to the width of the window."""
        if event.key == "delete":
            self.dismiss(())

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        """The columns stand in the order of the list, whatever the order of checking."""
        # Not `message.values`: Enter with no box touched would add the highlighted line.
        chosen = set(self.query_one(ChoiceList).checked)
        self.dismiss(tuple(id for id, _title in self._columns if id in chosen))
