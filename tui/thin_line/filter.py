"""`LineFilter`: turns what a program writes into the least that makes the terminal show the same.

A model of the shown cells is kept. Text that is there already is not written, only the changing part of a style
is, and the cursor takes the shortest way. What cannot be judged passes untouched, at the place and in the style
where the program believes to be, and what it may have changed is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.strip import Strip

from tui.thin_line.cells import Cells
from tui.thin_line.cursor import Place
from tui.thin_line.frame import Frame
from tui.thin_line.palette import UNKNOWN, Palette
from tui.thin_line.pen import Pen
from tui.thin_line.vocabulary import IS_SURE, PIECE, QUIET_MODES, SCREEN_MODES, may_join

_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_JOINER = "\u200d"
_RESET = "\x1b[0m"
_WRAP, _CURSOR = "7", "25"


class _StrangeError(Exception):
    """From this piece on it cannot be told what the pieces mean."""


class LineFilter:
    """Feed it what would be written, write what it returns.

    The terminal must be new or reset, for modes set before are not known, and turn a line feed into a new line, as
    a tty does unless told otherwise. One thread at a time.
    """

    def __init__(self, width: int, height: int) -> None:
        self._pen = Pen(Cells(width, height), Palette())
        # Where and in which style the program believes to write. None and UNKNOWN: where and how the terminal
        # does, for all has passed untouched since; a column of None likewise.
        self._place: Place | None = None
        self._mark = UNKNOWN
        self._stretch = 0
        """The column since which the program has written without going elsewhere."""
        self._wraps = True
        self._cursor_shown = True
        self._linked = False
        self._joins = False
        """The last character was a joiner: tmux joins the next one to what is on its left, wherever it is written."""
        self._lost = False
        """Something strange has come: all passes from here on."""
        self._take: dict[str, Callable[[str], None]] = {
            "run": self._take_run,
            "text": self._take_text,
            "place": self._take_place,
            "newline": self._take_newline,
            "return": self._take_return,
            "update": self._take_update,
            "mode": self._take_mode,
            "link": self._take_link,
            "question": self._take_question,
            "quiet": self._pen.write,
            "stir": self._take_stir,
            "strange": self._take_strange,
        }

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window in cells, as last told."""
        return self._pen.cells.width, self._pen.cells.height

    def resize(self, width: int, height: int) -> None:
        """The window has another size: terminals clip and wrap in their own ways, so nothing is known."""
        self._pen.cells = Cells(width, height)
        self.forget()
        if self._place is not None:
            row, column = self._place
            self._place = Place(min(row, height - 1), 0 if column is None else min(column, width - 1))

    def save_colours(self, few: bool) -> None:
        """Write true colours as the nearest of 256 from here on, or as they are; what is shown stays until it is
        written again."""
        if self._pen.palette.few_colours != few:
            self._pen.palette.few_colours = few
            self._renew_palette()

    def forget(self) -> None:
        """Nothing that the terminal shows is known any more; what comes next is written whole."""
        self._pen.cells.forget()
        self._pen.place, self._pen.mark = None, UNKNOWN

    def feed(self, data: str) -> str:
        """What has to be written so that the terminal shows what `data` says.

        Nothing is held back for the next call but a mark that opens an update, until there is something in it.
        """
        self._begin()
        self._take_all(data)
        return self._end()

    def show(self, frame: Frame) -> str:
        """What has to be written so that the terminal shows a frame."""
        if self._wraps or self._linked or self._joins or self._lost:
            return self.feed(frame.text)
        self._begin()
        self._pen.palette.look_as(frame.look)
        if frame.at_once:
            self._take_update(SYNC_START)
        for run in frame.runs():
            if not self._take_strips(*run):
                self._take_all(frame.text_of(run))
        column, row = frame.cursor
        self._take_all(f"\x1b[{row + 1};{column + 1}H{SYNC_END if frame.at_once else ''}")
        return self._end()

    def _begin(self) -> None:
        if self._pen.palette.is_full:
            self._renew_palette()

    def _end(self) -> str:
        if not self._lost:
            self._paint()
            if self._cursor_shown:
                self._go_there()
        return self._pen.take()

    def _take_all(self, data: str) -> None:
        known = 0 if self._lost else self._take_known(data)
        if self._lost:
            self._pen.write(data[known:])

    def _take_strips(self, row: int, column: int, strips: Sequence[Strip]) -> bool:
        """Take what strips say without asking for their sequences; False where they can only be judged by those."""
        width, height = self.size
        style = self._pen.palette.worn
        pieces = [(text, style(styled)) for strip in strips for text, styled, _ in strip]
        text = "".join([text for text, _ in pieces])
        marks = "".join([mark * len(text) for text, mark in pieces])
        if (
            self._mark != self._pen.palette.plain or self._joins or self._lost or UNKNOWN in marks
            or row >= height or column + len(text) > width or not IS_SURE(text)
        ):  # fmt: skip
            return False
        self._pen.cells.put(row, column, text, marks)
        self._place = Place(row, column + len(text))
        self._stretch = column
        return True

    def _paint(self) -> None:
        """Write the runs that came and are not shown yet: before whatever passes, and at the end."""
        if self._pen.cells.shown:
            self._pen.paint(may_scroll=not self._wraps)

    def _take_known(self, data: str) -> int:
        """Take the pieces up to the first strange one, if any, and get ready to pass it; how much was taken."""
        end = 0
        try:
            for piece in PIECE.finditer(data):
                self._take[piece.lastgroup or "strange"](piece[0])
                end = piece.end()
        except _StrangeError:
            self._take_stir("")
            self._lost = True
        return end

    def _take_run(self, run: str) -> None:
        if self._mark == UNKNOWN and (known_from := run.find(_RESET)) > 0:
            self._take_run(run[:known_from])
            run = run[known_from:]
        text, marks, mark = self._read(run)
        place = self._place
        if text and self._joins:
            self._take_text(run)
        elif not text:
            if mark == UNKNOWN:
                # What is written late would take this style away, so all that came before it is written now.
                self._write_up_to_here(joining=self._mark != UNKNOWN)
                self._pass(run, mark)
            self._mark = mark
        elif place is None or place.column is None or self._reaches_edge(place.column + len(text)):
            self._go_there()
            self._pass(run, mark)
            self._drift()
        elif self._linked or UNKNOWN in marks + mark:
            self._go_there()
            self._pass(run, mark)
            self._pen.cells.know(place.row, place.column, text, UNKNOWN * len(text) if self._linked else marks)
            self._place = self._pen.place = Place(place.row, place.column + len(text))
        else:
            self._pen.cells.put(place.row, place.column, text, marks)
            self._place = Place(place.row, place.column + len(text))
            self._mark = mark

    def _reaches_edge(self, end: int) -> bool:
        """Whether text that ends before this column may do more than fill cells."""
        return end > self._pen.cells.width - self._wraps

    def _read(self, run: str) -> tuple[str, str, str]:
        """The characters of a run, their marks, and the mark after it."""
        after = self._pen.palette.after
        mark = self._mark
        first, *rest = run.split("\x1b[")
        texts, marks = [first], [mark * len(first)]
        for part in rest:
            parameters, _, text = part.partition("m")
            mark = after(mark, parameters)
            texts.append(text)
            marks.append(mark * len(text))
        return "".join(texts), "".join(marks), mark

    def _take_text(self, text: str) -> None:
        mark = self._mark
        for style in _STYLE.finditer(text):
            mark = self._pen.palette.after(mark, style[1])
        self._write_up_to_here(joining=self._mark != UNKNOWN and may_join(text[0]))
        if self._place is not None and self._place.row > 0 and self._place.column == 0:
            self._pen.cells.forget_from(self._place.row - 1, self._pen.cells.width - 1)
        self._pass(text, mark)
        self._drift()
        self._joins = _STYLE.sub("", text).endswith(_JOINER)

    def _write_up_to_here(self, *, joining: bool) -> None:
        """Write all that came, and go where text of unknown width may be written. It may join the character before
        it: if the program has just written that, it is written now, too, for some terminals join only what follows
        at once. With `joining` a blank before it is written in its own style, which the text then shows."""
        self._paint()
        if self._place is None or self._place.column is None:
            return
        row, column = self._place.row, self._place.column
        just_written = self._stretch < column
        late = just_written and self._pen.place != self._place
        if late or (joining and self._is_blank(row, column - 1)):
            self._show_known(row, column - 1)
            if not just_written:
                self._pen.place = None
        self._go_there()

    def _is_blank(self, row: int, column: int) -> bool:
        return column >= 0 and self._pen.cells.lines[row].text[column].isspace()

    def _show_known(self, row: int, column: int) -> None:
        line = self._pen.cells.lines[row]
        if line.marks[column] != UNKNOWN:
            self._pen.wear(line.marks[column])
            self._pen.draw([(line.marks[column], row, column, line.text[column])])

    def _take_place(self, sequence: str) -> None:
        row, _, column = sequence[2:-1].partition(";")
        width, height = self.size
        self._stretch = min(max(int(column or 1), 1), width) - 1
        self._place = Place(min(max(int(row or 1), 1), height) - 1, self._stretch)

    def _take_newline(self, newline: str) -> None:
        if self._place is None or self._place.row + 1 >= self._pen.cells.height:
            self._take_stir(newline)
        else:
            self._place = Place(self._place.row + 1, 0)
            self._stretch = 0

    def _take_return(self, sequence: str) -> None:
        if self._place is None:
            self._pen.write(sequence)
        else:
            self._place = Place(self._place.row, 0)
            self._stretch = 0

    def _take_update(self, sequence: str) -> None:
        self._paint()
        if sequence.endswith("h"):
            self._pen.opening = sequence
        elif self._pen.opening:
            self._pen.opening = ""
        else:
            self._pen.write(sequence)

    def _take_mode(self, sequence: str) -> None:
        modes = set(sequence[3:-1].split(";"))
        on = sequence.endswith("h")
        if modes - QUIET_MODES - SCREEN_MODES - {_WRAP, _CURSOR}:
            raise _StrangeError(sequence)
        if modes & SCREEN_MODES or _WRAP in modes:
            self._take_stir(sequence)
        else:
            self._pen.write(sequence)
        if _WRAP in modes:
            self._wraps = on
        if _CURSOR in modes:
            self._cursor_shown = on

    def _take_link(self, sequence: str) -> None:
        self._paint()
        self._linked = bool(sequence[4:].rstrip("\x07\x1b\\").partition(";")[2])
        self._pen.write(sequence)

    def _take_question(self, sequence: str) -> None:
        self._go_there()
        self._pen.write(sequence)

    def _take_stir(self, sequence: str) -> None:
        self._go_there()
        self._pass(sequence, UNKNOWN)
        self._pen.cells.forget()
        self._place = self._pen.place = None

    def _take_strange(self, sequence: str) -> None:
        raise _StrangeError(sequence)

    def _pass(self, raw: str, mark: str) -> None:
        """Write as it is, in the program's style; `mark` is the style after it."""
        if self._mark != UNKNOWN:
            self._pen.wear(self._mark)
        self._pen.write(raw)
        self._mark = self._pen.mark = mark

    def _drift(self) -> None:
        """Text has passed whose end is not known: it may have changed all to its right, or all if lines wrap."""
        if self._place is None or self._wraps:
            self._pen.cells.forget()
            self._place = self._pen.place = None
        elif self._place.column is not None:
            # To the left, it may have joined a character, or taken the place of a wide one at the edge.
            self._pen.cells.forget_from(self._place.row, max(0, self._place.column - 2))
            self._place = self._pen.place = Place(self._place.row, None)

    def _go_there(self) -> None:
        """Take the terminal's cursor where the program believes it to be."""
        self._paint()
        if self._place is None or self._place.column is None or self._place == self._pen.place:
            return
        last = self._pen.cells.width - 1
        self._pen.go(self._place.row, min(self._place.column, last))
        if self._place.column > last:
            # No step leads behind the last column, only writing there.
            self._show_known(self._place.row, last)
            self._pen.place = self._place

    def _renew_palette(self) -> None:
        style = self._pen.palette.style(self._mark)
        self._pen.palette = Palette(few_colours=self._pen.palette.few_colours)
        self._mark = self._pen.palette.mark(style)
        self._pen.cells.forget()
        self._pen.mark = UNKNOWN
