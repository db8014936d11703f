"""What happens to calls when records come late, again, changed, or join two calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.contract.calls import CommentRequest
from backend_client.errors import Outdated
from backend_client.model.call import Mark
from backend_client.model.leg import CallFacts, Leg
from backend_client.model.permissions import Role, Session
from backend_client.sqlite.codes import unpack_employees
from backend_client.sqlite.comments import read_comment, read_history, resolve_call, save_comment
from backend_client.sqlite.facts import PutReport
from backend_client.sqlite.transaction import Transaction
from backend_client.sqlite.upkeep.rebuild import CheckReport, check
from tests.sqlite.stores import Desk, content, open_desk

NOON = 1_795_255_200
OLENA = Session(employee_id=None, name="Olena", roles=(Role.OPERATOR,))
IVAN = Session(employee_id=None, name="Ivan", roles=(Role.OPERATOR,))


def leg(
    key: str, *, at: int, talk: int = 0, outside: str = "0672220001", phone: str = "201", linkedid: str = "",
    sequence: int = 0, outgoing: bool = False, name: str = "", rings: int = 10,
) -> Leg:  # fmt: skip
    """A leg between somebody outside and a phone; without `talk` nobody answered while it rang."""
    inside, trunk = f"PJSIP/{phone}-00000001", "SIP/provider-00000002"
    return Leg(
        key=f"{key}|{linkedid or key}|{sequence}", uniqueid=key, linkedid=linkedid or key, sequence=str(sequence),
        start=float(at), answer=float(at + rings) if talk else None, end=float(at + rings + talk),
        duration=rings + talk, billsec=talk,
        disposition="ANSWERED" if talk else "NO ANSWER",
        caller=phone if outgoing else outside, callee=outside if outgoing else "0440000001",
        caller_name=name, channel=inside if outgoing else trunk, dstchannel=trunk if outgoing else inside,
        context="from-internal" if outgoing else "from-trunk", app="Dial", did="" if outgoing else "0440000001",
        feed="asterisk-csv",
    )  # fmt: skip


def call(*legs: Leg) -> CallFacts:
    return CallFacts(system="main", call_key=legs[0].linkedid, legs=legs)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    yield opened
    opened.close()


def comment(desk: Desk, key: str, text: str, session: Session = OLENA) -> None:
    with desk.writer.transaction() as transaction:
        revision = read_comment(transaction.db, desk.id_of(key)).revision
        save_comment(transaction, session, CommentRequest(call_id=desk.id_of(key), text=text, revision=revision), NOON)


def test_records_are_new_then_unchanged_then_updated(desk: Desk) -> None:
    missed = call(leg("1.1", at=NOON))
    assert desk.facts.put([missed]) == PutReport(new=1)
    assert desk.facts.put([missed]) == PutReport(unchanged=1)
    assert desk.facts.put([call(leg("1.1", at=NOON, talk=5))]) == PutReport(updated=1)
    assert desk.row("1.1").talk == 5


def test_putting_the_same_again_is_no_change(desk: Desk) -> None:
    calls = [call(leg("1.1", at=NOON)), call(leg("2.1", at=NOON + 60, talk=30, outgoing=True))]
    desk.facts.put(calls)
    before = desk.db.execute("SELECT number FROM change").fetchone()
    desk.facts.put(calls)
    assert desk.db.execute("SELECT number FROM change").fetchone() == before


def test_a_record_that_a_file_holds_twice_is_no_update_every_time(desk: Desk) -> None:
    """Two records of one key and other content, as a batch or apart in it: the last stands."""
    first, second = leg("1.1", at=NOON), leg("1.1", at=NOON, talk=5)
    for batch in ([call(first, second)], [call(first), call(second)]):
        desk.facts.put(batch)
        before = desk.db.execute("SELECT number FROM change").fetchone()
        assert desk.facts.put(batch) == PutReport(unchanged=2)
        assert desk.db.execute("SELECT number FROM change").fetchone() == before
        assert desk.row("1.1").talk == 5


def test_a_call_back_settles_and_its_removal_unsettles(desk: Desk) -> None:
    desk.facts.put([call(leg("1.1", at=NOON))])
    assert desk.row("1.1").marks & Mark.LOST
    assert desk.row("1.1").marks & Mark.FIRST_CONTACT
    back = leg("2.1", at=NOON + 60, talk=30, outgoing=True)
    desk.facts.put([call(back)])
    missed = desk.row("1.1")
    assert (missed.settled_by, missed.callback) == (desk.id_of("2.1"), 70)
    assert not missed.marks & (Mark.LOST | Mark.ATTENTION)
    assert desk.row("2.1").marks & Mark.SETTLES
    desk.facts.put([call(leg("2.1", at=NOON + 60, outgoing=True))])
    assert desk.row("1.1").settled_by is None
    assert desk.row("1.1").marks & Mark.LOST
    assert not desk.row("2.1").marks & Mark.SETTLES
    assert check(desk.writer) == CheckReport()


def test_a_client_reached_on_another_number_settles(desk: Desk) -> None:
    desk.facts.put([
        call(leg("1.1", at=NOON)), call(leg("2.1", at=NOON + 60, talk=30, outside="0442220002", outgoing=True)),
    ])  # fmt: skip
    desk.link("0672220001", "Stroysnab")
    assert desk.row("1.1").settled_by is None
    desk.link("+380 44 222 00 02", "Stroysnab")
    assert desk.row("1.1").settled_by == desk.id_of("2.1")
    assert not desk.row("1.1").marks & Mark.NEW
    desk.link("0442220002", None)
    assert desk.row("1.1").settled_by is None
    assert check(desk.writer) == CheckReport()


def test_an_earlier_call_takes_the_first_contact(desk: Desk) -> None:
    desk.facts.put([call(leg("2.1", at=NOON))])
    desk.facts.put([call(leg("1.1", at=NOON - 60))])
    assert desk.row("1.1").marks & Mark.FIRST_CONTACT
    assert not desk.row("2.1").marks & Mark.FIRST_CONTACT


def test_employees_are_found_by_extension_and_named_by_their_latest_call(desk: Desk) -> None:
    desk.facts.put([call(leg("2.1", at=NOON, talk=5, outgoing=True, name="Kateryna"))])
    desk.facts.put([call(leg("1.1", at=NOON - 60, talk=5, outgoing=True, name="Nobody"))])
    assert desk.db.execute("SELECT name, found <> 0 FROM employee").fetchall() == [("Kateryna", 1)]
    assert unpack_employees(desk.row("1.1").employees) == ((1, "201", 5),)


def test_a_leg_that_names_two_calls_makes_them_one(desk: Desk) -> None:
    desk.facts.put([call(leg("1.1", at=NOON))])
    desk.facts.put([call(leg("2.1", at=NOON + 20, phone="202", talk=30))])
    older, younger = desk.id_of("1.1"), desk.id_of("2.1")
    comment(desk, "1.1", "asked for a price")
    comment(desk, "2.1", "sent it", IVAN)
    desk.facts.put([call(leg("2.1", at=NOON + 20, phone="202", talk=30, linkedid="1.1", sequence=1))])
    assert resolve_call(desk.db, younger) == older == desk.id_of("2.1")
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (1,)
    kept = read_comment(desk.db, older)
    assert kept.text == "asked for a price\nsent it"
    assert [(old.text, old.author) for old in read_history(desk.db, older)] == [
        ("asked for a price", "Olena"), ("sent it", "Ivan"),
    ]  # fmt: skip
    assert desk.row("1.1").marks & Mark.COMMENT
    assert check(desk.writer) == CheckReport()


def test_a_comment_of_the_younger_call_alone_goes_over(desk: Desk) -> None:
    desk.facts.put([call(leg("1.1", at=NOON)), call(leg("2.1", at=NOON + 20, phone="202"))])
    comment(desk, "2.1", "sent it", IVAN)
    desk.facts.put([call(leg("2.1", at=NOON + 20, phone="202", linkedid="1.1", sequence=1))])
    kept = read_comment(desk.db, desk.id_of("1.1"))
    assert (kept.text, kept.author) == ("sent it", "Ivan")
    assert desk.row("1.1").marks & Mark.COMMENT


def test_what_must_be_committed_with_the_records_is(desk: Desk) -> None:
    def position(transaction: Transaction) -> None:
        transaction.db.execute("INSERT INTO setting VALUES ('position', '42')")

    desk.facts.put([call(leg("1.1", at=NOON))], after=position)
    assert desk.db.execute("SELECT value FROM setting WHERE name = 'position'").fetchone() == ("42",)

    def fails(transaction: Transaction) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.facts.put([call(leg("2.1", at=NOON, outside="0501112233", phone="209"))], after=fails)
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (1,)
    # Ids that were looked up in what was undone are forgotten: the same records go in whole.
    desk.facts.put([call(leg("2.1", at=NOON, outside="0501112233", phone="209"))])
    assert check(desk.writer) == CheckReport()


def test_a_newer_store_is_not_written(desk: Desk) -> None:
    desk.facts.put([call(leg("1.1", at=NOON))])
    with desk.writer.transaction() as transaction:
        transaction.db.execute("PRAGMA user_version=99")
    with pytest.raises(Outdated):
        desk.facts.put([call(leg("2.1", at=NOON))])
    assert desk.file.read_only


@st.composite
def tangled(draw: st.DrawFn) -> list[CallFacts]:
    """Legs of a few channels, some under the linkedid of another: which calls there are shows only in the end."""
    channels = [f"{number}.1" for number in range(1, 6)]
    parts = []
    for sequence in range(draw(st.integers(2, 7))):
        linkedid = draw(st.sampled_from(channels))
        start = NOON + draw(st.integers(0, 90))
        parts.append(
            call(
                leg(
                    draw(st.sampled_from([linkedid, *channels])), linkedid=linkedid, sequence=sequence, at=start,
                    talk=draw(st.sampled_from((0, 5, 30))), outside=draw(st.sampled_from(("0672220001", "0442220002"))),
                    phone=draw(st.sampled_from(("201", "202"))), outgoing=draw(st.booleans()),
                )
            )
        )  # fmt: skip
    return parts


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_calls_are_joined_alike_in_any_order(data: st.DataObject) -> None:
    parts = data.draw(tangled())
    with open_desk() as one, open_desk() as other:
        one.facts.put(parts)
        shuffled = data.draw(st.permutations(parts))
        cut = data.draw(st.integers(0, len(parts)))
        for batch in (shuffled[:cut], shuffled[cut:]):
            other.facts.put(batch)
        assert content(one.db) == content(other.db)
        assert check(other.writer) == CheckReport()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_changed_record_leaves_nothing_of_what_it_said_before(data: st.DataObject) -> None:
    """Records replaced by others, in a store that has all their numbers and people anyway."""

    def record(number: int) -> CallFacts:
        return call(
            leg(
                f"{number}.1", at=NOON + data.draw(st.integers(0, 200)), talk=data.draw(st.sampled_from((0, 5, 30))),
                outside=data.draw(st.sampled_from(("0672220001", "0442220002", "anonymous"))),
                phone=data.draw(st.sampled_from(("201", "202"))), outgoing=data.draw(st.booleans()),
            )
        )  # fmt: skip

    everybody = [
        call(leg(f"9{number}.1", at=NOON + 300, outside=outside, phone=phone, outgoing=outgoing))
        for number, (outside, phone, outgoing) in enumerate(
            (outside, phone, outgoing)
            for outside in ("0672220001", "0442220002")
            for phone in ("201", "202")
            for outgoing in (True, False)
        )
    ]
    before = [record(number) for number in range(4)]
    after = [record(number) for number in range(4)]
    with open_desk() as changed, open_desk() as fresh:
        for desk in (changed, fresh):
            desk.facts.put(everybody)
        changed.facts.put(before)
        changed.facts.put(after)
        fresh.facts.put(after)
        assert content(changed.db) == content(fresh.db)
        assert check(changed.writer) == CheckReport()
