"""The rows of histograms: what is written is what is read, however large a count grows or shrinks."""

import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from backend_client.derive.histogram import Along
from backend_client.sqlite.histograms import (
    by_day,
    by_key,
    by_month,
    id_of,
    rows_of_periods,
    spans_of,
    write_histograms,
)

DAY = 20_700
BINS = st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 40)), st.integers(1, 400), min_size=1, max_size=8)


def store() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE histogram (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    return db


@given(st.lists(BINS, min_size=1, max_size=6))
def test_what_was_added_is_read_and_taken_away_again_leaves_nothing(added: list[dict[tuple[int, int], int]]) -> None:
    with closing(store()) as db:
        wanted: dict[tuple[int, int], int] = {}
        for bins in added:
            write_histograms(db, {(Along.HOUR, 9, DAY): bins})
            for place, n in bins.items():
                wanted[place] = wanted.get(place, 0) + n
            assert dict(rows_of_periods(db, DAY, DAY + 1)) == {id_of(Along.HOUR, 9, DAY): wanted}
        for bins in added:
            write_histograms(db, {(Along.HOUR, 9, DAY): {place: -n for place, n in bins.items()}})
        assert db.execute("SELECT count(*) FROM histogram").fetchone() == (0,)


def test_a_count_above_a_byte_is_kept_beside_small_ones() -> None:
    with closing(store()) as db:
        write_histograms(db, {(Along.ALL, 0, DAY): {(0, 1): 255, (1, 0): 3}})
        write_histograms(db, {(Along.ALL, 0, DAY): {(0, 1): 1}})
        ((day, body),) = by_day(db, DAY, DAY + 1)
        assert (day, [list(counts) for counts in body]) == (DAY, [[0, 256], [3]])
        write_histograms(db, {(Along.ALL, 0, DAY): {(0, 1): -200}})
        ((_, body),) = by_month(db, DAY - 40, DAY + 40)
        assert body == [bytes([0, 56]), bytes([3])]


def test_days_are_months_less_the_days_around_them() -> None:
    with closing(store()) as db:
        for day in range(DAY - 80, DAY + 80):
            write_histograms(db, {(Along.EMPLOYEE, 5, day): {(4, 0): day}})
        first, end = DAY - 47, DAY + 33
        found = sum(sign * body[4][0] for _, body, sign in by_key(db, Along.EMPLOYEE, spans_of(first, end)))
        assert found == sum(range(first, end))
