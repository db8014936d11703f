"""Erlang C against values that are worked out by hand or stand in the tables of the trade."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_client.model.erlang import operators_needed, service_level, waiting_probability


@pytest.mark.parametrize(
    ("load", "operators", "expected"),
    [
        # By the sums of the definition: a single queue has C = U; then 1/3, 4/9, and U = 10 of the tables.
        (0.5, 1, 0.5), (1, 2, 1 / 3), (2, 3, 4 / 9), (3, 4, 0.5094), (10, 11, 0.6821), (10, 13, 0.2853),
        (10, 14, 0.1741), (20, 24, 0.2981),
    ],
)  # fmt: skip
def test_calls_that_wait_are_as_many_as_the_tables_say(load: float, operators: int, expected: float) -> None:
    assert waiting_probability(load, operators) == pytest.approx(expected, abs=0.0002)


def test_the_usual_example_needs_fourteen() -> None:
    """200 calls an hour of three minutes, 80 % within 20 seconds: 10 erlangs."""
    assert operators_needed(200, 180, 0.8, 20) == 14
    assert service_level(10, 180, 14, 20) == pytest.approx(0.888, abs=0.001)
    assert service_level(10, 180, 13, 20) < 0.8


def test_nobody_calls_nobody_is_needed() -> None:
    assert operators_needed(0, 180, 0.8, 20) == 0
    assert operators_needed(200, 0, 0.8, 20) == 0


def test_all_of_them_at_once_is_never_reached() -> None:
    assert operators_needed(100, 180, 1.01, 20) is None


@given(st.floats(0.1, 2000), st.floats(5, 900), st.floats(0.5, 0.99), st.floats(0, 120))
def test_one_operator_less_misses_the_goal(calls: float, talk: float, share: float, seconds: float) -> None:
    needed = operators_needed(calls, talk, share, seconds)
    assert needed is not None
    load = calls * talk / 3600
    levels = [service_level(load, talk, operators, seconds) for operators in (needed - 1, needed, needed + 1)]
    assert levels[0] < share <= levels[1]
    assert all(a <= b + 1e-12 for a, b in pairwise(levels))
