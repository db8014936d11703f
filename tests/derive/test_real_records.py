"""Records that real Asterisks wrote: a laboratory whose truth is known, and an office's file, pseudonymised."""

import csv

from backend_client.derive.collapse import collapse
from backend_client.derive.collapsed import Collapsed
from backend_client.derive.verdict import disposition_of
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.status import Direction, HungUpBy, Status
from tests.derive.asterisk import DATA, calls_of, master, queue_log

SETTINGS = DeriveSettings()


def laboratory() -> list[Collapsed]:
    facts = calls_of(master("asterisk-lab/Master.csv"), queue_log("asterisk-lab/queue_log"))
    return [call for one in facts if (call := collapse(one, SETTINGS)) is not None]


def test_the_laboratory_calls_are_what_truly_happened() -> None:
    with (DATA / "asterisk-lab/truth.tsv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.reader(file, delimiter="\t"))
    calls = laboratory()
    assert [call.start % 86_400 for call in calls] == [
        int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        for time, *_ in truth
        for hours, minutes, seconds in [time.split(":")]
    ]
    incoming = [line for line in truth if line[2] == "1"]
    for call, (_, _, _, caller, did, outcome) in zip(calls, incoming, strict=False):
        assert call.direction is Direction.INCOMING
        assert (call.outside, call.did, call.line) == (caller, did, "IAX2/provider")
        assert call.status is (Status.ANSWERED if outcome.startswith("answered") else Status.MISSED)
        assert [person.address for person in call.participants] == [
            number for number in ("201", "202") if number in outcome.partition(", wait")[0]
        ]


def test_waits_talks_and_ends_of_the_laboratory() -> None:
    answered, caller_ended, gave_up, queued, abandoned, called, busy, inside = laboratory()
    assert (answered.wait, answered.talk) == (3, 5)
    assert (caller_ended.wait, caller_ended.talk) == (3, 4)
    assert (gave_up.wait, gave_up.talk) == (6, 0)
    assert answered.hung_up_by is HungUpBy.NOBODY_SAID
    assert (queued.queue_wait, queued.hung_up_by) == (3, HungUpBy.CALLEE)
    assert (abandoned.queue_wait, abandoned.hung_up_by) == (9, HungUpBy.CALLER)
    assert (called.direction, called.status, called.talk) == (Direction.OUTGOING, Status.ANSWERED, 9)
    assert (called.outside, called.line, called.did) == ("380501110001", "IAX2/provider", "")
    assert [person.address for person in called.participants] == ["202"]
    assert (busy.status, busy.busy, busy.talk) == (Status.REJECTED, True, 0)
    assert [person.address for person in busy.participants] == ["202"]
    assert (inside.direction, inside.status) == (Direction.INTERNAL, Status.ANSWERED)
    assert [person.address for person in inside.participants] == ["201", "203"]


def test_an_office_file_gives_a_call_for_each_uniqueid() -> None:
    facts = calls_of(master("asterisk/fafeitsch_cdr.csv"))
    assert len(facts) == 174
    assert sum(len(call.legs) == 2 for call in facts) == 44


def test_unanswered_legs_that_were_billed_are_not_answered() -> None:
    facts = [
        call
        for call in calls_of(master("asterisk/fafeitsch_cdr.csv"))
        if any(leg.billsec and disposition_of(leg.disposition) == "NO ANSWER" for leg in call.legs)
    ]
    assert len(facts) == 3
    for call in facts:
        derived = collapse(call, SETTINGS)
        assert derived is not None
        assert (derived.status, derived.answered, derived.talk) == (Status.MISSED, None, 0)


def test_only_an_option_tells_inside_from_outside_in_a_pseudonymised_file() -> None:
    facts = calls_of(master("asterisk/fafeitsch_cdr.csv"))
    told = DeriveSettings(internal_patterns=("253-433-*",))
    untold = {call.direction for one in facts if (call := collapse(one, SETTINGS))}
    assert untold == {Direction.INCOMING}
    outgoing = [call for one in facts if (call := collapse(one, told)) and call.direction is Direction.OUTGOING]
    dialled_out = {leg.uniqueid for call in facts for leg in call.legs if leg.caller == "253-433-5862"}
    assert len(outgoing) == len(dialled_out) > 40
    assert all(call.participants[0].address == "253-433-5862" for call in outgoing)
