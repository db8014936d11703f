"""A report as a table: headings in two lines, rows, totals under a rule; the cursor stands on a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.strip import Strip

from backend_client.model.text import N_
from screens.message import FieldMessage
from screens.widgets.painted import Painted, Piece, fit, width_of
from screens.words import Role

LABEL_SHARE = 3
"""The labels take at most a third of the width."""


@dataclass(frozen=True)
class GridRow:
    """A row's label and the texts of its cells; `total` rows stand under a rule and never scroll away."""

    label: str
    cells: Sequence[str]
    total: bool = False
    role: Role = Role.PLAIN


@dataclass(frozen=True)
class GridData:
    """What the grid draws. `groups` are headings over neighbouring columns of the same text."""

    titles: Sequence[str] = ()
    groups: Sequence[str] = ()
    rows: Sequence[GridRow] = ()
    note: str = ""
    """Stands where no rows are."""
    sorted_by: int | None = None
    """Index of the column that the rows are sorted by; −1 is the label."""
    descending: bool = True
    texts: frozenset[int] = frozenset()
    """Columns that hold text, which begins at the left."""


class ReportGrid(Painted, can_focus=True):
    """Draws a `GridData`; arrows move the cursor from cell to cell, Enter opens the calls behind it."""

    DEFAULT_CSS = """
    ReportGrid { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1,0)", N_("Down"), id="grid.down", tooltip=N_("Next row"), show=False),
        Binding("up,k", "move(-1,0)", N_("Up"), id="grid.up", tooltip=N_("Previous row"), show=False),
        Binding("right", "move(0,1)", N_("Right"), id="grid.right", tooltip=N_("Next column"), show=False),
        Binding("left", "move(0,-1)", N_("Left"), id="grid.left", tooltip=N_("Previous column"), show=False),
        Binding("pagedown,space", "page(1)", N_("Page down"), id="grid.page-down", tooltip=N_("One page further"),
                show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="grid.page-up", tooltip=N_("One page back"), show=False),
        Binding("home", "move(-1000000,0)", N_("Top"), id="grid.top", tooltip=N_("First row"), show=False),
        Binding("end", "move(1000000,0)", N_("Bottom"), id="grid.bottom", tooltip=N_("Last row"), show=False),
        Binding("enter", "choose", N_("Calls"), id="grid.calls", tooltip=N_("Open the calls behind the cell")),
    ]  # fmt: skip

    class Chosen(FieldMessage):
        """The cell of this row and column was opened."""

        row: int
        column: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.data = GridData()
        self.row = 0
        self.column = 0
        self._top = 0
        self._left = 0
        self._widths: list[int] = []

    def show(self, data: GridData) -> None:
        """Draw other data; the cursor stays on its row's label and its column where they are still there."""
        label = self.data.rows[self.row].label if self.row < len(self.data.rows) else None
        same = next((i for i, row in enumerate(data.rows) if row.label == label), None)
        self.data = data
        self.row = min(self.row, max(0, len(data.rows) - 1)) if same is None else same
        self.column = min(self.column, max(0, len(data.titles) - 1))
        self._widths = [
            max(cell_len(title), *(cell_len(row.cells[i]) for row in data.rows), 4) if data.rows else cell_len(title)
            for i, title in enumerate(data.titles)
        ]
        self._scroll()
        self.refresh()

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        self.row = max(0, min(self.row + rows, len(self.data.rows) - 1))
        self.column = max(0, min(self.column + columns, len(self.data.titles) - 1))
        self._scroll()
        self.refresh()

    def action_page(self, by: int) -> None:
        """One page on or back."""
        self.action_move(by * max(1, self._room - 1), 0)

    def action_choose(self) -> None:
        """Open the calls behind the cell."""
        if self.data.rows:
            self.post_message(self.Chosen(self.row, self.column))

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a double click opens the cell."""
        line = event.y - self._head
        scrolling = [i for i, row in enumerate(self.data.rows) if not row.total]
        totals = [i for i, row in enumerate(self.data.rows) if row.total]
        if 0 <= line < min(self._room, len(scrolling) - self._top):
            self.row = scrolling[self._top + line]
        elif totals and line > self._room:
            self.row = totals[min(line - self._room - 1, len(totals) - 1)]
        else:
            return
        place = self._label_width + 1
        for column in self._shown:
            if place <= event.x < place + self._widths[column] + 2:
                self.column = column
            place += self._widths[column] + 2
        self.refresh()
        if event.chain > 1:
            self.action_choose()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.action_move(3, 0)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.action_move(-3, 0)

    def on_resize(self) -> None:
        self._scroll()

    @property
    def _head(self) -> int:
        return 2 if any(self.data.groups) else 1

    @property
    def _totals(self) -> list[int]:
        return [i for i, row in enumerate(self.data.rows) if row.total]

    @property
    def _room(self) -> int:
        """Lines for rows that scroll."""
        totals = len(self._totals)
        return max(1, self.size.height - self._head - (totals + 1 if totals else 0))

    @property
    def _label_width(self) -> int:
        longest = max((cell_len(row.label) for row in self.data.rows), default=0)
        return min(max(longest, 8), max(10, self.size.width // LABEL_SHARE))

    def _scroll(self) -> None:
        scrolling = len(self.data.rows) - len(self._totals)
        if self.row < scrolling:
            self._top = max(self.row - self._room + 1, min(self._top, self.row))
        self._top = max(0, min(self._top, scrolling - self._room))
        self._left = min(self._left, self.column)
        while self._left < self.column and not self._fits(self.column):
            self._left += 1

    def _fits(self, column: int) -> bool:
        """Whether all of it is on the screen, but for the blank behind it."""
        end = self._label_width + sum(width + 2 for width in self._widths[self._left : column + 1])
        return end <= self.size.width

    @property
    def _shown(self) -> range:
        """The columns that are drawn: whole ones, as a number cut short is another number."""
        end = self._left + 1
        while end < len(self._widths) and self._fits(end):
            end += 1
        return range(self._left, min(end, len(self._widths)))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.data.rows:
            text = self.data.note if y == min(2, self.size.height - 1) else ""
            return self.strip([(f"  {fit(text, width - 2)}", Role.MUTED)], width)
        if y < self._head:
            return self._heading(y, width)
        line = y - self._head
        totals = self._totals
        if line < self._room:
            index = self._top + line
            return self._row(index, width) if index < len(self.data.rows) - len(totals) else self.strip([], width)
        if line == self._room:
            return self.strip([("─" * width, Role.MUTED)], width)
        place = line - self._room - 1
        return self._row(totals[place], width) if place < len(totals) else self.strip([], width)

    def _heading(self, y: int, width: int) -> Strip:
        texts = self.data.groups if self._head == 2 and y == 0 else self.data.titles
        pieces: list[Piece] = [(" " * (self._label_width + 1), Role.TITLE)]
        shown = self._shown
        if texts is self.data.groups:
            for column in shown:
                # A heading stands once, over the first of its columns.
                first = column == self._left or texts[column] != texts[column - 1]
                room = self._widths[column] + 2
                following = column + 1
                while first and following in shown and texts[following] == texts[column]:
                    room += self._widths[following] + 2
                    following += 1
                if first:
                    pieces.append((fit(" " + texts[column], room), Role.TITLE))
            return self.strip(pieces, width)
        for column in shown:
            sign = ("↓" if self.data.descending else "↑") if column == self.data.sorted_by else " "
            right = column not in self.data.texts
            pieces.append((sign + fit(texts[column], self._widths[column], right=right) + " ", Role.TITLE))
        if self._left:
            pieces[0] = (" " * self._label_width + "‹", Role.MUTED)
        if shown.stop < len(self._widths):
            title, role = pieces.pop()
            pieces.append((fit(title, width - width_of(pieces) - 1), role))
            pieces.append(("›", Role.MUTED))
        return self.strip(pieces, width)

    def _row(self, index: int, width: int) -> Strip:
        row = self.data.rows[index]
        here = index == self.row
        role = Role.TITLE if row.total else row.role
        pieces: list[Piece] = [
            ("►" if here else " ", Role.ACCENT),
            (fit(row.label, self._label_width), Role.ACCENT if here else role),
        ]
        for column in self._shown:
            right = column not in self.data.texts
            text = fit(row.cells[column], self._widths[column], right=right)
            if here and column == self.column:
                pieces.append((f"[{text.lstrip()}]".rjust(self._widths[column] + 2), Role.ACCENT))
            else:
                pieces.append((f" {text} ", role))
        return self.strip(pieces, width)
