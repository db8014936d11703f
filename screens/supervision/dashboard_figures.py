"""The blocks of one figure: large where there is room, with its sign, its word and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

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
    late,
    offered,
    today,
    unanswered,
    until_now,
)  # fmt: skip
from screens.supervision.now_words import (
    ALL_CLEAR,
    KEPT,
    LEFT_OVER,
    MISSED_GOAL,
    NEAR_GOAL,
    NONE_WAIT,
    PAST_GOAL,
    goal_sign,
)
from screens.widgets.board import Cell, Line
from screens.widgets.large_digits import large, lines_of_largest
from screens.words import Role, Sign

LARGE_FROM = 6
"""Lines from which on a figure is drawn large: five of digits, and its word."""
_ABOUT = 2
"""Lines that are kept for what stands about a figure, whether or not anything does: digits beside each other are
equally large."""


@dataclass(frozen=True)
class Figure:
    """A figure, what it opens, how it stands to its goal, and lines about it."""

    text: str
    opens: object
    sign: Sign | None = None
    word: str = ""
    """What is said of it; blank: the sign's own word."""
    about: Sequence[Line] = ()
    short: Sequence[Line] = ()
    """The same lines where there is no room for all of their words."""
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
        if height < LARGE_FROM:
            return self._small(width, told, role)
        room = height - 1 - min(_ABOUT, height - LARGE_FROM)
        digits = large(self.text, width - 2, room, ascii=ascii)
        if digits is None:
            return self._small(width, told, role)
        # Digits of a long figure are smaller; what stands below is on one line in all blocks of a row.
        below = lines_of_largest(room, ascii=ascii) - len(digits)
        word = (Cell(told or self.text, role, self.opens, "figure"),)
        about = [line if _fits(line, width) else short for line, short in self._about]
        return [*((Cell(f" {line}", role),) for line in digits), *[()] * below, word, *about]

    def _small(self, width: int, told: str, role: Role) -> list[Line]:
        """Two lines: the figure, and all that is said about it."""
        first: Line = (Cell(self.text, role, self.opens, "figure"), Cell(f"  {told}", role))
        about, short = ([cell for pair in self._about for cell in pair[form]] for form in (0, 1))
        return [first, about if _fits(about, width) else short]

    @property
    def _about(self) -> Sequence[tuple[Line, Line]]:
        """Each line about it, and its short form."""
        return list(zip(self.about, self.short or self.about, strict=True))


def _fits(line: Line, width: int) -> bool:
    return sum(cell_len(cell.text) + (cell.opens is not None) for cell in line) <= width


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
    share: Line = (
        Cell(number(level.in_time), Role.PLAIN, Behind(in_time(level), title), "in time"),
        Cell(_(" of"), Role.MUTED),
        Cell(number(level.offered), Role.PLAIN, Behind(offered(level), title), "offered"),
    )
    told, signs = [*share], [*share]
    for count, key, wanted, text, sign in (
        (level.late, "late", late(level), _("late {count}"), NEAR_GOAL),
        (level.missed, "unanswered", unanswered(level), _("missed {count}"), MISSED_GOAL),
    ):
        if count:
            behind = Behind(wanted, title)
            told += [Cell(",", Role.MUTED), Cell(text.format(count=number(count)), sign.role, behind, key)]
            signs.append(Cell(f"{sign.mark(view.ascii)}{number(count)}", sign.role, behind, key))
    return Figure(
        f"{decimal(level.percent, 0)} %", Behind(in_time(level), title), KEPT if level.kept else MISSED_GOAL,
        about=[told, [Cell(f" {goal}", Role.MUTED)]],
        short=[signs, [Cell(f" {level.goal.percent}/{level.goal.seconds}", Role.MUTED)]],
    )  # fmt: skip


def attention(view: View) -> Figure:
    """Missed calls of today that nobody made good, and the queue of all of them."""
    answer = view.answer
    opens = Behind(today(CallFilter(attention=True)), _("Missed, needing attention"))
    about: list[Line] = []
    short: list[Line] = []
    if answer.queue_open is not None:
        text = ngettext("{count} in queue", "{count} in queue", answer.queue_open)
        queue = Cell(text.format(count=number(answer.queue_open)), Role.PLAIN, Place.QUEUE, "queue")
        about, short = [[queue]], [[queue]]
        if answer.queue_late:
            text = ngettext("{count} late", "{count} late", answer.queue_late).format(count=number(answer.queue_late))
            sign = f"{PAST_GOAL.mark(view.ascii)}{number(answer.queue_late)}"
            about = [[queue, Cell(",", Role.MUTED), Cell(text, Role.BAD, Place.QUEUE, "late")]]
            short = [[queue, Cell(sign, Role.BAD, Place.QUEUE, "late")]]
    return Figure(
        number(answer.attention), opens, LEFT_OVER if answer.attention else ALL_CLEAR, about=about, short=short
    )


def lost(view: View) -> Figure:
    """New callers of today with whom nobody spoke."""
    answer = view.answer
    opens = Behind(today(CallFilter(lost=True)), _("Lost leads"))
    missed = Cell(number(answer.today.missed), Role.PLAIN, Behind(today(MISSED), _("Missed")), "missed")
    of = Cell(_(" of"), Role.MUTED)
    return Figure(
        number(answer.lost), opens, LEFT_OVER if answer.lost else ALL_CLEAR,
        about=[(of, missed, Cell(_(" missed today"), Role.MUTED))],
        short=[(of, missed, Cell(_(" missed"), Role.MUTED))],
    )  # fmt: skip


def plan(view: View) -> Figure:
    """Call tasks of today."""
    tasks = view.answer.plan
    if tasks is None:
        return Figure(NO_VALUE, None, about=[[Cell(_(" your role may not see the plan"), Role.MUTED)]])
    title, period = _("Plan"), TODAY.period
    closed = TaskFilter(contact=period, states=(TaskState.DONE_ORDER, TaskState.DONE))
    done = Cell(number(tasks.done), Role.PLAIN, BehindTasks(closed, _("Done")), "done")
    of = Cell(_(" of"), Role.MUTED)
    planned = BehindTasks(TaskFilter(planned=period), title)
    count = number(tasks.planned)
    of_tasks = ngettext("{count} planned task", "{count} planned tasks", tasks.planned).format(count=count)
    told = [done, of, Cell(of_tasks, Role.PLAIN, planned, "planned")]
    short = [done, of, Cell(count, Role.PLAIN, planned, "planned")]
    if tasks.overdue:
        text = _("overdue {count}").format(count=number(tasks.overdue))
        overdue = BehindTasks(TaskFilter(overdue=True), _("Overdue"))
        late = [Cell(",", Role.MUTED), Cell(text, Role.BAD, overdue, "overdue")]
        told += late
        short += late
    share = f"{decimal(100 * tasks.done / tasks.planned, 0)} %" if tasks.planned else NO_VALUE
    return Figure(share, planned, word=_("done") if tasks.planned else "", about=[told], short=[short])


def running(view: View, calls: int, ids: tuple[int, ...]) -> Figure:
    """Calls in progress."""
    return Figure(number(calls), Running(ids) if ids else None, word=_("in progress"), role=Role.ACCENT)


def day(view: View) -> Figure:
    """Incoming calls of today, against the same weekday."""
    answer = view.answer
    about: list[Cell] = []
    for title, figures in ((_("yesterday"), answer.yesterday), (_("a week ago"), answer.week_ago)):
        if figures is not None:
            behind = Behind(until_now(figures, view, INCOMING), title)
            about.append(Cell(f"{',' if about else ''} {title}", Role.MUTED))
            about.append(Cell(number(figures.incoming), Role.MUTED, behind, figures.day))
    incoming = Behind(today(INCOMING), _("Incoming"))
    return Figure(
        number(answer.today.incoming), incoming, word=_("incoming"), about=[about] if about else [], role=Role.PLAIN
    )
