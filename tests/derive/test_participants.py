"""The union of talk intervals against counting seconds one by one."""

from hypothesis import given
from hypothesis import strategies as st

from backend_client.derive.participants import seconds_of

_interval = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(_interval))
def test_seconds_of_overlapping_talks_count_once(intervals: list[tuple[int, int]]) -> None:
    assert seconds_of(intervals) == len({second for start, end in intervals for second in range(start, end)})
