"""A line of chips: what narrows the list, each removable by a key or a click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Focus
from textual.strip import Strip

from backend_client.model.text import N_
from screens.language import _
from screens.message import FieldMessage
from screens.widgets.painted import Painted, Piece, fit, shortened
from screens.words import Role

_WIDEST = 30
"""Cells of a chip's text; what is longer ends in "…"."""
_NARROWEST = 8
_HINTED = {"search": "filter.search", "filter": "filter.menu", "period": "filter.period"}
_FRAME = cell_len("[ ×] ")


class Chip(Struct, frozen=True):
    """One thing that narrows the list; `wrong` marks it as part of a contradiction."""

    name: str
    text: str
    wrong: bool = False


class ChipLine(Painted, can_focus=True):
    """Chips in one line; those that do not fit are counted ("+3"). With focus one of them is chosen."""

    DEFAULT_CSS = """
    ChipLine { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", N_("Chip to the left"), id="chips.left", tooltip=N_("Choose the chip before")),
        Binding("right", "step(1)", N_("Chip to the right"), id="chips.right", tooltip=N_("Choose the next chip")),
        Binding("backspace,delete", "remove", N_("Remove"), id="chips.remove", tooltip=N_("Take this condition away")),
        Binding("enter", "open", N_("Change"), id="chips.open", tooltip=N_("Change this condition")),
        Binding("escape,down", "leave", N_("To the list"), id="chips.leave", tooltip=N_("Go to the list")),
    ]

    class Removed(FieldMessage):
        """A chip is to go."""

        name: str

    class Opened(FieldMessage):
        """A chip's values are to be changed."""

        name: str

    class Left(FieldMessage):
        """The person has finished here."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.chips: Sequence[Chip] = ()
        self.hint = ""
        self._chosen = 0
        self._places: list[tuple[int, int, str]] = []
        """From, to (cells) and name of each chip on screen."""

    def show(self, chips: Sequence[Chip], hint: str = "") -> None:
        """Other chips, and what to say where there are none."""
        if (chips, hint) == (self.chips, self.hint):
            return
        self.chips, self.hint = chips, hint
        self._chosen = max(0, min(self._chosen, len(chips) - 1))
        self.refresh()

    @property
    def chosen(self) -> Chip | None:
        """The chip that the keys act on; None without focus."""
        return self.chips[self._chosen] if self.has_focus and self.chips else None

    def on_focus(self, event: Focus) -> None:
        self.refresh()

    def on_blur(self, event: Blur) -> None:
        self.refresh()

    def action_step(self, by: int) -> None:
        """Choose another chip."""
        self._chosen = max(0, min(self._chosen + by, len(self.chips) - 1))
        self.refresh()

    def action_remove(self) -> None:
        """Ask for the chosen chip's removal."""
        if chip := self.chosen:
            self.post_message(self.Removed(chip.name))
        else:
            self.post_message(self.Left())

    def action_open(self) -> None:
        """Ask for the chosen chip's values."""
        if chip := self.chosen:
            self.post_message(self.Opened(chip.name))

    def action_leave(self) -> None:
        """Go back to where the person came from."""
        self.post_message(self.Left())

    def on_click(self, event: Click) -> None:
        for start, end, name in self._places:
            if start <= event.x < end:
                self.post_message(self.Removed(name) if event.x >= end - 2 else self.Opened(name))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.chips:
            return self.strip([(fit(self.hint, width), Role.MUTED)], width)
        first, shown = self._fitting(width)
        pieces: list[Piece] = []
        self._places.clear()
        place = 0
        if first:
            pieces.append((f"+{first} ", Role.MUTED))
            place += cell_len(pieces[0][0])
        for number, text in enumerate(shown, first):
            chip = self.chips[number]
            marked = chip is self.chosen
            label = f"{'►' if marked else '['}{text} ×]"
            role = Role.BAD if chip.wrong else Role.ACCENT if marked else Role.PLAIN
            pieces += [(label, role), (" ", Role.PLAIN)]
            self._places.append((place, place + cell_len(label), chip.name))
            place += cell_len(label) + 1
        if more := len(self.chips) - first - len(shown):
            pieces.append((f"+{more}", Role.MUTED))
        return self.strip(pieces, width)

    def _fitting(self, width: int) -> tuple[int, list[str]]:
        """The first chip on screen and the texts of those that fit, the chosen one among them."""
        chosen = self._chosen if self.has_focus else 0
        for first in range(len(self.chips)):
            room = width - (cell_len(f"+{first} ") if first else 0)
            shown: list[str] = []
            for number in range(first, len(self.chips)):
                text = shortened(self.chips[number].text, _WIDEST)
                rest = len(self.chips) - number - 1
                left = room - _FRAME - (cell_len(f"+{rest}") if rest else -1)
                if cell_len(text) > left:
                    if left >= _NARROWEST and (not shown or number == chosen):
                        shown.append(shortened(text, left))
                    break
                shown.append(text)
                room -= cell_len(text) + _FRAME
            if chosen < first + len(shown):
                return first, shown
        return len(self.chips) - 1, [shortened(self.chips[-1].text, max(1, width - _FRAME - 4))]


def chip_hint(keys: Mapping[str, str]) -> str:
    """What stands where nothing narrows the list, with the keys that the person has for it, by id."""
    told = _("{search} search   {filter} filter   {period} period")
    return told.format(**{name: keys.get(id, "") for name, id in _HINTED.items()})
