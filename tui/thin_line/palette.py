"""`Palette`: styles as single characters, so that the styles of a row are a string beside its text."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from rich.style import Style as RichStyle

from tui.thin_line import lanes
from tui.thin_line.colours import reduced
from tui.thin_line.frame import Look
from tui.thin_line.style import PLAIN, Style, after, change, on_blank

UNKNOWN = "\0"
"""The mark of a style, and so of a cell, that is not known."""
_MOST_STYLES = 4096
_LAST_MARK = 0x7FFF
"""Beyond it styles are not told apart, until a new palette begins."""
_MOST_CHANGES = 32768
_MOST_ROWS = 128


class Worn(NamedTuple):
    """What follows from the marks of a row; the rows of a table have few of them between them."""

    marks: bytes
    """As lanes."""
    seen: bytes
    """The same of what can be seen of them on blanks."""
    turns: bytes
    """A byte for each cell, by turns 0 and 1: another one where another style begins."""


class Palette:
    """Gives each style a mark, and remembers what leads from one mark to another. `few_colours`: of true colours the
    nearest of 256 are taken."""

    def __init__(self, *, few_colours: bool = False) -> None:
        self.few_colours = few_colours
        self._styles: dict[str, Style | None] = {UNKNOWN: None}
        self._marks: dict[Style | None, str] = {None: UNKNOWN}
        self._after: dict[tuple[str, str], str] = {}
        self._changes: dict[tuple[str, str], str] = {}
        self._blanks: dict[int, int] = {}
        """Mark → the mark of what can be seen of that style on a blank."""
        self._rows: dict[str, Worn] = {}
        self.plain = self.mark(PLAIN)
        self._look: Look | None = None
        self._worn: dict[RichStyle | None, str] = {None: self.plain}

    @property
    def is_full(self) -> bool:
        """Whether it has grown beyond what a screen needs and should be begun anew; marks are then void."""
        return (
            len(self._styles) > _MOST_STYLES
            or max(len(self._changes) + len(self._after), len(self._worn)) > _MOST_CHANGES
        )

    def mark(self, style: Style | None) -> str:
        """The mark of a style, a new one for a new style."""
        mark = self._marks.get(style)
        if mark is None:
            if len(self._styles) > _LAST_MARK:
                return UNKNOWN
            mark = self._marks[style] = chr(len(self._styles))
            self._styles[mark] = style
            if style is not None:
                self._blanks[ord(mark)] = ord(self.mark(on_blank(style)))
        return mark

    def are_alike_on_blank(self, one: str, other: str) -> bool:
        """Whether a blank looks the same in two styles, which may be unknown."""
        return one != UNKNOWN and self._blanks[ord(one)] == self._blanks.get(ord(other))

    def style(self, mark: str) -> Style | None:
        """The style of a mark; None for UNKNOWN."""
        return self._styles[mark]

    def after(self, mark: str, parameters: str) -> str:
        """The mark after an SGR sequence with these parameters."""
        found = self._after.get((mark, parameters))
        if found is None:
            style = after(self._styles[mark], parameters)
            if style is not None and self.few_colours:
                style = reduced(style)
            found = self._after[mark, parameters] = self.mark(style)
        return found

    def look_as(self, look: Look) -> None:
        """How styles of Textual's become sequences from here on."""
        if look != self._look:
            self._look = look
            self._worn = {None: self.plain}

    def worn(self, style: RichStyle | None) -> str:
        """The mark of a style of Textual's; UNKNOWN for one that is more than its sequence."""
        mark = self._worn.get(style)
        if mark is None:
            assert style is not None
            assert self._look is not None
            parameters = self._look.sequence(style)
            mark = self._worn[style] = UNKNOWN if style.link else self.after(self.plain, parameters or "0")
        return mark

    def worn_by(self, marks: str) -> Worn:
        """What follows from the marks of a row."""
        found = self._rows.get(marks)
        if found is None:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            seen = lanes.lanes_of(marks.translate(self._blanks))
            found = self._rows[marks] = Worn(lanes.lanes_of(marks), seen, _turns(marks))
        return found

    def change(self, old: str, new: str) -> str:
        """The shortest sequence from one mark to another, which must be known."""
        found = self._changes.get((old, new))
        if found is None:
            style = self._styles[new]
            assert style is not None
            found = self._changes[old, new] = change(self._styles[old], style)
        return found


def _turns(marks: str) -> bytes:
    return b"".join(bytes([at % 2]) * len(list(run)) for at, (_, run) in enumerate(groupby(marks)))
