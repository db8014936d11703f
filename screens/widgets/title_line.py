"""The line over a screen: what it shows, what is new, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence

from screens.language import _, ngettext, number
from screens.pace import is_slow, steady_age
from screens.widgets.painted import Piece, PieceLine, Pieces
from screens.words import Role

NEW_AT_MOST = 1000


class TitleLine(PieceLine):
    """Title and subject at the left; at the right what wants to be seen: stale, new rows, other counters."""

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.title = title
        """An English msgid."""
        self.subject = ""
        self.new = 0
        self.stale_for: int | None = None
        self.counters: Sequence[Pieces] = ()
        self.who = ""

    def show(self) -> None:
        """Draw what the fields say."""
        left: list[Piece] = [(_(self.title), Role.TITLE)]
        if self.subject:
            left.append((f"  {self.subject}", Role.MUTED))
        right: list[Pieces] = []
        if self.stale_for is not None:
            text = _("! no connection, shown as {age} ago").format(age=steady_age(self.stale_for, slow=is_slow(self)))
            right.append([(text, Role.BAD)])
        if self.new:
            count = number(self.new) if self.new < NEW_AT_MOST else f"{number(NEW_AT_MOST)}+"
            text = ngettext("↑ {count} new", "↑ {count} new", self.new).format(count=count)
            right.append([(text, Role.ACCENT)])
        right.extend(self.counters)
        if self.who:
            right.append([(self.who, Role.MUTED)])
        self.write(left, right)

    def on_mount(self) -> None:
        self.show()
