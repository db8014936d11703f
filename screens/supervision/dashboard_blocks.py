"""The blocks of the dashboard: what each is called, how much room it wants, and what stands in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rich.cells import cell_len

from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.now import AgentNow, AgentState, DayFigures
from backend_client.model.status import RUNNING, Direction
from backend_client.model.text import N_, clean
from screens import words
from screens.language import NO_VALUE, _, decimal, moment, ngettext, number
from screens.supervision import dashboard_figures as figures
from screens.supervision.dashboard_figures import Figure
from screens.supervision.dashboard_view import (
    ACCEPTED,
    INCOMING,
    MISSED,
    OUTGOING,
    Behind,
    Place,
    Running,
    View,
    day_title,
    today,
    until_now,
)  # fmt: skip
from screens.supervision.now_words import AGENT_STATES, rough_age
from screens.widgets.block_layout import Placed, Shape, layout
from screens.widgets.board import Cell, Frame, Line
from screens.widgets.day_curve import HourBar, day_curve
from screens.widgets.painted import fit
from screens.words import Role

Draw = Callable[[View, int, int], Sequence[Line]]
_clean = lru_cache(maxsize=256)(clean)
"""The same names are drawn every second."""


@dataclass(frozen=True)
class Block:
    """A block of the dashboard."""

    id: str
    title: str
    """An English msgid."""
    shape: Shape
    draw: Draw | None = None
    """None: only its figure is shown."""
    figure: Callable[[View], Figure] | None = None
    """What the wall shows of it; None: the same as anywhere."""
    live: bool = False
    """By the source of running calls; otherwise by that of records."""
    own: bool = False
    """By the backend itself: people write it down, whatever becomes of the sources."""
    ticks: bool = False
    """Something in it runs on by the second."""
    count: Callable[[View], str] | None = None
    """Stands beside the title."""

    def frame(self, view: View, width: int, height: int, *, wall: bool) -> Frame:
        """What it shows in so much room, its title's line included."""
        trust = view.own if self.own else view.live if self.live else view.records
        title = _(self.title)
        if self.count is not None and not wall:
            counted = f"{title} {self.count(view)}".rstrip()
            title = counted if cell_len(counted) + cell_len(trust.note) + 3 <= width else title
        if self.figure is not None and (wall or self.draw is None):
            figure = self.figure(view).unvouched() if trust.dead else self.figure(view)
            lines: Sequence[Line] = figure.lines(width, height - 1, ascii=view.ascii)
        else:
            assert self.draw is not None
            lines = self.draw(view, width, height - 1)
        return Frame(title, lines, trust.note, trust.short, trust.role, dim=trust.dead, ascii=view.ascii)


# Calls in progress


def _calls(view: View) -> list[Call]:
    """External running calls and those whose end was not seen; internal ones are in no figure."""
    return [call for call in view.answer.calls if call.direction is not Direction.INTERNAL]


def _in_progress(view: View) -> list[Call]:
    return [call for call in _calls(view) if call.status in RUNNING]


def _draw_calls(view: View, width: int, height: int) -> Sequence[Line]:
    calls = _calls(view)
    if not view.followed:
        return [
            [Cell(_(" No source tells of calls in progress."), Role.MUTED)],
            [Cell(_(" Follow your exchange:  pult follow"), Role.MUTED)],
        ]
    if not calls:
        text = _(" No calls in progress.") if view.told else _(" The source tells nothing.")
        return [[Cell(text, Role.MUTED)]]
    shown = calls if len(calls) <= height else calls[: height - 1]
    lines: list[Line] = [_call_line(view, call, width) for call in shown]
    if rest := len(calls) - len(shown):
        text = ngettext("and {count} more running call", "and {count} more running calls", rest)
        lines.append([Cell(text.format(count=number(rest)), Role.MUTED, Place.TODAY, "more")])
    return lines


def _call_line(view: View, call: Call, width: int) -> Line:
    """State, running time, who, whom and line, as much as fits."""
    sign = words.status_sign(call, names=False)
    role = sign.role
    since = call.answered if call.answered is not None else call.start
    timer = view.timer(since) if call.status in RUNNING else _("end not seen")
    left = width - 25
    line = call.line or call.channel
    line_width = min(14, left // 4) if left >= 44 else 0
    who_width = (left - line_width - 3) * 11 // 20
    whom_width = left - line_width - 3 - who_width
    who = words.client_text(call, view.home)
    cells = [
        Cell(f"{sign.mark(view.ascii)} {fit(sign.word, 11)} ", role, Running((call.id,)), call.id),
        Cell(fit(timer, 8, right=True), role),
        Cell(f" {words.DIRECTIONS[call.direction].mark(view.ascii)} {fit(who, who_width)}", Role.PLAIN),
        Cell(f" {fit(words.employees_text(call), whom_width)}", Role.PLAIN),
    ]
    if line_width:
        cells.append(Cell(f" {fit(line, line_width)}", Role.MUTED))
    return cells


# Agents


_ORDER = {state: place for place, state in enumerate(AGENT_STATES)}


def _sorted_agents(view: View) -> list[AgentNow]:
    """By state; within one by name, as they come."""
    return sorted(view.answer.agents, key=lambda agent: _ORDER[agent.state])


def _agent_counts(view: View, states: Sequence[AgentState] = tuple(AGENT_STATES)) -> str:
    """How many are in each state: "4 talking, 2 free"."""
    parts = []
    for state in states:
        count = sum(agent.state is state for agent in view.answer.agents)
        if count and state is not AgentState.UNKNOWN:
            parts.append(f"{AGENT_STATES[state].mark(view.ascii)}{number(count)}")
    return " ".join(parts)


_AGENT = 44
"""Cells from which on agents stand in two columns where one does not hold them."""


def _draw_agents(view: View, width: int, height: int) -> Sequence[Line]:
    agents = _sorted_agents(view)
    if not agents:
        return [[Cell(_(" No employee has an extension."), Role.MUTED)]]
    rows = height - 1
    beside = max(1, min(-(-len(agents) // max(1, rows)), width // _AGENT))
    each = (width - beside + 1) // beside
    head: list[Cell] = []
    for at in range(beside):
        head += [Cell(" " if at else ""), *_agent_head(each)]
    lines: list[list[Cell]] = [head]
    shown = agents if len(agents) <= rows * beside else agents[: rows * beside - 1]
    tall = min(rows, -(-len(shown) // beside)) if len(shown) == len(agents) else rows
    for row in range(tall):
        cells: list[Cell] = []
        for at in range(beside):
            place = at * tall + row
            if place < len(shown):
                cells += [Cell(" " if at else ""), *_agent_line(view, shown[place], each)]
            elif place == len(shown) and len(shown) < len(agents):
                rest = len(agents) - len(shown)
                text = ngettext("and {count} more", "and {count} more", rest).format(count=number(rest))
                cells += [Cell(" " if at else ""), Cell(fit(f" {text}", each), Role.MUTED)]
        lines.append(cells)
    return lines


def _agent_widths(width: int) -> tuple[int, int]:
    """Cells of the state's word and of the name."""
    word = 10 if width >= _AGENT else 0
    return word, width - word - 2 - 3 * 5 - 8


def _agent_head(width: int) -> list[Cell]:
    word, name = _agent_widths(width)
    heads = "".join(fit(text, 5, right=True) for text in (_("in"), _("miss"), _("out")))
    return [Cell(" " * (2 + word + name + 8) + heads, Role.MUTED)]


def _agent_line(view: View, agent: AgentNow, width: int) -> list[Cell]:
    """State, since when, name, and today's counts, each of which opens its calls."""
    sign = AGENT_STATES[agent.state]
    word, name = _agent_widths(width)
    since = "" if agent.since is None else _lasting(view, agent.state, agent.since)
    told = f"{sign.mark(view.ascii)} "
    if word:
        told += fit(_clean(agent.reason) or sign.word if agent.state is AgentState.AWAY else sign.word, word - 1) + " "
    cells = [
        Cell(told, sign.role),
        Cell(fit(_clean(agent.name), name), sign.role if agent.state is AgentState.OFF else Role.PLAIN),
        Cell(fit(since, 8, right=True), sign.role),
    ]
    counts = ((agent.accepted, ACCEPTED), (agent.missed, MISSED), (agent.outgoing, OUTGOING))
    for at, (count, fragment) in enumerate(counts):
        who = CallFilter(employees=(agent.employee_id,), families=fragment.families, directions=fragment.directions)
        text = number(count)
        pad = max(0, 4 - cell_len(text))
        cells.append(Cell(" " * pad))
        role = Role.BAD if at == 1 and count else Role.PLAIN
        cells.append(Cell(text, role, Behind(today(who), _clean(agent.name)), (agent.employee_id, at)))
    return cells


def _lasting(view: View, state: AgentState, since: int) -> str:
    """How long a state lasts: to the second where somebody is on the telephone, else to the minute."""
    timed = state in (AgentState.TALKING, AgentState.RINGING)
    return view.timer(since) if timed else rough_age(view.seconds(since))


# Today against other days


def _draw_days(view: View, width: int, height: int) -> Sequence[Line]:
    answer = view.answer
    days = [(_("today"), answer.today), (_("yesterday"), answer.yesterday)]
    if answer.week_ago is not None:
        days.append((day_title(answer.week_ago.day), answer.week_ago))
    shown = [(title, one) for title, one in days if one is not None]
    rows: Sequence[tuple[str, CallFilter, Callable[[DayFigures], int]]] = (
        (_("incoming"), INCOMING, lambda one: one.incoming),
        (_("accepted"), ACCEPTED, lambda one: one.accepted),
        (_("missed"), MISSED, lambda one: one.missed),
        (_("outgoing"), OUTGOING, lambda one: one.outgoing),
    )
    widest_title = max(cell_len(title) for title, _one in shown)
    widest_label = max(cell_len(title) for title, _fragment, _count in rows)
    cell = max(widest_title + 1, min(12, (width - widest_label - 1) // len(shown)))
    label = min(16, max(0, width - cell * len(shown)))
    differs = answer.week_ago is not None and width - label - cell * len(shown) >= 8
    lines: list[Line] = [
        [Cell(" " * label), *(Cell(fit(title, cell, right=True), Role.MUTED) for title, _day in shown)]
    ]
    for place, (title, fragment, count) in enumerate(rows):
        cells = [Cell(fit(f" {title}", label), Role.MUTED if place else Role.PLAIN)]
        for at, (_title, one) in enumerate(shown):
            behind = until_now(one, view, fragment) if at else today(fragment)
            text = number(count(one))
            cells.append(Cell(" " * max(0, cell - cell_len(text) - 1)))
            role = Role.PLAIN if not at else Role.MUTED
            cells.append(Cell(text, role, Behind(behind, title), (place, one.day)))
        if differs and answer.week_ago is not None:
            cells.append(Cell(_difference(count(answer.today), count(answer.week_ago)), Role.MUTED))
        lines.append(cells)
    return lines


def _difference(now: int, before: int) -> str:
    if not before:
        return ""
    change = round(100 * (now - before) / before)
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{decimal(abs(change), 0)} %".rjust(8)


# The day by the hour


def _draw_hours(view: View, width: int, height: int) -> Sequence[Line]:
    hour = moment(view.now, view.zone).hour
    title = _("Incoming")
    bars = [
        HourBar(
            one.hour, one.accepted, one.missed, one.expected_incoming,
            Behind(today(CallFilter(directions=INCOMING.directions, hours=(one.hour,))), f"{title} · {one.hour:02}"),
            running=one.hour == hour,
        )
        for one in view.answer.hours
    ]  # fmt: skip
    chart = day_curve(bars, width, height, ascii=view.ascii)
    return chart or [[Cell(_(" No calls yet today."), Role.MUTED)]]


def _legend(view: View) -> str:
    """What the bars and the line are."""
    bars = f"{'#' if view.ascii else '█'} {_('accepted')} {'%' if view.ascii else '▒'} {_('missed')}"
    return f"  {bars}  {_expected(view)}"


def _expected(view: View) -> str:
    days = view.answer.expected_days
    if not days:
        return _("no earlier day of this weekday")
    text = ngettext("expected, by {count} day", "expected, by {count} days", days).format(count=number(days))
    return f"{'--' if view.ascii else '──'} {text}"


def _running_figure(view: View) -> Figure:
    if not view.told:
        return figures.nothing_told(view)
    calls = _in_progress(view)
    return figures.running(view, len(calls), tuple(call.id for call in calls))


def _free_figure(view: View) -> Figure:
    """How many could take a call."""
    free = sum(agent.state is AgentState.FREE for agent in view.answer.agents)
    told = any(agent.state is not AgentState.UNKNOWN for agent in view.answer.agents)
    role = Role.GOOD if free else Role.WARNING
    return Figure(
        number(free) if told else NO_VALUE, None, AGENT_STATES[AgentState.FREE] if told else None,
        about=[[Cell(f" {_agent_counts(view)}", Role.MUTED)]], role=role,
    )  # fmt: skip


BLOCKS: tuple[Block, ...] = (
    Block("waiting", N_("Waiting"), Shape("waiting", 19, 3), figure=figures.waiting, live=True, ticks=True),
    Block("service", N_("Service level"), Shape("service", 19, 3), figure=figures.service),
    Block("attention", N_("Need attention"), Shape("attention", 19, 3), figure=figures.attention),
    Block("lost", N_("Lost leads"), Shape("lost", 19, 3), figure=figures.lost),
    Block("plan", N_("Plan"), Shape("plan", 19, 3), figure=figures.plan, own=True),
    Block(
        "calls", N_("Calls in progress"), Shape("calls", 60, 5, 3, 3), _draw_calls, _running_figure,
        live=True, ticks=True, count=lambda view: number(len(_in_progress(view))) if view.told else NO_VALUE,
    ),
    Block(
        "agents", N_("Agents"), Shape("agents", 38, 6, 2, 3), _draw_agents, _free_figure,
        live=True, ticks=True, count=_agent_counts,
    ),
    Block("days", N_("Today and before"), Shape("days", 38, 6, 1, 2), _draw_days, figures.day),
    Block("hours", N_("By the hour"), Shape("hours", 38, 5, 2, 2), _draw_hours, count=_legend),
)  # fmt: skip
"""In the order in which they stand where nobody chose another."""
BY_ID = {block.id: block for block in BLOCKS}

_TALL = 36
"""Lines from which on figures are large on a desk, too."""
_LARGE = 10
"""Lines of a large figure with its title, word, what stands behind it, and a blank one."""


def places(blocks: Sequence[Block], width: int, height: int, *, wall: bool) -> tuple[Placed, ...]:
    """Where blocks stand in a window: on a wall all are equally large, on a desk tables have the most room."""
    if wall:
        beside = max(1, min(math.ceil(math.sqrt(len(blocks))), width // 24))
        shapes = [Shape(block.id, min(24, width), 5, 1, 1) for block in blocks]
        # All equally high, so that all digits are equally large.
        return layout(shapes, width, height - height % -(-len(blocks) // beside), beside=beside)
    figure = _LARGE if height >= _TALL else 3
    shapes = [block.shape if block.draw else replace(block.shape, height=figure) for block in blocks]
    return layout(shapes, width, height)
