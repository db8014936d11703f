"""One key a number (C5), its searchable forms, its looks, and its region."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend_client.model.numbering_plan import plan_of
from backend_client.model.phone import (
    NumberKind,
    NumberStyle,
    format_number,
    is_withheld,
    number_key,
    valid_by_library,
)
from backend_client.model.region import region_by_library, region_of


@pytest.mark.parametrize(
    ("text", "home", "key"),
    [
        ("380672220001", "UA", "+380672220001"),
        ("0672220001", "UA", "+380672220001"),
        ("+38 (067) 222-00-01", "UA", "+380672220001"),
        ("00380672220001", "UA", "+380672220001"),
        ("tel:+380672220001", "UA", "+380672220001"),
        ("0442000001", "UA", "+380442000001"),
        ("79161234567", "UA", "+79161234567"),
        ("+48512345678", "UA", "+48512345678"),
        ("89161234567", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("81048512345678", "RU", "+48512345678"),
        ("380672220001", "RU", "+380672220001"),
    ],
)
def test_a_telephone_number_is_one_key_however_it_was_written(text: str, home: str, key: str) -> None:
    found = number_key(text, home)
    assert (found.kind, found.key) == (NumberKind.PHONE, key)
    assert number_key(key, home).key == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("101", "101"),
        ("201", "201"),
        ("791-445-9811", "7914459811"),
        ("99999999999999", "99999999999999"),
        ("*97", "97"),
    ],
)
def test_what_is_no_valid_number_is_its_digits(text: str, key: str) -> None:
    found = number_key(text, "UA")
    assert (found.kind, found.key, found.forms) == (NumberKind.DIGITS, key, key)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sip:Bob@Example.com", "bob@example.com"),
        ("<sip:Bob@Example.com;transport=udp>", "bob@example.com"),
        ("380672220001@10.0.0.1", "380672220001@10.0.0.1"),
        ("alice", "alice"),
    ],
)
def test_a_sip_address_is_lower_case_and_whole(text: str, key: str) -> None:
    found = number_key(text, "UA")
    assert (found.kind, found.key) == (NumberKind.SIP, key)


def test_the_last_ten_digits_never_make_two_numbers_one() -> None:
    assert number_key("+380672220001", "UA").key != number_key("+48672220001", "UA").key


def test_forms_hold_every_way_of_typing_a_number() -> None:
    assert number_key("00380501112233", "UA").forms.split() == ["380501112233", "0501112233", "00380501112233"]
    assert number_key("+79161234567", "UA").forms.split() == ["79161234567", "89161234567"]


@pytest.mark.parametrize("text", ["", "  ", "-", "+", "<>", "()"])
def test_a_blank_is_withheld(text: str) -> None:
    assert number_key(text, "UA").kind is NumberKind.WITHHELD
    assert is_withheld(text)


def test_names_of_withheld_numbers() -> None:
    assert is_withheld("Anonymous", {"anonymous"})
    assert is_withheld('"sip:anonymous@anonymous.invalid"', {"anonymous"})
    assert not is_withheld("380672220001", {"anonymous"})
    assert not is_withheld("anonymouse", {"anonymous"})


@given(st.text(max_size=24), st.sampled_from(["UA", "RU", "PL", "US", "XX"]))
@example("٣٣٣", "UA")
@example("+" + "9" * 300, "UA")
@example(";;", "UA")
@example("sip:", "UA")
def test_every_text_has_a_key_that_is_its_own(text: str, home: str) -> None:
    found = number_key(text, home)
    assert (found.key == "") == (found.kind is NumberKind.WITHHELD)
    assert found.forms.startswith(found.key.removeprefix("+") if found.kind is NumberKind.PHONE else found.key)
    assert number_key(found.key, home).key == found.key
    assert region_of(found.key, home).key
    assert format_number(found.key, home) or not found.key


_NATIONAL = st.one_of(
    st.from_regex(r"[1-9][0-9]{5,10}", fullmatch=True),
    st.sampled_from(["44", "50", "67", "800", "900", "916", "495", "701", "201", "212", "30", "171"]).flatmap(
        lambda area: st.from_regex(r"[0-9]{6,8}", fullmatch=True).map(area.__add__)
    ),
)
_BEFORE = st.sampled_from(["", "0", "00", "8", "1", "7", "380", "3800", "00380", "810", "8107", "011", "49", "48", "+"])


@given(_BEFORE, _NATIONAL, st.booleans(), st.sampled_from(["UA", "RU", "PL", "US", "DE", "KZ", "GB"]))
@example("", "671112233", False, "UA")
@example("380", "671112233", True, "UA")
@example("8", "9161234567", False, "RU")
@example("", "7012345678", False, "RU")
def test_a_numbering_plan_answers_as_the_library_or_not_at_all(
    before: str, national: str, plus: bool, home: str
) -> None:
    digits = before.strip("+") + national
    plan = plan_of(home)
    found = None
    if plan is not None:
        found = plan.international(digits) if plus else plan.national(digits)
    assert found in (None, valid_by_library("+" * plus + digits, home))


@given(_BEFORE, _NATIONAL, st.sampled_from(["UA", "RU"]))
@example("0", "671112233", "UA")
@example("8", "9270000000", "RU")
@example("8", "9000000000", "RU")
def test_a_known_range_lies_where_the_library_says(before: str, national: str, home: str) -> None:
    key = number_key(before.strip("+") + national, home).key
    found = region_of(key, home)
    areas = home == "UA" and found.key.startswith("UA ") and found.key[3:].isdigit()
    assert areas or not key.startswith("+") or found == region_by_library(key, home)


@pytest.mark.parametrize(
    ("text", "home"),
    [("0671112233", "UA"), ("380671112233", "UA"), ("89161234567", "RU"), ("9161234567", "RU"), ("2125551234", "US")],
)
def test_plain_numbers_at_home_are_known_by_the_plan(text: str, home: str) -> None:
    plan = plan_of(home)
    assert plan is not None
    assert plan.national(text) == valid_by_library(text, home) is not None


@pytest.mark.parametrize(
    ("key", "home", "national", "international"),
    [
        ("+380501112233", "UA", "050 111 22 33", "+380 50 111 22 33"),
        ("+74951234567", "RU", "8 495 123-45-67", "+7 495 123-45-67"),
        ("+375291234567", "BY", "8 029 123-45-67", "+375 29 123-45-67"),
        ("+48512345678", "PL", "512 345 678", "+48 512 345 678"),
        ("+12015550123", "US", "201-555-0123", "+1 201-555-0123"),
        ("+380501112233", "RU", "+380 50 111 22 33", "+380 50 111 22 33"),
        ("+441632960001", "UA", "+441632960001", "+441632960001"),
        ("+380800500", "UA", "+380800500", "+380800500"),
        ("201", "UA", "201", "201"),
        ("bob@example.com", "UA", "bob@example.com", "bob@example.com"),
    ],
)
def test_numbers_are_shown_in_groups(key: str, home: str, national: str, international: str) -> None:
    assert format_number(key, home) == national
    assert format_number(key, home, NumberStyle.INTERNATIONAL) == international


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.sampled_from(["UA", "RU", "BY", "PL", "US"]))
def test_grouping_loses_no_digit(key: str, home: str) -> None:
    shown = format_number(key, home, NumberStyle.INTERNATIONAL)
    assert "+" + "".join(filter(str.isdigit, shown)) == key


@pytest.mark.parametrize(
    ("key", "home", "region", "name"),
    [
        ("+380672220001", "UA", "UA mobile", "Мобільні"),
        ("+380442000001", "UA", "UA 44", "Київ"),
        ("+380322000001", "UA", "UA 32", "Львівська область"),
        ("+380800500500", "UA", "UA service", "Безкоштовні та сервісні"),
        ("+48512345678", "UA", "PL", "Польща"),
        ("+380442000001", "RU", "UA", "Україна"),
        ("+79161234567", "RU", "RU-MOW", "Москва та Московська область"),
        ("201", "UA", "unknown", "Невідомо"),
        ("bob@example.com", "UA", "unknown", "Невідомо"),
    ],
)
def test_region_of_a_number(key: str, home: str, region: str, name: str) -> None:
    found = region_of(key, home)
    assert (found.key, found.names["uk"]) == (region, name)


def test_fixed_lines_outside_ukraine_have_their_area_code() -> None:
    found = region_of("+74951234567", "RU")
    assert found.key == "RU 495"
    assert "Моск" in found.names["ru"]
