"""The columns of a table: how wide each is, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from rich.cells import cell_len

from backend_client.model.call import Call, Party
from backend_client.model.phone import format_number
from backend_client.model.status import RUNNING, TALKED, HungUpBy
from backend_client.model.text import N_
from screens import words
from screens.language import NO_VALUE, _, clock_time, duration, moment, relative_date, weekday_short
from screens.widgets.painted import Piece, Pieces, fit
from screens.words import Role

Row = TypeVar("Row")
Cell = str | Pieces


class Column(Struct, Generic[Row], frozen=True):
    """One column: least and greatest width in cells, its share of the room left over, and its text."""

    id: str
    title: str
    """An English msgid."""
    cell: Callable[[Row], Cell]
    width: int
    share: int = 0
    most: int = 1000
    right: bool = False


class Look(Struct, frozen=True):
    """What the cells of a call depend on beside the call."""

    zone: ZoneInfo
    today: date
    names: bool = False
    """The names of the 1C panel in the status column instead of the 13 statuses."""
    ascii: bool = False
    home: str = ""
    """Country (ISO 3166) whose numbers are shown as they are dialled there."""
    regions: tuple[tuple[str, str], ...] = ()
    """Keys of regions and their names in the language of the screen."""
    one_day: bool = False
    """The list is of one day: a date stands only where it is another."""


def widths(columns: Sequence[Column[Row]], room: int) -> list[int]:
    """How many cells each column gets; one cell parts them. What does not fit is left out from the right (0)."""
    given = [column.width for column in columns]
    left = room - sum(given) - max(0, len(given) - 1)
    for index in range(len(given) - 1, 0, -1):
        if left >= 0:
            break
        left += given[index] + 1
        given[index] = 0
    if left < 0:
        return [room, *given[1:]]
    while left > 0:
        growing = [i for i, c in enumerate(columns) if c.share and 0 < given[i] < c.most]
        if not growing:
            break
        total = sum(columns[i].share for i in growing)
        for i in growing:
            given[i] += min(columns[i].most - given[i], left * columns[i].share // total)
        rest = room - sum(given) - (sum(1 for width in given if width) - 1)
        if rest == left:
            given[growing[0]] += 1
            rest -= 1
        left = rest
    return given


def titles(columns: Sequence[Column[Row]], given: Sequence[int]) -> str:
    """The line over the rows."""
    return " ".join(
        fit(_(column.title) if column.title else "", cells, right=column.right)
        for column, cells in zip(columns, given, strict=True)
        if cells
    )


def row_pieces(columns: Sequence[Column[Row]], given: Sequence[int], row: Row, plain: Role) -> list[Piece]:
    """A row's cells in their widths; what has no colour of its own takes the row's."""
    pieces: list[Piece] = []
    for column, cells in zip(columns, given, strict=True):
        if cells:
            if pieces:
                pieces.append((" ", plain))
            pieces.extend(_fitted(column.cell(row), cells, column.right, plain))
    return pieces


def _fitted(cell: Cell, width: int, right: bool, plain: Role) -> list[Piece]:
    """A cell's pieces in exactly so many cells; pieces without a colour take the row's."""
    if isinstance(cell, str):
        return [(fit(cell, width, right=right), plain)]
    pieces: list[Piece] = []
    left = width
    for text, role in cell:
        if left <= 0:
            break
        shown = text if cell_len(text) <= left else fit(text, left)
        pieces.append((shown, role or plain))
        left -= cell_len(shown)
    if left > 0:
        pieces.append((" " * left, plain))
    return pieces


SMALL = ("when", "marks", "direction", "client", "status")
"""For a window in which the status would leave no room for when and with whom."""
LEAST = ("marks", "direction", "status", "when", "client", "talk")
NARROW = ("marks", "direction", "status", "when", "client", "employees", "talk")
MEDIUM = ("marks", "direction", "status", "when", "client", "employees", "line", "talk")
WIDE = ("marks", "direction", "status", "when", "client", "from", "to", "employees", "line", "talk")


def column_ids(width: int) -> tuple[str, ...]:
    """The well-chosen set for a table of so many cells (J2)."""
    if width < 62:
        return SMALL
    if width < 78:
        return LEAST
    if width < 100:
        return NARROW
    return MEDIUM if width < 140 else WIDE


def call_columns(look: Look) -> Mapping[str, Column[Call]]:
    """Every column of the journal (J2) by its id."""
    columns: Iterable[Column[Call]] = (
        Column("marks", "", lambda call: _marks(call, look), 5),
        Column("direction", "", lambda call: _direction(call, look), 1),
        Column("status", N_("Status"), lambda call: _status(call, look), _status_width(), share=4, most=22),
        _when_column(look),
        Column("client", N_("Client"), lambda call: words.client_text(call, look.home), 12, share=4, most=40),
        Column("number", N_("Number"), lambda call: format_number(call.number, look.home), 13, share=1, most=20),
        Column("employees", N_("Employee"), words.employees_text, 8, share=3, most=36),
        Column("from", N_("From"), lambda call: _party(call, call.caller, HungUpBy.CALLER, look), 16, share=3),
        Column("to", N_("To"), lambda call: _party(call, call.callee, HungUpBy.CALLEE, look), 16, share=3),
        Column("line", N_("Line"), lambda call: call.line, 8, share=1, most=14),
        Column("channel", N_("Channel"), lambda call: call.channel, 10, share=1, most=20),
        Column("wait", N_("Wait"), lambda call: duration(call.wait), 7, right=True),
        Column("talk", N_("Talk"), _talk, 8, right=True),
        Column("result", N_("Result"), lambda call: call.result, 10, share=1, most=20),
        Column("comment", N_("Comment"), lambda call: call.comment, 12, share=2, most=40),
    )
    return {column.id: column for column in columns}


def _status_width() -> int:
    """Room for the longest status in the language of the screen."""
    return min(22, 2 + max(cell_len(sign.word) for sign in (*words.STATUSES.values(), words.BUSY)))


def call_role(call: Call) -> Role:
    """The colour of a whole row: running, missed or unregistered ones are told from the rest."""
    if call.status in RUNNING:
        return Role.ACCENT
    if call.direction == "in" and call.status not in TALKED:
        return Role.BAD
    return Role.PLAIN if call.client or not call.number else Role.MUTED


def _marks(call: Call, look: Look) -> Cell:
    signs = words.mark_signs(call)
    if not any(signs):
        return "    "
    role = _status_role(call, look)
    return [(sign.mark(look.ascii), sign.role or role) if sign else (" ", Role.PLAIN) for sign in signs]


def _direction(call: Call, look: Look) -> Cell:
    return [(words.DIRECTIONS[call.direction].mark(look.ascii), _status_role(call, look))]


def _status_role(call: Call, look: Look) -> Role:
    """The colour of what stands beside the status and has none of its own: each change of colour is 40 bytes a row."""
    return words.status_sign(call, names=look.names).role


def _status(call: Call, look: Look) -> Cell:
    sign = words.status_sign(call, names=look.names)
    return [(f"{sign.mark(look.ascii)} {sign.word}", sign.role)]


def _when_column(look: Look) -> Column[Call]:
    def when(call: Call) -> str:
        at = moment(call.start, look.zone)
        if look.one_day:
            if at.date() == look.today:
                return clock_time(at, seconds=True)
            return f"{weekday_short(at.isoweekday())} {clock_time(at)}"
        return f"{relative_date(at.date(), look.today):<10} {clock_time(at)}"

    if look.one_day:
        return Column("when", N_("Time"), when, 8)
    return Column("when", N_("Date and time"), when, 16)


def _talk(call: Call) -> str:
    """Unanswered calls have no talk; neither has one that still rings."""
    return duration(call.talk) if call.talk or call.status in TALKED else NO_VALUE


def _party(call: Call, party: Party, side: HungUpBy, look: Look) -> Cell:
    text = words.party_text(party, look.home)
    if call.hung_up_by is not side:
        return text
    return [(words.HUNG_UP.mark(look.ascii), words.HUNG_UP.role), (" " + text, Role.PLAIN)]
