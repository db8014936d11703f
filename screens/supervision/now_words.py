"""Words and signs of the dashboard and of the missed-call queue: states, goals, and the age of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from backend_client.model.now import AgentState, Freshness
from backend_client.model.text import N_
from screens.language import _, age, clock_time, moment, pgettext
from screens.pace import steady_age
from screens.words import Role, Sign

AGENT_STATES: dict[AgentState, Sign] = {
    AgentState.TALKING: Sign(N_("Talking"), "»", "t", Role.ACCENT),
    AgentState.RINGING: Sign(N_("Ringing"), "☏", "r", Role.WARNING),
    AgentState.FREE: Sign(N_("Free"), "✓", "+", Role.GOOD),
    AgentState.AWAY: Sign(N_("Away"), "○", "o", Role.WARNING),
    AgentState.OFF: Sign(N_("Offline"), "⊘", "0", Role.MUTED),
    AgentState.UNKNOWN: Sign(N_("State not told"), "?", "?", Role.MUTED),
}
"""In the order in which the agents stand."""

KEPT = Sign(N_("goal kept"), "✓", "+", Role.GOOD)
MISSED_GOAL = Sign(N_("below the goal"), "✗", "x", Role.BAD)
NONE_WAIT = Sign(N_("nobody waits"), "✓", "+", Role.GOOD)
IN_GOAL = Sign(N_("within the goal"), "✓", "+", Role.GOOD)
NEAR_GOAL = Sign(N_("close to the goal"), "!", "!", Role.WARNING)
PAST_GOAL = Sign(N_("past the goal"), "✗", "x", Role.BAD)
ALL_CLEAR = Sign(N_("none"), "✓", "+", Role.GOOD)
LEFT_OVER = Sign(N_("call back"), "!", "!", Role.BAD)
LOST_LEAD = Sign(N_("new caller"), "⊗", "%", Role.BAD)

CLOSE = 0.5
"""The share of a goal's time after which it is close."""


def goal_sign(spent: float, goal: float) -> Sign:
    """How a time stands to its goal, both in seconds."""
    if spent > goal:
        return PAST_GOAL
    return NEAR_GOAL if spent > goal * CLOSE else IN_GOAL


@dataclass(frozen=True)
class Trust:
    """What is said of the age of some data: a note, and whether it can be relied upon."""

    note: str
    role: Role = Role.MUTED
    dead: bool = False
    short: str = ""
    """The note where there is no room for all of it."""


def trust_of(freshness: Freshness, now: int, pace: float, zone: ZoneInfo, *, slow: bool = False) -> Trust:
    """The age of data by its source; what has no source, or a dead one, says since when. `pace`: how many
    seconds of that clock pass in one of the reader's."""
    if freshness.followed and not freshness.dead(now):
        return Trust(_("< {age}").format(age=steady_age(round(freshness.silence / pace), slow=slow)))
    if not freshness.at:
        return Trust(_("! no source"), Role.BAD, dead=True, short="!")
    if not freshness.followed:
        text = _("! no source since {when}")
    else:
        text = _("! away since {when}") if freshness.problem else _("! silent since {when}")
    when = instant(freshness.at, now, zone)
    return Trust(text.format(when=when), Role.BAD, dead=True, short=f"! {when}")


def cut_off(seconds: int, *, slow: bool = False) -> Trust:
    """The backend does not answer: what is shown is as old as that."""
    told = steady_age(seconds, slow=slow)
    return Trust(_("! no connection for {age}").format(age=told), Role.BAD, dead=True, short=f"! {told}")


def instant(at: int, now: int, zone: ZoneInfo) -> str:
    """A time of day, before it the date where it is another day's."""
    then = moment(at, zone)
    return clock_time(then) if then.date() == moment(now, zone).date() else f"{day_of_year(then)} {clock_time(then)}"


def rough_age(seconds: int) -> str:
    """An age that changes at most once a minute."""
    return _("< 1 min") if seconds < 60 else age(seconds)


def day_of_year(day: date) -> str:
    """A date without its year."""
    return pgettext("pattern, date of this year", "{month:02}-{day:02}").format(month=day.month, day=day.day)
