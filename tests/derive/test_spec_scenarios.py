"""The oracle of collapsing: each of the 20 scenarios of Asterisk's CDR specification (tests/data/asterisk)."""

import pytest

from backend_client.derive.collapse import collapse
from backend_client.derive.collapsed import Collapsed
from backend_client.derive.route import route
from backend_client.model import status_rule
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts
from backend_client.model.status import Direction, Status
from tests.derive.asterisk import scenario

SETTINGS = DeriveSettings()


def made_of(facts: CallFacts) -> Collapsed:
    call = collapse(facts, SETTINGS)
    assert call is not None
    return call


def only_call(name: str) -> Collapsed:
    calls = scenario(name)
    assert len(calls) == 1
    return made_of(calls[0])


def own_talk(call: Collapsed) -> dict[str, int]:
    return {person.address: person.talk for person in call.participants}


ONE_CALL = {
    # name: (status, who took part with own talk, wait, talk, legs)
    'Unanswered "Inbound" Call': (Status.NO_ANSWER, {"100": 0}, 2, 0, 1),
    "Single Party": (Status.NO_ANSWER, {"100": 0}, 60, 0, 1),
    "Basic Call": (Status.ANSWERED, {"100": 112, "200": 112}, 8, 112, 1),
    "Unanswered Dial": (Status.NO_ANSWER, {"100": 0, "200": 0}, 10, 0, 1),
    "Parallel Dial": (Status.ANSWERED, {"100": 60, "200": 60}, 10, 60, 2),
    "Blind Transfer": (Status.ANSWERED, {"100": 80, "200": 20, "300": 60}, 10, 80, 2),
    # The last leg is billed 45 s but ends 35 s after its answer: its instants stand, so that wait + talk = total.
    "Core Attended Transfer to Channel": (Status.ANSWERED, {"100": 85, "200": 50, "300": 60}, 10, 85, 3),
    # Voicemail answers the second and third leg: no talk between people.
    "Core Attended Transfer to Application": (Status.ANSWERED, {"100": 50, "200": 50}, 10, 50, 3),
    "Blonde Transfer": (Status.ANSWERED, {"100": 62, "200": 50, "300": 35}, 10, 62, 3),
    "Three Way Call": (Status.ANSWERED, {"100": 110, "200": 110, "300": 85}, 10, 110, 4),
    # The last leg dials 200 but reaches the phone that was dialled as 300 before: the phone decides.
    "SIP Attended Transfer": (Status.ANSWERED, {"100": 60, "200": 50, "300": 25}, 10, 60, 3),
    "Call Park": (Status.ANSWERED, {"100": 70, "200": 10, "charlie": 60}, 10, 70, 3),
    "Call Queue - Example 1": (Status.ANSWERED, {"100": 120, "charlie": 120}, 60, 120, 2),
    "Call Queue - Example 2": (Status.ANSWERED, {"100": 100, "charlie": 100}, 80, 100, 2),
    "Conference Call": (Status.ANSWERED, {"100": 230, "200": 170, "charlie": 180}, 10, 230, 3),
}


@pytest.mark.parametrize("name", ONE_CALL)
def test_scenario_of_one_internal_call(name: str) -> None:
    status, people, wait, talk, legs = ONE_CALL[name]
    call = only_call(name)
    assert call.direction is Direction.INTERNAL
    assert call.status is status
    assert own_talk(call) == people
    assert [person.address for person in call.participants] == list(people)
    assert (call.wait, call.talk) == (wait, talk)
    assert len(route(scenario(name)[0], SETTINGS)) == legs
    assert call.recordings == ()


def test_a_call_that_only_an_application_answered_was_not_answered_and_says_so() -> None:
    call = only_call("Single Party")
    assert call.reason.rule == status_rule.APPLICATION
    assert ("disposition", "ANSWERED") in call.reason.facts
    assert call.application == "Hangup"


def test_unanswered_outbound_call_is_internal_because_asterisk_itself_placed_it() -> None:
    # AppDial without a caller: an application rang one of our phones, and nobody called from outside.
    call = only_call('Unanswered "Outbound" Call')
    assert (call.direction, call.status) == (Direction.INTERNAL, Status.NO_ANSWER)
    assert own_talk(call) == {"alice": 0}
    assert (call.wait, call.talk, call.outside) == (2, 0, "")


def test_local_channel_to_an_application_is_internal_because_its_caller_is_the_dialplan() -> None:
    # A Local half with the caller "dial_alice" is an application, and 100 is inside. The leg to voicemail is no talk.
    call = only_call("Local channel to an application")
    assert (call.direction, call.status) == (Direction.INTERNAL, Status.ANSWERED)
    assert own_talk(call) == {"100": 50}
    assert (call.wait, call.talk) == (10, 50)
    assert len(route(scenario("Local channel to an application")[0], SETTINGS)) == 2


def test_local_channel_between_bridges_is_internal_because_its_caller_is_the_dialplan() -> None:
    # Both real phones, 100 and 200, stand behind the two halves of one Local channel.
    call = only_call("Local channel between bridges")
    assert (call.direction, call.status) == (Direction.INTERNAL, Status.ANSWERED)
    assert own_talk(call) == {"100": 50, "200": 40}
    assert (call.wait, call.talk) == (10, 50)


def test_sip_protocol_attended_transfer_is_two_calls_that_no_linkedid_joins() -> None:
    # The end of the first leg is malformed: its start and duration say when it ended.
    first, second = [made_of(facts) for facts in scenario("SIP Protocol Attended Transfer")]
    assert own_talk(first) == {"100": 100, "200": 40, "300": 60}
    assert (first.wait, first.talk, first.ended - first.start) == (10, 100, 110)
    assert own_talk(second) == {"200": 10, "300": 10}
    assert (second.wait, second.talk) == (10, 10)
    assert {first.direction, second.direction} == {Direction.INTERNAL}
    assert {first.status, second.status} == {Status.ANSWERED}


def test_a_complex_example_is_two_calls() -> None:
    # 701 is what Charlie dialled; the other call is Bob's own to Charlie, before Charlie took over.
    first, second = [made_of(facts) for facts in scenario("A Complex Example")]
    assert own_talk(first) == {"100": 175, "200": 55, "900": 235, "901": 145, "300": 105}
    assert [person.address for person in first.participants] == ["100", "200", "900", "901", "300"]
    assert (first.wait, first.talk, first.ended - first.start) == (5, 290, 360)
    assert own_talk(second) == {"200": 120, "300": 120}
    assert (second.wait, second.talk) == (10, 120)
    assert {first.direction, second.direction} == {Direction.INTERNAL}
    assert {first.status, second.status} == {Status.ANSWERED}
    assert len(route(scenario("A Complex Example")[0], SETTINGS)) == 11


def test_the_names_that_callers_sent_go_with_their_numbers() -> None:
    call = only_call("Core Attended Transfer to Channel")
    assert [(person.address, person.name) for person in call.participants] == [
        ("100", "Alice"), ("200", "Bob"), ("300", ""),
    ]  # fmt: skip


def test_every_scenario_of_the_file_is_tested() -> None:
    import csv

    from tests.derive.asterisk import DATA

    with (DATA / "asterisk/cdr_spec_scenarios.csv").open(encoding="utf-8", newline="") as file:
        names = {row["scenario"] for row in csv.DictReader(file)}
    apart = {
        'Unanswered "Outbound" Call', "Local channel to an application", "Local channel between bridges",
        "SIP Protocol Attended Transfer", "A Complex Example",
    }  # fmt: skip
    assert names == ONE_CALL.keys() | apart
    assert len(names) == 20
