"""What every backend does, whoever speaks to it and however."""

import asyncio

import pytest

from backend_client.contract.backend import Backend
from backend_client.contract.calls import (
    CallRequest,
    CommentRequest,
    CountRequest,
    Position,
    UnsortedRequest,
    WindowRequest,
)
from backend_client.contract.changes import ChangeRequest
from backend_client.contract.clients import ClientSearch
from backend_client.contract.views import SaveState, StateKind, StatesRequest, ViewRequest
from backend_client.errors import Conflict, Invalid, NotFound
from backend_client.model.call import Call, Mark, PartyKind, PriceState
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, Status
from tests.contract.conftest import NOON, NOW, Opener

EVERYTHING = CallFilter(internal=True)


async def rows(backend: Backend, wanted: CallFilter = EVERYTHING) -> tuple[Call, ...]:
    return (await backend.window(WindowRequest(filter=wanted))).rows


async def test_the_journal_is_newest_first(head: Backend) -> None:
    calls = await rows(head)
    assert [call.start for call in calls] == [NOON + 1200, NOON + 900, NOON + 600, NOON]
    newest, _, missed, talk = calls
    assert (newest.direction, newest.status, newest.lost) == (Direction.INCOMING, Status.MISSED, True)
    assert missed.shown_status is Status.CALLED_BACK
    assert (talk.client, talk.caller.kind, talk.callee.name) == ("Stroysnab", PartyKind.CLIENT, "Olena")
    assert talk.employees[0].talk == 60


async def test_a_window_goes_both_ways_from_its_anchor(head: Backend) -> None:
    calls = await rows(head)
    anchor = Position(*calls[2].key)
    window = await head.window(WindowRequest(filter=EVERYTHING, anchor=anchor, above=1, below=1, count_newer=True))
    assert window.rows == calls[1:]
    assert (window.more_above, window.more_below, window.newer) == (True, False, 1)
    jump = await head.window(WindowRequest(filter=EVERYTHING, anchor=Position(NOON + 700, 2**62), below=5))
    assert jump.rows == calls[2:]


async def test_a_window_that_did_not_change_comes_without_rows(head: Backend) -> None:
    first = await head.window(WindowRequest(filter=EVERYTHING))
    again = await head.window(WindowRequest(filter=EVERYTHING, etag=first.change))
    assert again.unchanged
    assert again.rows == ()


async def test_filters_and_counts_agree(head: Backend) -> None:
    missed = CallFilter(families=(Family.MISSED,), period=Period(preset=Preset.TODAY))
    assert len(await rows(head, missed)) == 2
    assert (await head.count(CountRequest(filter=missed))).number == 2
    assert (await head.count(CountRequest(filter=CallFilter(search="0672220002")))).number == 2
    assert (await head.count(CountRequest(filter=CallFilter(search="stroy")))).number == 1


async def test_a_period_that_cannot_be_read_is_invalid(head: Backend) -> None:
    with pytest.raises(Invalid):
        await head.window(WindowRequest(filter=CallFilter(period=Period(start="2026-13-01"))))
    with pytest.raises(Invalid):
        await head.count(CountRequest(filter=CallFilter(period=Period(start="2026-11-02", end="2026-10-01"))))


@pytest.mark.parametrize(
    "wanted",
    [
        CallFilter(period=Period(end="9999-12-31")),
        CallFilter(period=Period(start="yesterday")),
        CallFilter(talk_from=2**70),
        CallFilter(callback_to=2**64),
    ],
)
async def test_what_no_clock_or_number_holds_is_invalid(head: Backend, wanted: CallFilter) -> None:
    with pytest.raises(Invalid):
        await head.window(WindowRequest(filter=wanted))
    with pytest.raises(Invalid):
        await head.count(CountRequest(filter=wanted))


async def test_details_say_how_the_call_went(head: Backend) -> None:
    talk = (await rows(head))[-1]
    details = await head.call(CallRequest(id=talk.id))
    assert details.call == talk
    assert (details.source_id, details.system, details.did) == ("1.1", "main", "0440000001")
    assert [leg.answered for leg in details.route] == [True]
    assert details.reason.rule
    assert details.price.state is PriceState.NOT_KNOWN


async def test_both_ends_of_a_call_back_know_each_other(head: Backend) -> None:
    _, contact, missed, _ = await rows(head)
    assert missed.settled_by == contact.id
    assert contact.marks & Mark.SETTLES
    assert (await head.call(CallRequest(id=contact.id))).settles == (missed.id,)


async def test_an_operator_sees_own_calls_only(olena: Backend) -> None:
    calls = await rows(olena)
    assert [call.start for call in calls] == [NOON + 600, NOON]
    assert (await olena.count(CountRequest(filter=EVERYTHING))).number == 2
    assert (await olena.clock()).last_start == NOON + 600
    assert await rows(olena, CallFilter(search="050111")) == ()
    assert await rows(olena, CallFilter(numbers=("+380501110003",))) == ()
    assert (await olena.unsorted(UnsortedRequest())).numbers == 1


async def test_an_operator_knows_that_a_colleague_called_back_but_not_in_which_call(
    head: Backend, olena: Backend
) -> None:
    _, contact, missed, _ = await rows(head)
    assert (await rows(olena))[0].settled_by == 0
    assert (await olena.call(CallRequest(id=missed.id))).call.shown_status is Status.CALLED_BACK
    with pytest.raises(NotFound) as hidden:
        await olena.call(CallRequest(id=contact.id))
    with pytest.raises(NotFound) as absent:
        await olena.call(CallRequest(id=10**9))
    assert str(hidden.value) == str(absent.value)
    with pytest.raises(NotFound):
        await olena.comment(CommentRequest(call_id=contact.id, text="mine", revision=0))


async def test_a_comment_is_seen_by_every_session(head: Backend, olena: Backend) -> None:
    talk = (await rows(olena))[-1]
    before = await head.changes(ChangeRequest())
    saved = await olena.comment(CommentRequest(call_id=talk.id, text="call on Monday", revision=0))
    assert (saved.author, saved.at, saved.revision) == ("Olena", NOW, 1)
    after = await head.changes(ChangeRequest(since=before.change, wait=5))
    assert after.change > before.change
    assert after.days == (NOON // 86_400,)
    assert (await rows(head, CallFilter(comment=True)))[0].comment == "call on Monday"
    with pytest.raises(Conflict) as conflict:
        await head.comment(CommentRequest(call_id=talk.id, text="another", revision=0))
    assert conflict.value.fields["text"] == "call on Monday"


async def test_what_is_left_open_belongs_to_its_employee(head: Backend, olena: Backend) -> None:
    await olena.save_state(SaveState(kind=StateKind.DRAFT, name="comment 1", text="half a sen"))
    await olena.save_state(SaveState(kind=StateKind.REPORT, name="calls", text="{}"))
    drafts = StatesRequest(kind=StateKind.DRAFT)
    assert [(state.name, state.text) for state in (await olena.states(drafts)).states] == [("comment 1", "half a sen")]
    assert (await head.states(drafts)).states == ()
    await olena.save_state(SaveState(kind=StateKind.DRAFT, name="comment 1"))
    assert (await olena.states(drafts)).states == ()
    with pytest.raises(Invalid):
        await olena.save_state(SaveState(kind=StateKind.DRAFT, name="a novel", text="a" * 30_000))


async def test_views_belong_to_their_employee(head: Backend, olena: Backend) -> None:
    mine = CallFilter(lost=True, period=Period(preset=Preset.TODAY))
    await olena.save_view(ViewRequest(name="Mine today", filter=mine))
    assert [(view.name, view.filter) for view in (await olena.views()).views] == [("Mine today", mine)]
    assert (await head.views()).views == ()
    assert (await olena.save_view(ViewRequest(name="Mine today"))).views == ()


async def test_clients_are_found_by_name_and_number(olena: Backend) -> None:
    for text in ("stroys", "st", "0672220001", "+380 67 222"):
        clients = (await olena.find_clients(ClientSearch(text=text))).clients
        assert [client.name for client in clients] == ["Stroysnab"], text
    assert (await olena.find_clients(ClientSearch(text="nobody"))).clients == ()


async def test_todays_callers_without_a_card_are_counted(head: Backend) -> None:
    assert (await head.unsorted(UnsortedRequest())).numbers == 2


async def test_the_clock_is_the_stores(head: Backend) -> None:
    clock = await head.clock()
    assert (clock.now, clock.zone, clock.today) == (NOW, "Europe/Kyiv", "2026-11-21")
    assert (clock.first_start, clock.last_start, clock.calls_anywhere) == (NOON, NOON + 1200, True)


async def test_directories_name_everybody(head: Backend) -> None:
    directories = await head.directories()
    assert {employee.name for employee in directories.employees} == {"Olena", "Ivan", "Vira"}
    assert [line.code for line in directories.lines]


async def test_somebody_without_calls_sees_none(opened: Opener, head: Backend) -> None:
    assert (await head.clock()).calls_anywhere
    ivan = await opened("ivan")
    assert {call.start for call in await rows(ivan)} == {NOON + 900, NOON + 1200}


async def test_a_cancelled_question_leaves_the_backend_usable(head: Backend) -> None:
    question = asyncio.ensure_future(head.count(CountRequest(filter=EVERYTHING, limit=0)))
    await asyncio.sleep(0)
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert (await head.count(CountRequest(filter=EVERYTHING))).number == 4
