"""The line under a screen: how many rows there are, and the keys that matter here."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.events import Mount

from screens.language import _
from screens.pace import is_slow
from screens.widgets.painted import Piece, PieceLine, Pieces
from screens.words import Role


class StatusLine(PieceLine):
    """A count at the left; at the right the keys of the screen's hinted bindings, as many as there is room for.

    Drawn by hand: the stock Footer costs 40 ms at the start and a widget a key.
    """

    def __init__(self, hints: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.hints = hints
        """Ids of bindings, the most wanted first."""
        self.text = ""
        self.role = Role.PLAIN
        self._keys: Sequence[Pieces] | None = None

    def say(self, text: str, role: Role = Role.PLAIN) -> None:
        """Another text at the left."""
        self.text, self.role = text, role
        self.show()

    def forget_keys(self) -> None:
        """Keys or language changed: read the hints again."""
        self._keys = None
        self.show()

    def show(self) -> None:
        """Draw what the fields say."""
        if self._keys is None:
            self._keys = self._hinted()
        left: list[Piece] = [(self.text, self.role)]
        if is_slow(self):
            left.append(("  " + _("slow line"), Role.MUTED))
        self.write(left, self._keys)

    def _hinted(self) -> Sequence[Pieces]:
        """Key and word of each hinted binding that is in force, with the keys that the person gave it."""
        bound: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            # The first key of a binding is the one to remember.
            bound.setdefault(active.binding.id or "", active.binding)
        return [
            [(self.app.get_key_display(bound[hint]), Role.ACCENT), (f" {_(bound[hint].description)}", Role.MUTED)]
            for hint in self.hints
            if hint in bound
        ]

    def on_mount(self, event: Mount) -> None:
        self.call_after_refresh(self.show)
