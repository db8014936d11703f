"""Rules of collapsing that no real file at hand shows: each a small call in the words of the domain."""

from typing import Any

import pytest
from msgspec import structs

from backend_client.derive.collapse import collapse
from backend_client.derive.collapsed import Collapsed
from backend_client.model import status_rule
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.model.status import Direction, HungUpBy, Status

TRUNK, PHONE_201, PHONE_202 = "PJSIP/trunk-00000001", "PJSIP/201-00000002", "PJSIP/202-00000003"
CLIENT, DID = "380672220001", "380442000001"


def leg(**fields: Any) -> Leg:
    """A leg from second 1000 on, answered after 5 s where it has talk."""
    talk = fields.get("billsec", 0)
    begins = fields.get("start", 1000.0)
    rest: dict[str, Any] = {
        "key": f"{begins}|{fields.get('dstchannel', '')}|{fields.get('sequence', '')}|{fields.get('feed', '')}",
        "uniqueid": "u", "linkedid": "l", "start": begins, "duration": talk + 5, "end": begins + talk + 5,
        "answer": begins + 5 if talk else None, "disposition": "ANSWERED" if talk else "NO ANSWER", "feed": "csv",
    }  # fmt: skip
    return Leg(**(rest | fields))


def incoming(**fields: Any) -> Leg:
    sides = {"caller": CLIENT, "callee": DID, "context": "from-trunk", "channel": TRUNK, "app": "Dial"}
    return leg(**(sides | {"dstchannel": PHONE_201} | fields))


def outgoing(**fields: Any) -> Leg:
    sides = {"caller": "201", "callee": "0672220001", "context": "from-internal", "channel": PHONE_201, "app": "Dial"}
    return leg(**(sides | {"dstchannel": TRUNK} | fields))


def call(*legs: Leg, events: tuple[CallEvent, ...] = (), known: tuple[str, ...] = (), **settings: Any) -> Collapsed:
    facts = CallFacts(system="main", call_key="l", legs=legs, events=events)
    made = collapse(facts, DeriveSettings(**settings), known)
    assert made is not None
    return made


def event(name: str, after: int, *data: str, agent: str = "", queue: str = "sales") -> CallEvent:
    return CallEvent(
        key=f"{after}|{name}", at=1000.0 + after, source="queue_log", name=name, agent=agent, queue=queue, data=data
    )


def people(made: Collapsed) -> list[str]:
    return [person.address for person in made.participants]


def test_facts_without_a_leg_are_no_call() -> None:
    assert collapse(CallFacts(system="main", call_key="l", events=(event("ABANDON", 1),)), DeriveSettings()) is None


@pytest.mark.parametrize(
    ("disposition", "status", "rule"),
    [
        ("NO ANSWER", Status.NO_ANSWER, status_rule.NO_ANSWER),
        ("NOANSWER", Status.NO_ANSWER, status_rule.NO_ANSWER),
        ("0", Status.NO_ANSWER, status_rule.NO_ANSWER),
        ("", Status.NO_ANSWER, status_rule.NO_ANSWER),
        ("BUSY", Status.REJECTED, status_rule.BUSY),
        ("4", Status.REJECTED, status_rule.BUSY),
        ("CANCEL", Status.CANCELLED, status_rule.CANCELLED),
        ("32", Status.CANCELLED, status_rule.CANCELLED),
        ("CONGESTION", Status.NO_CHANNELS, status_rule.NO_CHANNELS),
        ("16", Status.NO_CHANNELS, status_rule.NO_CHANNELS),
        ("FAILED", Status.ERROR, status_rule.FAILED),
        ("2", Status.ERROR, status_rule.FAILED),
        ("CHANUNAVAIL", Status.UNAVAILABLE, status_rule.UNAVAILABLE),
        ("TORTURE", Status.ERROR, status_rule.UNKNOWN),
    ],
)
def test_an_outgoing_call_without_talk_is_what_its_disposition_says(
    disposition: str, status: Status, rule: str
) -> None:
    made = call(outgoing(disposition=disposition))
    assert (made.status, made.reason.rule) == (status, rule)
    assert made.busy == (disposition in ("BUSY", "4"))
    assert (made.direction, made.outside, made.line) == (Direction.OUTGOING, "0672220001", "PJSIP/trunk")
    assert people(made) == ["201"]


@pytest.mark.parametrize(
    ("causes", "status"),
    [
        (("1", "3", "18", "20", "22", "27", "28", "404", "480", "SIP 410", "SUBSCRIBER_ABSENT"), Status.UNAVAILABLE),
        (("21", "603", "CALL_REJECTED"), Status.REJECTED),
        (("17", "486", "600", "USER_BUSY"), Status.REJECTED),
        (("19", "NO_ANSWER"), Status.NO_ANSWER),
        (("487", "ORIGINATOR_CANCEL"), Status.CANCELLED),
        (("34", "42", "44", "58", "503"), Status.NO_CHANNELS),
        (("0", "88", "95", "111", "127", "gibberish"), Status.ERROR),
    ],
)
def test_a_cause_is_finer_than_a_disposition(causes: tuple[str, ...], status: Status) -> None:
    for cause in causes:
        made = call(outgoing(cause=cause))
        assert made.status is status, cause
        assert ("cause", cause) in made.reason.facts
        assert made.busy == (cause in ("17", "486", "600", "USER_BUSY")), cause


def test_normal_clearing_leaves_the_disposition_its_say() -> None:
    assert call(outgoing(cause="16", disposition="BUSY")).status is Status.REJECTED
    assert call(outgoing(cause="16", hung_up_by="caller")).status is Status.CANCELLED


def test_a_cause_that_no_rule_knows_yields_to_a_disposition_that_says_something() -> None:
    assert call(outgoing(cause="0", disposition="BUSY")).status is Status.REJECTED


@pytest.mark.parametrize("cause", ["27", "38", "41", "102", "MEDIA_TIMEOUT"])
def test_a_talk_that_the_network_ended_is_talked_then_dropped(cause: str) -> None:
    for made in (call(outgoing(billsec=30, cause=cause)), call(incoming(billsec=30, cause=cause))):
        assert made.status is Status.TALKED_THEN_DROPPED
        assert made.talk == 30


def test_an_answer_of_no_second_is_no_answer() -> None:
    for made in (
        call(outgoing(disposition="ANSWERED", answer=1005.0)),
        call(outgoing(disposition="8", answer=1005.0)),
    ):
        assert (made.status, made.reason.rule) == (Status.NO_ANSWER, status_rule.NO_SECONDS)
        assert (made.answered, made.talk) == (None, 0)
    assert call(incoming(disposition="ANSWERED", answer=1005.0)).status is Status.MISSED


def test_the_second_trunk_decides_where_the_first_was_full() -> None:
    made = call(
        outgoing(disposition="CONGESTION", dstchannel="PJSIP/full-00000004", sequence="1"),
        outgoing(billsec=20, sequence="2"),
    )
    assert (made.status, made.line) == (Status.ANSWERED, "PJSIP/trunk")


def test_an_incoming_call_takes_no_status_of_outgoing_ones() -> None:
    for disposition in ("NO ANSWER", "BUSY", "CANCEL"):
        made = call(incoming(disposition=disposition))
        assert (made.status, made.reason.rule) == (Status.MISSED, status_rule.RANG)
        assert people(made) == ["201"]
        assert not made.busy


def test_missed_in_the_greeting_belongs_to_nobody_and_shows_the_application() -> None:
    made = call(incoming(dstchannel="", app="BackGround", appdata="greeting", disposition="ANSWERED", billsec=12))
    assert (made.status, made.reason.rule) == (Status.MISSED, status_rule.NOBODY_RANG)
    assert people(made) == []
    assert (made.application, made.wait, made.talk) == ("BackGround", 17, 0)


def test_missed_in_a_queue_that_rang_nobody_shows_the_queue() -> None:
    assert call(incoming(dstchannel="", app="Queue", appdata="sales,t,,,30")).application == "Queue sales"


def test_voicemail_after_a_phone_that_rang_is_missed_by_its_owner() -> None:
    made = call(incoming(app="VoiceMail", disposition="ANSWERED", billsec=20))
    assert (made.status, made.application, people(made)) == (Status.MISSED, "", ["201"])


def test_one_dialled_directly_while_offline_is_named_and_a_group_is_not() -> None:
    # PT-991 of the 1C panel: a missed call was pinned to an employee whose phone was off as if it had rung.
    alone = call(incoming(cause="20"))
    assert (alone.status, people(alone)) == (Status.MISSED_OFFLINE, ["201"])
    group = call(incoming(cause="20"), incoming(cause="20", dstchannel=PHONE_202))
    assert (group.status, people(group)) == (Status.MISSED_OFFLINE, [])
    one_rang = call(incoming(disposition="CHANUNAVAIL"), incoming(dstchannel=PHONE_202))
    assert (one_rang.status, people(one_rang)) == (Status.MISSED, ["202"])


def test_a_phone_to_which_no_channel_came_to_be_was_offline() -> None:
    made = call(incoming(dstchannel="", appdata="PJSIP/201,20,tT"))
    assert (made.status, people(made)) == (Status.MISSED_OFFLINE, ["201"])


def test_an_empty_queue_is_offline() -> None:
    made = call(incoming(dstchannel="", app="Queue"), events=(event("EXITEMPTY", 2, "1", "1", "1"),))
    assert made.status is Status.MISSED_OFFLINE


def test_full_and_failed_incoming_calls() -> None:
    assert call(incoming(disposition="CONGESTION")).status is Status.NO_CHANNELS
    assert call(incoming(disposition="FAILED")).status is Status.ERROR


def test_parallel_phones_one_answers_and_nothing_is_missed_for_the_other() -> None:
    made = call(incoming(sequence="1"), incoming(dstchannel=PHONE_202, billsec=60, sequence="2"))
    assert (made.status, people(made), made.talk) == (Status.ANSWERED, ["202"], 60)


def test_a_consultation_counts_to_its_two_and_not_to_the_customer() -> None:
    made = call(
        incoming(billsec=50),
        leg(
            caller="201", callee="202", channel=PHONE_201, dstchannel=PHONE_202, app="Dial", context="from-internal",
            start=1060.0, billsec=300,
        ),
        incoming(start=1400.0, dstchannel=PHONE_202, billsec=40),
    )  # fmt: skip
    assert made.talk == 90
    assert [(person.address, person.talk) for person in made.participants] == [("201", 350), ("202", 340)]


def test_only_a_consultation_answered_is_no_answer_to_the_customer() -> None:
    made = call(
        outgoing(),
        leg(caller="201", callee="202", channel=PHONE_201, dstchannel=PHONE_202, app="Dial", start=1010.0, billsec=9),
    )
    assert (made.status, made.talk, made.answered) == (Status.NO_ANSWER, 0, None)


def test_the_context_decides_before_the_digits() -> None:
    made = call(incoming(caller="2424"))
    assert (made.direction, made.outside) == (Direction.INCOMING, "2424")


def test_emergency_numbers_are_outside() -> None:
    made = call(outgoing(callee="112", billsec=10))
    assert (made.direction, made.outside) == (Direction.OUTGOING, "112")


def test_a_phone_that_shows_the_company_number_is_still_inside() -> None:
    made = call(outgoing(caller=DID, billsec=10))
    assert (made.direction, people(made)) == (Direction.OUTGOING, ["201"])


def test_a_trunk_may_bear_a_short_number() -> None:
    account = "SIP/77777-00000001"
    made = call(outgoing(dstchannel=account, billsec=10))
    assert (made.direction, made.line, people(made)) == (Direction.OUTGOING, "SIP/77777", ["201"])
    made = call(incoming(channel=account, context="ext-local", callee="201", billsec=10))
    assert (made.direction, made.line, people(made)) == (Direction.INCOMING, "SIP/77777", ["201"])


def test_numbers_of_the_employee_list_and_of_patterns_are_internal() -> None:
    long = {"caller": "8005550", "callee": "380501110001", "channel": "SIP/desk-00000001"}
    assert call(outgoing(**long)).direction is Direction.INCOMING
    assert call(outgoing(**long), known=("8005550",)).direction is Direction.OUTGOING
    assert call(outgoing(**long), internal_patterns=("800555?",)).direction is Direction.OUTGOING


def test_a_caller_id_that_repeats_the_number_names_nobody() -> None:
    assert call(incoming(caller_name=CLIENT)).outside_name == ""
    assert call(incoming(caller_name="Olena")).outside_name == "Olena"
    made = call(outgoing(caller_name="+380441112233", billsec=5))
    assert made.participants[0].name == ""
    assert call(outgoing(caller_name="Petro Bondar")).participants[0].name == "Petro Bondar"


def test_those_who_talked_stand_in_the_order_of_their_answers() -> None:
    late = incoming(sequence="1", billsec=10, answer=1030.0, end=1040.0, duration=40)
    soon = incoming(sequence="2", billsec=10, answer=1010.0, end=1020.0, dstchannel=PHONE_202)
    assert people(call(late, soon)) == ["202", "201"]


def test_dialling_a_long_number_of_the_employee_list_stays_inside() -> None:
    to_colleague = outgoing(callee="8005550", dstchannel="", app="Playback")
    assert call(to_colleague).direction is Direction.OUTGOING
    assert call(to_colleague, known=("8005550",)).direction is Direction.INTERNAL


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "Anonymous", "  ", "-", "Restricted", "anonymous@anonymous.invalid"]
)
def test_a_withheld_number_is_nobody(caller: str) -> None:
    made = call(incoming(caller=caller, caller_name="Anonymous"))
    assert (made.direction, made.withheld, made.outside, made.outside_name) == (Direction.INCOMING, True, "", "")


def test_the_did_is_the_one_named_else_the_number_dialled_from_outside() -> None:
    assert call(incoming()).did == DID
    assert call(incoming(did="+38 044 200-00-02")).did == "+38 044 200-00-02"
    assert call(incoming(callee="s")).did == ""
    assert call(incoming(callee="201")).did == ""
    assert call(outgoing(did=DID)).did == ""


def test_queue_wait_is_what_the_queue_says() -> None:
    in_queue = incoming(app="Queue", billsec=26)
    assert call(in_queue).queue_wait is None
    entered = event("ENTERQUEUE", 1, "", CLIENT, "1")
    connected = event("CONNECT", 4, "3", "x", "2", agent="PJSIP/201")
    done = event("COMPLETEAGENT", 30, "3", "26", "1", agent="PJSIP/201")
    assert call(in_queue, events=(done, connected, entered)).queue_wait == 3
    assert call(in_queue, events=(entered,)).queue_wait == 4
    assert call(in_queue, events=(event("CONNECT", 4), entered)).queue_wait == 3


def test_the_end_of_a_wait_counts_once_however_often_joined_logs_tell_of_it() -> None:
    entered, gave_up = event("ENTERQUEUE", 1, "", CLIENT, "1"), event("ABANDON", 9, "1", "1", "8")
    again = (structs.replace(entered, key="entered|2"), structs.replace(gave_up, key="gave up|2"))
    unanswered = incoming(app="Queue", answer=None, billsec=0, disposition="NO ANSWER")
    assert call(unanswered, events=(entered, gave_up, *again)).queue_wait == 8


def test_agents_that_a_queue_rang_in_vain_are_named_without_a_leg_of_theirs() -> None:
    rang = event("RINGNOANSWER", 5, "4000", agent="PJSIP/202")
    made = call(
        incoming(dstchannel="", app="Queue", appdata="sales"), events=(rang, event("ABANDON", 9, "1", "1", "9"))
    )
    assert (made.status, people(made), made.application) == (Status.MISSED, ["202"], "")
    assert (made.queue_wait, made.hung_up_by) == (9, HungUpBy.CALLER)


def test_who_hung_up_is_said_or_left_blank() -> None:
    assert call(incoming(billsec=5)).hung_up_by is HungUpBy.NOBODY_SAID
    assert call(incoming(billsec=5, hung_up_by="caller")).hung_up_by is HungUpBy.CALLER
    assert call(outgoing(billsec=5, hung_up_by="callee")).hung_up_by is HungUpBy.CALLEE


def test_impossible_times_are_mended() -> None:
    before = call(incoming(billsec=50, duration=60, start=1000.0, answer=1010.0, end=10.0))
    assert (before.start, before.answered, before.ended, before.talk) == (1000, 1010, 1060, 50)
    early = call(incoming(billsec=50, answer=5.0, end=1060.0))
    assert (early.answered, early.wait, early.talk) == (1010, 10, 50)
    never_ended = call(incoming(billsec=0, duration=7, end=None))
    assert (never_ended.ended, never_ended.wait) == (1007, 7)


def test_another_feed_fills_gaps_and_adds_no_leg() -> None:
    known = incoming(sequence="1"), incoming(dstchannel=PHONE_202, sequence="2")
    live = incoming(feed="ami", cause="20", price=5, start=1000.2, disposition="ANSWERED", billsec=99)
    made = call(live, *known)
    assert (made.status, people(made), made.price) == (Status.MISSED, ["202"], 5)
    assert made == call(*known, live)


def test_a_name_that_another_feed_tells_stays_with_its_number() -> None:
    """Of a transferred call the one feed tells who passed it on, the other who called at first."""
    live = leg(
        caller="201", callee="202", channel=PHONE_201, dstchannel=PHONE_202, context="from-internal", app="Dial",
        feed="ami", billsec=5,
    )  # fmt: skip
    made = call(live, incoming(dstchannel=PHONE_202, caller_name="Bob", billsec=5))
    assert [(person.address, person.name) for person in made.participants] == [("201", ""), ("202", "")]
    nameless = incoming(dstchannel=PHONE_202, caller="", feed="ami", billsec=5)
    known = call(nameless, incoming(dstchannel=PHONE_202, caller_name="Bob", billsec=5))
    assert (known.outside, known.outside_name) == (CLIENT, "Bob")


def test_recordings_prices_and_notes_of_all_legs() -> None:
    made = call(
        incoming(billsec=20, recording="b.wav", price=100, currency="UAH", note="late\nnote"),
        incoming(start=990.0, recording="a.wav", price=50, note="early"),
        incoming(start=1100.0, recording="b.wav"),
    )
    assert made.recordings == ("a.wav", "b.wav")
    assert (made.price, made.currency) == (150, "UAH")
    assert made.note == "early\nlate\nnote"
    assert call(incoming()).price is None


def test_an_unpaired_local_half_names_its_extension() -> None:
    # The record of the other half was longer than 1024 bytes, which Asterisk does not write.
    made = call(incoming(dstchannel="Local/201@from-queue-00000001;1", app="Queue", billsec=30))
    assert (made.status, people(made), made.talk) == (Status.ANSWERED, ["201"], 30)


def test_a_call_forwarded_to_a_mobile_is_answered_by_nobody_of_ours() -> None:
    half = incoming(dstchannel="Local/0501110001@out-00000001;1", sequence="1")
    twin = leg(
        caller=CLIENT, callee="0501110001", channel="Local/0501110001@out-00000001;2", context="out", app="Dial",
        dstchannel="PJSIP/other-00000009", billsec=30, sequence="2",
    )  # fmt: skip
    made = call(half, twin)
    assert (made.direction, made.status, made.talk, people(made)) == (Direction.INCOMING, Status.ANSWERED, 30, [])
    # What the call was sent on to is no line by which customers come.
    assert made.did == DID


@pytest.mark.parametrize(
    ("dialled", "channel"),
    [
        ("PJSIP/0501110001@other,30", "PJSIP/other-00000009"),
        ("IAX2/other/0501110001,30", "IAX2/other-9"),
        ("DAHDI/g1/0501110001", "DAHDI/g1-1"),
        ("SIP/0501110001@trunk&SIP/0502220002@trunk", TRUNK.replace("PJSIP", "SIP")),
    ],
)
def test_a_trunk_through_which_a_call_is_sent_on_is_no_employee(dialled: str, channel: str) -> None:
    for answered in (30, 0):
        made = call(incoming(appdata=dialled, dstchannel=channel, billsec=answered))
        assert (made.direction, people(made), made.did) == (Direction.INCOMING, [], DID)
        assert (made.status is Status.ANSWERED) == bool(answered)


def test_a_mobile_telephone_on_the_list_of_employees_is_an_employee() -> None:
    sent_on = incoming(appdata="PJSIP/0501110001@other,30", dstchannel="PJSIP/other-00000009", billsec=30)
    assert people(call(sent_on, known=("0501110001",))) == ["0501110001"]


def test_a_phone_without_a_number_is_an_employee_still() -> None:
    made = call(incoming(appdata="PJSIP/olena,30", dstchannel="PJSIP/olena-00000009", billsec=30))
    assert people(made) == ["olena"]


def rung_first(**fields: Any) -> tuple[Leg, Leg]:
    """Click to call: the exchange rings 201, and when 201 answers it dials the client through a Local channel."""
    shown = {"caller": CLIENT, "caller_name": "CRM"} | fields
    ring = leg(
        **shown, callee="201", channel="Local/201@internal-00000001;2", dstchannel=PHONE_201, app="Dial",
        appdata="PJSIP/201", billsec=60, sequence="2",
    )  # fmt: skip
    out = leg(
        **shown, callee=CLIENT, channel="Local/201@internal-00000001;1", dstchannel=TRUNK, app="Dial",
        appdata=f"PJSIP/{CLIENT}@trunk", duration=65, end=1065.0, answer=1020.0, billsec=45, sequence="1",
    )  # fmt: skip
    return out, ring


@pytest.mark.parametrize("shown", [{}, {"caller": "201", "caller_name": ""}, {"caller": "", "caller_name": ""}])
def test_a_call_that_the_exchange_placed_for_a_phone_is_outgoing(shown: dict[str, str]) -> None:
    made = call(*rung_first(**shown))
    assert (made.direction, made.status, made.outside) == (Direction.OUTGOING, Status.ANSWERED, CLIENT)
    assert (people(made), made.participants[0].name) == (["201"], "")
    # From the client's answer, not from that of our own phone.
    assert (made.answered, made.wait, made.talk, made.participants[0].talk) == (1020, 20, 45, 45)
    assert made.did == ""


def test_a_placed_call_that_the_client_does_not_answer_is_not_answered() -> None:
    out, ring = rung_first()
    made = call(structs.replace(out, answer=None, billsec=0, disposition="NO ANSWER"), ring)
    assert (made.direction, made.status, people(made)) == (Direction.OUTGOING, Status.NO_ANSWER, ["201"])


def test_a_call_placed_by_a_leg_without_a_caller_is_outgoing_too() -> None:
    ring = leg(callee="201", channel=PHONE_201, app="AppDial", appdata="(Outgoing Line)", billsec=60)
    made = call(ring, outgoing(start=1006.0, billsec=40))
    assert (made.direction, people(made), made.talk) == (Direction.OUTGOING, ["201"], 40)


def test_a_call_of_a_queue_through_local_channels_stays_incoming() -> None:
    # The record of the caller's own channel is missing: the halves alone show who called.
    made = call(
        leg(caller=CLIENT, callee="201", channel="Local/201@queue-00000001;2", dstchannel=PHONE_201, app="Dial"),
        leg(
            caller=CLIENT, callee="0501110001", channel="Local/0501110001@queue-00000002;2", dstchannel=TRUNK,
            app="Dial", appdata="PJSIP/0501110001@trunk", billsec=20,
        ),
    )  # fmt: skip
    assert (made.direction, made.status, made.outside) == (Direction.INCOMING, Status.ANSWERED, CLIENT)


def test_a_phone_that_asks_somebody_outside_talks_while_the_caller_waits() -> None:
    made = call(
        incoming(sequence="1", billsec=45),
        outgoing(sequence="2", callee="0509998877", start=1030.0, answer=1040.0, end=1060.0, billsec=20),
        leg(
            caller=CLIENT, callee="0509998877", context="from-internal", channel=TRUNK, dstchannel=TRUNK, app="Dial",
            appdata="PJSIP/0509998877@trunk", start=1060.0, answer=1060.0, end=1120.0, billsec=60, sequence="3",
        ),
    )  # fmt: skip
    assert (made.direction, made.outside, people(made)) == (Direction.INCOMING, CLIENT, ["201"])
    assert made.talk == 45 + 60
    # The consultation is the phone's own talk still.
    assert made.participants[0].talk == 1060 - 1005
