"""Words, glyphs and colours for tasks of the outbound plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backend_client.contract.tasks import Skip
from backend_client.model.phone import format_number
from backend_client.model.task import Task, TaskOrigin, TaskState
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_, clean
from screens.language import ngettext, number, relative_date
from screens.widgets.painted import Piece
from screens.words import Role, Sign

STATES: dict[TaskState, Sign] = {
    TaskState.PLANNED: Sign(N_("Planned"), "○", "o"),
    TaskState.NOT_REACHED: Sign(N_("Not reached"), "↯", "~", Role.WARNING),
    TaskState.POSTPONED: Sign(N_("Postponed"), "»", ">", Role.ACCENT),
    TaskState.DROPPED: Sign(N_("Dropped"), "⊘", "0", Role.WARNING),
    TaskState.DONE_ORDER: Sign(N_("Done with order"), "✓", "+", Role.GOOD),
    TaskState.DONE: Sign(N_("Done without order"), "✓", "-", Role.GOOD),
    TaskState.REFUSED: Sign(N_("Refused"), "✗", "x", Role.BAD),
    TaskState.DROPPED_CONFIRMED: Sign(N_("Drop confirmed"), "⊗", "%", Role.MUTED),
    TaskState.UNKNOWN: Sign(N_("Unknown"), "?", "?", Role.MUTED),
}
OVERDUE = Sign(N_("Overdue"), "!", "!", Role.BAD)
NO_CALL = Sign(N_("No call"), "∅", "0", Role.WARNING)
"""A task that is done, and the journal knows of no call."""
MARKED = Sign(N_("Marked"), "■", "#", Role.ACCENT)

EVENTS: dict[TaskEvent, str] = {
    TaskEvent.ADD: N_("added"),
    TaskEvent.EDIT: N_("changed"),
    TaskEvent.REASSIGN: N_("given to somebody else"),
    TaskEvent.DONE: N_("done"),
    TaskEvent.NOT_REACHED: N_("not reached"),
    TaskEvent.POSTPONE: N_("postponed"),
    TaskEvent.REFUSE: N_("refused"),
    TaskEvent.DROP: N_("dropped"),
    TaskEvent.CONFIRM_DROP: N_("drop confirmed"),
    TaskEvent.RETURN: N_("returned to the plan"),
    TaskEvent.REOPEN: N_("opened again"),
    TaskEvent.UNKNOWN: N_("unknown"),
}

SKIPS: dict[Skip, str] = {
    Skip.NOT_THERE: N_("there is no such task"),
    Skip.CLOSED: N_("the task is closed"),
    Skip.THEIRS: N_("it is that operator's already"),
    Skip.NOT_MEANT: N_("it is not of those who were named"),
    Skip.UNKNOWN: N_("unknown reason"),
}
"""Why a task was not given to another operator."""

REASON_EVENTS: dict[TaskEvent, str] = {
    TaskEvent.POSTPONE: N_("Postponed"),
    TaskEvent.REFUSE: N_("Refused"),
    TaskEvent.DROP: N_("Dropped"),
}
"""What reasons are for."""

ORIGINS: dict[TaskOrigin, str] = {
    TaskOrigin.HAND: N_("entered by hand"),
    TaskOrigin.CALL: N_("made from a call"),
    TaskOrigin.IMPORT: N_("imported"),
    TaskOrigin.RULE: N_("made by a rule"),
    TaskOrigin.UNKNOWN: N_("unknown"),
}

_DONE = (TaskState.DONE, TaskState.DONE_ORDER)


def day_of(text: str) -> date | None:
    """The day of an ISO text; None for a blank one."""
    return date.fromisoformat(text) if text else None


def without_call(task: Task) -> bool:
    """Whether a task is said to be done of which the journal knows no call."""
    return task.state in _DONE and not task.calls


def state_pieces(task: Task, plain: bool = False) -> Sequence[Piece]:
    """Glyphs first, so that a narrow column still tells: overdue, the state, and done without a call."""
    sign = STATES[task.state]
    if task.overdue:
        # An overdue plan is told by the one word.
        word = "" if task.state is TaskState.PLANNED else f", {sign.word.lower()}"
        return [
            (f"{OVERDUE.mark(plain)}{sign.mark(plain)} ", OVERDUE.role),
            (f"{OVERDUE.word}{word}", OVERDUE.role),
        ]
    if without_call(task):
        glyphs, words = f"{NO_CALL.mark(plain)}{sign.mark(plain)} ", f"{NO_CALL.word}: {sign.word.lower()}"
        return [(glyphs + words, NO_CALL.role)]
    return [(f" {sign.mark(plain)} {sign.word}", sign.role)]


def when_text(task: Task, today: date) -> str:
    """The hour of a task of today, the day of any other."""
    day = day_of(task.contact_date)
    if day == today and task.contact_time:
        return task.contact_time
    return relative_date(day, today) if day else ""


def client_text(task: Task, home: str = "") -> str:
    """The client's name, else the number."""
    return clean(task.client) or format_number(task.number, home)


def days_ago(day: date, today: date) -> str:
    """How long ago a day was; blank for today and what is to come."""
    days = (today - day).days
    if days <= 0:
        return ""
    return ngettext("{count} day ago", "{count} days ago", days).format(count=number(days))
