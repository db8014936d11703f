"""What may be put into the plan, and to whom: over the store and over HTTP alike."""

from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend_client.contract.directories import EditEmployee
from backend_client.contract.tasks import (
    AddTask,
    DoneTask,
    DropTask,
    EditTask,
    GenerateTasks,
    ImportTasks,
    ReassignTasks,
    ReturnTask,
    Skip,
    TaskDeed,
)
from backend_client.errors import Conflict, Invalid
from backend_client.model.permissions import Role
from backend_client.model.task import TaskFate, TaskFilter, TaskRecord
from backend_client.sqlite.directory import add_employee
from tests.contract.test_plan import NEXT_WEEK, NUMBER, TOMORROW, Plan, done, given_to, plan, postponed
from tests.sqlite.stores import Desk

__all__ = ["plan"]


async def test_the_same_call_is_not_planned_twice(plan: Plan) -> None:
    first = await plan.add(TOMORROW, order="7", address="Садова 1")

    async def refused(deed: TaskDeed) -> dict[str, object]:
        with pytest.raises(Conflict) as told:
            await plan.head.change_task(deed)
        return told.value.fields

    again = AddTask(contact_date=TOMORROW, client_id=plan.client, order="7", address="САДОВА  1")
    assert (await refused(again))["task_id"] == first.id
    other = await plan.add(TOMORROW, order="7", address="Садова 2")
    as_first = EditTask(id=other.id, revision=0, contact_date=TOMORROW, number=NUMBER, order="7", address="садова 1")
    assert (await refused(as_first))["task_id"] == first.id
    renamed = await done(plan.head, replace(as_first, address="Садова 2", note="the back door"))
    assert renamed.note == "the back door"
    await postponed(plan.head, first, NEXT_WEEK)
    assert await refused(again) == {"task_id": first.id, "moved": NEXT_WEEK}
    stranger = await plan.add(TOMORROW, number="0671230000")
    by_number = AddTask(contact_date=TOMORROW, number="+380 67 123-00-00")
    assert (await refused(by_number))["task_id"] == stranger.id


async def test_a_day_that_has_gone_by_is_planned_only_where_that_is_meant(plan: Plan) -> None:
    yesterday = AddTask(contact_date="2026-11-20", client_id=plan.client)
    with pytest.raises(Invalid) as told:
        await plan.head.change_task(yesterday)
    assert told.value.fields == {"contact": "2026-11-20"}
    overdue = await done(plan.head, replace(yesterday, past=True))
    assert overdue.overdue
    edit = EditTask(id=overdue.id, revision=0, contact_date="2026-11-19", client_id=plan.client, note="x")
    with pytest.raises(Invalid):
        await plan.head.change_task(edit)
    kept = await done(plan.head, replace(edit, contact_date="2026-11-20"))
    assert kept.note == "x"
    dropped = await done(plan.head, DropTask(id=kept.id, revision=kept.revision, text="moved out"))
    with pytest.raises(Invalid):
        await plan.head.change_task(ReturnTask(id=kept.id, revision=dropped.revision, contact_date="2026-11-19"))
    assert (await done(plan.head, ReturnTask(id=kept.id, revision=dropped.revision))).contact_date == "2026-11-20"


async def test_tasks_are_given_only_to_who_has_a_part_in_the_plan(plan: Plan, tmp_path: Path) -> None:
    with closing(Desk(tmp_path / "store.db")) as desk, desk.writer.transaction() as transaction:
        add_employee(transaction, "Quinn", roles=(Role.QUALITY_CONTROL, Role.ACCOUNTANT))
    people = {one.name: one for one in (await plan.head.directories()).employees}
    await plan.head.change_directory(EditEmployee(employee=replace(people["Ivan"], active=False)))
    assert [one.name for one in (await plan.head.directories()).employees if one.takes_tasks] == ["Olena", "Vira"]
    task = await plan.add()
    for other in (people["Quinn"], people["Ivan"]):
        for deed in (
            AddTask(contact_date=TOMORROW, client_id=plan.client, operator_id=other.id),
            given_to(task, other.id),
            ReassignTasks(filter=TaskFilter(ids=(task.id,)), operator_id=other.id),
        ):
            with pytest.raises(Invalid) as told:
                await plan.head.change_task(deed)
            assert told.value.fields == {"name": other.name}
        with pytest.raises(Invalid):
            await plan.head.generate_tasks(GenerateTasks(contact_date=TOMORROW, operators=(other.id,)))
        record = TaskRecord(row=2, contact_date=TOMORROW, client="Stroysnab", operator=other.name)
        [fate] = (await plan.head.import_tasks(ImportTasks(records=(record,)))).fates
        assert fate.fate is TaskFate.REJECTED
    assert (await plan.now(task)).operator_id == plan.olena
    managed = AddTask(contact_date=TOMORROW, client_id=plan.client, manager_id=people["Quinn"].id)
    assert (await done(plan.head, managed)).manager_id == people["Quinn"].id


async def test_what_is_not_given_away_is_named_with_the_reason(plan: Plan) -> None:
    mine, closed = await plan.add(order="1"), await plan.add(order="2")
    theirs, other = await plan.add(order="3", operator=plan.ivan), await plan.add(order="4")
    await done(plan.head, DoneTask(id=closed.id, revision=0))
    ids = (9999, closed.id, theirs.id, mine.id)
    deed = ReassignTasks(filter=TaskFilter(ids=ids, operators=(plan.olena, plan.ivan)), operator_id=plan.ivan)
    change = await plan.head.change_task(deed)
    assert (change.changed, change.more) == (1, False)
    assert [(one.id, one.why) for one in change.skipped] == [
        (9999, Skip.NOT_THERE), (closed.id, Skip.CLOSED), (theirs.id, Skip.THEIRS)
    ]  # fmt: skip
    of_ivan = TaskFilter(ids=(other.id,), operators=(plan.ivan,))
    change = await plan.head.change_task(ReassignTasks(filter=of_ivan))
    assert [(one.id, one.why) for one in change.skipped] == [(other.id, Skip.NOT_MEANT)]
    assert change.changed == 0
