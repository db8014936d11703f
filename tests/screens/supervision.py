"""A backend that answers what a dashboard and a queue are to show, without a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from backend_client.contract.now import Now, NowRequest
from backend_client.model.call import Call, Party, PartyKind
from backend_client.model.now import (
    AgentNow,
    AgentState,
    DayFigures,
    Freshness,
    HourFigures,
    PlanProgress,
    ServiceLevel,
)
from backend_client.model.permissions import Role, Session
from backend_client.model.status import Direction, Status
from tests.screens.conftest import NOON, ListBackend, a_call

AGENTS = (
    "Olena Bondar", "Ivan Koval", "Мар'яна Шевченко", "Petro Lysenko", "Vira Melnyk", "Taras Kravets",
    "Ганна Довгоприїжджа-Староконстантинівська", "Serhii Bilyk",
)  # fmt: skip
STATES = (
    AgentState.TALKING, AgentState.TALKING, AgentState.RINGING, AgentState.FREE, AgentState.FREE, AgentState.AWAY,
    AgentState.TALKING, AgentState.OFF,
)  # fmt: skip


def running(id: int, start: int, status: Status, **fields: object) -> Call:
    """A call from outside that goes on."""
    talks = start + 12 if status is Status.TALKING else None
    return a_call(
        id, start, status=status, ended=None, answered=talks, direction=Direction.INCOMING,
        caller=Party(PartyKind.NUMBER, "", "+380671112233"), **fields,
    )  # fmt: skip


def _day(day: str, accepted: int, missed: int, outgoing: int) -> DayFigures:
    return DayFigures(day=day, accepted=accepted, missed=missed, outgoing=outgoing)


def morning(now: int = NOON, calls: Sequence[Call] | None = None) -> Now:
    """Two o'clock in Kyiv: five calls in progress, two of them wait."""
    if calls is None:
        calls = (
            running(1, now - 8, Status.RINGING, client="Kava Plus"),
            running(2, now - 75, Status.CONNECTING, client="", number="+380501234567"),
            running(3, now - 131, Status.TALKING, client="ТОВ «Мир Магнітів» [link]"),
            running(4, now - 1264, Status.TALKING, client=""),
            running(5, now - 31, Status.TALKING, client="Halyna"),
        )
    agents = tuple(
        AgentNow(
            employee_id=at + 1, name=name, state=state, since=now - 40 - 600 * at, accepted=12 - at, missed=at % 3,
            outgoing=at, talk=600, reason="lunch" if state is AgentState.AWAY else "",
        )
        for at, (name, state) in enumerate(zip(AGENTS, STATES, strict=True))
    )  # fmt: skip
    agents = tuple(sorted(agents, key=lambda agent: agent.name))
    hours = tuple(
        HourFigures(
            hour=hour, accepted=max(0, 9 - abs(hour - 11)) if 8 <= hour <= 14 else 0,
            missed=hour % 3 if 8 <= hour <= 14 else 0, expected_incoming=max(0.0, 10.5 - 1.4 * abs(hour - 12)),
        )
        for hour in range(24)
    )  # fmt: skip
    alive = Freshness(followed=True, at=now - 2, source="ami://pult@pbx:5038")
    return Now(
        change=7, now=now, zone="Europe/Kyiv", today=_day("2026-11-21", 47, 8, 21),
        yesterday=_day("2026-11-20", 51, 4, 30), week_ago=_day("2026-11-14", 40, 9, 25), calls=tuple(calls),
        agents=agents, hours=hours, expected_days=4, service=ServiceLevel(in_time=43, late=4, offered=55),
        attention=3, lost=1,
        waiting_goal=20, queue_open=12, queue_oldest=now - 7000, queue_late=5,
        plan=PlanProgress(planned=40, done=18, failed=3, overdue=4), live_source=alive, record_source=alive,
    )  # fmt: skip


class SupervisedBackend(ListBackend):
    """Answers `morning`, or whatever a test puts in its place."""

    def __init__(self, calls: list[Call]) -> None:
        super().__init__(calls)
        self.state = morning()
        self.role = Role.ADMINISTRATOR
        self.asked_now = 0

    @property
    def session(self) -> Session:
        return Session(employee_id=1, name="Olena", roles=(self.role,))

    def put(self, state: Now) -> None:
        """Something happened: another state, told by the feed."""
        self.state = replace(state, change=self.change + 1)
        self.change_to(self.calls)

    async def now(self, request: NowRequest) -> Now:
        self._check()
        self.asked_now += 1
        if request.etag == self.state.change and self.state.now // 60 == request.held // 60:
            state = self.state
            return Now(
                change=state.change, unchanged=True, now=state.now, live_source=state.live_source,
                record_source=state.record_source,
            )  # fmt: skip
        return self.state


def epoch(text: str) -> int:
    """A moment of UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
