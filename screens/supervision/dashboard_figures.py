"""The blocks of one figure: large where there is room, with its sign, its word and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend_client.model.call_filter import CallFilter
from backend_client.model.task import TaskFilter, TaskState
from screens.language import NO_VALUE, _, decimal, ngettext, number
from screens.supervision.dashboard_view import (
    INCOMING,
    MISSED,
    TODAY,
    Behind,
    BehindTasks,
    Place,
    Running,
    View,
    in_time,
    offered,
    today,
)  # fmt: skip
from screens.supervision.now_words import ALL_CLEAR, KEPT, LEFT_OVER, MISSED_GOAL, NONE_WAIT, goal_sign
from screens.widgets.board import Cell, Line
from screens.widgets.large_digits import large
from screens.words import Role, Sign

LARGE_FROM = 6
"""Lines from which on a figure is drawn large: five of digits, and its word."""


@dataclass(frozen=True)
class Figure:
    """A figure, what it opens, how it stands to its goal, and lines about it."""

    text: str
    opens: object
    sign: Sign | None = None
    word: str = ""
    """What is said of it; blank: the sign's own word."""
    about: Sequence[Line] = ()
    role: Role | None = None
    """None: the sign's."""

    def unvouched(self) -> Figure:
        """Of data that nobody vouches for: nothing good is claimed by it."""
        good = self.sign is not None and self.sign.role is Role.GOOD
        return replace(self, sign=None, word="", role=Role.PLAIN) if good else self

    def lines(self, width: int, height: int, *, ascii: bool = False) -> list[Line]:
        """Lines of the figure for so much room."""
        role = self.role if self.role is not None else self.sign.role if self.sign else Role.PLAIN
        told = self.word if self.sign is None else f"{self.sign.mark(ascii)} {self.word or self.sign.word}"
        digits = None
        if height >= LARGE_FROM:
            digits = large(
                self.text, width - 2, height - 1 - (1 if self.about and height > LARGE_FROM else 0), ascii=ascii
            )
        if digits is None:
            first: Line = (Cell(self.text, role, self.opens, "figure"), Cell(f"  {told}", role))
            return [first, *self.about]
        word = (Cell(told or self.text, role, self.opens, "figure"),)
        return [*((Cell(f" {line}", role),) for line in digits), word, *self.about]


def nothing_told(view: View) -> Figure:
    """No source tells of what goes on, or not any more."""
    text = _(" the source tells nothing") if view.followed else _(" no source tells of it")
    return Figure(NO_VALUE, None, about=[[Cell(text, Role.MUTED)]])


def waiting(view: View) -> Figure:
    """Callers whom nobody answered yet, and the longest wait."""
    if not view.told:
        return nothing_told(view)
    callers = view.waiting
    if not callers:
        return Figure("0", None, NONE_WAIT)
    longest = view.seconds(callers[0].start)
    goal = view.answer.waiting_goal
    sign = goal_sign(longest, goal) if goal else None
    ids = tuple(call.id for call in callers)
    about = _("longest {time}").format(time=view.timer(callers[0].start))
    return Figure(
        number(len(callers)), Running(ids), sign, about=[[Cell(about, Role.PLAIN, Running(ids[:1]), "longest")]]
    )


def service(view: View) -> Figure:
    """The share of today's calls that were answered in time, and its goal."""
    level = view.answer.service
    goal = _("goal {percent}/{seconds} s").format(percent=level.goal.percent, seconds=level.goal.seconds)
    if level.percent is None:
        return Figure(NO_VALUE, None, about=[[Cell(f" {goal}", Role.MUTED)]])
    title = _("Service level")
    about: Line = (
        Cell(number(level.in_time), Role.PLAIN, Behind(in_time(level), title), "in time"),
        Cell(_(" of"), Role.MUTED),
        Cell(number(level.offered), Role.PLAIN, Behind(offered(level), title), "offered"),
        Cell(f"  {goal}", Role.MUTED),
    )
    sign = KEPT if level.kept else MISSED_GOAL
    return Figure(f"{decimal(level.percent, 0)} %", Behind(in_time(level), title), sign, about=[about])


def attention(view: View) -> Figure:
    """Missed calls of today that nobody made good, and the queue of all of them."""
    answer = view.answer
    opens = Behind(today(CallFilter(attention=True)), _("Missed, needing attention"))
    about: list[Line] = []
    if answer.queue_open is not None:
        text = ngettext("{count} in queue", "{count} in queue", answer.queue_open)
        queue = [Cell(text.format(count=number(answer.queue_open)), Role.PLAIN, Place.QUEUE, "queue")]
        if answer.queue_late:
            queue.append(Cell(",", Role.MUTED))
            late = ngettext("{count} late", "{count} late", answer.queue_late)
            queue.append(Cell(late.format(count=number(answer.queue_late)), Role.BAD, Place.QUEUE, "late"))
        about = [queue]
    sign = LEFT_OVER if answer.attention else ALL_CLEAR
    return Figure(number(answer.attention), opens, sign, about=about)


def lost(view: View) -> Figure:
    """New callers of today with whom nobody spoke."""
    answer = view.answer
    opens = Behind(today(CallFilter(lost=True)), _("Lost leads"))
    missed = Cell(number(answer.today.missed), Role.PLAIN, Behind(today(MISSED), _("Missed")), "missed")
    about = [(Cell(_(" of"), Role.MUTED), missed, Cell(_(" missed today"), Role.MUTED))]
    return Figure(number(answer.lost), opens, LEFT_OVER if answer.lost else ALL_CLEAR, about=about)


def plan(view: View) -> Figure:
    """Call tasks of today."""
    tasks = view.answer.plan
    if tasks is None:
        return Figure(NO_VALUE, None, about=[[Cell(_(" your role may not see the plan"), Role.MUTED)]])
    title, period = _("Plan"), TODAY.period
    closed = TaskFilter(contact=period, states=(TaskState.DONE_ORDER, TaskState.DONE))
    planned = BehindTasks(TaskFilter(planned=period), title)
    told = [
        Cell(number(tasks.done), Role.PLAIN, BehindTasks(closed, _("Done")), "done"),
        Cell(_(" of"), Role.MUTED),
        Cell(_("{count} planned").format(count=number(tasks.planned)), Role.PLAIN, planned, "planned"),
    ]
    if tasks.overdue:
        told.append(Cell(",", Role.MUTED))
        text = _("overdue {count}").format(count=number(tasks.overdue))
        told.append(Cell(text, Role.BAD, BehindTasks(TaskFilter(overdue=True), _("Overdue")), "overdue"))
    share = f"{decimal(100 * tasks.done / tasks.planned, 0)} %" if tasks.planned else NO_VALUE
    return Figure(share, planned, word=_("done") if tasks.planned else "", about=[told])


def running(view: View, calls: int, ids: tuple[int, ...]) -> Figure:
    """Calls in progress."""
    return Figure(number(calls), Running(ids) if ids else None, word=_("in progress"), role=Role.ACCENT)


def day(view: View) -> Figure:
    """Incoming calls of today, against the same weekday."""
    answer = view.answer
    about: list[Line] = []
    parts = [
        f"{title} {number(figures.incoming)}"
        for title, figures in ((_("yesterday"), answer.yesterday), (_("a week ago"), answer.week_ago))
        if figures is not None
    ]
    if parts:
        about.append([Cell(f" {', '.join(parts)}", Role.MUTED)])
    incoming = Behind(today(INCOMING), _("Incoming"))
    return Figure(number(answer.today.incoming), incoming, word=_("incoming"), about=about, role=Role.PLAIN)
