"""What was done today with missed calls, by the team and by each operator: in one line, and in full."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.widget import Widget
from textual.widgets import Static

from backend_client.contract.missed_queue import MissedQueue
from backend_client.model.missed_queue import CallBackFigures
from backend_client.model.text import clean
from screens.dialogs.dialog import Dialog
from screens.language import NO_VALUE, _, age, number
from screens.widgets.choice_list import Choice, ChoiceList
from screens.widgets.painted import Piece, Pieces, fit
from screens.words import Role


def figure_line(queue: MissedQueue, me: int | None) -> tuple[Pieces, list[Pieces]]:
    """The team's figures at the left, or one's own; those of operators at the right, own first."""
    operators = sorted(queue.operators, key=lambda one: one.employee_id != me)
    if queue.team is not None:
        return _told(_("Today"), queue.team), [_short(one) for one in operators]
    mine = next((one for one in operators if one.employee_id == me), None)
    return (_told(_("You, today"), mine) if mine is not None else [], [])


def _told(title: str, figures: CallBackFigures) -> list[Piece]:
    pieces: list[Piece] = [(f"{title}: ", Role.MUTED)]
    pieces.append((_("{count} settled").format(count=number(figures.settled)), Role.PLAIN))
    if figures.settled:
        parts = [_("{count} in time").format(count=number(figures.in_time))]
        parts.append(_("{count} within the goal").format(count=number(figures.within_goal)))
        if figures.median is not None:
            parts.append(_("median {age}").format(age=age(figures.median)))
        pieces.append((", " + ", ".join(parts), Role.MUTED))
    return pieces


def _short(figures: CallBackFigures) -> list[Piece]:
    claimed = f" +{number(figures.open)}" if figures.open else ""
    return [(f"{clean(figures.name)} ", Role.MUTED), (number(figures.settled), Role.PLAIN), (claimed, Role.ACCENT)]


_WIDTH = 70
"""Cells of a line of the table."""
_NARROWEST = 8


class FiguresDialog(Dialog[None]):
    """The figures of the team and of every operator, one below the other."""

    DEFAULT_CSS = """
    FiguresDialog > #box { width: 78; }
    FiguresDialog #heads { color: $text-muted; }
    """

    def __init__(self, queue: MissedQueue) -> None:
        super().__init__(_("Missed calls, today"))
        self._heads = (_("settled"), _("in time"), _("by the goal"), _("median"), _("open"), _("oldest"))
        all_of_them = ((queue.team,) if queue.team is not None else ()) + queue.operators
        self._choices = [Choice(place, self._row(one, queue.now)) for place, one in enumerate(all_of_them)]

    def body(self) -> list[Widget]:
        if not self._choices:
            return [Static(_("Nobody has called back yet today."), markup=False)]
        return [
            Static("  " + self._columns("", self._heads), id="heads", markup=False),
            ChoiceList(self._choices, typing=False),
        ]

    def _columns(self, name: str, cells: Sequence[str]) -> str:
        """A line of the table: each column is as wide as its head, the name has the rest."""
        widths = [max(_NARROWEST, cell_len(head) + 1) for head in self._heads]
        texts = (fit(cell, width, right=True) for cell, width in zip(cells, widths, strict=True))
        return fit(name, _WIDTH - sum(widths)) + "".join(texts)

    def _row(self, figures: CallBackFigures, now: int) -> str:
        cells = (
            number(figures.settled),
            number(figures.in_time),
            number(figures.within_goal),
            NO_VALUE if figures.median is None else age(figures.median),
            number(figures.open),
            NO_VALUE if figures.oldest is None else age(max(0, now - figures.oldest)),
        )
        return self._columns(clean(figures.name) if figures.employee_id is not None else _("All together"), cells)

    def hints(self) -> list[tuple[str, str]]:
        return [("Esc", _("back"))]

    def on_mount(self) -> None:
        super().on_mount()
        if self._choices:
            self.query_one(ChoiceList).focus()

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        self.dismiss(None)
