"""The line under a screen: how many rows there are, and the keys that matter here."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.dom import DOMNode
from textual.events import Mount

from screens.actions import bound, why_not
from screens.language import _
from screens.pace import is_slow
from screens.widgets.painted import Piece, PieceLine
from screens.words import Role


class _Hint(Struct, frozen=True):
    """A key with its word, and whose action it is."""

    id: str
    key: str
    word: str
    action: str
    node: DOMNode


class StatusLine(PieceLine):
    """A count at the left; at the right the keys of the screen's hinted bindings, as many as there is room for; the
    key to the help, which tells all others, goes last.

    Drawn by hand: the stock Footer costs 40 ms at the start and a widget a key. With `dims` those that are not possible
    now are dimmed and come last; the screen then says with `show` that another row has the cursor.
    """

    def __init__(self, hints: Sequence[str], *, dims: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.hints = hints
        """Ids of bindings, the most wanted first."""
        self.text = ""
        self.role = Role.PLAIN
        self._dims = dims
        self._keys: Sequence[_Hint] | None = None

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
        dimmed = [hint for hint in self._keys if self._dims and why_not(hint.node, hint.action)]
        ready = [hint for hint in self._keys if hint not in dimmed]
        keys = {hint.id: [(hint.key, Role.ACCENT), (f" {hint.word}", Role.MUTED)] for hint in ready}
        dim = [[(f"{hint.key} {hint.word}", Role.DIM)] for hint in dimmed]
        self.write(left, [*keys.values(), *dim], keys.get("app.help"))

    def _hinted(self) -> Sequence[_Hint]:
        """Each hinted binding that is in force, with the keys that the person gave it."""
        in_force = bound(self.screen)
        found = [(hint, in_force[hint]) for hint in self.hints if hint in in_force]
        return [
            _Hint(hint, self.app.get_key_display(b.binding), _(b.binding.description), b.binding.action, b.node)
            for hint, b in found
        ]

    def on_mount(self, event: Mount) -> None:
        self.call_after_refresh(self.show)
