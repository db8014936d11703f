"""Decision 5 in small timelines of one client's calls."""

from datetime import datetime
from zoneinfo import ZoneInfo

from backend_client.derive.marks import Link, Marks, Moment, derive_timeline, new_at
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DeriveSettings

CLIENT, SECOND_NUMBER = "+380672220001", "+380442220002"
DAY_WINDOW, HOUR_WINDOW = DeriveSettings(), DeriveSettings(callback_window=60)


def at(clock: str, day: int = 20) -> int:
    """A second of November 2026 in Kyiv."""
    hours, _, minutes = clock.partition(":")
    return int(datetime(2026, 11, day, int(hours), int(minutes), tzinfo=ZoneInfo("Europe/Kyiv")).timestamp())


def missed(key: str, start: int, number: str = CLIENT) -> Moment:
    return Moment(key=key, start=start, number=number, incoming=True)


def talked(key: str, start: int, *, wait: int = 5, number: str = CLIENT, incoming: bool = True) -> Moment:
    return Moment(key=key, start=start, number=number, incoming=incoming, answered=start + wait)


def derive(
    *calls: Moment, links: dict[str, Link] | None = None, settings: DeriveSettings = DAY_WINDOW
) -> dict[str, Marks]:
    derived = derive_timeline(calls, links or {}, settings)
    assert derived == derive_timeline(reversed(calls), links or {}, settings)
    return derived


def bits(marks: Marks) -> Mark:
    return Mark(marks.bits)


def test_a_later_contact_settles_all_missed_calls_before_it_and_none_after() -> None:
    derived = derive(
        missed("13:01", at("13:01")),
        missed("13:02", at("13:02")),
        talked("13:08", at("13:08"), wait=10),
        missed("13:11", at("13:11")),
    )
    assert derived["13:01"].settled_by == derived["13:02"].settled_by == "13:08"
    assert derived["13:01"].callback == 7 * 60 + 10
    assert Mark.ATTENTION not in bits(derived["13:01"]) | bits(derived["13:02"])
    assert bits(derived["13:08"]) & Mark.SETTLES
    assert bits(derived["13:11"]) == Mark.NEW | Mark.ATTENTION | Mark.LOST


def test_a_call_back_after_midnight_is_outside_the_day_and_inside_a_window_of_minutes() -> None:
    calls = missed("late", at("23:50")), talked("after midnight", at("00:10", 21), incoming=False)
    by_day = derive(*calls)["late"]
    assert (by_day.settled_by, bits(by_day) & Mark.LOST) == ("after midnight", Mark.LOST)
    by_minutes = derive(*calls, settings=HOUR_WINDOW)["late"]
    assert bits(by_minutes) == Mark.NEW | Mark.FIRST_CONTACT | Mark.SETTLED_IN_WINDOW | Mark.SETTLED_BY_US


def test_the_last_second_of_a_window_of_minutes_counts() -> None:
    def marks(answered: int) -> Mark:
        calls = missed("m", at("12:00")), talked("c", at("12:00") + answered, wait=0)
        return bits(derive(*calls, settings=HOUR_WINDOW)["m"])

    assert Mark.SETTLED_IN_WINDOW in marks(3600)
    assert Mark.SETTLED_IN_WINDOW not in marks(3601)


def test_talk_that_begins_in_the_same_second_is_not_later() -> None:
    derived = derive(missed("m", at("12:00")), talked("c", at("12:00") - 5, wait=5))
    assert derived["m"].settled_by is None
    assert Mark.SETTLES not in bits(derived["c"])


def test_a_call_that_began_before_but_was_answered_after_settles() -> None:
    assert derive(missed("m", at("12:00")), talked("c", at("12:00") - 20, wait=30))["m"].settled_by == "c"


def test_of_contacts_that_talk_in_the_same_second_the_one_that_began_first_settles_then_the_key() -> None:
    begin = at("12:00")
    derived = derive(missed("m", begin), talked("b", begin + 9, wait=1), talked("a", begin + 5, wait=5))
    assert derived["m"].settled_by == "a"
    derived = derive(missed("m", begin), talked("b", begin + 5, wait=5), talked("a", begin + 5, wait=5))
    assert derived["m"].settled_by == "a"


def test_any_number_of_the_client_settles() -> None:
    calls = missed("m", at("12:00")), talked("c", at("12:30"), number=SECOND_NUMBER)
    assert derive(*calls)["m"].settled_by is None
    both = {number: Link(client="Stroysnab") for number in (CLIENT, SECOND_NUMBER)}
    assert derive(*calls, links=both)["m"].settled_by == "c"


def test_a_missed_call_of_a_known_client_needs_attention_and_is_not_lost() -> None:
    derived = derive(missed("m", at("12:00")), links={CLIENT: Link(client="Stroysnab")})
    assert bits(derived["m"]) == Mark.ATTENTION


def test_registering_leaves_earlier_calls_new() -> None:
    registered = {CLIENT: Link(client="Stroysnab", known_since=at("12:10"))}
    derived = derive(missed("before", at("12:00")), missed("after", at("12:20")), links=registered)
    assert Mark.NEW in bits(derived["before"])
    assert Mark.LOST in bits(derived["before"])
    assert bits(derived["after"]) == Mark.ATTENTION
    assert not new_at(at("12:10"), at("12:10"))


def test_first_contact_is_the_first_call_of_a_new_number_and_comes_from_outside() -> None:
    derived = derive(talked("first", at("12:00")), talked("second", at("12:05")))
    assert bits(derived["first"]) == Mark.NEW | Mark.FIRST_CONTACT
    assert bits(derived["second"]) == Mark.NEW
    we_called_before = derive(talked("out", at("11:00"), incoming=False), talked("in", at("12:00")))
    assert not any(Mark.FIRST_CONTACT in bits(marks) for marks in we_called_before.values())


def test_a_withheld_number_has_no_marks() -> None:
    derived = derive(missed("m", at("12:00"), number=""), talked("c", at("12:01"), number=""))
    assert set(derived.values()) == {Marks()}
