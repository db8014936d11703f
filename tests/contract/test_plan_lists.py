"""Tasks out of lists and by the rule, over every backend."""

import pytest
from msgspec.structs import replace

from backend_client.contract.tasks import (
    ConfirmDrop,
    DoneTask,
    DropTask,
    GenerateTasks,
    ImportTasks,
    RefuseTask,
    TaskListRequest,
)
from backend_client.errors import Invalid
from backend_client.model.task import TaskFate, TaskRecord
from backend_client.model.task_fault import TaskFault
from tests.contract.test_plan import LONG_AGO, NEXT_WEEK, NUMBER, TODAY, TOMORROW, Plan, done, plan, postponed

__all__ = ["plan"]


async def test_an_import_tells_of_each_record_and_repeats_nothing(plan: Plan) -> None:
    records = (
        TaskRecord(row=2, contact_date=TODAY, client="Stroysnab", operator="Olena", order="1", plan_date=TOMORROW),
        TaskRecord(row=3, contact_date=TODAY, client="Нова", number="067 123 00 00", operator="202"),
        TaskRecord(row=4, contact_date=TODAY, client="Stroysnab", operator="Nobody Known"),
        TaskRecord(row=5, contact_date=TODAY, client="Stroysnab", plan_date="2026-11-01"),
        TaskRecord(row=6, contact_date=TODAY, client="Nowhere"),
        TaskRecord(row=7, contact_date=TODAY, client="Other", number=NUMBER),
        TaskRecord(row=8, contact_date=TODAY, client="Stroysnab", order="1"),
        TaskRecord(row=9, contact_date="", client="Stroysnab"),
        TaskRecord(row=10, contact_date=TODAY, client="Stroysnab", order="2"),
    )
    fates = [
        TaskFate.NEW, TaskFate.NEW_CLIENT, *[TaskFate.REJECTED] * 4, TaskFate.DUPLICATE, TaskFate.REJECTED,
        TaskFate.NEW,
    ]  # fmt: skip
    rehearsed = await plan.head.import_tasks(ImportTasks(records=records, rehearse=True))
    assert [fate.fate for fate in rehearsed.fates] == fates
    assert [fate.fault for fate in rehearsed.fates[2:8]] == [
        TaskFault.UNKNOWN_EMPLOYEE, TaskFault.DELIVERY_BEFORE_CONTACT, TaskFault.UNKNOWN_CLIENT,
        TaskFault.OTHER_CLIENT, TaskFault.REPEATED, TaskFault.NO_CONTACT_DATE,
    ]  # fmt: skip
    assert (await plan.head.tasks(TaskListRequest())).total == 0
    taken = await plan.head.import_tasks(ImportTasks(records=records, source="plan.csv"))
    assert taken.fates == rehearsed.fates
    again = await plan.head.import_tasks(ImportTasks(records=records))
    assert {fate.fate for fate in again.fates} == {TaskFate.DUPLICATE, TaskFate.REJECTED}
    rows = (await plan.head.tasks(TaskListRequest())).rows
    assert sorted((row.client, row.order, row.operator_id) for row in rows) == [
        ("Stroysnab", "1", plan.olena), ("Stroysnab", "2", None), ("Нова", "", plan.ivan)
    ]  # fmt: skip
    moved = next(row for row in rows if row.order == "1")
    await postponed(plan.head, moved, TOMORROW)
    [fate] = (await plan.head.import_tasks(ImportTasks(records=records[:1]))).fates
    assert fate.fate is TaskFate.DUPLICATE


async def test_a_row_that_was_rejected_takes_no_place_of_the_next(plan: Plan) -> None:
    records = (
        TaskRecord(row=2, contact_date=TOMORROW, number=NUMBER, order="1", plan_date=TODAY),
        TaskRecord(row=3, contact_date=TOMORROW, number=NUMBER, order="1", plan_date=NEXT_WEEK),
        TaskRecord(row=4, contact_date=TOMORROW, number=NUMBER, order="1", plan_date=NEXT_WEEK),
    )
    taken = await plan.head.import_tasks(ImportTasks(records=records))
    assert [fate.fate for fate in taken.fates] == [TaskFate.REJECTED, TaskFate.NEW, TaskFate.DUPLICATE]
    assert taken.fates[2].fields == {"earlier": "3"}


@pytest.mark.parametrize(
    "text",
    ["0671119997, 0671119996", "0671119997/0671119996", "0671119997;0671119996", "1234567890123456789012345"],
)
async def test_a_cell_of_several_numbers_is_none_to_call(plan: Plan, text: str) -> None:
    record = TaskRecord(row=2, contact_date=TOMORROW, client="Нова", number=text)
    [fate] = (await plan.head.import_tasks(ImportTasks(records=(record,)))).fates
    assert fate.fate is TaskFate.REJECTED
    with pytest.raises(Invalid):
        await plan.add(TOMORROW, number=text)


async def test_the_rule_plans_whom_nobody_delivered_to_for_long(plan: Plan) -> None:
    old = await plan.add("2026-10-20", last_delivery=LONG_AGO, address="Садова 1")
    await done(plan.head, DoneTask(id=old.id, revision=0, with_order=False))
    fresh = await plan.add("2026-10-20", last_delivery="2026-11-10", number="0671230000")
    await done(plan.head, DoneTask(id=fresh.id, revision=0, with_order=False))
    rule = GenerateTasks(contact_date=TOMORROW, days=30, repeat=7, deliver_after=1)
    rehearsed = await plan.head.generate_tasks(replace(rule, rehearse=True))
    assert [(task.client, task.address) for task in rehearsed.tasks] == [("Stroysnab", "Садова 1")]
    [made] = (await plan.head.generate_tasks(rule)).tasks
    assert (made.contact_date, made.plan_date, made.last_delivery) == (TOMORROW, "2026-11-23", LONG_AGO)
    assert made.operator_id == plan.olena
    assert (await plan.head.generate_tasks(rule)).tasks == ()
    await done(plan.head, RefuseTask(id=made.id, revision=made.revision, text="no"))
    assert (await plan.head.generate_tasks(rule)).tasks == ()
    later = GenerateTasks(contact_date=NEXT_WEEK, days=30, repeat=6, operators=(plan.ivan,))
    [next_one] = (await plan.head.generate_tasks(later)).tasks
    assert next_one.operator_id == plan.ivan


async def test_an_address_that_fell_away_takes_no_place_of_those_to_call(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_client.sqlite.plan.generating.PAGE_LIMIT", 1)
    for address, delivered in (("Садова 1", "2026-09-01"), ("Садова 2", "2026-09-02"), ("Садова 3", "2026-09-03")):
        task = await plan.add("2026-10-20", last_delivery=delivered, address=address)
        await done(plan.head, DoneTask(id=task.id, revision=0, with_order=False))
    for address in ("садова  1", "САДОВА 2"):
        task = await plan.add("2026-10-21", address=address)
        task = await done(plan.head, DropTask(id=task.id, revision=0, text="sold"))
        await done(plan.head, ConfirmDrop(id=task.id, revision=task.revision))
    made = await plan.head.generate_tasks(GenerateTasks(contact_date=TOMORROW, days=30, repeat=7))
    assert ([task.address for task in made.tasks], made.more) == (["Садова 3"], False)
