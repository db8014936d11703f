"""The outbound plan: what may follow on what, whose it is, which calls are its attempts, and what the report counts."""

from dataclasses import dataclass

import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.contract.backend import Backend
from backend_client.contract.calls import CountRequest, LogCall, WindowRequest
from backend_client.contract.changes import ChangeRequest, Kind
from backend_client.contract.clients import MergeClients, RegisterClient, UndoClientDeed
from backend_client.contract.directories import EditReason
from backend_client.contract.plan_report import PlanColumn, PlanReportRequest, cell_calls, cell_tasks, reason_tasks
from backend_client.contract.tasks import (
    AddTask,
    ConfirmDrop,
    DoneTask,
    DropTask,
    EditTask,
    ImportTasks,
    MissTask,
    PostponeTask,
    ReassignTasks,
    RefuseTask,
    ReopenTask,
    ReturnTask,
    TaskDeed,
    TaskListRequest,
    TaskRequest,
)
from backend_client.errors import BackendError, Conflict, Forbidden, Invalid, NotFound
from backend_client.model.audit import Deed
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period, Preset
from backend_client.model.task import (
    CLOSED,
    OPEN,
    WAITING,
    Task,
    TaskFate,
    TaskFilter,
    TaskOrder,
    TaskRecord,
    TaskState,
    may_follow,
)
from backend_client.model.task_event import TaskEvent, TaskReason
from tests.contract.conftest import NOON, Opener

TODAY, TOMORROW, NEXT_WEEK = "2026-11-21", "2026-11-22", "2026-11-28"
LONG_AGO = "2026-10-01"
NUMBER = "0672220001"
"""Stroysnab's."""


@dataclass
class Plan:
    """A head's hand on the plan."""

    head: Backend
    olena: int
    ivan: int
    client: int

    async def add(self, date: str = TODAY, operator: int | None = None, **fields: object) -> Task:
        if "number" not in fields:
            fields.setdefault("client_id", self.client)
        fields.setdefault("past", date < TODAY)
        deed = AddTask(contact_date=date, operator_id=operator or self.olena, **fields)  # type: ignore[arg-type]
        return await done(self.head, deed)

    async def now(self, task: Task) -> Task:
        return (await self.head.task(TaskRequest(id=task.id))).task


async def done(backend: Backend, deed: TaskDeed) -> Task:
    task = (await backend.change_task(deed)).task
    assert task is not None
    return task


async def postponed(backend: Backend, task: Task, date: str, **fields: object) -> Task:
    given = {"text": "later", **fields}
    return await done(backend, PostponeTask(id=task.id, revision=task.revision, contact_date=date, **given))  # type: ignore[arg-type]


@pytest.fixture
async def plan(head: Backend) -> Plan:
    people = {employee.name: employee.id for employee in (await head.directories()).employees}
    rows = (await head.window(WindowRequest())).rows
    client = next(row.client_id for row in rows if row.client == "Stroysnab")
    assert client is not None
    return Plan(head, people["Olena"], people["Ivan"], client)


async def test_a_task_postponed_twice_and_then_ordered_has_its_history_and_counts_once(
    plan: Plan, olena: Backend
) -> None:
    task = await plan.add("2026-11-18", plan_date="2026-11-25", address="Садова 1")
    assert task.overdue
    task = await postponed(olena, task, TODAY, text="у відпустці")
    task = await postponed(olena, task, TOMORROW, text="просив завтра")
    week = PlanReportRequest(period=Period(start="2026-11-16", end="2026-11-20"))
    before = await plan.head.plan_report(week)
    assert (before.total.planned, before.total.postponed, before.total.active_postponed) == (1, 1, 1)
    assert before.total.overdue_postponed == before.total.overdue_planned == 0
    await done(olena, DoneTask(id=task.id, revision=task.revision, order="A-7", amount=1_250_000_000, currency="uah"))
    card = await plan.head.task(TaskRequest(id=task.id))
    moves = [(line.from_date, line.to_date, line.text) for line in card.history if line.event is TaskEvent.POSTPONE]
    assert moves == [("2026-11-18", TODAY, "у відпустці"), (TODAY, TOMORROW, "просив завтра")]
    assert [line.author for line in card.history] == ["Vira", "Olena", "Olena", "Olena"]
    assert (card.task.state, card.task.postponed, card.task.order) == (TaskState.DONE_ORDER, 2, "A-7")
    assert (card.task.amount, card.task.currency) == (1_250_000_000, "UAH")
    month = await plan.head.plan_report(PlanReportRequest(period=Period(start="2026-11-01", end="2026-11-30")))
    counts = month.total
    assert (counts.planned, counts.done, counts.postponed, counts.failed, counts.orders) == (1, 1, 0, 0, 1.0)


async def test_overdue_is_counted_once_however_often_it_was_postponed(plan: Plan) -> None:
    task = await plan.add("2026-11-10")
    for date in (TODAY, TOMORROW, TODAY):
        task = await postponed(plan.head, task, date)
    await done(
        plan.head,
        EditTask(
            id=task.id, revision=task.revision, contact_date="2026-11-19", client_id=plan.client, past=True
        ),
    )  # fmt: skip
    report = await plan.head.plan_report(PlanReportRequest(period=Period(start="2026-11-01", end="2026-11-30")))
    assert (report.total.planned, report.total.overdue_postponed) == (1, 1)
    assert report.rows[0].counts == report.total


STEPS: dict[TaskEvent, type] = {
    TaskEvent.DONE: DoneTask,
    TaskEvent.NOT_REACHED: MissTask,
    TaskEvent.POSTPONE: PostponeTask,
    TaskEvent.REFUSE: RefuseTask,
    TaskEvent.DROP: DropTask,
    TaskEvent.CONFIRM_DROP: ConfirmDrop,
    TaskEvent.RETURN: ReturnTask,
    TaskEvent.REOPEN: ReopenTask,
}


def step(event: TaskEvent, task: Task) -> TaskDeed:
    more = {"contact_date": NEXT_WEEK} if event is TaskEvent.POSTPONE else {}
    deed: TaskDeed = STEPS[event](id=task.id, revision=task.revision, text="because", **more)
    return deed


WAYS: dict[TaskState, tuple[TaskEvent, ...]] = {
    TaskState.PLANNED: (),
    TaskState.NOT_REACHED: (TaskEvent.NOT_REACHED,),
    TaskState.POSTPONED: (TaskEvent.POSTPONE,),
    TaskState.DROPPED: (TaskEvent.DROP,),
    TaskState.DONE_ORDER: (TaskEvent.DONE,),
    TaskState.REFUSED: (TaskEvent.REFUSE,),
    TaskState.DROPPED_CONFIRMED: (TaskEvent.DROP, TaskEvent.CONFIRM_DROP),
}


@pytest.mark.parametrize("state", WAYS)
async def test_only_what_may_follow_on_a_state_is_done(plan: Plan, state: TaskState) -> None:
    for event in STEPS:
        task = await plan.add(order=event.value)
        for way in WAYS[state]:
            task = await done(plan.head, step(way, task))
        assert task.state is state
        if state is TaskState.POSTPONED and event is TaskEvent.POSTPONE:
            continue
        if may_follow(event, state):
            assert (await done(plan.head, step(event, task))).revision == task.revision + 1
        else:
            with pytest.raises(Invalid):
                await plan.head.change_task(step(event, task))
            assert await plan.now(task) == task


def test_every_state_is_open_or_closed() -> None:
    assert {*OPEN, *CLOSED} == set(TaskState) - {TaskState.UNKNOWN}
    assert set(WAITING) < set(OPEN)


async def test_a_postponement_needs_a_reason_and_a_day_to_come(plan: Plan) -> None:
    task = await plan.add(plan_date=TOMORROW)

    def to(date: str, **fields: object) -> PostponeTask:
        return PostponeTask(id=task.id, revision=task.revision, contact_date=date, **fields)  # type: ignore[arg-type]

    for deed in (to(TOMORROW), to(TOMORROW, text=" "), to("2026-11-20", text="why"), to(TODAY, text="why")):
        with pytest.raises(Invalid):
            await plan.head.change_task(deed)
    with pytest.raises(Invalid) as late:
        await plan.head.change_task(to(NEXT_WEEK, text="why"))
    assert late.value.fields == {"plan": TOMORROW, "contact": NEXT_WEEK}
    with pytest.raises(NotFound):
        await plan.head.change_task(to(TOMORROW, reason_id=99))
    moved = await done(plan.head, to(NEXT_WEEK, text="why", plan_date="2026-11-30"))
    assert (moved.contact_date, moved.plan_date, moved.reason) == (NEXT_WEEK, "2026-11-30", "why")


async def test_reasons_are_a_list_that_is_edited_and_counted(plan: Plan) -> None:
    head = plan.head
    for name, event in (("Відпустка", TaskEvent.POSTPONE), ("Дорого", TaskEvent.REFUSE)):
        await head.change_directory(EditReason(reason=TaskReason(id=0, name=name, event=event)))
    away, costly = (await head.directories()).reasons
    with pytest.raises(Invalid):
        await head.change_directory(EditReason(reason=TaskReason(id=0, name="Дорого", event=TaskEvent.REFUSE)))
    await postponed(head, await plan.add(address="перша"), TOMORROW, reason_id=away.id, text="")
    await postponed(head, await plan.add(address="друга"), TOMORROW)
    refused = await plan.add(address="третя")
    await done(head, RefuseTask(id=refused.id, revision=refused.revision, reason_id=costly.id))
    report = await head.plan_report(PlanReportRequest())
    found = {(one.event, one.reason_id): one.tasks for one in report.reasons}
    assert found == {(TaskEvent.POSTPONE, away.id): 1, (TaskEvent.POSTPONE, 0): 1, (TaskEvent.REFUSE, costly.id): 1}
    for one in report.reasons:
        assert (await head.tasks(TaskListRequest(filter=reason_tasks(report, one)))).total == one.tasks


async def test_a_dropped_address_is_confirmed_or_returned_by_the_head_only(plan: Plan, olena: Backend) -> None:
    task = await plan.add(address="Садова 1")
    task = await done(olena, DropTask(id=task.id, revision=task.revision, text="продали дачу"))
    with pytest.raises(Forbidden):
        await olena.change_task(ConfirmDrop(id=task.id, revision=task.revision))
    task = await done(plan.head, ReturnTask(id=task.id, revision=task.revision, contact_date=TOMORROW))
    assert (task.state, task.contact_date) == (TaskState.POSTPONED, TOMORROW)
    task = await done(plan.head, DropTask(id=task.id, revision=task.revision, text="справді"))
    task = await done(plan.head, ConfirmDrop(id=task.id, revision=task.revision))
    assert (await plan.head.task(TaskRequest(id=task.id))).address_archived
    again = TaskRecord(row=1, contact_date=NEXT_WEEK, client="Stroysnab", address="садова  1")
    [fate] = (await plan.head.import_tasks(ImportTasks(records=(again,)))).fates
    assert fate.fate is TaskFate.REJECTED
    task = await done(plan.head, ReopenTask(id=task.id, revision=task.revision))
    assert task.state is TaskState.DROPPED
    assert not (await plan.head.task(TaskRequest(id=task.id))).address_archived


async def test_an_operator_takes_back_only_the_own_outcome(plan: Plan, olena: Backend) -> None:
    task = await plan.add()
    mine = await done(olena, DoneTask(id=task.id, revision=task.revision, with_order=False))
    assert mine.state is TaskState.DONE
    task = await done(olena, ReopenTask(id=task.id, revision=mine.revision))
    assert task.state is TaskState.PLANNED
    theirs = await done(plan.head, RefuseTask(id=task.id, revision=task.revision, text="no"))
    with pytest.raises(Forbidden):
        await olena.change_task(ReopenTask(id=task.id, revision=theirs.revision))


async def test_a_refusal_that_is_taken_back_takes_its_reason_with_it(plan: Plan) -> None:
    task = await postponed(plan.head, await plan.add(), TOMORROW, text="vacation")
    for text in ("too dear", "has enough", "has enough"):
        task = await done(plan.head, RefuseTask(id=task.id, revision=task.revision, text=text))
        assert task.reason == text
        task = await done(plan.head, ReopenTask(id=task.id, revision=task.revision))
        assert (task.state, task.reason) == (TaskState.POSTPONED, "vacation")
    task = await done(plan.head, DoneTask(id=task.id, revision=task.revision, with_order=False))
    task = await done(plan.head, ReopenTask(id=task.id, revision=task.revision))
    assert task.reason == "vacation"


async def test_two_operators_on_one_task_do_not_overwrite_each_other(plan: Plan, olena: Backend) -> None:
    task = await plan.add()
    await done(olena, MissTask(id=task.id, revision=task.revision))
    with pytest.raises(Conflict) as told:
        await plan.head.change_task(RefuseTask(id=task.id, revision=task.revision, text="no"))
    assert (told.value.fields["author"], told.value.fields["task_id"]) == ("Olena", task.id)


async def test_an_operator_sees_and_changes_own_tasks_only(plan: Plan, olena: Backend, opened: Opener) -> None:
    mine, others = await plan.add(), await plan.add(operator=plan.ivan, order="2")
    every = TaskListRequest(filter=TaskFilter(operators=(plan.ivan, plan.olena)))
    assert [task.id for task in (await olena.tasks(every)).rows] == [mine.id]
    assert (await olena.tasks(TaskListRequest(filter=TaskFilter(ids=(others.id,))))).total == 0
    refusals = []
    for id in (others.id, 9999):
        for ask in (olena.task(TaskRequest(id=id)), olena.change_task(MissTask(id=id, revision=0))):
            with pytest.raises(NotFound) as told:
                await ask
            refusals.append((told.value.text, told.value.fields))
    assert refusals[:2] == refusals[2:]
    for forbidden in (
        AddTask(contact_date=TODAY, client_id=plan.client),
        EditTask(id=mine.id, revision=0, contact_date=TODAY, client_id=plan.client),
        ReassignTasks(filter=TaskFilter(), operator_id=plan.olena),
    ):
        with pytest.raises(Forbidden):
            await olena.change_task(forbidden)
    with pytest.raises(Forbidden):
        await olena.plan_report(PlanReportRequest())
    ivan = await opened("ivan")
    assert [task.id for task in (await ivan.tasks(TaskListRequest())).rows] == [others.id]


async def test_calls_to_the_client_on_the_day_by_the_operator_are_attempts(
    plan: Plan, olena: Backend, opened: Opener
) -> None:
    task = await plan.add()
    ivan = await opened("ivan")
    reached = await olena.log_call(LogCall(number=NUMBER, outgoing=True, start=NOON + 60, talk=30))
    await ivan.log_call(LogCall(number=NUMBER, outgoing=True, start=NOON + 120, talk=30))
    await olena.log_call(LogCall(number=NUMBER, outgoing=True, start=NOON - 86_400, talk=30))
    await olena.log_call(LogCall(number=NUMBER, start=NOON + 180, talk=30))
    card = await olena.task(TaskRequest(id=task.id))
    assert ([call.id for call in card.attempts], card.task.calls) == ([reached.id], 1)
    attached = await plan.head.window(WindowRequest(filter=CallFilter(tasks=(task.id,))))
    assert [call.id for call in attached.rows] == [reached.id]
    task = await done(plan.head, given_to(task, plan.ivan))
    assert (task.calls, (await plan.head.task(TaskRequest(id=task.id))).attempts[0].id != reached.id) == (1, True)
    assert (await olena.count(CountRequest(filter=CallFilter(tasks=(task.id,))))).number == 0


def given_to(task: Task, operator: int) -> EditTask:
    return EditTask(
        id=task.id, revision=task.revision, contact_date=task.contact_date, client_id=task.client_id,
        operator_id=operator,
    )  # fmt: skip


async def test_done_without_any_call_is_counted_as_such(plan: Plan, olena: Backend) -> None:
    called, typed = await plan.add(), await plan.add(number="0671230000")
    await olena.log_call(LogCall(number=NUMBER, outgoing=True, start=NOON + 60, talk=30))
    for task in (await plan.now(called), typed):
        await done(olena, DoneTask(id=task.id, revision=task.revision))
    report = await plan.head.plan_report(PlanReportRequest())
    assert (report.total.done, report.total.done_without_call, report.total.calls) == (2, 1, 1)
    [row] = report.rows
    without = cell_tasks(report, row, PlanColumn.DONE_WITHOUT_CALL)
    assert [one.id for one in (await plan.head.tasks(TaskListRequest(filter=without))).rows] == [typed.id]
    assert (await plan.head.count(CountRequest(filter=cell_calls(report, row)))).number == 1


async def test_registering_the_number_later_attaches_its_calls(plan: Plan, olena: Backend) -> None:
    stranger = await plan.head.change_client(RegisterClient(name="Новий", numbers=("0671239999",)))
    assert stranger.client is not None
    task = await plan.add(client_id=stranger.client.id)
    await olena.log_call(LogCall(number="0671238888", outgoing=True, start=NOON + 60, talk=5))
    assert (await plan.now(task)).calls == 0
    await plan.head.change_client(RegisterClient(client_id=stranger.client.id, numbers=("0671238888",)))
    assert (await plan.now(task)).calls == 1
    merged = await plan.head.change_client(MergeClients(id=plan.client, other=stranger.client.id))
    after = await plan.now(task)
    assert (after.client_id, after.client, after.calls) == (plan.client, "Stroysnab", 1)
    await plan.head.change_client(UndoClientDeed(deed=merged.deed))
    back = await plan.now(task)
    assert (back.client_id, back.calls) == (stranger.client.id, 1)


async def test_a_client_with_tasks_is_not_undone(plan: Plan) -> None:
    made = await plan.head.change_client(RegisterClient(name="Новий", numbers=("0671239999",)))
    assert made.client is not None
    await plan.add(client_id=made.client.id)
    with pytest.raises(Conflict):
        await plan.head.change_client(UndoClientDeed(deed=made.deed))


async def test_a_task_is_made_from_a_missed_call(plan: Plan) -> None:
    rows = (await plan.head.window(WindowRequest())).rows
    missed = next(row for row in rows if row.number == "+380501110003")
    task = await done(plan.head, AddTask(contact_date=TODAY, operator_id=plan.ivan, call_id=missed.id))
    assert (task.number, task.client_id, task.call_id) == ("+380501110003", None, missed.id)


@pytest.mark.parametrize(
    "fields",
    [
        {"contact_date": "21.11.2026", "client_id": 1},
        {"contact_date": "2026-02-30", "client_id": 1},
        {"contact_date": TODAY, "plan_date": "2026-11-20", "client_id": 1},
        {"contact_date": TODAY, "contact_time": "25:00", "client_id": 1},
        {"contact_date": TODAY},
        {"contact_date": TODAY, "client_id": 777},
        {"contact_date": TODAY, "number": "201"},
        {"contact_date": TODAY, "client_id": 1, "operator_id": 777},
        {"contact_date": TODAY, "client_id": 1, "amount": -1},
        {"contact_date": TODAY, "client_id": 1, "address": "а" * 501},
    ],
)
async def test_what_cannot_be_planned_is_refused(head: Backend, fields: dict[str, object]) -> None:
    with pytest.raises(BackendError):
        await head.change_task(AddTask(**fields))  # type: ignore[arg-type]
    assert (await head.tasks(TaskListRequest())).total == 0


async def test_texts_from_outside_are_cleaned(plan: Plan) -> None:
    task = await plan.add(address="[bold]Са\x1bдова[/foo]", note="рядок\nдругий\x07", person=" Іра\t")
    assert (task.address, task.note, task.person) == ("[bold]Садова[/foo]", "рядок\nдругий", "Іра")


async def test_the_list_of_the_day_is_in_the_order_of_work(plan: Plan) -> None:
    recent = await plan.add(last_delivery="2026-11-15", address="1")
    long_ago = await plan.add(last_delivery=LONG_AGO, address="2")
    unknown = await plan.add(contact_time="09:00", address="3")
    unknown_later = await plan.add(contact_time="10:30", address="4")
    overdue = await plan.add("2026-11-19", last_delivery="2026-11-18", address="5")
    closed = await plan.add("2026-11-01", address="6")
    await done(plan.head, RefuseTask(id=closed.id, revision=0, text="no"))
    rows = (await plan.head.tasks(TaskListRequest())).rows
    assert [row.id for row in rows] == [one.id for one in (overdue, long_ago, recent, unknown, unknown_later, closed)]
    page = await plan.head.tasks(TaskListRequest(offset=1, limit=2))
    assert ([row.id for row in page.rows], page.total) == ([long_ago.id, recent.id], 6)
    parts = [(await plan.head.tasks(TaskListRequest(offset=at, limit=2))).rows for at in range(0, 8, 2)]
    assert [row for part in parts for row in part] == list(rows)
    for order in TaskOrder:
        if order is not TaskOrder.UNKNOWN:
            for descending in (False, True):
                asked = TaskListRequest(order=order, descending=descending)
                assert len((await plan.head.tasks(asked)).rows) == 6


@pytest.mark.parametrize("text", ["stroys", "0672220", "Садова", "САДОВА", "A-7"])
async def test_tasks_are_found_by_client_number_address_and_order(plan: Plan, text: str) -> None:
    task = await plan.add(address="Садова 1", order="A-7")
    await plan.add(number="0509998877")
    found = await plan.head.tasks(TaskListRequest(filter=TaskFilter(search=text)))
    assert [row.id for row in found.rows] == [task.id]


async def test_open_tasks_are_given_to_another_operator_at_once(plan: Plan) -> None:
    for place in range(3):
        await plan.add(address=str(place))
    closed = await plan.add(address="closed")
    await done(plan.head, RefuseTask(id=closed.id, revision=0, text="no"))
    deed = ReassignTasks(filter=TaskFilter(operators=(plan.olena,)), operator_id=plan.ivan, text="sick")
    assert (await plan.head.change_task(deed)).changed == 3
    rows = (await plan.head.tasks(TaskListRequest(filter=TaskFilter(operators=(plan.ivan,))))).rows
    assert len(rows) == 3
    history = (await plan.head.task(TaskRequest(id=rows[0].id))).history[-1]
    assert (history.event, history.from_operator, history.to_operator) == (TaskEvent.REASSIGN, plan.olena, plan.ivan)


async def test_problem_clients_are_dropped_refused_or_twice_in_trouble(plan: Plan) -> None:
    once = await plan.add(number="0671230001")
    await postponed(plan.head, once, TOMORROW)
    task = await plan.add()
    task = await done(plan.head, MissTask(id=task.id, revision=task.revision))
    await postponed(plan.head, task, TOMORROW)
    refused = await plan.add(number="0671230002")
    await done(plan.head, RefuseTask(id=refused.id, revision=0, text="no"))
    report = await plan.head.plan_report(PlanReportRequest(problems=True))
    found = {one.number: (one.refused, one.not_reached, one.postponed, one.tasks) for one in report.problems}
    assert found == {"+380672220001": (0, 1, 1, (task.id,)), "+380671230002": (1, 0, 0, (refused.id,))}


async def test_this_week_and_this_month_have_their_days_to_come(plan: Plan) -> None:
    await plan.add("2026-11-30")
    await plan.add("2026-11-22", address="Sunday")
    month = await plan.head.plan_report(PlanReportRequest(period=Period(preset=Preset.THIS_MONTH)))
    assert (month.first, month.last, month.total.planned) == ("2026-11-01", "2026-11-30", 2)
    week = TaskFilter(contact=Period(preset=Preset.THIS_WEEK))
    assert [task.address for task in (await plan.head.tasks(TaskListRequest(filter=week))).rows] == ["Sunday"]


async def test_deeds_are_audited_and_told_to_open_consoles(plan: Plan, olena: Backend) -> None:
    change = (await plan.head.changes(ChangeRequest())).change
    task = await plan.add()
    await done(olena, MissTask(id=task.id, revision=0))
    changes = await plan.head.changes(ChangeRequest(since=change))
    assert Kind.TASKS in changes.kinds
    lines = (await plan.head.audit(AuditRequest(deeds=(Deed.TASK,)))).entries
    vira = plan.head.session.employee_id
    assert [(line.employee_id, line.object_id) for line in lines] == [(plan.olena, task.id), (vira, task.id)]


async def test_progress_counts_outcomes_that_stand_on_overdue_tasks_too(plan: Plan, olena: Backend) -> None:
    today = PlanReportRequest(period=Period(start=TODAY, end=TODAY))
    overdue, taken_back = await plan.add("2026-11-18"), await plan.add()
    await done(olena, MissTask(id=overdue.id, revision=overdue.revision))
    missed = await done(olena, MissTask(id=taken_back.id, revision=taken_back.revision))
    ordered = await done(olena, DoneTask(id=missed.id, revision=missed.revision))
    [point] = (await plan.head.plan_report(today)).progress
    assert (point.done, point.failed) == (1, 1)
    await done(plan.head, ReopenTask(id=ordered.id, revision=ordered.revision))
    [point] = (await plan.head.plan_report(today)).progress
    assert (point.done, point.failed) == (0, 2)
