"""Everything about a task as lines for a panel: its fields, its history, the calls of its client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from backend_client.contract.tasks import TaskCard
from backend_client.model.call import Call
from backend_client.model.phone import format_number
from backend_client.model.task import Task, TaskHistory
from backend_client.model.text import clean
from screens import words
from screens.language import _, clock_time, duration, moment, money, relative_date, short_date
from screens.plan.task_words import EVENTS, ORIGINS, client_text, day_of, days_ago, state_pieces
from screens.widgets.painted import Piece, Pieces, fit, wrap
from screens.words import Role


@dataclass(frozen=True)
class TaskLook:
    """What the texts of a task depend on beside the task."""

    zone: ZoneInfo
    today: date
    home: str = ""
    employees: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    ascii: bool = False

    def employee(self, id: int | None) -> str:
        """A name; "nobody" for None."""
        return _("nobody") if id is None else self.employees.get(id, f"#{id}")

    def reason(self, task: Task) -> str:
        """Why it was postponed, refused or dropped: the reason of the list, and the words beside it."""
        listed = self.reasons.get(task.reason_id, f"#{task.reason_id}") if task.reason_id else ""
        return ": ".join(filter(None, (listed, clean(task.reason))))


def task_lines(card: TaskCard, calls: Sequence[Call], look: TaskLook, width: int) -> list[Pieces]:
    """The lines of a task, most wanted first. `calls`: the latest of its client."""
    task = card.task
    lines: list[Pieces] = [[(client_text(task, look.home), Role.TITLE)], state_pieces(task, look.ascii)]
    fields = list(_fields(card, look))
    label_width = min(max(cell_len(label) for label, _value in fields) + 1, width // 2)
    for label, value in fields:
        for place, part in enumerate(wrap(value, max(10, width - label_width))):
            lines.append([(fit(label if not place else "", label_width), Role.MUTED), (part, Role.PLAIN)])
    lines += _calls(_("Calls for this task"), card.attempts, look)
    attached = {call.id for call in card.attempts}
    lines += _calls(_("Last calls of the client"), [call for call in calls if call.id not in attached], look)
    lines += _history(card.history, look, width)
    return lines


def _fields(card: TaskCard, look: TaskLook) -> Iterator[tuple[str, str]]:
    task = card.task
    number = format_number(task.number, look.home)
    yield _("Number"), ", ".join(filter(None, (number, clean(task.person)))) or _("no number")
    if task.address:
        address = clean(task.address)
        yield _("Address"), _("{address} (archived)").format(address=address) if card.address_archived else address
    yield _("Contact date"), " ".join(filter(None, (_day(task.contact_date, look), task.contact_time)))
    if task.plan_date:
        yield _("Plan date"), _day(task.plan_date, look)
    if task.last_delivery:
        day = day_of(task.last_delivery)
        ago = days_ago(day, look.today) if day else ""
        yield _("Last delivery"), ", ".join(filter(None, (_day(task.last_delivery, look), ago)))
    if task.order or task.amount is not None:
        amount = money(task.amount, task.currency) if task.amount is not None else ""
        yield _("Order"), ", ".join(filter(None, (clean(task.order), amount)))
    yield _("Operator"), look.employee(task.operator_id)
    if task.manager_id is not None:
        yield _("Account manager"), look.employee(task.manager_id)
    if reason := look.reason(task):
        yield _("Reason"), reason
    if task.note:
        yield _("Note"), clean(task.note, multiline=True)
    yield _("Task"), f"#{task.id}, {_(ORIGINS[task.origin])}"


def _day(text: str, look: TaskLook) -> str:
    day = day_of(text)
    return relative_date(day, look.today) if day else ""


def _calls(title: str, calls: Sequence[Call], look: TaskLook) -> Iterator[Pieces]:
    if not calls:
        return
    yield []
    yield [(title, Role.TITLE)]
    for call in calls:
        at = moment(call.start, look.zone)
        status, direction = words.status_sign(call), words.DIRECTIONS[call.direction]
        pieces: list[Piece] = [
            (f"{direction.mark(look.ascii)} {status.mark(look.ascii)} ", status.role),
            (f"{relative_date(at.date(), look.today)} {clock_time(at)}  ", Role.PLAIN),
            (f"{status.word}  ", status.role),
            (
                "  ".join(filter(None, (duration(call.talk) if call.talk else "", words.employees_text(call)))),
                Role.MUTED,
            ),
        ]
        yield pieces
        if call.comment:
            yield [("    " + clean(call.comment), Role.MUTED)]


def _history(history: Sequence[TaskHistory], look: TaskLook, width: int) -> Iterator[Pieces]:
    if not history:
        return
    yield []
    yield [(_("History"), Role.TITLE)]
    for entry in reversed(history):
        at = moment(entry.at, look.zone)
        head = f"{short_date(at.date())} {clock_time(at)} {clean(entry.author)}"
        yield [(head.rstrip() + ": ", Role.MUTED), (_(EVENTS[entry.event]), Role.PLAIN)]
        for part in wrap("; ".join(_told(entry, look)), max(10, width - 2)):
            if part:
                yield [("  " + part, Role.MUTED)]


def _told(entry: TaskHistory, look: TaskLook) -> Iterator[str]:
    """What an entry changed, and why."""
    if entry.to_date and entry.to_date != entry.from_date:
        days = [short_date(day) for day in map(day_of, (entry.from_date, entry.to_date)) if day]
        yield " → ".join(days)
    if entry.from_operator != entry.to_operator:
        yield f"{look.employee(entry.from_operator)} → {look.employee(entry.to_operator)}"
    if entry.reason_id is not None:
        yield look.reasons.get(entry.reason_id, f"#{entry.reason_id}")
    if entry.text:
        yield clean(entry.text)
