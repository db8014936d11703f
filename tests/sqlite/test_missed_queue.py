"""The missed-call queue: who stands in it, for whom, and how they leave it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_client.contract.missed_queue import (
    ClaimMissed,
    FinishMissed,
    MissedQueueRequest,
    QueueDeed,
    ReleaseMissed,
    SnoozeMissed,
)
from backend_client.derive.local_time import local_time
from backend_client.errors import Conflict, NotFound
from backend_client.model.dashboard_settings import DashboardSettings
from backend_client.model.missed_queue import MissedLine, QueuePart
from backend_client.model.permissions import Role, Session
from backend_client.model.phone import number_key
from backend_client.sqlite.access.scope import scope_of
from backend_client.sqlite.codes import unpack_employees
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.queue.deeds import change_queue
from backend_client.sqlite.queue.lines import read_missed_queue
from backend_client.sqlite.queue.open_missed import OpenMissed
from backend_client.sqlite.supervision.dashboard_settings import write_dashboard_settings
from backend_client.sqlite.upkeep.check import check_store
from backend_client.sqlite.upkeep.erasure import forget
from backend_client.sqlite.upkeep.retention import Retention, retain, write_retention
from tests.histories import History, histories
from tests.sqlite.stores import Desk, open_desk
from tests.sqlite.test_writer import NOON, call, leg

DAY = 86_400
HEAD = Session(employee_id=None, name="Vira", roles=(Role.HEAD,))


class Queue:
    """The queue of a store for somebody, through one memory that outlives every change."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.missed = OpenMissed()

    def lines(
        self, now: int, session: Session = HEAD, part: QueuePart = QueuePart.OPEN, missed: OpenMissed | None = None
    ) -> tuple[MissedLine, ...]:
        db = self.desk.db
        names = names_of(read_directories(db))
        db.execute("BEGIN")
        try:
            viewer = Viewer(scope_of(session), session.employee_id, now, None)  # type: ignore[arg-type]
            request = MissedQueueRequest(part=part, limit=1000)
            return read_missed_queue(db, request, session, viewer, names, missed or self.missed).lines
        finally:
            db.execute("ROLLBACK")

    def numbers(self, now: int, part: QueuePart = QueuePart.OPEN) -> list[str]:
        return [line.number for line in self.lines(now, part=part)]

    def do(self, deed: QueueDeed, now: int, session: Session = HEAD) -> MissedLine:
        with self.desk.writer.transaction() as transaction:
            names = names_of(read_directories(self.desk.db))
            return change_queue(transaction, session, scope_of(session), names, self.missed, deed, now).line


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with closing(Desk(tmp_path / "store.db")) as desk:
        yield Queue(desk)


A, B = "+380672220001", "+380672220002"


def missed(key: str, at: int, number: str = A, phone: str = "201") -> object:
    return call(leg(key, at=at, outside=number.replace("+38", ""), phone=phone))


def test_one_line_a_number_the_oldest_first(queue: Queue) -> None:
    put = queue.desk.facts.put
    put([missed("2.1", NOON), missed("1.1", NOON - 3600, B), missed("3.1", NOON + 60)])  # type: ignore[list-item]
    lines = queue.lines(NOON + 100)
    assert [(line.number, line.attempts, line.first, line.last) for line in lines] == [
        (B, 1, NOON - 3600, NOON - 3600), (A, 2, NOON, NOON + 60),
    ]  # fmt: skip
    assert [line.due for line in lines] == [NOON - 2700, NOON + 900]


@pytest.mark.parametrize("outgoing", [False, True])
def test_any_later_talk_takes_it_off_however_late(queue: Queue, outgoing: bool) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON - 3 * DAY))])
    assert queue.numbers(NOON) == [A]
    queue.desk.facts.put([call(leg("2.1", at=NOON, talk=5, outgoing=outgoing))])
    assert queue.numbers(NOON + 60) == []


def test_a_talk_with_another_number_of_the_client_takes_it_off(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON)), call(leg("2.1", at=NOON + 60, talk=9, outside="0672220002"))])
    assert queue.numbers(NOON + 100) == [A]
    queue.desk.link(A, "Olena")
    queue.desk.link(B, "Olena")
    assert queue.numbers(NOON + 100) == []


def test_the_days_of_the_queue_are_local_days(queue: Queue) -> None:
    local = local_time("Europe/Kyiv")
    today = local.day(NOON)
    first = local.midnight(today - 6)
    queue.desk.facts.put([call(leg("1.1", at=first - 1)), call(leg("2.1", at=first, outside="0672220002"))])
    assert queue.numbers(NOON) == [B]
    # As the day ends it leaves, though nothing in the store changed.
    assert queue.numbers(local.midnight(today + 1) - 1) == [B]
    assert queue.numbers(local.midnight(today + 1)) == []
    with queue.desk.writer.transaction() as transaction:
        write_dashboard_settings(transaction, DashboardSettings(queue_days=8))
    assert queue.numbers(NOON) == [A, B]


def test_an_old_call_of_a_number_does_not_age_the_line(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON - 8 * DAY)), call(leg("2.1", at=NOON))])
    queue.desk.facts.put([call(leg("3.1", at=NOON - DAY, outside="0672220002"))])
    lines = queue.lines(NOON + 1)
    assert [(line.number, line.attempts, line.first) for line in lines] == [(B, 1, NOON - DAY), (A, 1, NOON)]


def test_withheld_numbers_are_never_in_it(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON, outside="anonymous"))])
    assert queue.numbers(NOON + 1) == []


def test_what_is_done_comes_back_with_a_newer_missed_call(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON))])
    queue.do(FinishMissed(number=A, reason="spam"), NOON + 60)
    assert (queue.numbers(NOON + 61), queue.numbers(NOON + 61, QueuePart.DONE)) == ([], [A])
    queue.desk.facts.put([call(leg("2.1", at=NOON + 100))])
    (line,) = queue.lines(NOON + 200)
    assert (line.attempts, line.done_at, line.reason) == (2, None, "")
    assert queue.numbers(NOON + 200, QueuePart.DONE) == []


def test_what_is_put_off_comes_back_in_time_or_with_a_newer_call(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON))])
    queue.do(SnoozeMissed(number=A, until=NOON + 3600), NOON + 60)
    assert queue.numbers(NOON + 3599) == []
    assert queue.numbers(NOON + 3600) == [A]
    queue.do(SnoozeMissed(number=A, until=NOON + 7200), NOON + 3600)
    queue.desk.facts.put([call(leg("2.1", at=NOON + 4000))])
    assert queue.numbers(NOON + 4100) == [A]


def test_a_claim_is_for_the_calls_it_was_made_for(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON))])
    queue.do(ClaimMissed(number=A), NOON + 60)
    queue.desk.facts.put([call(leg("2.1", at=NOON + 100))])
    assert [line.claimer for line in queue.lines(NOON + 200)] == ["Vira"]
    queue.desk.facts.put([call(leg("3.1", at=NOON + 300, talk=9, outgoing=True)), call(leg("4.1", at=NOON + 900))])
    assert [line.claimer for line in queue.lines(NOON + 1000)] == [""]


def test_nothing_is_left_of_a_forgotten_number(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON)), call(leg("2.1", at=NOON, outside="0672220002"))])
    queue.do(FinishMissed(number=A, reason="asked not to be called"), NOON + 60)
    assert queue.numbers(NOON + 61, QueuePart.DONE) == [A]
    forget(queue.desk.writer, HEAD, [number_key(A, "UA").key], [], now=NOON + 70)
    assert queue.numbers(NOON + 80, QueuePart.DONE) == []
    assert queue.numbers(NOON + 80) == [B]
    assert queue.desk.db.execute("SELECT count(*) FROM queue_state").fetchone() == (0,)
    assert b"asked not to be called" not in queue.desk.path.read_bytes()
    assert check_store(queue.desk.writer, deep=True).foreign_keys == 0


def test_a_claim_goes_with_the_calls_that_are_past_their_time(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON))])
    queue.do(ClaimMissed(number=A), NOON + 60)
    with queue.desk.writer.transaction() as transaction:
        write_retention(transaction, Retention(calls_months=1))
    retain(queue.desk.writer, HEAD, queue.desk.path, NOON + 90 * DAY)
    assert queue.desk.db.execute("SELECT count(*) FROM queue_state").fetchone() == (0,)


def employees(desk: Desk) -> list[int]:
    return [id for (id,) in desk.db.execute("SELECT id FROM employee ORDER BY id").fetchall()]


def open_calls(desk: Desk, history: History, since: int) -> Iterator[tuple[str, str]]:
    """(Key, number) of the missed calls without a later contact, by the whole timeline, in order."""
    marks = history.marks()
    found = [
        moment
        for moment in history.moments()
        if moment.number and moment.missed and moment.start >= since and marks[moment.key].settled_by is None
    ]
    for moment in sorted(found, key=lambda one: (one.start, desk.id_of(one.key))):
        yield moment.key, moment.number


def shown(desk: Desk, history: History, key: str, employee: int, shared: bool) -> bool:
    """Product's exception in its own words: own missed calls, and those that rang the group or nobody."""
    people = [id for id, _, _ in unpack_employees(desk.row(key).employees)]
    if employee in people:
        return True
    facts = history.calls()[key]
    group = len(people) > 1 or any(leg.app == "Queue" for leg in facts.legs) or bool(facts.events)
    return shared and (not people or group)


@settings(max_examples=60)
@given(history=histories(), shared=st.booleans(), late=st.integers(0, 9 * DAY))
def test_everybody_sees_what_they_may_and_nothing_behind_it(history: History, shared: bool, late: int) -> None:
    with open_desk(history.settings) as desk:
        queue = Queue(desk)
        now = max((moment.start for moment in history.moments()), default=NOON) + late
        local = local_time(history.settings.zone)
        since = local.midnight(local.day(now) - 6)
        with desk.writer.transaction() as transaction:
            write_dashboard_settings(transaction, DashboardSettings(shared_queue=shared))
        for deed in history.deeds:
            desk.do(deed)
            queue.lines(now)
        calls = list(open_calls(desk, history, since))
        everything = queue.lines(now)
        assert [line.number for line in everything] == list(dict.fromkeys(number for _, number in calls))
        assert everything == queue.lines(now, missed=OpenMissed())
        for employee in employees(desk):
            session = Session(employee_id=employee, name="x", roles=(Role.OPERATOR,))
            seen = [(key, number) for key, number in calls if shown(desk, history, key, employee, shared)]
            lines = {line.number: line for line in queue.lines(now, session)}
            assert list(lines) == list(dict.fromkeys(number for _, number in seen))
            for number, line in lines.items():
                mine = [desk.row(key) for key, of in seen if of == number]
                assert (line.attempts, line.first, line.last) == (len(mine), mine[0].start, mine[-1].start)
                assert (line.employees, line.lost, line.done_by) == ((), False, "")
                own = employee in [id for id, _, _ in unpack_employees(mine[-1].employees)]
                assert line.call_id == (mine[-1].id if own else None)


def test_a_line_that_is_done_is_neither_put_off_nor_released(queue: Queue) -> None:
    queue.desk.facts.put([call(leg("1.1", at=NOON))])
    queue.do(ClaimMissed(number=A), NOON + 60)
    queue.do(FinishMissed(number=A, reason="advertising"), NOON + 70)
    for deed in (SnoozeMissed(number=A, until=NOON + 900), SnoozeMissed(number=A), ReleaseMissed(number=A)):
        with pytest.raises(Conflict, match="is done already"):
            queue.do(deed, NOON + 80)
    assert [line.claimer for line in queue.lines(NOON + 90, part=QueuePart.DONE)] == ["Vira"]
    queue.do(FinishMissed(number=A), NOON + 100)
    queue.do(ReleaseMissed(number=A), NOON + 110)
    assert [line.claimer for line in queue.lines(NOON + 120)] == [""]


def test_of_a_number_that_never_called_nobody_is_said_to_have_spoken_with_it(queue: Queue) -> None:
    with pytest.raises(NotFound) as refused:
        queue.do(ClaimMissed(number="12"), NOON)
    assert str(refused.value).startswith("12 is not in the queue. ")
    assert "has spoken with this caller." not in str(refused.value)
