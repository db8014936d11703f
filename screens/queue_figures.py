"""What was done today with missed calls, by the team and by each operator, in one line."""

from __future__ import annotations

from backend_client.contract import MissedQueue
from backend_client.model.missed_queue import CallBackFigures
from backend_client.model.text import clean
from screens.language import _, age, number
from screens.widgets.painted import Piece, Pieces
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
