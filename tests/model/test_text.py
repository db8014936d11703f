"""Cleaning, folding and sorting of text that came from outside."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_client.model.text import clean, fold, sort_key

FAMILY_EMOJI = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  Олена\tКоваль ", "Олена Коваль"),
        ("a\x1b[31mred\x07", "a[31mred"),
        ("abc\u202edcba\u2066x", "abcdcbax"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("one\r\ntwo\u2028three\x85four", "one two three four"),
        (FAMILY_EMOJI, FAMILY_EMOJI),
        ("❤\ufe0f", "❤\ufe0f"),
        ("a\u200d b \u200dc\u200d", "a b c"),
        ("\ud800lone", "lone"),
        ("[@click=app.bell]press[/]", "[@click=app.bell]press[/]"),
    ],
)
def test_hostile_text_becomes_plain_text(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_a_comment_keeps_its_lines() -> None:
    assert clean("one\r\ntwo\rthree\u2029four", multiline=True) == "one\ntwo\nthree\nfour"


@given(st.text(), st.booleans())
def test_cleaning_leaves_nothing_hidden_and_is_idempotent(raw: str, multiline: bool) -> None:
    cleaned = clean(raw, multiline=multiline)
    assert clean(cleaned, multiline=multiline) == cleaned
    hidden = {c for c in cleaned if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert hidden <= ({"\n", "\u200d"} if multiline else {"\u200d"})


@pytest.mark.parametrize(
    ("written", "typed"),
    [("Ёлкин", "елкин"), ("Ґонта", "гонта"), ("Мар’яна", "мар'яна"), ("ＡＢＣ  Ltd", "abc ltd"), ("Straße", "STRASSE")],
)
def test_names_are_found_however_they_are_typed(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_one_order_serves_both_languages() -> None:
    names = ["Яна", "Їжак", "Іван", "Ирина", "Жанна", "Єва", "Елена", "Дмитро", "Ґонта", "Галина", "Anna"]
    assert sorted(names, key=sort_key) == [
        "Anna",
        "Галина",
        "Ґонта",
        "Дмитро",
        "Елена",
        "Єва",
        "Жанна",
        "Ирина",
        "Іван",
        "Їжак",
        "Яна",
    ]
