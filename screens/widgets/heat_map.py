"""Hours against weekdays: each cell the darker the more it holds, with its number where there is room."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region
from textual.strip import Strip

from backend_client.model.text import N_
from screens.message import FieldMessage
from screens.widgets.chart_drawing import HeatData
from screens.widgets.painted import Painted, Piece, fit
from screens.words import Role

SHADES = " ░▒▓█"
"""From nothing to the most; they tell the levels apart without colour, too."""
_ROLES = (Role.MUTED, Role.MUTED, Role.PLAIN, Role.ACCENT, Role.TITLE)
_WIDEST, _HIGHEST = 8, 3
_LEGEND, _HOURS, _VALUES = 1, 1, 1
"""Lines over and under the cells."""


class HeatMap(Painted, can_focus=True):
    """Shows a `HeatData`; arrows move from cell to cell, Enter opens the calls behind it."""

    DEFAULT_CSS = """
    HeatMap { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1,0)", N_("Down"), id="heat.down", tooltip=N_("The next day"), show=False),
        Binding("up,k", "move(-1,0)", N_("Up"), id="heat.up", tooltip=N_("The day before"), show=False),
        Binding("right", "move(0,1)", N_("Right"), id="heat.right", tooltip=N_("The next hour"), show=False),
        Binding("left", "move(0,-1)", N_("Left"), id="heat.left", tooltip=N_("The hour before"), show=False),
        Binding("home", "move(0,-100)", N_("First"), id="heat.first", tooltip=N_("The first hour"), show=False),
        Binding("end", "move(0,100)", N_("Last"), id="heat.last", tooltip=N_("The last hour"), show=False),
        Binding("enter", "choose", N_("Calls"), id="heat.calls", tooltip=N_("Open the calls behind the cell")),
    ]  # fmt: skip

    class Chosen(FieldMessage):
        """The cell of this row and column was opened."""

        row: int
        column: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.data = HeatData()
        self.row = 0
        self.column = 9

    def show(self, data: HeatData) -> None:
        """Draw other data; the cursor stays where it is."""
        self.data = data
        self.action_move(0, 0)
        self.refresh()

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        before = self.row
        self.row = max(0, min(self.row + rows, len(self.data.rows) - 1))
        self.column = max(0, min(self.column + columns, len(self.data.columns) - 1))
        for row in {before, self.row}:
            self.refresh(Region(0, _LEGEND + _HOURS + row * self._height, self.size.width, self._height))
        self.refresh(Region(0, self.size.height - _VALUES, self.size.width, _VALUES))

    def action_choose(self) -> None:
        """Open the calls behind the cell."""
        if self.data.rows and self.data.columns:
            self.post_message(self.Chosen(self.row, self.column))

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a double click opens the cell."""
        row = (event.y - _LEGEND - _HOURS) // self._height
        column = (event.x - self._label) // self._width
        if 0 <= row < len(self.data.rows) and 0 <= column < len(self.data.columns):
            self.action_move(row - self.row, column - self.column)
            if event.chain > 1:
                self.action_choose()

    @property
    def _label(self) -> int:
        return max((cell_len(row) for row in self.data.rows), default=0) + 2

    @property
    def _width(self) -> int:
        return max(1, min(_WIDEST, (self.size.width - self._label) // max(1, len(self.data.columns))))

    @property
    def _height(self) -> int:
        room = self.size.height - _LEGEND - _HOURS - _VALUES
        return max(1, min(_HIGHEST, room // max(1, len(self.data.rows))))

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.data.rows or not self.data.columns:
            return self.strip([], width)
        if y < _LEGEND:
            return self.strip(self._legend(), width)
        if y < _LEGEND + _HOURS:
            return self.strip(self._heading(), width)
        if y == self.size.height - _VALUES:
            return self.strip(self._values(width), width)
        row, line = divmod(y - _LEGEND - _HOURS, self._height)
        return self.strip(self._row(row, line) if row < len(self.data.rows) else [], width)

    def _legend(self) -> list[Piece]:
        most = self.data.most
        if not most:
            return []
        pieces: list[Piece] = [(" ", Role.PLAIN)]
        for level in range(1, len(SHADES)):
            text = f" ≤ {most * level / 4:.0f}   " if most >= 8 else f" ≤ {most * level / 4:.2g}   "
            pieces += [(SHADES[level], _ROLES[level]), (text, Role.PLAIN)]
        return pieces

    def _heading(self) -> list[Piece]:
        pieces: list[Piece] = [(" " * self._label, Role.MUTED)]
        for column, title in enumerate(self.data.columns):
            text = title if cell_len(title) < self._width or self._width > 2 else title if column % 3 == 0 else ""
            pieces.append((fit(text, self._width), Role.ACCENT if column == self.column else Role.MUTED))
        return pieces

    def _row(self, row: int, line: int) -> list[Piece]:
        middle = line == (self._height - 1) // 2
        here = row == self.row
        label = ("►" if here else " ") + self.data.rows[row] if middle else ""
        pieces: list[Piece] = [(fit(label, self._label), Role.ACCENT if here else Role.PLAIN)]
        for column in range(len(self.data.columns)):
            level = self.data.level(row, column)
            pieces.append(self._cell(row, column, level, middle=middle, here=here and column == self.column))
        return pieces

    def _cell(self, row: int, column: int, level: int, *, middle: bool, here: bool) -> Piece:
        width, shade = self._width, SHADES[level]
        text = self._text(row, column) if middle and level else ""
        if here and middle:
            drawn = "►" + (text.rjust(width - 1) if text else shade * (width - 2) + "◄")
            return fit(drawn, width), Role.ACCENT
        if not level:
            return (" ·" if middle else "").ljust(width), Role.MUTED
        return text.rjust(width - 1, shade if not text else " ") + shade, _ROLES[level]

    def _text(self, row: int, column: int) -> str:
        """The number, or the nearest whole one, where there is room beside its shade."""
        texts = (self.data.texts[row][column], str(round(self.data.values[row][column] or 0)))
        return next((text for text in texts if cell_len(text) < self._width), "")

    def _values(self, width: int) -> list[Piece]:
        return [("► ", Role.ACCENT), (fit(self.data.notes[self.row][self.column], max(0, width - 3)), Role.PLAIN)]
