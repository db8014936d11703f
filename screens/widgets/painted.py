"""A widget that draws its lines itself, from pieces of text with colour roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from screens.words import Role

Piece = tuple[str, Role]
"""A text and its colour. Text is drawn as it is: nothing in it is markup."""
Pieces = Sequence[Piece]


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly so many cells; "…" stands where something was cut off."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    padding = " " * (width - length)
    return padding + text if right else text + padding


def shortened(text: str, width: int) -> str:
    """The text in at most so many cells."""
    return fit(text, min(width, cell_len(text)))


def width_of(pieces: Pieces) -> int:
    """How many cells the pieces take."""
    return sum(cell_len(text) for text, _role in pieces)


class Painted(Widget):
    """Base of the line-API widgets: colour roles as styles, pieces as strips."""

    DEFAULT_CSS = """
    Painted { background: $background; color: $foreground; }
    Painted > .painted--good { color: $text-success; }
    Painted > .painted--bad { color: $text-error; }
    Painted > .painted--warning { color: $text-warning; }
    Painted > .painted--accent { color: $text-accent; }
    Painted > .painted--muted { color: $text-muted; }
    Painted > .painted--dim { color: $text-muted; text-style: dim; }
    Painted > .painted--title { color: $text-primary; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"painted--{role}" for role in Role if role}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_of: dict[Role, Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of.clear()

    def style_of(self, role: Role) -> Style:
        """The style of a role on this widget's background; kept, for Textual forgets it at each refresh."""
        style = self._styles_of.get(role)
        if style is None:
            style = self.get_component_rich_style(f"painted--{role}") if role else self.rich_style
            self._styles_of[role] = style
        return style

    def strip(self, pieces: Pieces, width: int) -> Strip:
        """Pieces as one line of exactly the width; neighbours of one colour become one segment."""
        segments: list[Segment] = []
        text, current, used = "", Role.PLAIN, 0
        for piece, role in pieces:
            if role is not current and piece.strip():
                if text:
                    segments.append(Segment(text, self.style_of(current)))
                text, current = "", role
            text += piece
            used += cell_len(piece)
        segments.append(Segment(text + " " * max(0, width - used), self.style_of(current)))
        return Strip(segments).adjust_cell_length(width, self.style_of(Role.PLAIN))


class PieceLine(Painted):
    """One line: pieces at the left, and at the right as many whole groups of pieces as there is room for."""

    DEFAULT_CSS = """
    PieceLine { height: 1; background: $panel; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Pieces = ()
        self._right: Sequence[Pieces] = ()

    def write(self, left: Pieces, right: Sequence[Pieces] = ()) -> None:
        """Show other pieces; nothing is drawn where they are the same."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        left = [(" ", Role.PLAIN), *self._left]
        room = width - width_of(left) - 1
        shown: list[Piece] = []
        for group in self._right:
            if width_of(group) + 2 > room:
                break
            shown.extend([("  ", Role.PLAIN), *group])
            room -= width_of(group) + 2
        gap = max(0, width - width_of(left) - width_of(shown) - 1)
        return self.strip([*left, (" " * gap, Role.PLAIN), *shown], width)
