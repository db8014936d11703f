"""`Frame`: an update of the screen as Textual's strips, before sequences are made of them that would be read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

Run = tuple[int, int, Sequence[Strip]]
"""Row and column, and the strips that are written there, one after the other."""


@dataclass(frozen=True)
class Frame:
    """An update, where the cursor is to be left, column and row, and whether it stands between the marks of an
    update that is shown at once."""

    update: ChopsUpdate | LayoutUpdate
    cursor: tuple[int, int]
    at_once: bool
    console: Console

    @classmethod
    def of(cls, update: object, cursor: tuple[int, int], console: Console, *, at_once: bool) -> Frame | None:
        """None for an update of a kind that is only known as sequences."""
        return cls(update, cursor, at_once, console) if isinstance(update, ChopsUpdate | LayoutUpdate) else None

    @property
    def colours(self) -> ColorSystem:
        """What the sequences may say of colours."""
        return self.console._color_system or ColorSystem.TRUECOLOR

    @property
    def text(self) -> str:
        """The sequences that Textual would write."""
        start, end = (SYNC_START, SYNC_END) if self.at_once else ("", "")
        update: CompositorUpdate = self.update
        return f"{start}{update.render_segments(self.console)}{Control.move_to(*self.cursor).segment.text}{end}"

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
        return f"\x1b[{row + 1};{column + 1}H{''.join(strip.render(self.console) for strip in strips)}"

    def _changed(self, update: ChopsUpdate) -> Iterator[Run]:
        for row, start, end in update.spans:
            for edge, (column, strip) in zip(update.chop_ends[row], update.chops[row].items(), strict=False):
                if strip is None or column > end or edge <= start:
                    continue
                is_inside = end > column >= start and edge <= end
                yield row, column, (strip if is_inside else strip.crop(0, min(edge, end) - column),)
