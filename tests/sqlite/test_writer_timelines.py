"""Crowded timelines: a few numbers whose calls, call-backs and links fall on each other, one record at a time."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.derive.marks import Link, derive_timeline
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts
from backend_client.sqlite.comments import resolve_call
from backend_client.sqlite.neighbours import PROMPT
from backend_client.sqlite.upkeep.rebuild import CheckReport, check
from tests.histories import moment_of
from tests.sqlite.stores import Desk, open_desk
from tests.sqlite.test_writer import call, leg

MIDNIGHT = 1_795_212_000 - 1_795_212_000 % 86_400 - 7_200
NUMBERS = ("0672220001", "0672220001", "0442220002")
NEIGHBOURS = int(
    Mark.NEW
    | Mark.FIRST_CONTACT
    | Mark.LOST
    | Mark.ATTENTION
    | Mark.SETTLES
    | Mark.SETTLED_IN_WINDOW
    | Mark.SETTLED_BY_US
)
CROWDED = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def records(draw: st.DrawFn) -> CallFacts:
    """A call of one of twelve keys around a midnight: the same key again is a changed record."""
    return call(
        leg(
            f"{draw(st.integers(10, 21))}.1",
            at=MIDNIGHT + draw(st.sampled_from((-PROMPT - 10, -60, -30, -12, -5, 0, 0, 5, 10, 20, 40, 61, 3_600))),
            talk=draw(st.sampled_from((0, 5))),
            outside=draw(st.sampled_from(NUMBERS)),
            outgoing=draw(st.sampled_from((False, False, True))),
            rings=draw(st.sampled_from((10, 10, 0, PROMPT, PROMPT + 1, PROMPT + 30))),
        )
    )


Deed = CallFacts | tuple[str, str | None, int]


def deeds() -> st.SearchStrategy[list[Deed]]:
    """Mostly records, one a batch, with people linking numbers between them."""
    since = st.sampled_from((0, MIDNIGHT, MIDNIGHT + 3_600))
    links = st.tuples(st.sampled_from(NUMBERS), st.sampled_from(("Olena", "Olena", "Ivan", None)), since)
    return st.lists(records() | records() | records() | records() | links, min_size=15, max_size=30)


def timeline(history: list[Deed], rules: DeriveSettings) -> dict[str, object]:
    """What decision 5 says of the calls as they stand in the end."""
    calls: dict[str, CallFacts] = {}
    links: dict[str, Link] = {}
    for deed in history:
        if isinstance(deed, CallFacts):
            calls[deed.call_key] = deed
            continue
        number, client, since = deed
        if client is None:
            links.pop(f"+38{number}", None)
        else:
            links[f"+38{number}"] = Link(client=client, known_since=since)
    moments = [moment for key, facts in calls.items() if (moment := moment_of(key, facts, rules))]
    return {
        key: (marks.bits, marks.settled_by, marks.callback)
        for key, marks in derive_timeline(moments, links, rules).items()
    }


def stored(desk: Desk) -> dict[str, object]:
    keys = dict(desk.db.execute("SELECT call_id, key FROM call_key").fetchall())
    return {
        keys[id]: (marks & NEIGHBOURS, keys.get(settled_by), callback)
        for id, marks, settled_by, callback in desk.db.execute(
            "SELECT id, marks, settled_by, callback FROM call"
        ).fetchall()
    }


@CROWDED
@given(deeds(), st.sampled_from((0, 1)))
def test_every_deed_leaves_the_marks_of_the_whole_timeline(history: list[Deed], window: int) -> None:
    rules = DeriveSettings(callback_window=window)
    with open_desk(rules) as desk:
        for number, deed in enumerate(history, 1):
            if isinstance(deed, CallFacts):
                # One feed's leg of a known key replaces the earlier one whatever it says.
                desk.facts.put([deed])
            else:
                desk.link(*deed)
            assert stored(desk) == timeline(history[:number], rules), number
        assert check(desk.writer) == CheckReport()
        wrong = (
            "SELECT count(*) FROM number WHERE last_start <>"
            " coalesce((SELECT max(start) FROM call WHERE number_id = number.id), 0)"
        )
        assert desk.db.execute(wrong).fetchone() == (0,)


def test_a_call_joined_twice_answers_to_all_its_ids() -> None:
    with open_desk() as desk:
        for number in (1, 2, 3):
            desk.facts.put([call(leg(f"{number}.1", at=MIDNIGHT + number))])
        ids = [desk.id_of(f"{number}.1") for number in (1, 2, 3)]
        desk.facts.put([call(leg("3.1", at=MIDNIGHT + 9, linkedid="2.1", sequence=1))])
        desk.facts.put([call(leg("2.1", at=MIDNIGHT + 9, linkedid="1.1", sequence=1))])
        assert [resolve_call(desk.db, id) for id in ids] == [ids[0]] * 3


def test_a_contact_settles_a_call_of_the_clients_other_number_and_totals_hold() -> None:
    with open_desk(DeriveSettings()) as desk:
        desk.facts.put([call(leg("10.1", at=MIDNIGHT, talk=0, outside="0672220001"))])
        desk.link("0672220001", "Olena", 0)
        desk.link("0442220002", "Olena", MIDNIGHT + 60)
        desk.facts.put([call(leg("11.1", at=MIDNIGHT, talk=0, outside="0442220002"))])
        desk.facts.put([call(leg("10.1", at=MIDNIGHT, talk=5, outside="0672220001"))])
        assert check(desk.writer) == CheckReport()
