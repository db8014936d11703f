"""Whatever was done to tasks, calls and links: every number of the plan's report is the number of tasks, or of calls,
behind it, and the attached calls are those that belong to the tasks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from backend_client.contract.calls import CountRequest
from backend_client.contract.clients import MergeClients, UndoClientDeed
from backend_client.contract.plan_report import (
    PlanColumn,
    PlanReport,
    PlanReportRequest,
    PlanRow,
    cell_calls,
    cell_tasks,
    reason_tasks,
    task_calls,
)
from backend_client.contract.tasks import (
    AddTask,
    ConfirmDrop,
    DoneTask,
    DropTask,
    EditTask,
    MissTask,
    PostponeTask,
    ReassignTasks,
    RefuseTask,
    ReopenTask,
    ReturnTask,
    TaskListRequest,
)
from backend_client.derive.local_time import local_time
from backend_client.errors import BackendError
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period
from backend_client.model.permissions import Role, Session
from backend_client.model.phone import number_key
from backend_client.model.task import CLOSED, Outcome, TaskFilter, TaskState
from backend_client.model.task_event import TaskEvent
from backend_client.sqlite.access.scope import Scope, TaskScope, scope_of
from backend_client.sqlite.clients.client_changes import change_client
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.directory import add_employee, assign_extension, read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.plan.checking import wrong_attempts
from backend_client.sqlite.plan.codes import TASK_STATES
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.deeds import change_task
from backend_client.sqlite.plan.filter import TaskViewer
from backend_client.sqlite.plan.listing import read_task_list
from backend_client.sqlite.plan.report import read_plan_report
from backend_client.sqlite.plan.rows import TaskRow, read_history, read_row
from backend_client.sqlite.plan.tallies import count_tasks_again, wrong_task_tallies
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.schema import count_tasks_by_day, pack_trouble
from backend_client.sqlite.upkeep.erasure import forget
from backend_client.sqlite.upkeep.rebuild import rebuild
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NOON = 1_795_255_200
"""Saturday 2026-11-21 12:00 in Kyiv."""
DAY = 86_400
START = date(2026, 11, 21)
HEAD = Session(employee_id=None, name="Vira", roles=(Role.HEAD,))
NUMBERS = ("0672220001", "0672220002", "0672220003", "0672220004")
PHONES = ("201", "202")
STEPS: dict[TaskEvent, Any] = {
    TaskEvent.DONE: DoneTask,
    TaskEvent.NOT_REACHED: MissTask,
    TaskEvent.POSTPONE: PostponeTask,
    TaskEvent.REFUSE: RefuseTask,
    TaskEvent.DROP: DropTask,
    TaskEvent.CONFIRM_DROP: ConfirmDrop,
    TaskEvent.RETURN: ReturnTask,
    TaskEvent.REOPEN: ReopenTask,
}
days = st.integers(-3, 4)
small = st.integers(0, 3)
ADD = st.tuples(st.just("add"), small, days, small, st.one_of(st.none(), st.integers(0, 3)), small)
DEEDS = st.one_of(
    ADD,
    st.tuples(st.just("call"), small, st.integers(0, 1), days, st.sampled_from([0, 20])),
    st.tuples(st.just("step"), st.sampled_from(sorted(STEPS)), st.integers(0, 7), days, st.booleans()),
    st.tuples(st.just("step"), st.sampled_from(sorted(STEPS)), st.integers(0, 7), days, st.booleans()),
    st.tuples(st.just("edit"), st.integers(0, 9), days, small),
    st.tuples(st.just("reassign"), small, small),
    st.tuples(st.just("link"), small, st.one_of(st.none(), st.integers(0, 1))),
    st.tuples(st.just("clock"), st.integers(1, 30)),
)

HOSTILE = st.one_of(
    DEEDS,
    st.tuples(st.just("both"), small, days),
    st.tuples(st.just("again"), st.integers(0, 5), st.integers(0, 1), days),
    st.tuples(st.just("manage"), st.integers(0, 7), small),
    st.tuples(st.just("merge")),
    st.tuples(st.just("undo")),
    st.tuples(st.just("forget"), small),
    st.tuples(st.just("forget client"), st.integers(0, 1)),
    st.tuples(st.just("hand over"), st.integers(0, 1), days),
)
"""Besides: calls of both operators, records that come anew, another account manager, clients merged, deeds to clients
undone, numbers and clients forgotten, an extension that is another operator's since a day."""


def histories(deeds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.builds(
        lambda first, more: [*first, *more],
        st.lists(ADD, min_size=4, max_size=6),
        st.lists(deeds, min_size=15, max_size=40),
    )


HISTORIES = histories(DEEDS)


def day(offset: int) -> str:
    return (START + timedelta(days=offset)).isoformat()


class Room:
    """A call centre of two operators, four numbers and two clients, and a head who does everything."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.now = NOON
        self.calls = 0
        with desk.writer.transaction() as transaction:
            self.people = [add_employee(transaction, f"Operator {phone}") for phone in PHONES]
            for person, phone in zip(self.people, PHONES, strict=True):
                assign_extension(transaction, phone, person)
        self.clients = [desk.client("Ромашка"), desk.client("Ландиш")]
        desk.link(NUMBERS[0], "Ромашка")
        desk.link(NUMBERS[1], "Ландиш")

    @property
    def author(self) -> Author:
        return Author(HEAD, self.now, local_time("Europe/Kyiv"))

    def operator(self, place: int) -> int | None:
        return self.people[place] if place < 2 else None

    def change(self, deed: Any) -> None:
        try:
            with self.desk.writer.transaction() as transaction:
                change_task(transaction, self.author, Scope(True, None), deed)
        except BackendError:
            pass

    def do(self, deed: tuple[Any, ...]) -> None:
        match deed:
            case ("add", party, contact, operator, delivery, manager):
                known = {"client_id": self.clients[party]} if party < 2 else {"number": NUMBERS[party]}
                self.change(
                    AddTask(
                        contact_date=day(contact), operator_id=self.operator(operator),
                        plan_date="" if delivery is None else day(contact + delivery),
                        manager_id=self.operator(manager), **known,
                    )
                )  # fmt: skip
            case ("call", number, phone, offset, talk):
                self.calls += 1
                at = NOON + offset * DAY + self.calls
                self.desk.facts.put(
                    [
                        call(
                            leg(
                                f"{at}.1", at=at, talk=talk, outside=NUMBERS[number], phone=PHONES[phone], outgoing=True
                            )
                        )
                    ]
                )
            case ("step", event, task, offset, said):
                self.step(TaskEvent(event), task + 1, offset, said)
            case ("edit", task, offset, operator):
                row = read_row(self.desk.db, task + 1)
                if row is not None:
                    self.change(
                        EditTask(
                            id=row.id, revision=row.revision, contact_date=day(offset), client_id=self.clients[0],
                            operator_id=self.operator(operator),
                        )
                    )  # fmt: skip
            case ("reassign", whose, to):
                chosen = TaskFilter(operators=(self.operator(whose) or 0,))
                self.change(ReassignTasks(filter=chosen, operator_id=self.operator(to)))
            case ("link", number, client):
                with suppress(BackendError):
                    self.desk.link(NUMBERS[number], None if client is None else ("Ромашка", "Ландиш")[client])
            case ("clock", hours):
                self.now += hours * 3600
            case _:
                self.do_worse(deed)

    def do_worse(self, deed: tuple[Any, ...]) -> None:
        match deed:
            case ("both", number, offset):
                self.calls += 1
                self.put(self.calls, NUMBERS[number], PHONES, offset)
            case ("again", which, phone, offset):
                self.put(1 + which, NUMBERS[which % len(NUMBERS)], (PHONES[phone],), offset)
            case ("manage", task, manager):
                row = read_row(self.desk.db, task + 1)
                if row is not None and row.client_id is not None:
                    self.change(
                        EditTask(
                            id=row.id, revision=row.revision, contact_date=iso_of(row.day), client_id=row.client_id,
                            operator_id=row.operator_id or None, manager_id=self.operator(manager),
                        )
                    )  # fmt: skip
            case ("merge",):
                self.change_client(MergeClients(id=self.clients[0], other=self.clients[1]))
            case ("undo",):
                self.change_client(UndoClientDeed())
            case ("forget", number):
                self.forget([number_key(NUMBERS[number], "UA").key], [])
            case ("forget client", client):
                self.forget([], [self.clients[client]])
            case ("hand over", phone, offset):
                since = NOON + offset * DAY
                with self.desk.writer.transaction() as transaction:
                    assign_extension(transaction, PHONES[phone], self.people[1 - phone], since)
                rebuild(self.desk.writer, since=since)

    def put(self, place: int, number: str, phones: Iterable[str], offset: int) -> None:
        """A call of some phones, made or changed: its place in the history is its key."""
        at = NOON + offset * DAY + place
        legs = (
            leg(f"{place}.{part}", at=at, talk=20, outside=number, phone=phone, outgoing=True, linkedid=f"{place}.0")
            for part, phone in enumerate(phones)
        )
        self.desk.facts.put([call(*legs)])

    def change_client(self, deed: Any) -> None:
        try:
            with self.desk.writer.transaction() as transaction:
                change_client(transaction, self.desk.facts, HEAD, scope_of(HEAD), deed, self.now)
        except BackendError:
            pass

    def forget(self, keys: list[str], clients: list[int]) -> None:
        forget(self.desk.writer, HEAD, keys, clients, now=self.now)

    def step(self, event: TaskEvent, task: int, offset: int, said: bool) -> None:
        row = read_row(self.desk.db, task)
        if row is None:
            return
        more: dict[str, Any] = {}
        if event is TaskEvent.POSTPONE:
            ahead = iso_of(self.author.today + abs(offset))
            more = {"contact_date": ahead, "plan_date": ahead}
        elif event is TaskEvent.DONE:
            more = {"with_order": said}
        elif event is TaskEvent.RETURN and said:
            more = {"contact_date": day(offset)}
        self.change(STEPS[event](id=task, revision=row.revision, text="because", **more))

    def tasks(self, wanted: TaskFilter) -> int:
        viewer = TaskViewer(TaskScope(True, None), self.author.today)
        return read_task_list(self.desk.db, TaskListRequest(filter=wanted), viewer).total

    def counted(self, wanted: CallFilter) -> int:
        viewer = Viewer(Scope(True, None), None, self.now, ZoneInfo("Europe/Kyiv"), TaskScope(True, None))
        names = names_of(read_directories(self.desk.db))
        return read_count(self.desk.db, CountRequest(filter=wanted, limit=0), viewer, names).number


@contextmanager
def room() -> Iterator[Room]:
    with TemporaryDirectory(prefix="pult-test-") as folder, closing(Desk(Path(folder) / "store.db")) as desk:
        yield Room(desk)


def asked(room: Room) -> list[PlanReportRequest]:
    week = Period(start=day(-2), end=day(2))
    return [
        PlanReportRequest(),
        PlanReportRequest(period=week, problems=True),
        PlanReportRequest(period=Period()),
        PlanReportRequest(period=week, managers=(room.people[0],), operators=(room.people[1], 0), problems=True),
        PlanReportRequest(period=Period(end=day(0)), delivery=Period(start=day(0), end=day(1)), problems=True),
        PlanReportRequest(period=Period(), delivery=Period(), operators=(room.people[0], 7_000_000), problems=True),
        PlanReportRequest(period=Period(start=day(-1), end=day(20)), managers=(room.people[1],), problems=True),
        PlanReportRequest(period=Period(), problems=True),
        PlanReportRequest(period=Period(), managers=(room.people[0],), problems=True),
        PlanReportRequest(period=Period(), managers=(*room.people, 0), problems=True),
        PlanReportRequest(period=Period(end=day(-1)), operators=(room.people[0],)),
        PlanReportRequest(period=Period(start=day(-12), end=day(12)), operators=tuple(room.people), problems=True),
    ]


def dates_of(room: Room, task: int) -> list[str]:
    """Every contact date that a task had, by its history alone."""
    return [date for line in read_history(room.desk.db, task) for date in (line.from_date, line.to_date) if date]


def check_report(room: Room, request: PlanReportRequest) -> None:
    report = read_plan_report(room.desk.db, request, room.author)
    rows = [*report.rows, PlanRow(counts=report.total)]
    for row in rows:
        counts = row.counts
        assert counts.planned == counts.done + counts.postponed + counts.failed + counts.dropped + counts.left
        for column in PlanColumn:
            if column in (PlanColumn.UNKNOWN, PlanColumn.ORDERS, PlanColumn.CALLS):
                continue
            found = room.tasks(cell_tasks(report, row, column))
            assert found == getattr(counts, column.value), (row.operator_id, column)
        assert room.counted(cell_calls(report, row)) == counts.calls, row
    for name in ("planned", "done", "postponed", "overdue_planned", "active_dropped"):
        assert sum(getattr(row.counts, name) for row in report.rows) == getattr(report.total, name)
    for one in report.reasons:
        assert room.tasks(reason_tasks(report, one)) == one.tasks
    if request.problems:
        assert problems_by_history(room, report) == [
            (one.client_id, one.tasks, one.operator_id, one.dropped, one.refused, one.not_reached, one.postponed)
            for one in report.problems
        ]


TROUBLED = {TaskState.DROPPED: "dropped", TaskState.DROPPED_CONFIRMED: "dropped", TaskState.REFUSED: "refused"}
TROUBLES = {TaskEvent.NOT_REACHED: "missed", TaskEvent.POSTPONE: "moved"}


def problems_by_history(room: Room, report: PlanReport) -> list[tuple[Any, ...]]:
    """The problem clients, by rows of tasks and their histories alone."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    tasks: dict[int, dict[int, int]] = defaultdict(dict)
    for (id,) in room.desk.db.execute("SELECT id FROM task").fetchall():
        row = read_row(room.desk.db, id)
        assert row is not None
        happened = [(TROUBLED.get(TASK_STATES[row.state]), iso_of(row.day))]
        happened += [(TROUBLES.get(line.event), line.from_date) for line in read_history(room.desk.db, id)]
        for what, when in happened:
            if what and report.first <= when <= report.last and is_about(report.base, row):
                party = row.client_id or -(row.number_id or 0)
                counts[party][what] += 1
                tasks[party][id] = row.operator_id
    return [
        (
            party if party > 0 else None, tuple(sorted(tasks[party], reverse=True)),
            tasks[party][max(tasks[party])] or None, found["dropped"], found["refused"], found["missed"], found["moved"]
        )
        for party, found in sorted(counts.items(), key=lambda item: (-item[1].total(), -item[0]))
        if found["dropped"] + found["refused"] > 0 or found.total() >= 2
    ]  # fmt: skip


def is_about(base: TaskFilter, row: TaskRow) -> bool:
    plan = iso_of(row.plan_day)
    if base.delivery is not None and not (plan and base.delivery.start <= plan <= (base.delivery.end or "9")):
        return False
    return all(
        not ids or id in ids for ids, id in ((base.operators, row.operator_id), (base.managers, row.manager_id))
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_every_cell_counts_what_it_opens(deeds: list[tuple[Any, ...]]) -> None:
    with room() as centre:
        for deed in deeds:
            centre.do(deed)
        for request in asked(centre):
            check_report(centre, request)
        assert wrong_attempts(centre.desk.db, None) == 0
        assert wrong_task_tallies(centre.desk.db, deep=True) == 0
        for task, calls in centre.desk.db.execute("SELECT id, calls FROM task").fetchall():
            assert centre.counted(task_calls(task)) == calls


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(HOSTILE))
def test_tallies_are_what_tasks_and_calls_add_up_to_whatever_happens(deeds: list[tuple[Any, ...]]) -> None:
    with room() as centre:
        for deed in deeds:
            centre.do(deed)
        assert wrong_task_tallies(centre.desk.db, deep=True) == 0
        assert wrong_task_tallies(centre.desk.db, deep=False) == 0
        for request in asked(centre):
            check_report(centre, request)
        kept = tables(centre.desk)
        with centre.desk.writer.transaction() as transaction:
            count_tasks_again(transaction.db)
        assert tables(centre.desk) == kept
        assert counted_by_the_upgrade(centre.desk) == kept


TALLIES = ("task_tally", "reason_tally", "reason_again", "day_trouble")


def tables(desk: Desk) -> dict[str, set[tuple[Any, ...]]]:
    return {table: set(desk.db.execute(f"SELECT * FROM {table}").fetchall()) for table in TALLIES}


def counted_by_the_upgrade(desk: Desk) -> dict[str, set[tuple[Any, ...]]]:
    """The same as the step of the schema counts them in a store that has none."""
    with desk.writer.transaction() as transaction:
        for table in TALLIES:
            transaction.db.execute(f"DROP TABLE {table}")
        for index in ("task_work", "task_history_reason"):
            transaction.db.execute(f"DROP INDEX {index}")
        count_tasks_by_day(Database(transaction.db))
        pack_trouble(Database(transaction.db))
    return tables(desk)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_planned_is_every_task_that_ever_had_a_contact_date_in_the_period(deeds: list[tuple[Any, ...]]) -> None:
    with room() as centre:
        for deed in deeds:
            centre.do(deed)
        ids = [id for (id,) in centre.desk.db.execute("SELECT id FROM task").fetchall()]
        for first, last in ((-3, -1), (0, 0), (-1, 3)):
            report = read_plan_report(
                centre.desk.db, PlanReportRequest(period=Period(start=day(first), end=day(last))), centre.author
            )
            within = [id for id in ids if any(day(first) <= one <= day(last) for one in dates_of(centre, id))]
            assert report.total.planned == len(within)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_history_leads_from_the_first_state_to_the_last(deeds: list[tuple[Any, ...]]) -> None:
    with room() as centre:
        for deed in deeds:
            centre.do(deed)
        for (task,) in centre.desk.db.execute("SELECT id FROM task").fetchall():
            history = read_history(centre.desk.db, task)
            assert [line.number for line in history] == list(range(1, len(history) + 1))
            for before, after in pairwise(history):
                assert (after.from_state, after.from_date) == (before.to_state, before.to_date)
                closed = before.to_state in CLOSED
                assert not closed or after.event in (TaskEvent.EDIT, TaskEvent.REOPEN)
            row = read_row(centre.desk.db, task)
            assert row is not None
            assert row.postponed == sum(line.event is TaskEvent.POSTPONE for line in history)
            if history[-1].to_state is TaskState.POSTPONED:
                assert any(line.event in (TaskEvent.POSTPONE, TaskEvent.RETURN) for line in history)


def test_each_outcome_is_some_state_of_an_open_or_closed_task() -> None:
    from backend_client.model.task import OUTCOME_OF

    assert set(OUTCOME_OF.values()) == set(Outcome) - {Outcome.UNKNOWN}
