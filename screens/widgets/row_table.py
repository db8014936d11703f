"""A table of any length on the line API: it holds a run of rows, draws lines, and asks for more by key.

There are no row numbers and no scrollbar: nobody has counted the rows. A cursor key rewrites two cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region
from textual.strip import Strip

from backend_client.model.text import N_
from screens.message import FieldMessage
from screens.widgets.columns import Column, row_pieces, titles, widths
from screens.widgets.opened_row import OpenedRow
from screens.widgets.page_cache import CAPACITY, Key, PageCache
from screens.widgets.painted import Painted, Pieces, fit, wrap
from screens.words import CURSOR, Role

Row = TypeVar("Row")

PAGE = 100
"""Rows asked for at once, but never fewer than two windows; at most a fourth of what the cache holds."""
MOST_AT_FIRST = 600
HEADER = 1
"""Lines above the rows."""
GUTTER = 1
"""Cells left of the columns, where the cursor is drawn."""


class Where(Enum):
    """What an answer is for."""

    JUMP = auto()
    ABOVE = auto()
    BELOW = auto()
    PATCH = auto()


class RowTable(Painted, Generic[Row], can_focus=True):
    """Rows in columns, with a cursor, an opened row with lines under it, and a text where no rows are."""

    DEFAULT_CSS = """
    RowTable { width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", N_("Down"), id="table.down", tooltip=N_("Next row"), show=False),
        Binding("up,k", "move(-1)", N_("Up"), id="table.up", tooltip=N_("Previous row"), show=False),
        Binding(
            "pagedown", "page(1)", N_("Page down"), id="table.page-down", tooltip=N_("One page further"),
            show=False,
        ),
        Binding(
            "pageup", "page(-1)", N_("Page up"), id="table.page-up", tooltip=N_("One page back"), show=False
        ),
        Binding(
            "home,g", "top", N_("Top"), id="table.top", tooltip=N_("The newest, or first, row"), show=False
        ),
        Binding(
            "end,G", "bottom", N_("Bottom"), id="table.bottom", tooltip=N_("The oldest, or last, row"), show=False
        ),
    ]  # fmt: skip

    class Wanted(FieldMessage):
        """Rows are asked for; answered by `supply` with the same number. Without an anchor: the first rows."""

        table: RowTable[Any]
        number: int
        anchor: Key | None
        above: int
        below: int
        last: bool = False

    class Moved(FieldMessage):
        """The cursor is on another row, or on none."""

        table: RowTable[Any]

    class Chosen(FieldMessage):
        """A row was clicked that had the cursor already."""

        table: RowTable[Any]

    class Above(FieldMessage):
        """A key wants to go above the first row."""

        table: RowTable[Any]

    def __init__(
        self,
        key: Callable[[Row], Key],
        role: Callable[[Row], Role],
        *,
        id: str | None = None,
        ascii: bool = False,
    ) -> None:
        super().__init__(id=id)
        self.cache: PageCache[Row] = PageCache(key)
        self.columns: Sequence[Column[Row]] = ()
        self.top = 0
        self.cursor = 0
        self.ascii = ascii
        self._role = role
        self._note: tuple[str, ...] = ()
        self._opened: OpenedRow | None = None
        self._numbers = 0
        self._waiting: dict[Where, int] = {}
        self._strayed = False
        """Whether the rows are not those that were gone to last: these never came."""
        self._anchor: Key | None = None
        self._to_last = False
        self._owed = 0
        self._strips: LRUCache[tuple[Key, bool], tuple[Row, Strip]] = LRUCache(PAGE)
        self._widths: list[int] = []

    # What the screen tells

    def open(self, anchor: Key | None = None, *, last: bool = False) -> None:
        """Go to a place whose rows are not held: the first row, the last one, or the one at or after a key."""
        self._waiting.clear()
        self._anchor, self._to_last, self._owed = anchor, last, 0
        self._ask(Where.JUMP, anchor, above=self.page_rows * 2 if anchor else 0, below=self._first_rows, last=last)

    def reload(self) -> None:
        """Ask again for what is shown, because something changed; the cursor stays on its row."""
        if not len(self.cache) or self._strayed or Where.JUMP in self._waiting:
            self.open(self._anchor, last=self._to_last)
            return
        self._waiting.clear()
        above = min(self.cursor, self.cursor - self.top + 2 * self.page_rows) + self.page_rows
        self._ask(Where.PATCH, self._key(self.cursor), above=above, below=self._first_rows)

    def supply(self, number: int, rows: Sequence[Row], *, more_above: bool, more_below: bool) -> bool:
        """The answer to a `Wanted`; an answer that is not waited for any more is dropped (False)."""
        where = next((where for where, asked in self._waiting.items() if asked == number), None)
        if where is None:
            return False
        del self._waiting[where]
        match where:
            case Where.JUMP:
                self._strayed = False
                self._jumped(rows, more_above, more_below)
            case Where.PATCH:
                self._patched(rows, more_above, more_below)
            case Where.ABOVE:
                moved = self.cache.add_above(rows, more=more_above)
                self.top += moved
                self.cursor += moved
                self._pay()
            case Where.BELOW:
                moved = self.cache.add_below(rows, more=more_below)
                self.top -= moved
                self.cursor -= moved
                self._pay()
        self._prefetch()
        return True

    def failed(self, number: int) -> None:
        """There will be no answer: what is shown stays, and may be asked for again."""
        self._strayed = self._strayed or self._waiting.get(Where.JUMP) == number
        self._waiting = {where: asked for where, asked in self._waiting.items() if asked != number}

    def say(self, *lines: str) -> None:
        """The text in place of rows: why there are none, and what to do."""
        self._note = lines
        if not len(self.cache):
            self.refresh()

    def open_row(self, key: Key, lines: Sequence[Pieces]) -> None:
        """Show lines under a row, or other ones under the row that is opened."""
        if not self.cache.holds(key):
            return
        before, height = self._opened, self._under_height
        same = before is not None and before.key == key
        if before is not None and same and before.lines == lines:
            return
        self._opened = OpenedRow(key, lines)
        if before is not None and same:
            self._opened.move(before.first, self.page_rows)
        if not (same and height == self._under_height) and key == self._key(self.cursor):
            bottom = self._line_of(self.cursor) + self._under_height
            self.top = min(self.cursor, self.top + max(0, bottom - self.page_rows + 1))
        self.refresh()

    def close_row(self) -> bool:
        """Take the lines away; False where none were shown."""
        if self._opened is None:
            return False
        self._opened = None
        self._clamp_top()
        self.refresh()
        return True

    # What the screen asks

    @property
    def row(self) -> Row | None:
        """The row with the cursor."""
        return self.cache[self.cursor] if self.cursor < len(self.cache) else None

    @property
    def opened(self) -> Key | None:
        """Key of the row with lines under it."""
        return None if self._opened is None else self._opened.key

    @property
    def at_top(self) -> bool:
        """Whether the first row of the whole list is in view."""
        return self.top == 0 and not self.cache.more_above

    @property
    def first_key(self) -> Key | None:
        """Key of the first row of the whole list where it is held."""
        return self._key(0) if len(self.cache) and not self.cache.more_above else None

    @property
    def page_rows(self) -> int:
        """How many lines rows may take."""
        return max(1, self.size.height - HEADER)

    # Moving

    def action_move(self, by: int) -> None:
        if not self._move_under(by):
            if by < 0 and self.cursor == 0 and not self.cache.more_above:
                self.post_message(self.Above(self))
            self._move_to(self.cursor + self._owed + by)

    def action_page(self, pages: int) -> None:
        by = pages * self.page_rows
        if not len(self.cache) or self._move_under(by):
            return
        line = self.cursor - self.top
        goal = self.cursor + self._owed + by
        self.top += by
        self._clamp_top()
        self._move_to(goal, keep=line)

    def action_top(self) -> None:
        if self.cache.more_above or not len(self.cache):
            self.open()
        else:
            self._move_to(0)

    def action_bottom(self) -> None:
        if self.cache.more_below or not len(self.cache):
            self.open(last=True)
        else:
            self._move_to(len(self.cache) - 1)

    def _move_under(self, by: int) -> bool:
        """Move through the lines under the row with the cursor, where not all are shown."""
        opened = self._opened
        if opened is None or not len(self.cache) or opened.key != self._key(self.cursor):
            return False
        moved = opened.move(by, self.page_rows)
        if moved:
            self._refresh_rows()
        return moved

    def _move_to(self, goal: int, keep: int | None = None) -> None:
        """Put the cursor at an offset, or as near as rows are held; the rest of the way is owed to it."""
        if not len(self.cache):
            return
        near = max(0, min(goal, len(self.cache) - 1))
        more = self.cache.more_below if goal > near else self.cache.more_above
        self._owed = goal - near if more else 0
        old, self.cursor = self.cursor, near
        if keep is None and self._visible(old) and self._visible(near):
            for offset in {old, near}:
                self.refresh(Region(0, HEADER + self._line_of(offset), GUTTER, 1))
        else:
            if not self._visible(near):
                self.top = near - (self.page_rows // 2 if keep is None else keep)
                self._clamp_top()
            self._refresh_rows()
        if old != near:
            self.post_message(self.Moved(self))
        self._prefetch()

    def _refresh_rows(self) -> None:
        """Draw all rows; the titles stand."""
        self.refresh(Region(0, HEADER, self.size.width, self.size.height - HEADER))

    def _pay(self) -> None:
        """Rows came: go the rest of the way that a key asked for."""
        if self._owed:
            self._move_to(self.cursor + self._owed)
        elif not self._filled:
            self._refresh_rows()

    @property
    def _filled(self) -> bool:
        return len(self.cache) - self.top > 2 * self.page_rows

    def _clamp_top(self) -> None:
        least = len(self.cache) - self.page_rows
        self.top = max(0, min(self.top, least))
        while not self._visible(self.cursor) and self.top < self.cursor:
            self.top += 1

    def _scroll(self, by: int) -> None:
        """Move the view under the cursor; a cursor that would leave it goes along."""
        if not len(self.cache):
            return
        self.top += by
        self.top = max(0, min(self.top, len(self.cache) - self.page_rows))
        last = self.top
        while last + 1 < len(self.cache) and self._visible(last + 1):
            last += 1
        cursor = max(self.top, min(self.cursor, last))
        moved, self.cursor = cursor != self.cursor, cursor
        self._refresh_rows()
        if moved:
            self.post_message(self.Moved(self))
        self._prefetch()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)

    def on_click(self, event: Click) -> None:
        place = self._at_line(event.y - HEADER) if event.y >= HEADER else None
        if place is None:
            return
        if place[0] == self.cursor:
            self.post_message(self.Chosen(self))
        else:
            self._move_to(place[0])

    # Asking and being answered

    @property
    def _asked_rows(self) -> int:
        return max(PAGE, 2 * self.page_rows)

    @property
    def _first_rows(self) -> int:
        """So many that the next ones need not be asked for at once: each question of a search costs as much again."""
        return max(PAGE, min(MOST_AT_FIRST, 6 * self.page_rows))

    def _ask(self, where: Where, anchor: Key | None, *, above: int = 0, below: int = 0, last: bool = False) -> None:
        self._numbers += 1
        self._waiting[where] = self._numbers
        self.post_message(self.Wanted(self, self._numbers, anchor, above, below, last))

    def _prefetch(self) -> None:
        """Ask for the next page before the cursor needs it."""
        if not len(self.cache) or Where.JUMP in self._waiting or Where.PATCH in self._waiting:
            return
        near = 3 * self.page_rows
        if self.cache.more_above and self.top < near and Where.ABOVE not in self._waiting:
            self._ask(Where.ABOVE, self._key(0), above=self._asked_rows)
        if self.cache.more_below and len(self.cache) - self.top < 2 * near and Where.BELOW not in self._waiting:
            self._ask(Where.BELOW, self._key(len(self.cache) - 1), below=self._asked_rows)

    def _jumped(self, rows: Sequence[Row], more_above: bool, more_below: bool) -> None:
        self.cache.replace(rows, more_above=more_above, more_below=more_below)
        if self._to_last:
            self.cursor = max(0, len(rows) - 1)
        else:
            self.cursor = min(self.cache.find(self._anchor), max(0, len(rows) - 1)) if self._anchor else 0
        self.top = self.cursor - self.page_rows // 2 if self._anchor else self.cursor
        self._anchor, self._to_last = None, False
        self._clamp_top()
        self.refresh()
        self.post_message(self.Moved(self))

    def _patched(self, rows: Sequence[Row], more_above: bool, more_below: bool) -> None:
        """Take the changed rows in, the cursor on its call, and draw only the lines that differ."""
        before = [self._shown_at(line) for line in range(self.page_rows)]
        key, line, was_at_top = self._key(self.cursor), self.cursor - self.top, self.at_top
        self.cache.replace(rows, more_above=more_above, more_below=more_below)
        self.cursor = max(0, min(self.cache.find(key), len(rows) - 1))
        self.top = 0 if was_at_top and not more_above else self.cursor - line
        if not self._visible(self.cursor):
            self.top = self.cursor - line
        if self._opened is not None and not self.cache.holds(self._opened.key):
            self._opened = None
        self._clamp_top()
        changed = [n for n, shown in enumerate(before) if shown != self._shown_at(n)]
        if len(rows) == 0:
            self.refresh()
        for n in changed:
            self.refresh(Region(0, HEADER + n, self.size.width, 1))
        if not len(rows) or self._key(self.cursor) != key:
            self.post_message(self.Moved(self))

    # Places

    def _key(self, offset: int) -> Key:
        return self.cache.key(self.cache[offset])

    def _opened_offset(self) -> int | None:
        if self._opened is None or not self.cache.holds(self._opened.key):
            return None
        return self.cache.find(self._opened.key)

    @property
    def _under_height(self) -> int:
        """How many lines are shown under the opened row."""
        return 0 if self._opened is None else self._opened.height(self.page_rows)

    def _line_of(self, offset: int) -> int:
        """The line, counted from the first row's, at which a row stands; may lie outside the view."""
        opened = self._opened_offset()
        extra = self._under_height if opened is not None and self.top <= opened < offset else 0
        return offset - self.top + extra

    def _visible(self, offset: int) -> bool:
        return self.top <= offset and self._line_of(offset) < self.page_rows

    def _at_line(self, line: int) -> tuple[int, int] | None:
        """The row at a line, and which of the lines under it this is (0 is the row itself)."""
        offset, sub = self.top + line, 0
        opened = self._opened_offset()
        if opened is not None and self.top <= opened < offset:
            if offset <= opened + self._under_height:
                offset, sub = opened, offset - opened
            else:
                offset -= self._under_height
        return (offset, sub) if 0 <= offset < len(self.cache) else None

    def _shown_at(self, line: int) -> tuple[Row, int, bool] | None:
        place = self._at_line(line)
        return None if place is None else (self.cache[place[0]], place[1], place[0] == self.cursor)

    # Drawing

    def on_resize(self, event: Resize) -> None:
        if self._opened is not None:
            self._opened.move(0, self.page_rows)
        # What `_prefetch` asks for on both sides, and one answer more at either: less would be dropped and asked again.
        self.cache.capacity = max(CAPACITY, 9 * self.page_rows + 2 * self._asked_rows)
        # The window and the one before it: a strip and what Textual keeps with it are 3 KB.
        self._strips.maxsize = 2 * self.page_rows
        self.lay_out()
        self._clamp_top()
        self._prefetch()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def choose_columns(self) -> Sequence[Column[Row]]:
        """The columns for the present width."""
        return self.columns

    def lay_out(self) -> None:
        """Choose columns and widths anew and draw everything: another width, day or language."""
        self.columns = self.choose_columns()
        self._widths = widths(self.columns, self.size.width - GUTTER)
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < HEADER:
            return self._title_strip(width)
        line = y - HEADER
        if not len(self.cache):
            return self._note_strip(line, width)
        place = self._at_line(line)
        if place is None:
            return Strip.blank(width, self.style_of(Role.PLAIN))
        offset, sub = place
        if sub and self._opened is not None:
            return self.strip(self._opened.pieces(sub - 1, self.page_rows, ascii=self.ascii), width)
        row = self.cache[offset]
        key = (self.cache.key(row), offset == self.cursor)
        held = self._strips.get(key)
        if held is not None and (held[0] is row or held[0] == row):
            return held[1]
        strip = self._row_strip(row, offset == self.cursor, width)
        self._strips[key] = (row, strip)
        return strip

    def _row_strip(self, row: Row, has_cursor: bool, width: int) -> Strip:
        gutter = (CURSOR.mark(self.ascii) if has_cursor else " " * GUTTER, CURSOR.role)
        return self.strip([gutter, *row_pieces(self.columns, self._widths, row, self._role(row))], width)

    def _title_strip(self, width: int) -> Strip:
        return self.strip([(" " * GUTTER + titles(self.columns, self._widths), Role.TITLE)], width)

    def _note_strip(self, line: int, width: int) -> Strip:
        told = [
            (part, Role.MUTED if number else Role.PLAIN)
            for number, text in enumerate(self._note)
            for part in wrap(text, max(1, width - 2))
        ]
        first = max(1, (self.page_rows - len(told)) // 3)
        if not first <= line < first + len(told):
            return Strip.blank(width, self.style_of(Role.PLAIN))
        part, role = told[line - first]
        return self.strip([("  " + fit(part, max(0, width - 2)), role)], width)
