"""`LineFilter`: turns what a program writes into the least that makes the terminal show the same.

A model of the shown cells is kept: one character and one style a cell. Text that is there already is not
written, only the changing part of a style is, and the cursor takes the shortest way. What cannot be judged
passes untouched, and what it may have changed is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tui.thin_line.style import PLAIN, Style, after, change
from tui.thin_line.vocabulary import Piece, pieces

UNKNOWN = "\0"
"""A cell whose content is not known."""
_SHORT_GAP = 4
"""Moving over a gap costs about four bytes ("\\x1b[5C"): a shorter one of one style is written again."""
_FORGETTING_MODES = {"1049", "1047", "47", "3", "5", "6"}
"""Private modes that clear or redraw the screen, or move its origin."""
_SURE = re.compile(
    "[\\u0020-\\u007e\\u00a0-\\u00ac\\u00ae-\\u02ff\\u0370-\\u0482\\u048a-\\u0556\\u2010-\\u2027\\u2030-\\u205e"
    "\\u20a0-\\u20bf\\u2116\\u2190-\\u2193\\u2500-\\u259f\\u25a0-\\u25fc\\u2800-\\u28ff]+"
)
"""Characters that take one cell in every terminal; others are written through."""


class LineFilter:
    """Feed it what would be written, write what it returns."""

    def __init__(self, is_sure: Callable[[str], object] = _SURE.fullmatch) -> None:
        self._is_sure = is_sure
        self._styles: dict[Style, str] = {}
        self._texts: dict[int, str] = {}
        self._marks: dict[int, str] = {}
        self._row = self._column = 0
        self._style: Style | None = PLAIN
        self._terminal_at: tuple[int, int] | None = None
        self._terminal_style: Style | None = None
        self._width: int | None = None
        self._opening = ""
        self._out: list[str] = []

    def resize(self, width: int) -> None:
        """The window has a new size: terminals rewrap and clip in their own ways, so nothing is known."""
        self._width = width
        self.forget()

    def forget(self) -> None:
        """Nothing that the terminal shows is known any more; what comes next is written whole."""
        self._texts.clear()
        self._marks.clear()
        self._terminal_at = None
        self._terminal_style = None

    def feed(self, data: str) -> str:
        """What has to be written so that the terminal shows what `data` says."""
        for piece in pieces(data):
            self._take(piece)
        written = "".join(self._out)
        self._out.clear()
        return written

    def _take(self, piece: Piece) -> None:
        match piece.kind:
            case "text":
                self._text(piece.value)
            case "m":
                self._style = None if self._style is None else after(self._style, piece.value)
                if self._style is None:
                    self._pass_style(piece)
            case "H":
                row, _, column = piece.value.partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            case "newline":
                self._row, self._column = self._row + 1, 0
            case "mark":
                self._mark(piece)
            case "unseen":
                self._unseen(piece)
            case _:
                self._pass(piece.raw)

    def _mark(self, piece: Piece) -> None:
        """A pair of synchronised-output marks around nothing is not written."""
        if piece.value.endswith("h"):
            self._opening = piece.raw
        elif self._opening:
            self._opening = ""
        else:
            self._out.append(piece.raw)

    def _unseen(self, piece: Piece) -> None:
        self._write(piece.raw)
        if piece.raw.startswith("\x1b[?") and piece.raw[-1] in "hl":
            modes = piece.raw[3:-1].split(";")
            if "25" in modes and piece.raw[-1] == "h":
                self._place()
            if not _FORGETTING_MODES.isdisjoint(modes):
                self.forget()

    def _pass(self, raw: str) -> None:
        """Something that this model does not know: what it needs is in place, what it does is not known."""
        self._place()
        if self._style is not None:
            self._write(change(self._terminal_style, self._style))
        self._write(raw)
        self.forget()
        self._style = None if self._style is None else PLAIN

    def _pass_style(self, piece: Piece) -> None:
        self._write(piece.raw)
        self._terminal_style = None

    def _place(self) -> None:
        if self._terminal_at != (self._row, self._column):
            self._write(_move(self._terminal_at, (self._row, self._column)))
            self._terminal_at = (self._row, self._column)

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._opening:
            self._out.append(self._opening)
            # From here on the closing mark has to be written too.
            self._opening = ""
        self._out.append(text)

    def _text(self, text: str) -> None:
        raise NotImplementedError(text)


def _move(old: tuple[int, int] | None, new: tuple[int, int]) -> str:
    raise NotImplementedError(old, new)
