"""Which blocks the dashboard has, and in what order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widget import Widget

from backend_client.model.text import N_
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList


class BlocksDialog(Dialog[tuple[str, ...]]):
    """Every block with a box, those shown first; the answer is the checked ones in the order of the list. Empty:
    given up, all are shown in their own order."""

    DEFAULT_CSS = """
    BlocksDialog > #box { width: 68; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up,minus", "shift(-1)", N_("Move up"), id="blocks.up", tooltip=N_("One place further up")),
        Binding("shift+down,plus", "shift(1)", N_("Move down"), id="blocks.down", tooltip=N_("One place further down")),
    ]

    def __init__(self, blocks: Sequence[tuple[str, str]], shown: Sequence[str]) -> None:
        super().__init__(_("Blocks of the dashboard"))
        known = dict(blocks)
        order = [*(id for id in shown if id in known), *(id for id in known if id not in shown)]
        self._choices = [Choice(id, known[id]) for id in order]
        self._shown = shown

    def body(self) -> list[Widget]:
        return [ChoiceList(self._choices, self._shown, several=True, typing=False)]

    def hints(self) -> list[tuple[str, str]]:
        return [
            ("Space", _("check")), ("+ -", _("move")), ("Enter", _("take")), ("Del", _("all")), ("Esc", _("cancel")),
        ]  # fmt: skip

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(ChoiceList).focus()

    def on_key(self, event: Key) -> None:
        """Delete gives up the own choice."""
        if event.key == "delete":
            self.dismiss(())

    def action_shift(self, by: int) -> None:
        """Move the highlighted block past its neighbour."""
        lines = self.query_one(ChoiceList)
        at, goal = lines.highlighted, lines.highlighted + by
        if 0 <= goal < len(self._choices):
            self._choices[at], self._choices[goal] = self._choices[goal], self._choices[at]
            lines.supply(list(self._choices))

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        # Not `message.values`: Enter with no box touched would add the highlighted line.
        chosen = set(self.query_one(ChoiceList).checked)
        if not chosen:
            self.notify(_("Check at least one block; Del takes all of them."), severity="warning", markup=False)
            return
        self.dismiss(tuple(str(choice.value) for choice in self._choices if choice.value in chosen))
