"""What holds for every history, however hostile: derivation never fails, and never depends on order."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, structs

from backend_client.derive.collapse import collapse
from backend_client.derive.route import route
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts, Leg
from backend_client.model.status import OUTGOING_ONLY, RUNNING, TALKED, Direction, Status
from tests.histories import History, arrangements, call_facts, histories

SETTINGS = DeriveSettings()


def shuffled(facts: CallFacts, data: st.DataObject) -> CallFacts:
    legs = tuple(data.draw(st.permutations(facts.legs)))
    return structs.replace(facts, legs=legs, events=tuple(data.draw(st.permutations(facts.events))))


@given(call_facts(), st.data())
def test_the_order_of_legs_and_events_changes_nothing(facts: CallFacts, data: st.DataObject) -> None:
    other = shuffled(facts, data)
    assert collapse(facts, SETTINGS) == collapse(other, SETTINGS)
    assert route(facts, SETTINGS) == route(other, SETTINGS)


@given(call_facts())
def test_facts_that_were_stored_and_read_again_give_the_same_call(facts: CallFacts) -> None:
    assert collapse(json.decode(json.encode(facts), type=CallFacts), SETTINGS) == collapse(facts, SETTINGS)


@given(call_facts())
def test_a_call_is_possible_whatever_its_source_says(facts: CallFacts) -> None:
    call = collapse(facts, SETTINGS)
    assert call is not None
    assert call.start <= call.ended
    assert (call.answered is not None) == (call.status in TALKED)
    assert call.talk >= 0
    assert call.wait + call.talk <= call.ended - call.start
    assert call.status not in RUNNING | {Status.CALLED_BACK, Status.UNKNOWN}
    assert call.reason.rule
    if call.direction is Direction.INCOMING:
        assert call.status not in OUTGOING_ONLY
        assert call.withheld == (call.outside == "")
    else:
        assert call.status not in (Status.MISSED, Status.MISSED_OFFLINE)
        assert not call.withheld
        assert not call.did
    addresses = [person.address for person in call.participants]
    assert len(set(addresses)) == len(addresses)
    assert all(person.talk <= call.ended - call.start for person in call.participants)


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["SIP/201-1", "Local/x@y-1;1", "201", "380672220001", "Dial", "Queue", "ANSWERED", "/", "-", "DAHDI/", "&&,"]
)
_whole = st.integers(-(10**12), 10**12)
_instant = st.floats(-1e11, 1e12, allow_nan=False)


@given(
    st.lists(
        st.builds(
            Leg, key=_text, uniqueid=_text, linkedid=_text, start=_instant, answer=st.none() | _instant,
            end=st.none() | _instant, duration=_whole, billsec=_whole, disposition=_text, caller=_text, callee=_text,
            caller_name=_text, channel=_text, dstchannel=_text, context=_text, app=_text, appdata=_text, did=_text,
            sequence=_text, cause=_text, hung_up_by=_text, recording=_text, feed=st.sampled_from(["a", "b"]),
        ),
        max_size=4,
    ).map(lambda legs: CallFacts(system="main", call_key="k", legs=tuple(legs)))
)  # fmt: skip
def test_no_record_is_so_strange_that_derivation_fails(facts: CallFacts) -> None:
    call = collapse(facts, SETTINGS)
    assert (call is None) == (not facts.legs)
    assert len(route(facts, SETTINGS)) <= len(facts.legs)
    if call is not None:
        assert call.start <= call.ended
        assert 0 <= call.wait + call.talk <= call.ended - call.start


@given(histories(), st.data())
def test_a_history_gives_the_same_marks_however_it_arrives(history: History, data: st.DataObject) -> None:
    other = data.draw(arrangements(history))
    assert other.calls() == {key: history.calls()[key] for key in other.calls()}
    assert other.links() == history.links()
    assert other.marks() == history.marks()


@given(histories())
def test_marks_agree_with_each_other(history: History) -> None:
    moments = {moment.key: moment for moment in history.moments()}
    derived = history.marks()
    settling = {marks.settled_by for marks in derived.values()} - {None}
    for key, marks in derived.items():
        bits, call = Mark(marks.bits), moments[key]
        assert (Mark.SETTLES in bits) == (key in settling)
        if Mark.LOST in bits:
            assert Mark.ATTENTION in bits
            assert Mark.NEW in bits
        if Mark.FIRST_CONTACT in bits:
            assert Mark.NEW in bits
            assert call.incoming
        if call.missed and call.number:
            assert (Mark.ATTENTION in bits) != (Mark.SETTLED_IN_WINDOW in bits)
        else:
            assert not bits & (Mark.ATTENTION | Mark.LOST | Mark.SETTLED_IN_WINDOW)
            assert marks.settled_by is None
        if marks.settled_by is not None:
            contact = moments[marks.settled_by]
            assert contact.answered is not None
            assert contact.answered > call.start
            assert marks.callback == contact.answered - call.start
