"""Filters that can find nothing say which two fields exclude each other; all others say nothing."""

import pytest

from backend_client.model.contradiction import Contradiction, contradiction
from backend_client.model.filter_text import from_text


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("direction:out family:missed", ("directions", "families")),
        ("direction:in status:no-answer", ("directions", "statuses")),
        ("direction:out is:lost", ("directions", "lost")),
        ("family:accepted is:lost", ("families", "lost")),
        ("family:missed talk:1..", ("families", "talk")),
        ("is:unregistered entity:company", ("unregistered", "entities")),
        ("is:unregistered client:3", ("unregistered", "clients")),
        ("is:mine is:nobody", ("nobody", "mine")),
        ("employee:3 is:nobody", ("nobody", "employees")),
        ("not:new is:lost", ("new", "lost")),
        ("is:lost handled:in-window", ("lost", "handling")),
        ("lead:registered is:unregistered", ("leads", "unregistered")),
        ("handled:never call-back-time:..60", ("handling", "callback")),
    ],
)
def test_a_contradictory_pair_is_named(text: str, pair: tuple[str, str]) -> None:
    found = contradiction(from_text(text))
    assert found is not None
    assert {found.first, found.second} == set(pair)
    assert isinstance(found, Contradiction)


@pytest.mark.parametrize(
    "text",
    [
        "", "direction:in family:missed is:lost", "direction:in,out family:missed", "family:missed talk:0",
        "status:missed,answered talk:5..", "is:lost handled:never", "is:unregistered not:lost",
        "direction:internal status:no-answer", "status:ringing talk:1..", "is:mine employee:3",
        "lead:registered not:unregistered", "lead:lost is:unregistered", "employee:3 not-employee:4",
    ],
)  # fmt: skip
def test_what_can_be_found_is_no_contradiction(text: str) -> None:
    assert contradiction(from_text(text)) is None
