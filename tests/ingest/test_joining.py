"""CDR, queue_log and CEL of the same calls, in any order: one truth."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from msgspec import Struct, structs

from backend_client.contract.calls import CallRequest, WindowRequest
from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.run import ImportOptions, import_files
from backend_client.model.call import Call, StatusReason
from backend_client.model.call_filter import CallFilter
from backend_client.model.derive_settings import CauseRule, DeriveSettings
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.model.status import Status
from backend_client.opening import open_store
from backend_client.sqlite.settings import write_derive_settings
from backend_client.sqlite.upkeep.rebuild import rebuild
from tests.ingest.lines import DATA
from tests.sqlite.stores import Desk, content

LAB = DATA / "asterisk-lab"
FILES = (LAB / "Master.csv", LAB / "queue_log", LAB / "cel.csv")


class Told(Struct, frozen=True):
    """A call as the journal shows it."""

    number: str
    direction: str
    status: str
    employees: tuple[str, ...]
    wait: int
    queue_wait: int | None
    talk: int
    hung_up_by: str
    busy: bool = False


TRUTH = [
    Told("+380672220001", "in", "answered", ("201",), 3, None, 5, "callee"),
    Told("+380672220002", "in", "answered", ("201",), 3, None, 4, "caller"),
    Told("+380672220003", "in", "missed", ("201",), 6, None, 0, "caller"),
    Told("+380672220004", "in", "answered", ("201",), 3, 3, 5, "callee"),
    Told("+380672220005", "in", "missed", ("201", "202"), 9, 9, 0, "caller"),
    Told("+380501110001", "out", "answered", ("202",), 4, None, 9, "callee"),
    Told("+380501110002", "out", "rejected", ("202",), 0, None, 0, "nobody-said", busy=True),
    Told("", "internal", "answered", ("201", "203"), 3, None, 4, "callee"),
]
"""truth.tsv; who hung up the talks of which it says nothing is what the exchange's channels said."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    yield opened
    opened.close()


def take(desk: Desk, *paths: Path) -> None:
    import_files(paths, LocalImportStore(desk.writer), ImportOptions(rejected_folder=desk.path.parent))


def calls(desk: Desk) -> list[tuple[Call, StatusReason]]:
    async def ask() -> list[tuple[Call, StatusReason]]:
        backend = await open_store(desk.path)
        try:
            window = await backend.window(WindowRequest(filter=CallFilter(internal=True)))
            return [(call, (await backend.call(CallRequest(id=call.id))).reason) for call in reversed(window.rows)]
        finally:
            await backend.close()

    return asyncio.run(ask())


def told(call: Call) -> Told:
    return Told(
        number=call.number, direction=call.direction.value, status=call.status.value,
        employees=tuple(one.extension for one in call.employees), wait=call.wait, queue_wait=call.queue_wait,
        talk=call.talk, hung_up_by=call.hung_up_by.value, busy=call.busy,
    )  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_truth_of_the_laboratory_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    for place in order:
        take(desk, FILES[place])
    assert [told(call) for call, _ in calls(desk)] == TRUTH


def test_any_order_gives_the_same_store(tmp_path: Path) -> None:
    stores = []
    for name, order in (("one", FILES), ("other", FILES[::-1]), ("again", (*FILES, *FILES))):
        desk = Desk(tmp_path / f"{name}.db")
        take(desk, *order)
        assert rebuild(desk.writer) == 0
        stores.append(content(desk.db))
        desk.close()
    assert stores[0] == stores[1] == stores[2]


def test_events_without_a_call_wait_and_make_no_call(desk: Desk) -> None:
    take(desk, *FILES[1:])
    assert calls(desk) == []
    assert desk.db.execute("SELECT count(*) FROM facts").fetchone()[0] == 8


def test_why_this_status_names_the_raw_cause_with_its_text(desk: Desk) -> None:
    take(desk, *FILES)
    [reason] = [reason for call, reason in calls(desk) if call.busy]
    assert dict(reason.facts)["cause"] == "17 (user busy)"


def outgoing(**changed: object) -> CallFacts:
    leg = Leg(
        key="1795211296.55|1795211296.55|1", uniqueid="1795211296.55", linkedid="1795211296.55", start=1795211296.0,
        end=1795211310.0, duration=14, disposition="NO ANSWER", caller="202", callee="380501110001",
        channel="PJSIP/202-00000001", dstchannel="PJSIP/kyivstar-00000002", app="Dial", cause="480",
    )  # fmt: skip
    return CallFacts(system="main", call_key=leg.linkedid, legs=(structs.replace(leg, **changed),))


def test_a_trunks_own_table_of_causes_wins_over_the_general_one(desk: Desk) -> None:
    desk.facts.put([outgoing()])
    assert [call.status for call, _ in calls(desk)] == [Status.UNAVAILABLE]
    rule = CauseRule(line="PJSIP/kyivstar*", cause="480", status=Status.NO_ANSWER)
    with desk.writer.transaction() as transaction:
        write_derive_settings(transaction, DeriveSettings(cause_rules=(rule,)))
    assert rebuild(desk.writer) == 1
    assert [call.status for call, _ in calls(desk)] == [Status.NO_ANSWER]


def test_a_trunks_table_says_nothing_about_other_trunks(desk: Desk) -> None:
    rule = CauseRule(line="PJSIP/lifecell*", cause="480", status=Status.NO_ANSWER)
    with desk.writer.transaction() as transaction:
        write_derive_settings(transaction, DeriveSettings(cause_rules=(rule,)))
    desk.facts.put([outgoing()])
    assert [call.status for call, _ in calls(desk)] == [Status.UNAVAILABLE]


def hangup(channel: str, cause: str, by: str, dial_status: str) -> CallEvent:
    return CallEvent(
        key=f"1795211296.55|{channel}", at=1795211310.0, source="cel", name="HANGUP",
        data=(channel, cause, by, dial_status),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dial_status", "status"), [("CANCEL", Status.CANCELLED), ("NOANSWER", Status.NO_ANSWER), ("", Status.CANCELLED)]
)
def test_whoever_hangs_up_after_dial_gave_up_did_not_cancel(desk: Desk, dial_status: str, status: Status) -> None:
    facts = outgoing(cause="")
    channel = facts.legs[0].channel
    desk.facts.put([structs.replace(facts, events=(hangup(channel, "16", channel, dial_status),))])
    assert [call.status for call, _ in calls(desk)] == [status]


def test_calls_of_a_source_that_names_the_direction(desk: Desk) -> None:
    """amoCRM names employees by anything; what it says of the direction is believed."""
    incoming = Leg(
        key="1795204051|a1", uniqueid="a1", linkedid="", start=1795204051.0, answer=1795204051.0, end=1795204111.0,
        duration=60, billsec=60, disposition="ANSWERED", caller="+380672220001", callee="Олена", direction="in",
    )  # fmt: skip
    called = structs.replace(
        incoming, key="1795204151|a2", uniqueid="a2", answer=None, billsec=0, disposition="CHANUNAVAIL",
        caller="504141", callee="+380672220002", direction="out",
    )  # fmt: skip
    desk.facts.put([CallFacts(system="amo", call_key=leg.uniqueid, legs=(leg,)) for leg in (incoming, called)])
    first, second = sorted((told(call) for call, _ in calls(desk)), key=lambda call: call.direction)
    assert (first.number, first.direction, first.status, first.employees) == (
        "+380672220001", "in", "answered", ("Олена",),
    )  # fmt: skip
    assert (second.number, second.status, second.employees) == ("+380672220002", "unavailable", ("504141",))
