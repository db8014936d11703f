"""What the supervisor's dashboard shows (L1): agents, today against other days, the day by the hour, the service level.

Spans that run on are counted by the reader from the instants here; nothing is sent again because a second passed.
"""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.live import HEARTBEAT
from backend_client.model.report import ServiceGoal
from backend_client.model.status import WireEnum

EXPECTED_WEEKS = 4
"""The expected curve is the average of so many earlier days of the same weekday; a setting."""


class AgentState(WireEnum):
    """What an employee does now, as live sources tell it."""

    TALKING = "talking"
    RINGING = "ringing"
    FREE = "free"
    AWAY = "away"
    """Paused in every queue, or in one where nothing else is known of the employee; only where a source says so."""
    OFF = "off"
    """The telephone is not registered, or the employee has left the queues; only where a source says so."""
    UNKNOWN = "unknown"
    """No live source tells of it."""


class AgentNow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An employee, what they do since when, and what they did today. Seconds of talk are their own."""

    employee_id: int
    name: str
    department: str = ""
    state: AgentState = AgentState.UNKNOWN
    since: int | None = None
    """UTC epoch seconds; None where nothing tells."""
    reason: str = ""
    """Of a pause, as the source wrote it."""
    call_id: int | None = None
    """The running call on which they talk or are rung."""
    accepted: int = 0
    missed: int = 0
    """Missed calls that rang this employee; one that a colleague then answered is none."""
    outgoing: int = 0
    talk: int = 0


class DayFigures(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """External calls of a local day, or of its part until some minute."""

    day: str
    """ISO local date."""
    accepted: int = 0
    missed: int = 0
    outgoing: int = 0

    @property
    def incoming(self) -> int:
        return self.accepted + self.missed


class HourFigures(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An hour of today, and the average of the same weekday; the averages are of whole hours."""

    hour: int
    accepted: int = 0
    missed: int = 0
    outgoing: int = 0
    expected_incoming: float | None = None
    expected_outgoing: float | None = None
    """None: the store holds no earlier day of this weekday."""


class ServiceLevel(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Today's service level (P12): incoming calls answered in time ÷ those that rang and were not given up at once."""

    goal: ServiceGoal = ServiceGoal()
    in_time: int = 0
    late: int = 0
    """Answered after the goal's time."""
    offered: int = 0

    @property
    def missed(self) -> int:
        """Those that nobody answered."""
        return self.offered - self.in_time - self.late

    @property
    def percent(self) -> float | None:
        """None where nothing was offered."""
        return 100 * self.in_time / self.offered if self.offered else None

    @property
    def kept(self) -> bool | None:
        """Whether the goal is kept; None where nothing was offered."""
        return None if self.percent is None else self.percent >= self.goal.percent


class PlanProgress(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Call tasks whose contact date is today: planned, closed, and those not reached or refused."""

    planned: int = 0
    done: int = 0
    failed: int = 0
    postponed: int = 0
    overdue: int = 0
    """Open ones whose contact date has passed."""


class Freshness(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How old the data of some blocks is. Judged by the reader, since a source dies without an event."""

    followed: bool = False
    """Whether any source of this kind was ever followed; without one the data is as of `at`."""
    at: int = 0
    """When the source was last looked at; without one, when the newest call ended. 0: never."""
    source: str = ""
    """Of several sources the one that was silent longest."""
    problem: str = ""
    """Why it cannot be read; blank where nothing was said."""
    silence: int = HEARTBEAT
    """Seconds in which it says something, if it is there."""

    def dead(self, now: int) -> bool:
        """Whether the source cannot be read, or says nothing any more."""
        return self.followed and (bool(self.problem) or now - self.at > self.silence)

    def age(self, now: int) -> int:
        """Seconds since the source was looked at, or since the newest call."""
        return max(0, now - self.at)
