"""The dashboard's figures: a day counted by hand, other days until this minute, clock changes, sources that die."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from backend_client.contract.changes import Kind
from backend_client.contract.missed_queue import FinishMissed, QueueDeed, SnoozeMissed
from backend_client.contract.now import Now, NowRequest
from backend_client.model.agent_event import TELEPHONE, AgentEvent, Presence, queue_place
from backend_client.model.call_filter import CallFilter
from backend_client.model.leg import CallEvent, CallFacts
from backend_client.model.live import LiveCall, SourceState
from backend_client.model.now import AgentState, DayFigures, HourFigures
from backend_client.model.period import Period, Preset
from backend_client.model.permissions import Permission, Role, Session
from backend_client.model.report import By, ReportRequest
from backend_client.model.status import Direction, Status
from backend_client.sqlite.access.scope import scope_of
from backend_client.sqlite.directory import assign_extension, read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.queue.deeds import change_queue
from backend_client.sqlite.supervision.agents import write_agents
from backend_client.sqlite.supervision.live import write_live, write_source
from backend_client.sqlite.supervision.now import Board
from backend_client.sqlite.upkeep.recount import ask_for_recount
from tests.histories import History, histories
from tests.sqlite.report_store import read
from tests.sqlite.stores import Desk, open_desk
from tests.sqlite.test_writer import NOON, call, leg

KYIV = ZoneInfo("Europe/Kyiv")
HEAD = Session(employee_id=None, name="Vira", roles=(Role.HEAD,))
ANYTHING = NowRequest()


def at(text: str, *, fold: int = 0) -> int:
    """An instant by the clock of Kyiv; `fold` 1: the second time that the clock shows it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=KYIV, fold=fold).timestamp())


class Wall:
    """A dashboard that stays open."""

    def __init__(self, desk: Desk, zone: ZoneInfo = KYIV) -> None:
        self.desk = desk
        self.zone = zone
        self.board = Board()

    def look(
        self, now: int, session: Session = HEAD, board: Board | None = None, request: NowRequest = ANYTHING
    ) -> Now:
        db = self.desk.db
        directories = read_directories(db)
        viewer = Viewer(scope_of(session), session.employee_id, now, self.zone)
        db.execute("BEGIN")
        try:
            return (board or self.board).read(db, request, session, viewer, names_of(directories), directories)
        finally:
            db.execute("ROLLBACK")

    def put(self, *calls: CallFacts) -> None:
        self.desk.facts.put(calls)

    def source(self, now: int, *, live: bool = True, problem: str = "", name: str = "ami") -> None:
        with self.desk.writer.transaction() as transaction:
            write_source(transaction, SourceState(name=name, format="ami", at=now, live=live, problem=problem))

    def agents(self, *events: AgentEvent, source: str = "ami") -> None:
        with self.desk.writer.transaction() as transaction:
            write_agents(transaction, "main", source, events)

    def state(self, now: int, name: str) -> tuple[AgentState, int | None, str]:
        (found,) = [agent for agent in self.look(now).agents if agent.name == name]
        return found.state, found.since, found.reason

    def employee(self, name: str, extension: str) -> None:
        employee = self.desk.employee(name)
        with self.desk.writer.transaction() as transaction:
            assign_extension(transaction, extension, employee)


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Wall]:
    with closing(Desk(tmp_path / "store.db")) as desk:
        yield Wall(desk)


def golden_day() -> Iterable[CallFacts]:
    """Friday 20 November 2026 in Kyiv, the Friday before and the day before, told call by call."""
    told = [
        # start, talk, outside, phone, outgoing
        ("2026-11-13 09:10", 60, "0671110001", "201", False),  # a week ago, in time
        ("2026-11-13 11:29", 0, "0671110002", "201", False),  # before 11:30: counts
        ("2026-11-13 11:31", 60, "0671110003", "201", False),  # after it: does not
        ("2026-11-13 16:00", 60, "0671110004", "201", True),
        ("2026-11-19 08:00", 60, "0671110005", "202", True),
        ("2026-11-19 11:00", 0, "0671110006", "202", True),
        ("2026-11-19 23:59", 60, "0671110007", "202", False),
        ("2026-11-20 00:00", 60, "0671110008", "201", False),
        ("2026-11-20 09:05", 60, "0671110009", "201", False),
        ("2026-11-20 09:50", 0, "0671110010", "202", False),  # missed, called back at 10:10
        ("2026-11-20 10:10", 30, "0671110010", "202", True),
        ("2026-11-20 10:59", 0, "0671110011", "201", False),  # missed, lost
        ("2026-11-20 11:05", 0, "anonymous", "201", False),  # missed, cannot be called back
        ("2026-11-20 11:20", 0, "0671110012", "201", True),  # not reached
    ]
    for place, (start, talk, outside, phone, outgoing) in enumerate(told):
        yield call(leg(f"{place + 1}.1", at=at(start), talk=talk, outside=outside, phone=phone, outgoing=outgoing))


def test_a_day_counted_by_hand(wall: Wall) -> None:
    wall.put(*golden_day())
    now = at("2026-11-20 11:30")
    seen = wall.look(now)
    assert seen.today == DayFigures(day="2026-11-20", accepted=2, missed=3, outgoing=2)
    assert seen.yesterday == DayFigures(day="2026-11-19", accepted=0, missed=0, outgoing=2)
    assert seen.week_ago == DayFigures(day="2026-11-13", accepted=1, missed=1, outgoing=0)
    assert seen.hours[9] == HourFigures(
        hour=9, accepted=1, missed=1, outgoing=0, expected_incoming=1.0, expected_outgoing=0.0
    )
    assert seen.hours[11].expected_incoming == 2.0
    assert seen.hours[16].expected_outgoing == 1.0
    assert seen.expected_days == 1
    # Rang for ten seconds each; two answered within twenty.
    assert (seen.service.in_time, seen.service.offered, seen.service.percent, seen.service.kept) == (2, 5, 40.0, False)
    assert (seen.attention, seen.lost) == (1, 1)
    # 13 November has left the queue by its day's end; 0671110011 waits since 10:59.
    assert (seen.queue_open, seen.queue_oldest, seen.queue_late) == (1, at("2026-11-20 10:59"), 1)
    assert wall.look(at("2026-11-20 11:10")).queue_late == 0


def test_the_service_level_is_the_reports(wall: Wall) -> None:
    wall.put(*golden_day())
    now = at("2026-11-20 11:30")
    viewer = Viewer(scope_of(HEAD), None, now, KYIV)
    today = CallFilter(period=Period(preset=Preset.TODAY))
    result = read(wall.desk.db, ReportRequest(report="service", filter=today, by=By.DAY), viewer)
    place = next(i for i, column in enumerate(result.columns) if column.id == "service_level")
    cell = result.totals[0].cells[place]
    service = wall.look(now).service
    assert (cell.value, cell.n) == (service.in_time / service.offered, service.offered)


def test_the_day_turns_by_itself(wall: Wall) -> None:
    wall.put(*golden_day())
    before = wall.look(at("2026-11-20 23:59"))
    after = wall.look(at("2026-11-21 00:00"))
    assert (before.today.day, after.today.day) == ("2026-11-20", "2026-11-21")
    assert after.change == before.change
    assert (after.today.incoming, after.service.offered, after.attention) == (0, 0, 0)
    assert after.yesterday == DayFigures(day="2026-11-20", accepted=0, missed=0, outgoing=0)
    assert wall.look(at("2026-11-21 00:01")).yesterday == DayFigures(day="2026-11-20", accepted=1)


def test_other_days_until_this_minute_of_the_clock_when_it_was_changed(wall: Wall) -> None:
    # 25 October 2026 has the hour from three to four twice.
    wall.put(
        call(leg("1.1", at=at("2026-10-25 03:10"), talk=9)),
        call(leg("2.1", at=at("2026-10-25 03:10", fold=1), talk=9)),
        call(leg("3.1", at=at("2026-10-25 03:40"), talk=9)),
        call(leg("4.1", at=at("2026-10-25 03:40", fold=1), talk=9)),
        call(leg("5.1", at=at("2026-10-26 03:05"), talk=9)),
    )
    assert at("2026-10-25 03:10", fold=1) - at("2026-10-25 03:10") == 3600
    seen = wall.look(at("2026-10-26 03:30"))
    assert seen.yesterday is not None
    assert (seen.today.accepted, seen.yesterday.accepted) == (1, 2)
    assert wall.look(at("2026-10-26 04:00")).yesterday == DayFigures(day="2026-10-25", accepted=4)
    week_later = wall.look(at("2026-11-01 03:30")).week_ago
    assert week_later is not None
    assert week_later.accepted == 2


def test_a_late_record_of_another_day_is_seen_at_once(wall: Wall) -> None:
    wall.put(*golden_day())
    now = at("2026-11-20 11:30")
    wall.look(now)
    wall.put(call(leg("99.1", at=at("2026-11-13 11:28"), talk=9, outside="0671110099")))
    assert wall.look(now).week_ago == DayFigures(day="2026-11-13", accepted=2, missed=1)


def test_days_whose_totals_are_counted_again_are_told_all_the_same(wall: Wall) -> None:
    wall.put(*golden_day())
    now = at("2026-11-20 11:30")
    before = wall.look(now)
    with wall.desk.writer.transaction() as transaction:
        ask_for_recount(transaction)
    after = wall.look(now, board=Board())
    assert (after.today, after.yesterday, after.week_ago, after.hours) == (
        before.today, before.yesterday, before.week_ago, before.hours,
    )  # fmt: skip


def test_without_a_source_data_is_of_the_newest_call(wall: Wall) -> None:
    wall.put(*golden_day())
    seen = wall.look(at("2026-11-20 11:30"))
    assert (seen.live_source.followed, seen.live_source.at) == (False, 0)
    assert (seen.record_source.followed, seen.record_source.at) == (False, at("2026-11-20 11:20") + 10)
    assert not seen.record_source.dead(seen.now)


def test_a_source_that_dies_looks_dead_without_an_event(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    wall.source(now)
    wall.source(now - 5, live=False, name="Master.csv")
    seen = wall.look(now)
    assert (seen.live_source.dead(now + 15), seen.live_source.dead(now + 16)) == (False, True)
    assert (seen.live_source.source, seen.record_source.source) == ("ami", "Master.csv")
    # Its heartbeats move no change number, and are in the answer to somebody who holds everything else.
    wall.source(now + 10)
    again = wall.look(now + 20, request=NowRequest(etag=seen.change, held=now))
    assert (again.unchanged, again.live_source.at) == (True, now + 10)
    wall.source(now + 21, problem="ami is away")
    assert wall.look(now + 21).live_source.dead(now + 21)


def test_of_several_sources_the_worst_is_told(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    wall.source(now, name="one")
    wall.source(now - 100, name="two")
    assert wall.look(now).live_source.source == "two"
    wall.source(now, name="one", problem="refused")
    assert wall.look(now).live_source.source == "one"


def ring(wall: Wall, key: str, now: int, live: LiveCall | None) -> None:
    begun = CallEvent(key=f"{key}|ami", at=float(now), source="ami", name="BEGIN")
    facts = CallFacts(system="main", call_key=key, events=(begun,))
    wall.desk.facts.put([facts], after=lambda transaction: write_live(
        transaction, "main", "ami", now, {key: live}, only=False))  # fmt: skip


def test_agents_ring_talk_and_are_free_again(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    wall.employee("Olena", "201")
    wall.employee("Ivan", "202")
    assert wall.state(now, "Olena") == (AgentState.UNKNOWN, None, "")
    wall.source(now)
    assert wall.state(now + 60, "Olena") == (AgentState.FREE, None, "")
    incoming = LiveCall(
        start=now, direction=Direction.INCOMING, status=Status.CONNECTING, since=now + 7, outside="0671110001",
        inside=("201",), queue="sales",
    )  # fmt: skip
    ring(wall, "1.1", now, incoming)
    seen = wall.look(now + 10)
    assert [call.status for call in seen.calls] == [Status.CONNECTING]
    assert wall.state(now + 10, "Olena") == (AgentState.RINGING, now + 7, "")
    talking = LiveCall(
        start=now, direction=Direction.INCOMING, status=Status.TALKING, since=now + 20, answered=now + 20,
        outside="0671110001", inside=("201",), queue="sales",
    )  # fmt: skip
    ring(wall, "1.1", now + 20, talking)
    assert wall.state(now + 30, "Olena") == (AgentState.TALKING, now + 20, "")
    assert wall.state(now + 30, "Ivan")[0] is AgentState.FREE
    ring(wall, "1.1", now + 50, None)
    assert wall.state(now + 60, "Olena")[0] is AgentState.FREE


def test_agents_pause_and_leave(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    wall.employee("Olena", "201")
    wall.source(now)
    sales, support = queue_place("sales"), queue_place("support")
    wall.agents(
        AgentEvent(address="201", place=sales, presence=Presence.IN, at=now - 900),
        AgentEvent(address="201", place=support, presence=Presence.IN, at=now - 900),
        AgentEvent(address="201", place=sales, presence=Presence.PAUSED, at=now - 60, reason="lunch"),
    )
    assert wall.state(now, "Olena")[0] is AgentState.FREE
    wall.agents(AgentEvent(address="201", place=support, presence=Presence.PAUSED, at=now - 30, reason="lunch"))
    assert wall.state(now, "Olena") == (AgentState.AWAY, now - 30, "lunch")
    wall.agents(AgentEvent(address="201", place=queue_place("NONE"), presence=Presence.IN, at=now - 20))
    assert wall.state(now, "Olena")[0] is AgentState.FREE
    # An older word, read again, changes nothing.
    wall.agents(AgentEvent(address="201", place=sales, presence=Presence.OUT, at=now - 500))
    assert wall.state(now, "Olena")[0] is AgentState.FREE
    wall.agents(AgentEvent(address="201", place=TELEPHONE, presence=Presence.OUT, at=now - 5))
    assert wall.state(now, "Olena") == (AgentState.OFF, now - 5, "")
    # Nobody has told of it for longer than a dead source's word is taken.
    assert wall.state(now + 601, "Olena") == (AgentState.UNKNOWN, None, "")


def test_a_queues_log_alone_tells_who_is_away_not_who_is_free(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    wall.employee("Olena", "201")
    wall.employee("Ivan", "202")
    wall.source(now, live=False, name="queue_log")
    wall.agents(
        AgentEvent(address="201", place=queue_place("sales"), presence=Presence.PAUSED, at=now - 60),
        AgentEvent(address="202", place=queue_place("sales"), presence=Presence.IN, at=now - 60),
        source="queue_log",
    )
    assert wall.state(now, "Olena")[0] is AgentState.AWAY
    assert wall.state(now, "Ivan")[0] is AgentState.UNKNOWN


def test_a_member_whom_the_queue_knows_by_name(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    wall.employee("Олена Кравчук", "201")
    wall.source(now)
    wall.agents(AgentEvent(address="олена  кравчук", place=queue_place("q"), presence=Presence.PAUSED, at=now - 60))
    assert wall.state(now, "Олена Кравчук")[0] is AgentState.AWAY


def test_blocks_without_a_right_are_left_out(wall: Wall) -> None:
    now = at("2026-11-20 11:30")
    supervisor = Session(employee_id=None, name="x", roles=(Role.SUPERVISOR,))
    assert (wall.look(now, supervisor).plan, wall.look(now).plan is not None) == (None, True)
    narrowed = Session(
        employee_id=None, name="x", roles=(Role.HEAD,), only=(Permission.DASHBOARD, Permission.ALL_CALLS)
    )
    seen = wall.look(now, narrowed)
    assert (seen.plan, seen.queue_open, seen.queue_oldest, seen.queue_late) == (None, None, None, None)


@settings(max_examples=40)
@given(history=histories())
def test_a_dashboard_that_stayed_open_shows_what_one_that_was_just_opened_does(history: History) -> None:
    with open_desk(history.settings) as desk:
        wall = Wall(desk, ZoneInfo(history.settings.zone))
        now = max((moment.start for moment in history.moments()), default=0) + 60
        for place, deed in enumerate(history.deeds):
            desk.do(deed)
            if place % 2:
                with desk.writer.transaction() as transaction:
                    transaction.touch(Kind.LIVE)
            assert wall.look(now) == wall.look(now, board=Board())


def test_the_queue_on_the_dashboard_follows_what_people_do_and_the_clock(wall: Wall) -> None:
    wall.put(
        call(leg("1.1", at=NOON, outside="0671110001")), call(leg("2.1", at=NOON + 60, outside="0671110002")),
    )  # fmt: skip
    first, second = "+380671110001", "+380671110002"

    def do(deed: QueueDeed, now: int) -> None:
        with wall.desk.writer.transaction() as transaction:
            change_queue(transaction, HEAD, scope_of(HEAD), names_of(directories), wall.board.missed, deed, now)

    def told(now: int) -> tuple[int | None, int | None, int | None]:
        seen = wall.look(now)
        fresh = wall.look(now, board=Board())
        assert (seen.queue_open, seen.queue_oldest, seen.queue_late) == (
            fresh.queue_open, fresh.queue_oldest, fresh.queue_late,
        )  # fmt: skip
        return seen.queue_open, seen.queue_oldest, seen.queue_late

    directories = read_directories(wall.desk.db)
    assert told(NOON + 120) == (2, NOON, 0)
    # The goal is a quarter of an hour.
    assert told(NOON + 930) == (2, NOON, 1)
    do(SnoozeMissed(number=first, until=NOON + 1200), NOON + 940)
    assert told(NOON + 1000) == (1, NOON + 60, 1)
    # Nothing changed but the time.
    assert told(NOON + 1260) == (2, NOON, 2)
    do(FinishMissed(number=second, reason="advertising"), NOON + 1300)
    assert told(NOON + 1320) == (1, NOON, 1)
    wall.put(call(leg("3.1", at=NOON + 1400, talk=5, outside="0671110001")))
    assert told(NOON + 1500) == (0, None, 0)
