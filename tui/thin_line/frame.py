"""`Frame`: an update of the screen as Textual's strips, before sequences are made of them that would be read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from rich.style import Style
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.strip import Strip

_BLACK = Color(0, 0, 0)
Run = tuple[int, int, Sequence[Strip]]
"""Row and column, and the strips that are written there, one after the other."""


class Look(NamedTuple):
    """How the styles of strips become sequences: what these may say of colours, and what makes true colours of the
    terminal's own before that, on a background, where the strips have not been through it."""

    colours: ColorSystem
    recolour: ANSIToTruecolor | None = None
    background: Color = _BLACK

    def sequence(self, style: Style) -> str:
        """The parameters of a style's sequence; blank for none."""
        if self.recolour is not None:
            style = self.recolour.truecolor_style(style, self.background.rich_color)
        return Strip.render_ansi(style, self.colours)

    def text(self, strip: Strip, console: Console) -> str:
        """The sequences of a strip."""
        return (strip if self.recolour is None else strip.apply_filter(self.recolour, self.background)).render(console)


class Frame(NamedTuple):
    """An update, where the cursor is to be left, column and row, and whether it stands between the marks of an
    update that is shown at once."""

    update: ChopsUpdate | LayoutUpdate
    cursor: tuple[int, int]
    at_once: bool
    console: Console
    look: Look

    @classmethod
    def of(
        cls,
        update: object,
        cursor: tuple[int, int],
        console: Console,
        *,
        at_once: bool,
        recolour: ANSIToTruecolor | None = None,
        background: Color = _BLACK,
    ) -> Frame | None:
        """None for an update of a kind that is only known as sequences."""
        if not isinstance(update, ChopsUpdate | LayoutUpdate):
            return None
        look = Look(console._color_system or ColorSystem.TRUECOLOR, recolour, background)
        return cls(update, cursor, at_once, console, look)

    @property
    def text(self) -> str:
        """The sequences that Textual would write."""
        start, end = (SYNC_START, SYNC_END) if self.at_once else ("", "")
        drawn = "".join(map(self.text_of, self.runs()))
        return f"{start}{drawn}{Control.move_to(*self.cursor).segment.text}{end}"

    def runs(self) -> Iterator[Run]:
        """What the sequences say, in their order."""
        if isinstance(self.update, LayoutUpdate):
            left, top = self.update.region.offset
            for row, strips in enumerate(self.update.strips, top):
                yield row, left, list(strips)
        else:
            yield from self._changed(self.update)

    def text_of(self, run: Run) -> str:
        """The sequences of one run."""
        row, column, strips = run
        return f"\x1b[{row + 1};{column + 1}H{''.join(self.look.text(strip, self.console) for strip in strips)}"

    def _changed(self, update: ChopsUpdate) -> Iterator[Run]:
        for row, start, end in update.spans:
            for edge, (column, strip) in zip(update.chop_ends[row], update.chops[row].items(), strict=False):
                if strip is None or column > end or edge <= start:
                    continue
                is_inside = end > column >= start and edge <= end
                yield row, column, (strip if is_inside else strip.crop(0, min(edge, end) - column),)
