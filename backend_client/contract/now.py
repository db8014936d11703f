"""The dashboard."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.call import Call
from backend_client.model.now import AgentNow, DayFigures, Freshness, HourFigures, PlanProgress, ServiceLevel


class NowRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """The dashboard (L1). `etag` and `held`: change number and `now` of the answer that the caller holds; where nothing
    changed and no minute began since, the answer comes without figures, but with what the sources say."""

    etag: int = 0
    held: int = 0


class Now(Result, frozen=True, omit_defaults=True, kw_only=True):
    """What goes on at this instant, and today until this minute. Needs the right to the dashboard."""

    change: int
    unchanged: bool = False
    """Nothing changed: calls, agents and figures are left out; those that the caller holds stand."""
    now: int
    pace: float = 1.0
    zone: str = ""
    today: DayFigures = DayFigures(day="")
    """Until this minute."""
    yesterday: DayFigures | None = None
    """Until the same minute of the local clock; None where the store begins later."""
    week_ago: DayFigures | None = None
    """The same weekday last week, until the same minute."""
    calls: tuple[Call, ...] = ()
    """Running calls, newest first, as `live` gives them."""
    agents: tuple[AgentNow, ...] = ()
    """Employees who are active and have an extension, by name."""
    hours: tuple[HourFigures, ...] = ()
    """All hours of the local day."""
    expected_days: int = 0
    """So many days stand behind the expected curve."""
    service: ServiceLevel = ServiceLevel()
    attention: int = 0
    """Missed calls of today that need attention."""
    lost: int = 0
    """Of them, lost leads."""
    waiting_goal: int = 0
    """Seconds of waiting that the service level allows, at which a waiting caller is to be seen."""
    queue_open: int | None = None
    """Open lines of the missed-call queue, and the first missed call of the oldest; None without the right to it."""
    queue_oldest: int | None = None
    queue_late: int | None = None
    """Of them, those past the goal when this was answered."""
    plan: PlanProgress | None = None
    """None without the right to see the plan of all."""
    live_source: Freshness = Freshness()
    """Behind calls in progress, waiting callers and agents."""
    record_source: Freshness = Freshness()
    """Behind everything that is counted."""
