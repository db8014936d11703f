"""The matches under a name field: none is highlighted until ↓, so that Enter still means the text itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.events import Click
from textual.strip import Strip

from screens.message import FieldMessage
from screens.widgets.painted import Painted, fit
from screens.words import Role


@dataclass(frozen=True)
class Match:
    """One line: what it stands for by id, its word, and what stands to the right of it."""

    id: int
    word: str
    note: str = ""


class MatchList(Painted):
    """A few lines, one of them highlighted, or none."""

    DEFAULT_CSS = """
    MatchList { height: 8; }
    """

    class Taken(FieldMessage):
        """A line was clicked."""

        match: Match

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.matches: Sequence[Match] = ()
        self.highlighted: int | None = None
        self.title = ""

    @property
    def chosen(self) -> Match | None:
        """The highlighted match."""
        return None if self.highlighted is None else self.matches[self.highlighted]

    def supply(self, matches: Sequence[Match], title: str = "") -> None:
        """Other matches; the highlight stays on its match where it is still there, else nothing is highlighted."""
        chosen = self.chosen
        self.matches, self.title = matches, title
        ids = [match.id for match in matches]
        self.highlighted = ids.index(chosen.id) if chosen is not None and chosen.id in ids else None
        self.refresh()

    def move(self, by: int) -> None:
        """Highlight another line; up from the first one highlights none."""
        if not self.matches:
            return
        goal = (-1 if self.highlighted is None else self.highlighted) + by
        self.highlighted = None if goal < 0 else min(goal, len(self.matches) - 1)
        self.refresh()

    def on_click(self, event: Click) -> None:
        place = event.y - bool(self.title)
        if 0 <= place < len(self.matches):
            self.highlighted = place
            self.refresh()
            self.post_message(self.Taken(self.matches[place]))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self.title and not y:
            return self.strip([(" " + fit(self.title, max(0, width - 1)), Role.MUTED)], width)
        place = y - bool(self.title)
        if not 0 <= place < len(self.matches):
            return Strip.blank(width, self.style_of(Role.PLAIN))
        match, here = self.matches[place], place == self.highlighted
        note_width = min(cell_len(match.note), width // 2)
        room = max(0, width - note_width - 3)
        return self.strip(
            [
                ("► " if here else "  ", Role.ACCENT),
                (fit(match.word, room), Role.ACCENT if here else Role.PLAIN),
                (" " + fit(match.note, note_width), Role.MUTED),
            ],
            width,
        )
