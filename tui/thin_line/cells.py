"""`Cells`: what the terminal is known to show, one character and one mark of a style a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import ne

from tui.thin_line.palette import UNKNOWN

_STRETCH = re.compile(rb"\x01++")


class Cells:
    """A row is two strings of the window's width: its characters and its marks, UNKNOWN where not known."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._texts = self._marks = [UNKNOWN * width] * height
        self.forget()

    def forget(self) -> None:
        """Nothing is known."""
        self._texts = [UNKNOWN * self.width] * self.height
        self._marks = [UNKNOWN * self.width] * self.height

    def forget_from(self, row: int, column: int) -> None:
        """A row is not known from this column on."""
        left = max(0, column)
        self._marks[row] = self._marks[row][:left] + UNKNOWN * (self.width - left)

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """The rows from top to bottom have moved up, or down where `by` is negative; what came in is not known."""
        for rows in (self._texts, self._marks):
            new = [UNKNOWN * self.width] * min(abs(by), bottom + 1 - top)
            stay = rows[top + max(by, 0) : bottom + 1 + min(by, 0)]
            rows[top : bottom + 1] = stay + new if by > 0 else new + stay

    def text(self, row: int, start: int, end: int) -> str:
        """The characters from one column to before another."""
        return self._texts[row][start:end]

    def marks(self, row: int, start: int, end: int) -> str:
        """The marks from one column to before another."""
        return self._marks[row][start:end]

    def put(
        self, row: int, column: int, text: str, marks: str, blanks: Mapping[int, int] | None = None
    ) -> list[tuple[int, int]]:
        """Set cells; the stretches that looked different, as columns from and to before. `blanks`: mark → the mark of
        what can be seen of that style on a blank."""
        end = column + len(text)
        old_text, old_marks = self._texts[row], self._marks[row]
        if old_text[column:end] == text and old_marks[column:end] == marks:
            return []
        self._texts[row] = old_text[:column] + text + old_text[end:]
        self._marks[row] = old_marks[:column] + marks + old_marks[end:]
        changed = _unlike(old_text[column:end], text)
        styled = _unlike(old_marks[column:end], marks)
        if styled and blanks:
            seen = _unlike(old_marks[column:end].translate(blanks), marks.translate(blanks))
            styled &= seen | _unlike(text, " " * len(text))
        stretches = _STRETCH.finditer((changed | styled).to_bytes(len(text), "big"))
        return [(column + stretch.start(), column + stretch.end()) for stretch in stretches]


def _unlike(one: str, other: str) -> int:
    """A byte for each place, the first one highest: 1 where the two differ."""
    return int.from_bytes(bytes(map(ne, one, other)), "big")
