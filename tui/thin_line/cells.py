"""`Cells`: what the terminal is known to show, one character and one mark of a style a cell."""

from __future__ import annotations

from tui.thin_line.palette import UNKNOWN


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

    def text(self, row: int, start: int, end: int) -> str:
        """The characters from one column to before another."""
        return self._texts[row][start:end]

    def marks(self, row: int, start: int, end: int) -> str:
        """The marks from one column to before another."""
        return self._marks[row][start:end]

    def put(self, row: int, column: int, text: str, marks: str) -> list[tuple[int, int]]:
        """Set cells; the stretches that were different, as columns from and to before."""
        end = column + len(text)
        old_text, old_marks = self._texts[row], self._marks[row]
        if old_text[column:end] == text and old_marks[column:end] == marks:
            return []
        self._texts[row] = old_text[:column] + text + old_text[end:]
        self._marks[row] = old_marks[:column] + marks + old_marks[end:]
        changed, start = [], -1
        pairs = zip(old_text[column:end], text, old_marks[column:end], marks, strict=True)
        for at, (old, new, old_mark, new_mark) in enumerate(pairs, column):
            if old != new or old_mark != new_mark:
                if start < 0:
                    start = at
            elif start >= 0:
                changed.append((start, at))
                start = -1
        if start >= 0:
            changed.append((start, end))
        return changed
