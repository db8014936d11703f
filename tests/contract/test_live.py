"""Calls in progress and followed sources, as every backend tells them."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest, CommentRequest, SetResult, WindowRequest
from backend_client.contract.changes import ChangeRequest, Kind
from backend_client.contract.clients import RegisterClient
from backend_client.contract.sources import SourcesRequest
from backend_client.errors import Forbidden, Invalid, NotFound
from backend_client.model.call import Mark, PriceState
from backend_client.model.leg import CallEvent, CallFacts
from backend_client.model.live import LiveCall, SourceState
from backend_client.model.status import Direction, Status
from backend_client.sqlite.supervision.live import write_live, write_source
from tests.contract.conftest import NOW, Opener
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

AMI = "ami://pult@pbx:5038"
RINGING = LiveCall(
    start=NOW - 40, since=NOW - 20, direction=Direction.INCOMING, status=Status.RINGING, outside="0672220009",
    caller="0672220009", inside=("201",), line="SIP/provider", did="0440000001",
)  # fmt: skip


def begin(key: str, live: LiveCall) -> CallEvent:
    return CallEvent(key=f"{key}|ami", at=float(live.start), source="ami", name="BEGIN")


def tell(path: Path, running: Mapping[str, LiveCall | None], *, at: int = NOW - 1, problem: str = "") -> None:
    """What a follower of the exchange writes."""
    with closing(Desk(path)) as desk:
        begun = [
            CallFacts(system="main", call_key=key, events=(begin(key, one),))
            for key, one in running.items()
            if one is not None
        ]
        desk.facts.put(begun)
        with desk.writer.transaction() as transaction:
            write_live(transaction, "main", AMI, at, running, only=False)
            write_source(transaction, SourceState(name=AMI, format="ami", at=at, problem=problem, live=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


async def test_a_running_call_is_told_until_its_record_comes(head: Backend, path: Path) -> None:
    assert (await head.live()).calls == ()
    before = await head.changes(ChangeRequest())
    tell(path, {"9.1": RINGING})
    changes = await head.changes(ChangeRequest(since=before.change, wait=5))
    assert Kind.LIVE in changes.kinds
    live = await head.live()
    [ringing] = live.calls
    assert (ringing.status, ringing.ended, ringing.number) == (Status.RINGING, None, "+380672220009")
    assert [one.name for one in ringing.employees] == ["Olena"]
    assert (live.now, live.stale) == (NOW, False)
    assert [(source.name, source.live) for source in live.sources] == [(AMI, True)]
    with closing(Desk(path)) as desk:
        desk.facts.put([call(leg("9.1", at=NOW - 40, talk=30, outside="0672220009"))])
    tell(path, {"9.1": None})
    assert (await head.live()).calls == ()
    assert (await head.window(WindowRequest())).rows[0].id == ringing.id


async def test_who_reads_running_calls_needs_no_rules_of_numbers(
    head: Backend, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(path, {"9.1": RINGING})
    # 1 MB and 28 ms in every console.
    monkeypatch.setattr("backend_client.sqlite.supervision.live.number_key", None)
    assert [one.number for one in (await head.live()).calls] == ["+380672220009"]


async def test_a_running_call_is_opened_commented_and_registered(head: Backend, path: Path) -> None:
    tell(path, {"9.1": RINGING})
    [ringing] = (await head.live()).calls
    details = await head.call(CallRequest(id=ringing.id))
    assert (details.call.status, details.source_id, details.price.state) == (Status.RINGING, "9.1", PriceState.NONE)
    saved = await head.comment(CommentRequest(call_id=ringing.id, text="urgent", revision=0))
    assert saved.revision == 1
    [commented] = (await head.live()).calls
    assert (commented.comment, bool(commented.marks & Mark.COMMENT)) == ("urgent", True)
    await head.change_client(RegisterClient(name="Koval", numbers=(ringing.number,)))
    assert (await head.live()).calls[0].client == "Koval"
    with pytest.raises(Invalid):
        await head.set_result(SetResult(call_id=ringing.id))
    with closing(Desk(path)) as desk:
        desk.facts.put([call(leg("9.1", at=NOW - 40, talk=30, outside="0672220009"))])
    row = (await head.window(WindowRequest())).rows[0]
    assert (row.id, row.comment, row.client) == (ringing.id, "urgent", "Koval")


async def test_a_call_whose_source_died_is_an_error_whose_end_was_not_seen(head: Backend, path: Path) -> None:
    tell(path, {"9.1": RINGING}, at=NOW - 100, problem="it is away")
    live = await head.live()
    assert live.stale
    assert live.calls[0].status is Status.RINGING
    tell(path, {"9.1": RINGING}, at=NOW - 700, problem="it is away")
    [lost] = (await head.live()).calls
    assert (lost.status, lost.ended) == (Status.ERROR, NOW - 700)
    assert (await head.call(CallRequest(id=lost.id))).reason.rule == "end-not-seen"


async def test_an_operator_sees_only_the_running_calls_that_ring_for_them(
    olena: Backend, opened: Opener, path: Path
) -> None:
    ivan = await opened("ivan")
    tell(path, {"9.1": RINGING})
    [own] = (await olena.live()).calls
    assert (await ivan.live()).calls == ()
    for asked in (
        ivan.call(CallRequest(id=own.id)),
        ivan.comment(CommentRequest(call_id=own.id, text="x", revision=0)),
    ):
        with pytest.raises(NotFound):
            await asked
    assert (await olena.comment(CommentRequest(call_id=own.id, text="mine", revision=0))).text == "mine"


async def test_sources_and_imports_are_told_to_those_who_may_import(head: Backend, olena: Backend, path: Path) -> None:
    tell(path, {})
    told = await head.sources(SourcesRequest())
    assert ([source.name for source in told.sources], told.now, told.zone) == ([AMI], NOW, "Europe/Kyiv")
    with pytest.raises(Forbidden):
        await olena.sources(SourcesRequest())
