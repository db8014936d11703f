"""The key to the signs of a call's row: statuses, names, directions, marks (J3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.strip import Strip

from backend_client.model.status import Direction, Name, Status
from backend_client.model.text import N_
from screens import words
from screens.closing import ClosingScreen
from screens.language import _
from screens.widgets.painted import Painted, Piece, Pieces, fit
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, Sign

MARGIN = 2


class LegendTable(Painted):
    """Two columns of signs with their words."""

    DEFAULT_CSS = """
    LegendTable { height: 1fr; }
    """

    def __init__(self, ascii: bool = False) -> None:
        super().__init__()
        self._ascii = ascii

    def render_line(self, y: int) -> Strip:
        half = (self.size.width - MARGIN) // 2
        rows = list(zip_longest(_statuses(), _others(), fillvalue=None))
        pieces: list[Piece] = [(" " * MARGIN, Role.PLAIN)]
        for entry in rows[y] if y < len(rows) else ():
            pieces += self._entry(entry, half)
        return self.strip(pieces, self.size.width)

    def _entry(self, entry: Sign | str | None, width: int) -> Pieces:
        if isinstance(entry, Sign):
            return [(fit(f"{entry.mark(self._ascii)}  {entry.word}", width), entry.role)]
        return [(fit(entry or "", width), Role.TITLE)]


def _statuses() -> Iterator[Sign | str]:
    yield _("Statuses")
    yield from (sign for status, sign in words.STATUSES.items() if status is not Status.UNKNOWN)
    yield words.BUSY


def _others() -> Iterator[Sign | str]:
    groups: tuple[tuple[str, Iterable[Sign]], ...] = (
        (_("Direction"), (sign for way, sign in words.DIRECTIONS.items() if way is not Direction.UNKNOWN)),
        (_("Marks"), words.MARKS),
        (
            _("Short names"),
            (words.NAMES[name] for name in (*words.NAMES,) if name not in (Name.UNKNOWN, Name.INTERNAL)),
        ),
    )
    for title, signs in groups:
        yield title
        yield from signs


class LegendScreen(ClosingScreen[None]):
    """All signs on one page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,L", "dismiss", N_("Back"), id="legend.back", tooltip=N_("Back to the list")),
    ]

    def compose(self) -> ComposeResult:
        yield TitleLine(N_("Key to the signs"))
        yield LegendTable()
        yield StatusLine(("legend.back",))
