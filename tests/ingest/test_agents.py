"""Who is at work, out of a queue's log and of the manager interface."""

from pathlib import Path

import pytest

from backend_client.ingest.follow.ami_calls import AmiCalls
from backend_client.ingest.follow.files import FollowedFile
from backend_client.ingest.source import SourceOptions
from backend_client.model.agent_event import ALL_QUEUES, TELEPHONE, AgentEvent, Presence, address_of, queue_place
from backend_client.model.derive_settings import DeriveSettings
from tests.ingest.test_follower import desk, following, until
from tests.sqlite.stores import Desk

__all__ = ["desk"]

LOG = """\
1795255200|NONE|sales|PJSIP/201|ADDMEMBER|
1795255260|1795255250.1|sales|NONE|ENTERQUEUE||380672220001|1
1795255270|NONE|sales|PJSIP/201|PAUSE|lunch
1795255280|NONE|NONE|Local/202@from-queue/n|PAUSEALL|
1795255290|NONE|sales|Олена Кравчук|UNPAUSE|
1795255300|1795255250.1|sales|NONE|ABANDON|1|1|40
1795255310|NONE|sales|PJSIP/201|REMOVEMEMBER|
"""


@pytest.mark.parametrize(
    ("member", "address"),
    [
        ("PJSIP/201", "201"),
        ("Local/202@from-queue/n", "202"),
        ("SIP/alice", "alice"),
        ("Agent/1001", "1001"),
        ("Олена Кравчук", "Олена Кравчук"),
        ("", ""),
    ],
)
def test_a_member_is_known_by_the_internal_number(member: str, address: str) -> None:
    assert address_of(member) == address


def states(desk: Desk) -> set[tuple[str, str, str, int, str]]:
    return set(desk.db.execute("SELECT address, place, state, since, reason FROM agent").fetchall())


def test_a_queues_log_that_is_followed_tells_who_pauses(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(LOG)
    sales = queue_place("sales")
    expected = {
        ("201", sales, "out", 1795255310, ""),
        ("202", ALL_QUEUES, "paused", 1795255280, ""),
        ("Олена Кравчук", sales, "in", 1795255290, ""),
    }
    with following(desk.path, FollowedFile(path, SourceOptions(), "main")):
        until(lambda: states(desk) == expected)
        with path.open("a") as log:
            log.write("1795255400|NONE|sales|PJSIP/201|ADDMEMBER|\n1795255401|NONE|sales|PJSIP/201|PAUSE|обід\n")
        until(lambda: ("201", sales, "paused", 1795255401, "обід") in states(desk))
    # Read again from the beginning, as after the position was lost, it says nothing older than what stands.
    with desk.writer.transaction() as transaction:
        transaction.db.execute("DELETE FROM follower")
    before = states(desk)
    with following(desk.path, FollowedFile(path, SourceOptions(), "main")):
        until(lambda: desk.db.execute("SELECT count(*) FROM follower").fetchone() == (1,))
    assert states(desk) == before


def told(*events: dict[str, str], now: int = 1000) -> list[AgentEvent]:
    calls = AmiCalls(DeriveSettings(), "main", now=lambda: now)
    found: list[AgentEvent] = []
    for event in events:
        calls.take(event)
        found += calls.batch().agents
    return found


def test_members_of_queues_pause_and_leave() -> None:
    member = {"Queue": "sales", "MemberName": "Olena", "StateInterface": "PJSIP/201", "Interface": "Local/201@x/n"}
    sales = queue_place("sales")
    assert told(
        {"Event": "QueueMember", "Name": "Olena", "Location": "PJSIP/201", "Queue": "sales", "Paused": "0"},
        {"Event": "QueueMemberStatus", **member, "Paused": "0", "Status": "2"},
        {"Event": "QueueMemberPause", **member, "Paused": "1", "PausedReason": "lunch", "Timestamp": "1100.5"},
        {"Event": "QueueMemberPause", **member, "Paused": "0", "PausedReason": "lunch", "Timestamp": "1200.5"},
        {"Event": "QueueMemberRemoved", **member, "Timestamp": "1300.5"},
    ) == [
        AgentEvent(address="201", place=sales, presence=Presence.IN, at=1000),
        AgentEvent(address="201", place=sales, presence=Presence.PAUSED, at=1100, reason="lunch"),
        AgentEvent(address="201", place=sales, presence=Presence.IN, at=1200),
        AgentEvent(address="201", place=sales, presence=Presence.OUT, at=1300),
    ]


def test_a_pause_that_lasted_already_is_as_old_as_the_queue_says() -> None:
    (event,) = told(
        {"Event": "QueueMember", "Location": "PJSIP/201", "Queue": "sales", "Paused": "1", "LastPause": "700"}
    )
    assert (event.presence, event.at) == (Presence.PAUSED, 700)


def test_a_telephone_that_is_not_registered() -> None:
    events = told(
        {"Event": "DeviceStateChange", "Device": "PJSIP/201", "State": "NOT_INUSE"},
        {"Event": "DeviceStateChange", "Device": "PJSIP/201", "State": "INUSE"},
        {"Event": "DeviceStateChange", "Device": "PJSIP/201", "State": "UNAVAILABLE"},
    )
    assert [(event.place, event.presence) for event in events] == [
        (TELEPHONE, Presence.IN),
        (TELEPHONE, Presence.OUT),
    ]
