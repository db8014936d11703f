"""What the blocks of the dashboard are drawn from, and what their numbers open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from backend_client.contract.now import Now
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.now import DayFigures, ServiceLevel
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, Status
from backend_client.model.task import TaskFilter
from screens.language import moment, weekday_short
from screens.pace import running_time
from screens.supervision.now_words import Trust, cut_off, day_of_year, trust_of

TODAY = CallFilter(period=Period(preset=Preset.TODAY))
INCOMING = CallFilter(directions=(Direction.INCOMING,))
ACCEPTED = CallFilter(families=(Family.ACCEPTED,))
MISSED = CallFilter(families=(Family.MISSED,))
OUTGOING = CallFilter(directions=(Direction.OUTGOING,))
WAITS = frozenset({Status.RINGING, Status.CONNECTING})


class Place(StrEnum):
    """Screens that a number opens; the values are the application's modes."""

    TODAY = "today"
    QUEUE = "missed"


@dataclass(frozen=True)
class Running:
    """Calls in progress, by their ids."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Behind:
    """The calls that were counted, and what they are called."""

    filter: CallFilter
    subject: str


@dataclass(frozen=True)
class BehindTasks:
    """The tasks of the plan that were counted, and what they are called."""

    filter: TaskFilter
    subject: str


@dataclass(frozen=True)
class View:
    """An answer of the backend at an instant after it. `silent`: seconds since the backend was last reached."""

    answer: Now
    now: int
    """The backend's clock, UTC epoch seconds."""
    home: str = ""
    ascii: bool = False
    silent: int | None = None
    slow: bool = False
    """The line to the terminal is slow: no seconds."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.answer.zone or "UTC")

    @cached_property
    def live(self) -> Trust:
        """The age of calls in progress, waiting callers and agents' states."""
        return self._trust(live=True)

    @cached_property
    def records(self) -> Trust:
        """The age of everything that is counted."""
        return self._trust(live=False)

    @property
    def own(self) -> Trust:
        """The age of what people write down here."""
        return Trust("") if self.silent is None else cut_off(self.silent, slow=self.slow)

    def _trust(self, *, live: bool) -> Trust:
        if self.silent is not None:
            return cut_off(self.silent, slow=self.slow)
        source = self.answer.live_source if live else self.answer.record_source
        return trust_of(source, self.answer.now, self.answer.pace, self.zone, slow=self.slow)

    @property
    def followed(self) -> bool:
        """Whether any source tells, or ever told, of running calls."""
        return self.answer.live_source.followed

    @property
    def told(self) -> bool:
        """Whether the source of running calls tells of them, or told when the backend was last reached."""
        source = self.answer.live_source
        return source.followed and not source.dead(self.answer.now)

    @property
    def waiting(self) -> tuple[Call, ...]:
        """Callers from outside whom nobody answered yet, the one who waits longest first."""
        calls = (c for c in self.answer.calls if c.direction is Direction.INCOMING and c.status in WAITS)
        waits = [c for c in calls if c.answered is None]
        return tuple(sorted(waits, key=lambda call: call.start))

    def seconds(self, since: int) -> int:
        """How long something has gone on; of a source that is silent, until its last word."""
        now = min(self.now, self.answer.live_source.at) if self.live.dead else self.now
        return max(0, now - since)

    def timer(self, since: int) -> str:
        """How long something has gone on, in words."""
        return running_time(self.seconds(since), slow=self.slow)


def today(fragment: CallFilter) -> CallFilter:
    """A fragment's calls of today."""
    return replace(fragment, period=TODAY.period)


def until_now(figures: DayFigures, view: View, fragment: CallFilter) -> CallFilter:
    """A fragment's calls of an earlier day until the minute of the answer."""
    minute = clock_iso(moment(view.answer.now, view.zone))
    return replace(fragment, period=Period(start=figures.day, end=f"{figures.day}T{minute}"))


def clock_iso(at: datetime) -> str:
    """Hour and minute as a period has them."""
    return f"{at.hour:02}:{at.minute:02}"


def day_title(day: str) -> str:
    """Weekday and date of a day of this year."""
    at = date.fromisoformat(day)
    return f"{weekday_short(at.isoweekday())} {day_of_year(at)}"


def in_time(service: ServiceLevel) -> CallFilter:
    """Calls answered within the goal."""
    return today(replace(ACCEPTED, wait_to=service.goal.seconds))


def late(service: ServiceLevel) -> CallFilter:
    """Calls answered after the goal's time."""
    return today(replace(ACCEPTED, wait_from=service.goal.seconds + 1))


def unanswered(service: ServiceLevel) -> CallFilter:
    """Calls that count against the goal because nobody answered them."""
    return today(replace(MISSED, offered=(service.goal.short_abandon,)))


def offered(service: ServiceLevel) -> CallFilter:
    """Calls of which the goal's share is to be answered in time."""
    goal = service.goal
    return today(CallFilter(offered=(goal.short_abandon,)) if goal.count_abandoned else ACCEPTED)
