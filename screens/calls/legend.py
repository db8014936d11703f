"""The key to the signs of a call's row: statuses, names, directions, marks (J3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.model.status import Direction, Name, Status
from backend_client.model.text import N_
from screens import words
from screens.closing import ClosingScreen
from screens.language import _
from screens.widgets.lines_panel import LinesPanel
from screens.widgets.painted import Pieces, fit
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, Sign

BESIDE = 60
"""Cells from which the two columns stand side by side."""


class LegendTable(LinesPanel):
    """Signs with their words, in two columns where there is room for them."""

    DEFAULT_CSS = """
    LegendTable { width: 100%; background: $background; }
    """

    def __init__(self, ascii: bool = False) -> None:
        super().__init__()
        self._ascii = ascii

    def lay_out(self) -> None:
        width = self.text_width
        if width < BESIDE:
            self.write([self._entry(entry, width) for entry in (*_statuses(), *_others())])
            return
        rows = zip_longest(_statuses(), _others(), fillvalue="")
        self.write([[piece for entry in row for piece in self._entry(entry, width // 2)] for row in rows])

    def _entry(self, entry: Sign | str, width: int) -> Pieces:
        if isinstance(entry, Sign):
            return [(fit(f"{entry.mark(self._ascii)}  {entry.word}", width), entry.role)]
        return [(fit(entry, width), Role.TITLE)]


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
    """All signs on one page, which scrolls where it is low."""

    AUTO_FOCUS = "LegendTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,L", "dismiss", N_("Back"), id="legend.back", tooltip=N_("Back to the list")),
    ]

    def compose(self) -> ComposeResult:
        yield TitleLine(N_("Key to the signs"))
        yield LegendTable()
        yield StatusLine(("legend.back",))
