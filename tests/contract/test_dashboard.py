"""The dashboard and the missed-call queue, as every backend answers them."""

import asyncio

import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.contract.backend import Backend
from backend_client.contract.missed_queue import (
    ClaimMissed,
    FinishMissed,
    MissedQueueRequest,
    QueueDeed,
    ReleaseMissed,
    SnoozeMissed,
)
from backend_client.contract.now import Now, NowRequest
from backend_client.contract.plan_report import PlanReportRequest
from backend_client.contract.tasks import AddTask, DoneTask, MissTask, PostponeTask, RefuseTask
from backend_client.errors import Conflict, Forbidden, Invalid, NotFound
from backend_client.model.audit import Deed
from backend_client.model.missed_queue import MissedLine, QueuePart
from backend_client.model.now import AgentState, DayFigures, PlanProgress
from backend_client.model.task import Task
from tests.contract.conftest import NOON, NOW, Opener

STRANGER = "+380501110003"
"""Called Ivan at NOON + 1200 in vain."""


async def line(backend: Backend, deed: QueueDeed) -> MissedLine:
    return (await backend.change_queue(deed)).line


async def numbers(backend: Backend, part: QueuePart = QueuePart.OPEN) -> list[str]:
    return [one.number for one in (await backend.missed_queue(MissedQueueRequest(part=part))).lines]


async def test_the_dashboard_counts_the_day_until_this_minute(head: Backend) -> None:
    now = await head.now(NowRequest())
    assert (now.now, now.zone, now.pace) == (NOW, "Europe/Kyiv", 1.0)
    assert now.today == DayFigures(day="2026-11-21", accepted=1, missed=2, outgoing=1)
    assert (now.yesterday, now.week_ago, now.expected_days) == (None, None, 0)
    assert [(hour.hour, hour.accepted, hour.missed, hour.outgoing) for hour in now.hours if hour.hour == 12] == [
        (12, 1, 2, 1)
    ]
    assert now.hours[12].expected_incoming is None
    # Both missed calls rang for ten seconds: long enough to be counted.
    assert (now.service.in_time, now.service.offered) == (1, 3)
    assert (now.attention, now.lost, now.queue_open, now.queue_oldest, now.queue_late) == (1, 1, 1, NOON + 1200, 1)
    assert now.plan is not None


async def test_agents_have_todays_counts_and_no_state_without_a_source(head: Backend) -> None:
    agents = {agent.name: agent for agent in (await head.now(NowRequest())).agents}
    olena, ivan = agents["Olena"], agents["Ivan"]
    assert (olena.accepted, olena.missed, olena.outgoing, olena.talk) == (1, 1, 0, 60)
    assert (ivan.accepted, ivan.missed, ivan.outgoing, ivan.talk) == (0, 1, 1, 30)
    assert olena.state is AgentState.UNKNOWN
    assert not (await head.now(NowRequest())).live_source.followed


async def test_nothing_new_comes_without_figures(head: Backend) -> None:
    first = await head.now(NowRequest())
    again = await head.now(NowRequest(etag=first.change, held=first.now))
    assert again.unchanged
    assert (again.change, again.agents, again.today) == (first.change, (), Now(change=1, now=1).today)
    assert not (await head.now(NowRequest(etag=first.change, held=first.now - 60))).unchanged
    await head.change_queue(ClaimMissed(number=STRANGER))
    assert not (await head.now(NowRequest(etag=first.change, held=first.now))).unchanged


async def test_the_dashboard_is_not_for_operators(olena: Backend) -> None:
    with pytest.raises(Forbidden):
        await olena.now(NowRequest())


async def test_the_queue_holds_who_was_not_spoken_with(head: Backend) -> None:
    queue = await head.missed_queue(MissedQueueRequest(figures=True))
    (only,) = queue.lines
    assert (only.number, only.attempts, only.first, only.last) == (STRANGER, 1, NOON + 1200, NOON + 1200)
    assert (only.due, only.late(NOW), only.lost) == (NOON + 1200 + 900, True, True)
    assert [employee.name for employee in only.employees] == ["Ivan"]
    assert only.call_id is not None
    # The window is the local day: its last second is in time.
    assert only.in_time_until == NOON + 12 * 3600
    assert (queue.open, queue.snoozed, queue.done, queue.oldest) == (1, 0, 0, NOON + 1200)
    assert queue.team is not None
    assert (queue.team.settled, queue.team.in_time, queue.team.within_goal, queue.team.median) == (1, 1, 1, 310)
    assert [(one.name, one.settled, one.median) for one in queue.operators] == [("Ivan", 1, 310)]


async def test_two_claims_and_one_wins(opened: Opener, head: Backend) -> None:
    ivan = await opened("ivan")
    answers = await asyncio.gather(
        line(head, ClaimMissed(number=STRANGER)), line(ivan, ClaimMissed(number=STRANGER)), return_exceptions=True
    )
    won = [answer for answer in answers if isinstance(answer, MissedLine)]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].fields["claimer"] == won[0].claimer
    assert [one.claimer for one in (await ivan.missed_queue(MissedQueueRequest())).lines] == [won[0].claimer]


async def test_a_claim_is_ones_own_until_a_supervisor_takes_it(opened: Opener, head: Backend) -> None:
    ivan = await opened("ivan")
    await line(ivan, ClaimMissed(number=STRANGER))
    assert (await line(ivan, ClaimMissed(number=STRANGER))).claimer == "Ivan"
    assert len((await ivan.missed_queue(MissedQueueRequest(mine=True))).lines) == 1
    assert (await head.missed_queue(MissedQueueRequest(mine=True))).lines == ()
    with pytest.raises(Conflict):
        await line(head, ClaimMissed(number=STRANGER))
    assert (await line(head, ClaimMissed(number=STRANGER, take=True))).claimer == "Vira"
    with pytest.raises(Forbidden):
        await line(ivan, ReleaseMissed(number=STRANGER))
    with pytest.raises(Conflict):
        await line(ivan, FinishMissed(number=STRANGER, reason="no"))
    assert (await line(head, ReleaseMissed(number=STRANGER))).claimer == ""


async def test_a_line_is_put_off_and_back(head: Backend) -> None:
    put_off = await line(head, SnoozeMissed(number=STRANGER, until=NOW + 3600))
    assert put_off.snoozed_until == NOW + 3600
    assert (await numbers(head), await numbers(head, QueuePart.SNOOZED)) == ([], [STRANGER])
    await line(head, SnoozeMissed(number=STRANGER))
    assert await numbers(head) == [STRANGER]
    for until in (NOW - 1, NOW, NOW + 8 * 86_400):
        with pytest.raises(Invalid):
            await line(head, SnoozeMissed(number=STRANGER, until=until))


async def test_a_line_is_done_for_a_reason_that_stays(head: Backend) -> None:
    done = await line(head, FinishMissed(number=STRANGER, reason=" wrong \x1b[1mnumber "))
    assert (done.reason, done.done_by, done.done_at) == ("wrong [1mnumber", "Vira", NOW)
    queue = await head.missed_queue(MissedQueueRequest(part=QueuePart.DONE))
    assert [(one.number, one.reason, one.done_by) for one in queue.lines] == [(STRANGER, "wrong [1mnumber", "Vira")]
    assert (queue.open, queue.done) == (0, 1)
    assert (await head.now(NowRequest())).queue_open == 0
    await line(head, FinishMissed(number=STRANGER))
    assert await numbers(head) == [STRANGER]
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(Invalid):
            await line(head, FinishMissed(number=STRANGER, reason=reason))


async def test_deeds_are_written_down(head: Backend) -> None:
    await line(head, ClaimMissed(number=STRANGER))
    await line(head, ClaimMissed(number=STRANGER))
    entries = (await head.audit(AuditRequest(deeds=(Deed.QUEUE,)))).entries
    (claimed,) = (await head.missed_queue(MissedQueueRequest())).lines
    assert [entry.object_id for entry in entries] == [claimed.call_id]


async def test_an_operator_sees_own_missed_calls_and_nothing_behind_them(opened: Opener, olena: Backend) -> None:
    ivan = await opened("ivan")
    (seen,) = (await ivan.missed_queue(MissedQueueRequest(figures=True))).lines
    assert (seen.number, seen.employees, seen.lost) == (STRANGER, (), False)
    # It rang Ivan's telephone alone: it is neither Olena's nor the group's.
    queue = await olena.missed_queue(MissedQueueRequest(figures=True))
    assert (queue.lines, queue.open, queue.team, queue.operators) == ((), 0, None, ())
    for number in (STRANGER, "+380999999999"):
        with pytest.raises(NotFound):
            await line(olena, ClaimMissed(number=number))


async def test_what_a_colleague_wrote_is_not_told_to_an_operator(opened: Opener, head: Backend) -> None:
    ivan = await opened("ivan")
    await line(head, FinishMissed(number=STRANGER, reason="Olena knows him"))
    (done,) = (await ivan.missed_queue(MissedQueueRequest(part=QueuePart.DONE))).lines
    assert (done.reason, done.done_by, done.done_at) == ("", "", NOW)
    await line(ivan, FinishMissed(number=STRANGER))
    await line(ivan, FinishMissed(number=STRANGER, reason="a wrong number"))
    (done,) = (await ivan.missed_queue(MissedQueueRequest(part=QueuePart.DONE))).lines
    assert (done.reason, done.done_by) == ("a wrong number", "Ivan")


async def test_who_was_spoken_with_is_not_in_the_queue(head: Backend) -> None:
    with pytest.raises(NotFound):
        await line(head, ClaimMissed(number="+380672220002"))


async def test_the_plan_goes_on_as_its_report_says(head: Backend) -> None:
    directories = await head.directories()
    olena = next(one.id for one in directories.employees if one.name == "Olena")

    async def add(date: str, order: str = "") -> Task:
        deed = AddTask(contact_date=date, operator_id=olena, number=STRANGER, order=order, past=True)
        added = (await head.change_task(deed)).task
        assert added is not None
        return added

    before = await head.now(NowRequest())
    assert before.plan == PlanProgress()
    today = [await add("2026-11-21", str(order)) for order in range(5)]
    await add("2026-11-20")
    await add("2026-11-22")
    await head.change_task(DoneTask(id=today[0].id, revision=today[0].revision))
    await head.change_task(MissTask(id=today[1].id, revision=today[1].revision))
    await head.change_task(RefuseTask(id=today[2].id, revision=today[2].revision, text="too dear"))
    await head.change_task(
        PostponeTask(id=today[3].id, revision=today[3].revision, contact_date="2026-11-25", text="asked to")
    )
    plan = (await head.now(NowRequest(etag=before.change, held=before.now))).plan
    assert plan == PlanProgress(planned=5, done=1, failed=2, postponed=1, overdue=1)
    counts = (await head.plan_report(PlanReportRequest())).total
    assert (counts.planned, counts.done, counts.failed, counts.postponed) == (5, 1, 2, 1)
