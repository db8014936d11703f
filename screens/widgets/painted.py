"""A widget that draws its lines itself, from pieces of text with colour roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from screens.words import Role

Piece = tuple[str, Role]
"""A text and its colour. Text is drawn as it is: nothing in it is markup."""
Pieces = Sequence[Piece]

_COLOURS: dict[Role, str] = {
    Role.GOOD: "text-success",
    Role.BAD: "text-error",
    Role.WARNING: "text-warning",
    Role.ACCENT: "text-accent",
    Role.MUTED: "text-muted",
    Role.DIM: "text-muted",
    Role.TITLE: "text-primary",
}
"""Of a role: the theme's variable. Component classes would say the same, but Textual makes a node for each one of each
widget and looks for its rules, twice at the start: 10 ms."""


def wrap(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most `width` cells; it keeps its own line breaks."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if cell_len(longer) <= width:
                line = longer
                continue
            if line:
                yield line
            *whole, line = chop_cells(word, width) or [""]
            yield from whole
        yield line


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


def cut(pieces: Pieces, width: int) -> list[Piece]:
    """As much of the pieces as so many cells hold; "…" stands where the rest was cut off."""
    kept: list[Piece] = []
    for text, role in pieces:
        kept.append((shortened(text, width), role))
        width -= cell_len(text)
        if width < 0:
            break
    return kept


class Painted(Widget):
    """Base of the line-API widgets: colour roles as styles, pieces as strips."""

    DEFAULT_CSS = """
    Painted { background: $background; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_of: dict[Role, Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of.clear()

    def style_of(self, role: Role) -> Style:
        """The style of a role on this widget's background; kept, for Textual works it out at each question."""
        style = self._styles_of.get(role)
        if style is None:
            style = self._styles_of[role] = self.rich_style + self._role_style(role)
        return style

    def _role_style(self, role: Role) -> Style:
        if role not in _COLOURS:
            return Style.null()
        said = self.app.theme_variables[_COLOURS[role]]
        if said.startswith("auto"):
            # A theme that leaves it to the background: "auto 60%".
            background = self.background_colors[1]
            colour = background.blend(background.get_contrast_text(1.0), float(said[4:].strip(" %") or 100) / 100)
        else:
            colour = Color.parse(said)
        return Style(color=colour.rich_color, bold=role is Role.TITLE or None, dim=role is Role.DIM or None)

    def strip(self, pieces: Pieces, width: int) -> Strip:
        """Pieces as one line of exactly the width; neighbours of one colour, and blanks, become one segment."""
        segments: list[Segment] = []
        text, current, used = "", Role.PLAIN, 0
        for piece, role in pieces:
            if role is not current and piece.strip():
                if text.strip():
                    segments.append(Segment(text, self.style_of(current)))
                    text = ""
                current = role
            text += piece
            used += cell_len(piece)
        segments.append(Segment(text + " " * max(0, width - used), self.style_of(current)))
        # Told its length, a strip need not count it.
        return Strip(segments, max(width, used)).adjust_cell_length(width, self.style_of(Role.PLAIN))


class PieceLine(Painted):
    """One line: pieces at the left, and at the right as many whole groups of pieces as there is room for."""

    DEFAULT_CSS = """
    PieceLine { height: 1; background: $panel; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Pieces = ()
        self._right: Sequence[Pieces] = ()
        self._kept: Pieces | None = None

    def write(self, left: Pieces, right: Sequence[Pieces] = (), kept: Pieces | None = None) -> None:
        """Show other pieces; nothing is drawn where they are the same. `kept` is the group that goes last."""
        if (left, right, kept) != (self._left, self._right, self._kept):
            self._left, self._right, self._kept = left, right, kept
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        left = cut([(" ", Role.PLAIN), *self._left], width)
        shown: list[Piece] = []
        for group in self._fitting(width - width_of(left) - 1):
            shown.extend([("  ", Role.PLAIN), *group])
        gap = max(0, width - width_of(left) - width_of(shown) - 1)
        return self.strip([*left, (" " * gap, Role.PLAIN), *shown], width)

    def _fitting(self, room: int) -> list[Pieces]:
        """The groups without those at the right end that have no room."""
        groups = list(self._right)
        while groups and sum(width_of(group) + 2 for group in groups) > room:
            others = [group for group in groups if group != self._kept]
            groups.remove((others or groups)[-1])
        return groups
